"""Les enfants dont parle un chiffre : ce que le secret statistique compte."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.agregation import compter
from rtpe_analyse.indicateurs.parts import PERIODE, en_unites, etat
from rtpe_analyse.indicateurs.presences import facturation, frequentation
from rtpe_analyse.indicateurs.table import CLE_ZONE
from rtpe_analyse.reglementation import valeur


def enfants_venus(lieux: Lieux, le: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Enfants venus, et ceux venus assez longtemps pour être dits accueillis.

    Returns:
        Deux tables d'unités prêtes pour `compter` ; la seconde ne garde que les enfants
        présents la durée minimale dans l'établissement, au total de la période.
    """
    venus = en_unites(frequentation(lieux, le), le)
    minimum = valeur("conventions", "presence_minimale_min", le)
    duree = pl.col("realise_min").sum().over(*PERIODE, "etablissement", "unite")
    return venus, venus.filter(duree >= minimum)


def compter_presents(
    parts: pl.DataFrame, venus: pl.DataFrame, accueillis: pl.DataFrame
) -> pl.DataFrame:
    """Contributeurs des heures de présence, par zone.

    Ce sont les enfants accueillis (E1), pour que tout ce qui vient des présences porte le
    même compte et les mêmes masques ; à défaut d'un seul, ceux venus moins longtemps.

    Args:
        parts: table de `en_parts` portant `realise_min`.
        venus: première table de `enfants_venus`.
        accueillis: seconde table de `enfants_venus`.

    Returns:
        `CLE_ZONE`, `presents` et son état.
    """
    assez = compter(parts, accueillis, "presents", "realise_min")
    tous = compter(parts, venus, "venus", "realise_min").select(*CLE_ZONE, "venus")
    return assez.join(tous, on=CLE_ZONE).select(
        *CLE_ZONE,
        pl.when(pl.col("presents") > 0).then("presents").otherwise("venus").alias("presents"),
        etat("presents"),
    )


def compter_factures(parts: pl.DataFrame, lieux: Lieux, le: date) -> pl.DataFrame:
    """Enfants facturés, par zone : `CLE_ZONE`, `factures` et son état."""
    return compter(parts, en_unites(facturation(lieux, le), le), "factures", "facture_uh")
