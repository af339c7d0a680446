"""Famille « enfants » : enfants accueillis, contrats, équivalents temps plein."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.agregation import calculer, compter, moyennes, sommer_zones
from rtpe_analyse.indicateurs.contrats import contrats_en_cours, heures_sous_contrat
from rtpe_analyse.indicateurs.contributeurs import compter_presents, enfants_venus
from rtpe_analyse.indicateurs.modele import (
    Additif,
    ComptageDistinct,
    Indicateur,
    RatioDeSommes,
)
from rtpe_analyse.indicateurs.parts import en_parts, en_unites, etat
from rtpe_analyse.indicateurs.places import STOCK_PLACES, parts_de_capacite
from rtpe_analyse.indicateurs.presences import realise
from rtpe_analyse.reglementation import valeur

_SUIVI = (
    "Un enfant est suivi d'un logiciel à l'autre et d'un établissement à l'autre par son "
    "pseudonyme d'appariement ; sans lui, deux pseudonymes comptent pour deux enfants."
)
_AU_DERNIER_JOUR = "Contrats en cours au dernier jour de la période, heures hebdomadaires connues."

PRESENCES = (
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

CONTRATS = (
    Indicateur(
        code="E3",
        libelle="Temps contractuel moyen",
        unite="h par semaine",
        agregation=RatioDeSommes("contrat_uh", "sous_contrat"),
        numerateur="heures hebdomadaires contractuelles",
        denominateur="enfants sous contrat",
        champ=_AU_DERNIER_JOUR,
        definition="Heures hebdomadaires de tous les contrats / enfants distincts sous contrat.",
        source="contrats, enfants",
        limites="Les contrats sans heures hebdomadaires (occasionnel, urgence) n'y sont pas.",
        contributeur="sous_contrat",
        decimales=1,
    ),
    Indicateur(
        code="ETP",
        libelle="Équivalents temps plein sous contrat",
        unite="ETP",
        agregation=Additif("etp"),
        numerateur="heures hebdomadaires contractuelles / heures d'un temps plein",
        champ=_AU_DERNIER_JOUR,
        definition="Heures hebdomadaires contractuelles rapportées à la durée conventionnelle "
        "d'un temps plein d'accueil.",
        source="contrats ; convention etp_heures_hebdo_h",
        limites="La durée d'un temps plein est une convention locale, datée, à valider.",
        contributeur="sous_contrat",
        decimales=1,
    ),
)

INDICATEURS = (*PRESENCES, *CONTRATS)


def calculer_enfants(lieux: Lieux, le: date) -> pl.DataFrame:
    """Indicateurs de la famille, toutes mailles, mois et trimestres échus au jour `le`."""
    capacites, mesures = parts_de_capacite(lieux, le)
    return pl.concat(
        [
            _presences(lieux, le, capacites, mesures),
            _contrats(lieux, le, capacites),
        ]
    )


def _presences(
    lieux: Lieux, le: date, capacites: pl.DataFrame, mesures: pl.DataFrame
) -> pl.DataFrame:
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
    return calculer(PRESENCES, parts, comptages, effectifs)


def _contrats(lieux: Lieux, le: date, capacites: pl.DataFrame) -> pl.DataFrame:
    en_cours = contrats_en_cours(lieux, le)
    heures = heures_sous_contrat(lieux, le, en_cours, capacites)
    parts = pl.concat(
        en_parts([heures.filter(filtre)], lieux, le, [pas])
        for pas, filtre in _FINS_DE_PERIODE.items()
    )
    unites = pl.concat(
        en_unites(en_cours.filter(filtre), le, [pas]) for pas, filtre in _FINS_DE_PERIODE.items()
    )
    sous_contrat = compter(parts, unites, "sous_contrat", "contrat_uh")
    comptages = {"sous_contrat": sous_contrat, "etp": _en_etp(parts, le)}
    return calculer(CONTRATS, parts, comptages, {"sous_contrat": sous_contrat})


_FINS_DE_PERIODE = {"mois": pl.lit(True), "trimestre": pl.col("date").dt.month() % 3 == 0}


def _en_etp(parts: pl.DataFrame, le: date) -> pl.DataFrame:
    temps_plein = valeur("conventions", "etp_heures_hebdo_h", le)
    return sommer_zones(parts, ["contrat_uh"]).select(
        pl.exclude("contrat_uh", etat("ensemble")),
        etp=pl.col("contrat_uh") / float(temps_plein),
        **{etat("etp"): pl.col(etat("ensemble"))},
    )
