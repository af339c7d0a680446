"""Constats qui tiennent à un fichier entier, ou signalés pendant le nettoyage."""

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.controles.modele import SCHEMA_CONSTATS, en_constats
from rtpe_analyse.propres import lire_propre
from rtpe_analyse.schemas import TABLES

PART_HORS_MOIS = 0.20


def lire_bilan(lieux: Lieux) -> pl.DataFrame:
    """Bilan du nettoyage, une ligne par fichier × table ; vide si rien n'a été nettoyé."""
    chemin = lieux.travail / "bilan_nettoyage.parquet"
    if chemin.exists():
        return pl.read_parquet(chemin)
    textes = ("fichier", "source", "nom", "millesime", "table")
    comptes = ("lues", "propres", "rejetees", "ecartees", "corrigees")
    return pl.DataFrame(
        schema={**dict.fromkeys(textes, pl.String), **dict.fromkeys(comptes, pl.Int64)}
    )


def lignes_par_mois(lieux: Lieux, bilan: pl.DataFrame) -> pl.DataFrame:
    """Pointages lus dans chaque fichier mensuel, mois par mois.

    Returns:
        `fichier`, `millesime` (AAAA-MM), `mois` (premier jour), `n`, `etablissement` (absent
        si le fichier en porte plusieurs) ; un fichier sans pointage n'a aucune ligne.
    """
    mensuels = bilan.filter(
        (pl.col("table") == "pointages") & pl.col("millesime").str.contains(r"^\d{4}-\d{2}$")
    ).select("fichier", "millesime")
    chemins = [
        chemin
        for fichier in mensuels["fichier"]
        if (chemin := lieux.travail / "lus" / fichier / "pointages.parquet").exists()
    ]
    if not chemins:
        vide = {"mois": pl.Date, "n": pl.UInt32, "etablissement": pl.String}
        return mensuels.clear().with_columns(pl.lit(None, d).alias(c) for c, d in vide.items())
    lus = (
        pl.scan_parquet(chemins)
        .group_by(fichier="_fichier", mois=pl.col("date").dt.truncate("1mo"))
        .agg(
            n=pl.len(),
            premier=pl.col("etablissement").min(),
            dernier=pl.col("etablissement").max(),
        )
        .collect()
    )
    unique = (pl.col("premier").min() == pl.col("dernier").max()).over("fichier")
    return mensuels.join(lus, on="fichier").select(
        "fichier",
        "millesime",
        "mois",
        "n",
        etablissement=pl.when(unique).then(pl.col("premier")),
    )


def table_de_reception(bilan: pl.DataFrame, par_mois: pl.DataFrame) -> pl.DataFrame:
    """Compteurs de lecture d'un fichier reçu, une ligne par fichier.

    Args:
        bilan: bilan du nettoyage.
        par_mois: résultat de `lignes_par_mois`.

    Returns:
        `fichier`, `n_lignes` (lues), `n_tables`, et `part_rejetees_pct`,
        `part_ecartees_pct`, `part_corrigees_pct` (sur les lignes lues, absentes si aucune),
        `part_hors_mois_pct` (pointages hors du mois annoncé ; absente hors fichier mensuel).
    """
    annonce = pl.col("mois").dt.strftime("%Y-%m") == pl.col("millesime")
    hors = par_mois.group_by("fichier").agg(
        part_hors_mois_pct=100 * pl.col("n").filter(~annonce).sum() / pl.col("n").sum()
    )
    lues = pl.col("lues").sum()
    parts = {
        f"part_{nom}_pct": pl.when(lues > 0).then(100 * pl.col(nom).sum() / lues)
        for nom in ("rejetees", "ecartees", "corrigees")
    }
    return (
        bilan.group_by("fichier")
        .agg(n_lignes=lues, n_tables=pl.len(), **parts)
        .join(hors, on="fichier", how="left")
        .sort("fichier")
    )


def mois_vide(bilan: pl.DataFrame, par_mois: pl.DataFrame) -> pl.DataFrame:
    """Fichiers mensuels de pointages reçus sans une seule ligne de données.

    Un fichier dont toutes les lignes ont été rejetées n'est pas vide : ses rejets parlent.

    Args:
        bilan: bilan du nettoyage.
        par_mois: résultat de `lignes_par_mois`.
    """
    vides = bilan.filter(
        (pl.col("table") == "pointages")
        & pl.col("millesime").str.contains(r"^\d{4}-\d{2}$")
        & (pl.col("rejetees") == 0)
    ).join(par_mois.select("fichier").unique(), on="fichier", how="anti")
    return en_constats(
        vides.select("fichier", mois=_premier_jour()).sort("fichier"), "pointages", "mois_vide"
    )


def mois_double(par_mois: pl.DataFrame) -> pl.DataFrame:
    """Fichiers mensuels dont 20 % des lignes au moins sont hors du mois annoncé.

    Le seuil est celui du projet (vraisemblance), sans source légale.

    Args:
        par_mois: résultat de `lignes_par_mois`.
    """
    hors = pl.col("n").filter(pl.col("mois") != _premier_jour()).sum()
    doubles = (
        par_mois.group_by("fichier", "millesime", "etablissement")
        .agg(hors=hors, total=pl.col("n").sum())
        .filter(pl.col("hors") >= PART_HORS_MOIS * pl.col("total"))
    )
    return en_constats(
        doubles.select("fichier", "etablissement", mois=_premier_jour()).sort("fichier"),
        "pointages",
        "mois_double",
    )


def _premier_jour() -> pl.Expr:
    return pl.concat_str("millesime", pl.lit("-01")).str.to_date("%Y-%m-%d")


def lire_signalements(lieux: Lieux) -> pl.DataFrame:
    """Signalements du nettoyage (`fichier`, `table`, `ligne`, `code`), sans doublon."""
    colonnes = ["fichier", "table", "ligne", "code"]
    chemins = sorted((lieux.travail / "signalements").glob("*.parquet"))
    if not chemins:
        return pl.DataFrame(schema={c: SCHEMA_CONSTATS[c] for c in colonnes})
    return pl.concat(pl.read_parquet(c, columns=colonnes) for c in chemins).unique().sort(colonnes)


def commune_inconnue(lieux: Lieux, signalements: pl.DataFrame, table: str) -> pl.DataFrame:
    """Lignes gardées dont la commune n'est pas au référentiel, d'après le nettoyage.

    Args:
        lieux: dossiers du jeu.
        signalements: résultat de `lire_signalements`.
        table: table propre où chercher les lignes ; une ligne écartée depuis n'est plus un
            constat.
    """
    gardees = [c for c in ("etablissement",) if c in TABLES[table].colonnes]
    trouves = signalements.filter(
        (pl.col("code") == "commune_inconnue") & (pl.col("table") == table)
    ).select("fichier", "ligne")
    propres = lire_propre(lieux, table).select("_fichier", "_ligne", *gardees).collect()
    joints = trouves.join(
        propres, left_on=["fichier", "ligne"], right_on=["_fichier", "_ligne"]
    ).unique(subset=["fichier", "ligne"], maintain_order=True)
    return en_constats(joints, table, "commune_inconnue")
