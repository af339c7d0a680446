"""La table longue des indicateurs : y ranger, la trier, vérifier ses sommes."""

from collections.abc import Iterable

import polars as pl

from rtpe_analyse.erreurs import ErreurControle
from rtpe_analyse.indicateurs.modele import (
    SCHEMA_INDICATEURS,
    Additif,
    Indicateur,
    RatioDeSommes,
    SommeDeMoyennes,
)
from rtpe_analyse.indicateurs.parts import PERIODE, etat
from rtpe_analyse.indicateurs.presences import CONNU
from rtpe_analyse.modeles import ORDRE_DES_MAILLES
from rtpe_analyse.tableaux import rapport

CLE_ZONE = ["maille", "zone", *PERIODE]
SCHEMA_CALCUL = pl.Schema({**SCHEMA_INDICATEURS, "parents": pl.List(pl.String())})
TOLERANCE = 1e-9


def poser(indicateur: Indicateur, zones: pl.DataFrame) -> pl.DataFrame:
    """Range un indicateur calculé par zone dans la table longue (sans `parents`).

    Args:
        indicateur: la déclaration.
        zones: `CLE_ZONE`, `numerateur`, `denominateur`, `ensemble__etat`, `effectif` et, s'il
            y a lieu, `millesime` et `source`.
    """
    est_rapport = isinstance(indicateur.agregation, RatioDeSommes)
    haut, bas = pl.col("numerateur"), pl.col("denominateur")
    absentes = [c for c in ("millesime", "source") if c not in zones.columns]
    return (
        zones.with_columns(pl.lit("").alias(c) for c in absentes)
        .with_columns(
            indicateur=pl.lit(indicateur.code),
            valeur=rapport(haut, bas) if est_rapport else haut,
        )
        .with_columns(
            statut=pl.when(pl.col("valeur").is_null())
            .then(pl.lit("non_calculable"))
            .when(pl.col(etat("ensemble")) != CONNU)
            .then(pl.lit("a_verifier"))
            .otherwise(pl.lit("diffusable")),
        )
        .select(pl.col(nom).cast(genre) for nom, genre in SCHEMA_INDICATEURS.items())
    )


Liens = tuple[tuple[str, str], ...]
LIENS: Liens = (
    ("etablissement", "territoire"),
    ("etablissement", "commune"),
    ("commune", "departement"),
    ("territoire", "departement"),
)


def parents_de(parts: pl.DataFrame, liens: Liens = LIENS) -> pl.DataFrame:
    """Les zones qui contiennent chaque zone, période par période.

    Args:
        parts: table portant `pas`, `periode` et les quatre zones.
        liens: couples (maille contenue, maille qui la contient).

    Returns:
        `maille, zone, pas, periode, parents` (`territoire:T1`, `departement:…`).
    """
    couples = [
        parts.select(
            "pas",
            "periode",
            maille=pl.lit(enfant),
            zone=enfant,
            parent=pl.format("{}:{}", pl.lit(parent), pl.col(parent)),
        )
        for enfant, parent in liens
    ]
    return (
        pl.concat(couples)
        .drop_nulls()
        .group_by("maille", "zone", "pas", "periode")
        .agg(parents=pl.col("parent").unique().sort())
    )


def vide() -> pl.DataFrame:
    """Table de calcul sans ligne."""
    return pl.DataFrame(schema=SCHEMA_CALCUL)


def ordonner(table: pl.DataFrame, parents: pl.DataFrame | None = None) -> pl.DataFrame:
    """Ajoute `parents` et trie : mêmes données, mêmes octets.

    Args:
        table: lignes de `poser`.
        parents: table de `parents_de` ; absente, aucune zone n'en contient une autre (chiffres
            publics, que le secret ne concerne pas).
    """
    if parents is None:
        vides = {c: SCHEMA_CALCUL[c] for c in ("maille", "zone", "pas", "periode", "parents")}
        parents = pl.DataFrame(schema=vides)
    return (
        table.join(parents, on=["maille", "zone", "pas", "periode"], how="left")
        .with_columns(pl.col("parents").fill_null([]))
        .select(SCHEMA_CALCUL.names())
        .sort(
            "indicateur",
            pl.col("maille").replace_strict(ORDRE_DES_MAILLES),
            "zone",
            "pas",
            "periode",
            "ventilation",
            "modalite",
        )
    )


def controler_sommes(table: pl.DataFrame, indicateurs: Iterable[Indicateur]) -> None:
    """Somme des parties = tout, à chaque maille, pour les additifs et les stocks.

    Args:
        table: résultat de `calculer`, avant secret.
        indicateurs: déclarations ; ratios et comptages distincts sont ignorés.

    Raises:
        ErreurControle: une somme de mailles fines ne redonne pas le total.
    """
    codes = [i.code for i in indicateurs if isinstance(i.agregation, Additif | SommeDeMoyennes)]
    totaux = (
        table.filter(pl.col("indicateur").is_in(codes))
        .group_by("indicateur", *PERIODE, "maille")
        .agg(pl.col("numerateur").sum())
        .group_by("indicateur", *PERIODE)
        .agg(bas=pl.col("numerateur").min(), haut=pl.col("numerateur").max())
    )
    ecart = pl.col("haut") - pl.col("bas")
    fautifs = totaux.filter(ecart > TOLERANCE * pl.max_horizontal(1.0, pl.col("haut").abs()))
    if len(fautifs):
        raise ErreurControle(
            "La somme des parties ne redonne pas le total pour : "
            + ", ".join(sorted(fautifs["indicateur"].unique()))
            + ".",
            "Vérifier les rattachements (commune, territoire) des établissements.",
        )
