"""Conservation des lignes : lues = propres + rejetées + écartées, pour chaque fichier et table.

Les lignes propres et celles qu'un autre fichier redit sont recomptés dans les fichiers écrits, à
chaque passage : un écart arrête tout.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.erreurs import ErreurConservation
from rtpe_analyse.nettoyage.assemblage import ENTRE_FICHIERS
from rtpe_analyse.nettoyage.etats import EtatFichier
from rtpe_analyse.propres import partitions
from rtpe_analyse.schemas import TABLES

SCHEMA_BILAN: dict[str, pl.DataType] = {
    "fichier": pl.String(),
    "source": pl.String(),
    "nom": pl.String(),
    "millesime": pl.String(),
    "table": pl.String(),
    "lues": pl.Int64(),
    "propres": pl.Int64(),
    "rejetees": pl.Int64(),
    "ecartees": pl.Int64(),
    "corrigees": pl.Int64(),
}
_CLE = ["fichier", "table"]
_COMPTES = ("lues", "propres", "rejetees", "ecartees", "corrigees")


@dataclass(frozen=True)
class BilanNettoyage:
    """Ce qu'un passage a fait.

    Attributes:
        traites: fichiers lus à ce passage.
        repris: fichiers déjà à jour, non relus.
        refuses: fichiers illisibles : nom, pourquoi, à faire.
        partitions: partitions de tables propres réécrites ou effacées (`table/partition`).
        table: une ligne par fichier × table (`SCHEMA_BILAN`) ; `corrigees` compte des cellules.
    """

    traites: int
    repris: int
    refuses: tuple[tuple[str, str, str], ...]
    partitions: tuple[str, ...]
    table: pl.DataFrame

    def total(self, colonne: str) -> int:
        """Somme d'une colonne de comptes (`lues`, `propres`, `rejetees`…)."""
        return int(self.table[colonne].sum())

    @property
    def phrase(self) -> str:
        """Le passage en une phrase, pour l'écran."""
        comptes = {c: _francais(self.total(c)) for c in _COMPTES}
        return (
            f"{_francais(self.traites)} fichier(s) nettoyé(s), {_francais(self.repris)} déjà à "
            f"jour, {_francais(len(self.refuses))} illisible(s) ; {comptes['lues']} lignes lues = "
            f"{comptes['propres']} propres + {comptes['rejetees']} rejetées + "
            f"{comptes['ecartees']} écartées ; {comptes['corrigees']} cellules corrigées."
        )

    @property
    def a_verifier(self) -> list[tuple[str, int, int]]:
        """Nom, lignes lues et rejetées des fichiers sans aucune ligne, ou qui en ont perdu."""
        par_fichier = self.table.group_by("fichier", "nom", maintain_order=True).agg(
            pl.col("lues", "rejetees").sum()
        )
        douteux = par_fichier.filter((pl.col("lues") == 0) | (pl.col("rejetees") > 0))
        return douteux.select("nom", "lues", "rejetees").rows()


def etablir_bilan(lieux: Lieux, etats: Sequence[EtatFichier]) -> pl.DataFrame:
    """Compte chaque fichier × table et vérifie la conservation des lignes.

    Args:
        lieux: dossiers du jeu, tables propres assemblées.
        etats: états de tous les fichiers.

    Returns:
        Table au schéma `SCHEMA_BILAN`, triée par source, millésime, nom, table.

    Raises:
        ErreurConservation: si une seule ligne manque ou est en trop.
    """
    declares = pl.DataFrame(
        [
            (*(e.fichier, e.source, e.nom, e.millesime, nom), *t.comptes)
            for e in etats
            for nom, t in e.tables.items()
        ],
        schema=SCHEMA_BILAN,
        orient="row",
    )
    bilan = (
        declares.drop("propres")
        .join(_propres(lieux), on=_CLE, how="full", coalesce=True)
        .join(_redites(lieux), on=_CLE, how="left")
        .with_columns(
            pl.col("propres", "rejetees", "corrigees").fill_null(0),
            ecartees=pl.col("ecartees").fill_null(0) + pl.col("redites").fill_null(0),
        )
        .select(*SCHEMA_BILAN)
        .sort("source", "millesime", "nom", "fichier", "table", nulls_last=True)
    )
    perdues = bilan.filter(
        pl.col("lues").ne_missing(pl.col("propres") + pl.col("rejetees") + pl.col("ecartees"))
    )
    if perdues.height:
        raise _ecart(perdues)
    return bilan


def _propres(lieux: Lieux) -> pl.DataFrame:
    comptes = [
        pl.scan_parquet(list(fichiers.values()))
        .group_by(fichier="_fichier")
        .agg(propres=pl.len().cast(pl.Int64))
        .with_columns(table=pl.lit(table))
        for table in TABLES
        if (fichiers := partitions(lieux, table))
    ]
    vide = pl.LazyFrame(schema={"fichier": pl.String, "propres": pl.Int64, "table": pl.String})
    return pl.concat([vide, *comptes]).collect()


def _redites(lieux: Lieux) -> pl.DataFrame:
    vide = pl.LazyFrame(schema={"fichier": pl.String, "table": pl.String})
    chemins = sorted((lieux.rejets / ENTRE_FICHIERS).glob("*.parquet"))
    lus = [pl.scan_parquet(chemins).select(_CLE)] if chemins else []
    tous = pl.concat([vide, *lus])
    return tous.group_by(_CLE).agg(redites=pl.len().cast(pl.Int64)).collect()


def _ecart(perdues: pl.DataFrame) -> ErreurConservation:
    ligne = perdues.row(0, named=True)
    autres = f" (et {perdues.height - 1} autre(s) fichier(s))" if perdues.height > 1 else ""
    if ligne["lues"] is None:
        return ErreurConservation(
            f"La table « {ligne['table']} » contient {ligne['propres']} lignes d'un fichier qui "
            f"n'est plus là{autres}.",
            "Effacer donnees/travail et donnees/propre, puis relancer `rtpe nettoyer`.",
        )
    return ErreurConservation(
        f"{ligne['nom']}, table « {ligne['table']} » : {ligne['lues']} lignes lues, mais "
        f"{ligne['propres']} propres, {ligne['rejetees']} rejetées et {ligne['ecartees']} "
        f"écartées{autres}.",
        "Effacer donnees/travail, puis relancer `rtpe nettoyer` ; si l'écart revient, le signaler.",
    )


def _francais(nombre: int) -> str:
    return f"{nombre:,}".replace(",", "\u202f")
