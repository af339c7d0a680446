"""Les suites publiques d'une zone : naissances et enfants de moins de 3 ans, année par année."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from rtpe_analyse.methodes.cohortes import Suite

SUITES = ["naissances", "enfants_moins_3_estimes"]


@dataclass(frozen=True)
class Zone:
    """Ce qu'on sait d'une zone : ses naissances, ses enfants, et s'il lui manque une commune.

    Attributes:
        maille: `commune`, `territoire` ou `departement`.
        code: son code.
        naissances: année → naissances, les seules années où toutes ses communes suivies en ont.
        enfants: année → enfants de moins de 3 ans, de même.
        partielle: une de ses communes n'est pas suivie.
    """

    maille: str
    code: str
    naissances: Suite
    enfants: Suite
    partielle: bool


def suivre(membres: pl.DataFrame, valeurs: pl.DataFrame) -> pl.DataFrame:
    """Ajoute `suivie` : la dernière année publiée donne à la commune naissances et enfants.

    Args:
        membres: table de `communes_des_zones`.
        valeurs: table de `valeurs_des_lieux`.
    """
    connus = valeurs.drop_nulls(SUITES)
    derniere = connus.filter(pl.col("annee") == pl.col("annee").max())["lieu"]
    return membres.with_columns(suivie=pl.col("commune").is_in(derniere.implode()))


def suites_des_zones(membres: pl.DataFrame, valeurs: pl.DataFrame) -> Iterator[Zone]:
    """Chaque zone et ses suites, sur ses communes suivies ; celle qui n'en a pas n'y est pas.

    Args:
        membres: table de `suivre`.
        valeurs: table de `valeurs_des_lieux`.
    """
    naissances, enfants = SUITES
    suites = membres.filter("suivie").join(
        valeurs.select("lieu", "annee", *SUITES), left_on="commune", right_on="lieu"
    )
    cle = ["maille", "zone", "annee"]
    tout_connu = [
        pl.when(pl.col(c).null_count() == 0).then(pl.col(c).sum()).alias(c) for c in SUITES
    ]
    # Des enfants estimés ne sont pas entiers : l'ordre de leur somme compte.
    tries = suites.sort(*cle, "commune").group_by(cle, maintain_order=True)
    sommes = tries.agg(*tout_connu, communes=pl.len())
    tailles = membres.group_by("maille", "zone").agg(
        suivies=pl.col("suivie").sum(), partielle=~pl.col("suivie").all()
    )
    completes = sommes.join(tailles, on=["maille", "zone"]).filter(
        pl.col("communes") == pl.col("suivies")
    )
    for (maille, code), lues in completes.sort("annee").group_by(
        ["maille", "zone"], maintain_order=True
    ):
        yield Zone(
            str(maille),
            str(code),
            dict(lues.drop_nulls(naissances).select("annee", naissances).iter_rows()),
            dict(lues.drop_nulls(enfants).select("annee", enfants).iter_rows()),
            bool(lues["partielle"][0]),
        )
