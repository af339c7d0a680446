"""Famille « psu » : position sur la courbe de la Psu, et rapprochements avec la Caf."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs import psu, rapprochements
from rtpe_analyse.indicateurs.calendrier import capacites
from rtpe_analyse.indicateurs.cumuls import activite_mensuelle
from rtpe_analyse.indicateurs.table import vide

INDICATEURS = (*psu.INDICATEURS, *rapprochements.INDICATEURS)


def calculer_psu(lieux: Lieux, le: date) -> pl.DataFrame:
    """Indicateurs de la famille, toutes mailles.

    Mois et trimestres échus au jour `le` pour la position (cumul de l'année) ; années
    déclarées pour les rapprochements. Sans aucune activité attendue, la table est vide.
    """
    mensuelle = activite_mensuelle(lieux, le, capacites(lieux, le))
    if mensuelle.is_empty():
        return vide()
    return pl.concat(
        [
            psu.calculer_position(lieux, le, mensuelle),
            rapprochements.calculer_rapprochements(lieux, le, mensuelle),
        ]
    )
