"""Famille « contrats » : âges, temps d'accueil, entrées et sorties, places libérables."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs import (
    liberables,
    mouvements,
    places_a_attribuer,
    sous_contrat,
    temps_contractuel,
)
from rtpe_analyse.indicateurs.calendrier import capacites
from rtpe_analyse.indicateurs.presences import mois_attendus
from rtpe_analyse.indicateurs.sejours import (
    contrats_suivis,
    etats_des_contrats,
    par_mois,
    sejours,
)
from rtpe_analyse.indicateurs.table import vide

INDICATEURS = (
    *temps_contractuel.INDICATEURS,
    *sous_contrat.INDICATEURS,
    *mouvements.INDICATEURS,
    *liberables.INDICATEURS,
    places_a_attribuer.A_ATTRIBUER,
)


def calculer_contrats(lieux: Lieux, le: date) -> pl.DataFrame:
    """Indicateurs de la famille, toutes mailles, mois et trimestres échus au jour `le`.

    Les mois sont ceux où l'activité d'un établissement est attendue ; avant eux, le registre
    des contrats n'a gardé que ceux qui duraient encore. Sans aucun contrat reçu, la table
    est vide.
    """
    contrats = contrats_suivis(lieux)
    places = capacites(lieux, le)
    attendus = mois_attendus(lieux, le, places)
    if contrats.is_empty() or attendus.is_empty():
        return vide()
    premier = attendus.sort("mois")["mois"][0]
    mensuels = par_mois(contrats, premier, le)
    etats = etats_des_contrats(mensuels, attendus)
    suites = sejours(contrats, le)
    departs = (contrats, suites, mensuels, etats)
    return pl.concat(
        [
            temps_contractuel.calculer_temps_contractuel(lieux, le, places),
            sous_contrat.calculer_sous_contrat(lieux, le, mensuels, etats),
            mouvements.calculer_mouvements(lieux, le, suites, etats),
            liberables.calculer_liberables(lieux, le, *departs),
            places_a_attribuer.calculer_places_a_attribuer(lieux, le, *departs),
        ]
    )
