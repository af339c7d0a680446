"""Famille « enfants » : enfants accueillis."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.agregation import calculer, compter, moyennes
from rtpe_analyse.indicateurs.contributeurs import compter_presents, enfants_venus
from rtpe_analyse.indicateurs.modele import (
    ComptageDistinct,
    Indicateur,
    RatioDeSommes,
)
from rtpe_analyse.indicateurs.parts import en_parts, etat
from rtpe_analyse.indicateurs.places import STOCK_PLACES, parts_de_capacite
from rtpe_analyse.indicateurs.presences import realise

_SUIVI = (
    "Un enfant est suivi d'un logiciel à l'autre et d'un établissement à l'autre par son "
    "pseudonyme d'appariement ; sans lui, deux pseudonymes comptent pour deux enfants."
)

INDICATEURS = (
    Indicateur(
        code="E1",
        libelle="Enfants accueillis",
        unite="enfants",
        agregation=ComptageDistinct("accueillis"),
        numerateur="enfants distincts",
        champ="Enfants présents au moins une heure au total de la période dans l'établissement.",
        definition="Enfants distincts accueillis dans la zone ; un enfant accueilli dans deux "
        "établissements de la zone n'y compte qu'une fois.",
        source="pointages, enfants",
        limites=_SUIVI + " Non calculable sans durées de présence.",
        contributeur="presents",
    ),
    Indicateur(
        code="E1r",
        libelle="Accueils par enfant (recouvrement)",
        unite="accueils par enfant",
        agregation=RatioDeSommes("accueils", "accueillis"),
        numerateur="somme des enfants accueillis de chaque établissement",
        denominateur="enfants accueillis de la zone (E1)",
        champ="Comme E1.",
        definition="La somme des établissements rapportée au total sans double compte ; leur "
        "différence est le recouvrement.",
        source="pointages, enfants",
        limites=_SUIVI,
        contributeur="presents",
        decimales=3,
    ),
    Indicateur(
        code="E2",
        libelle="Enfants par place",
        unite="enfants par place",
        agregation=RatioDeSommes("accueillis_places", "places"),
        numerateur="enfants accueillis (E1)",
        denominateur="places agréées (P1)",
        champ="Établissements dont les deux sont connus.",
        definition="E1 / P1.",
        source="pointages, enfants, agréments, ouvertures",
        limites="Croît avec la longueur de la période : comparer des périodes de même durée. Le "
        "trimestre où un établissement change de territoire, ses enfants comptent dans les deux et "
        "ses places au prorata : à ne pas comparer.",
        contributeur="presents",
        denominateur_public=True,
        decimales=2,
    ),
)


def calculer_enfants(lieux: Lieux, le: date) -> pl.DataFrame:
    """Indicateurs de la famille, toutes mailles, mois et trimestres échus au jour `le`."""
    capacites, mesures = parts_de_capacite(lieux, le)
    parts = en_parts([mesures, realise(lieux, le, capacites)], lieux, le)
    parts = parts.with_columns(
        pl.max_horizontal(etat(STOCK_PLACES.mesure), etat("realise_min")).alias(etat("commun"))
    )
    venus, accueillis = enfants_venus(lieux, le)
    par_etablissement = accueillis.with_columns(unite=pl.concat_str("etablissement", "unite"))
    places = moyennes(
        parts.with_columns(pl.col(etat("commun")).alias(etat(STOCK_PLACES.mesure))),
        STOCK_PLACES,
    ).rename({"stock": "places", etat("ensemble"): etat("places")})
    comptages = {
        "accueillis": compter(parts, accueillis, "accueillis", "realise_min"),
        "accueils": compter(parts, par_etablissement, "accueils", "realise_min"),
        "accueillis_places": compter(parts, accueillis, "accueillis_places", "commun"),
        "places": places,
    }
    effectifs = {"presents": compter_presents(parts, venus, accueillis)}
    return calculer(INDICATEURS, parts, comptages, effectifs)
