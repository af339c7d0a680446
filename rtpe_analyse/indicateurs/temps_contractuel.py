"""Temps contractuel et équivalents temps plein des enfants sous contrat (E3, ETP)."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.agregation import calculer, compter, sommer_zones
from rtpe_analyse.indicateurs.contrats import contrats_en_cours, heures_sous_contrat
from rtpe_analyse.indicateurs.modele import Additif, Indicateur, RatioDeSommes
from rtpe_analyse.indicateurs.parts import en_parts_de_fin, en_unites_de_fin, etat
from rtpe_analyse.reglementation import valeur

_AU_DERNIER_JOUR = "Contrats en cours au dernier jour de la période, heures hebdomadaires connues."

INDICATEURS = (
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
        au_trimestre="fin",
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
        au_trimestre="fin",
        decimales=1,
    ),
)


def calculer_temps_contractuel(lieux: Lieux, le: date, capacites: pl.DataFrame) -> pl.DataFrame:
    """E3 et ETP, toutes mailles, mois et trimestres échus au jour `le`.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté.
        capacites: table de `calendrier.capacites`.
    """
    en_cours = contrats_en_cours(lieux, le)
    heures = heures_sous_contrat(lieux, le, en_cours, capacites)
    parts = en_parts_de_fin([heures], lieux, le)
    sous_contrat = compter(parts, en_unites_de_fin(en_cours, le), "sous_contrat", "contrat_uh")
    comptages = {"sous_contrat": sous_contrat, "etp": _en_etp(parts, le)}
    return calculer(INDICATEURS, parts, comptages, {"sous_contrat": sous_contrat})


def _en_etp(parts: pl.DataFrame, le: date) -> pl.DataFrame:
    temps_plein = valeur("conventions", "etp_heures_hebdo_h", le)
    return sommer_zones(parts, ["contrat_uh"]).select(
        pl.exclude("contrat_uh", etat("ensemble")),
        etp=pl.col("contrat_uh") / float(temps_plein),
        **{etat("etp"): pl.col(etat("ensemble"))},
    )
