"""La direction, ou la continuité désignée, jour d'ouverture par jour d'ouverture."""

import numpy as np
import polars as pl

from rtpe_analyse.exemple.calendrier import Calendrier, en_table
from rtpe_analyse.exemple.depot import Depot, ecrire_registre
from rtpe_analyse.exemple.reseau import Etablissement
from rtpe_analyse.exemple.scenario import Scenario
from rtpe_analyse.exemple.textes import date_fr, oui_non

_ETAPE = 16


def ecrire_directions(
    scenario: Scenario, depot: Depot, reseau: list[Etablissement], calendrier: Calendrier
) -> None:
    """Écrit `directions_AAAA.csv` : une ligne par établissement × jour ouvert.

    L'établissement chronique manque plus souvent de direction que les autres ; ni le nom, ni
    le motif n'existent dans le fichier.

    Args:
        scenario: le scénario, dont `histoires.sans_direction` (parts de jours).
        depot: où écrire.
        reseau: établissements.
        calendrier: ouvertures.
    """
    jours = en_table(calendrier, reseau).filter(pl.col("ouvert"))
    parts = scenario.reglages["histoires"]["sans_direction"]
    chroniques = [e.code for e in reseau if e.chronique]
    part = np.where(
        jours["etablissement"].is_in(chroniques).to_numpy(), parts["chronique"], parts["reseau"]
    )
    dirige = scenario.tirage(_ETAPE).random(len(jours)) >= part
    table = jours.with_columns(direction=pl.Series(dirige)).select(
        pl.col("date").dt.year().alias("annee"),
        pl.col("etablissement").alias("Code établissement"),
        date_fr("date").alias("Date"),
        oui_non("direction").alias("Direction ou continuité (oui/non)"),
    )
    for annee in table["annee"].unique().sort():
        siens = table.filter(pl.col("annee") == annee).drop("annee")
        ecrire_registre(depot, f"directions_{annee}.csv", siens)
