"""Famille « personnel » : l'encadrement et la direction, en agrégé ; jamais un agent."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.agregation import calculer
from rtpe_analyse.indicateurs.calendrier import capacites as calendrier_capacites
from rtpe_analyse.indicateurs.modele import Additif, Indicateur, RatioDeSommes
from rtpe_analyse.indicateurs.parts import en_parts
from rtpe_analyse.indicateurs.personnel_effectifs import compter_agents
from rtpe_analyse.indicateurs.personnel_fermetures import heures_perdues
from rtpe_analyse.indicateurs.personnel_jours import JOUR, etats_des_jours, poser_etats
from rtpe_analyse.indicateurs.personnel_quarts import quarts_du_jour
from rtpe_analyse.propres import lire_admis

_QUARTS = (
    "Quarts d'heure d'ouverture (agrément et horaires réels) des jours ouverts où les agents, "
    "les enfants et la règle sont connus. Formation, autre travail et personnel hors "
    "encadrement exclus."
)
_LIMITES = (
    "Un mois sans présences d'agents est inconnu, jamais nul ; un jour illisible (aucun agent "
    "transmis, qualification, mode ou part de marcheurs manquants) sort du calcul, et au-delà "
    "du seuil de complétude le mois est non calculable. Ne juge pas la qualité de l'accueil."
)
_FERMETURES = "agréments, ouvertures"

INDICATEURS = (
    Indicateur(
        code="R1",
        libelle="Quarts d'heure sous le taux d'encadrement",
        unite="%",
        agregation=RatioDeSommes("quarts_sous_taux", "quarts_ouverts"),
        numerateur="quarts d'heure où les agents présents sont moins nombreux que requis",
        denominateur="quarts d'heure d'ouverture",
        champ=_QUARTS,
        definition="À chaque quart d'heure, agents encadrants présents, toutes qualifications "
        "ensemble, comparés au plus grand nombre requis par les enfants présents : mode 5_8 ou "
        "6 de l'établissement, minimum de deux compris, marcheurs selon la part déclarée de "
        "leur section, arrondie à l'entier inférieur.",
        source="présences d'agents, pointages, sections, établissements, ouvertures, agréments",
        limites=_LIMITES,
        contributeur="encadrants",
        au_trimestre="somme",
        denominateur_public=True,
        nature="agents",
        decimales=1,
        sens="baisse_favorable",
    ),
    Indicateur(
        code="R2",
        libelle="Quarts d'heure sous le minimum de deux professionnels",
        unite="%",
        agregation=RatioDeSommes("quarts_sous_minimum", "quarts_ouverts"),
        numerateur="quarts d'heure où un enfant est présent et où le minimum n'est pas tenu",
        denominateur="quarts d'heure d'ouverture",
        champ=_QUARTS,
        definition="Moins de professionnels que le minimum de l'article R. 2324-43-1 dès qu'un "
        "enfant est présent (à partir de quatre en micro-crèche).",
        source="présences d'agents, pointages, ouvertures, agréments",
        limites=_LIMITES + " Le diplôme exigé au-delà de 24 places n'est pas lu ici.",
        contributeur="encadrants",
        au_trimestre="somme",
        denominateur_public=True,
        nature="agents",
        decimales=1,
        sens="baisse_favorable",
    ),
    Indicateur(
        code="R3",
        libelle="Part de professionnels diplômés (R. 2324-42)",
        unite="%",
        agregation=RatioDeSommes("diplomes_quarts", "encadrants_quarts"),
        numerateur="quarts d'heure de présence des diplômés du 1° de l'article R. 2324-42",
        denominateur="quarts d'heure de présence des agents encadrants",
        champ="Tous les quarts d'heure transmis du mois civil ; personnel hors encadrement exclu.",
        definition="Moyenne du mois civil, pondérée par le temps de présence ; le minimum légal "
        "est de 40 %. Ni au jour, ni au trimestre : la règle ne s'y juge pas.",
        source="présences d'agents",
        limites="Le temps de présence tient lieu d'effectif mensuel de référence. Masqué si une "
        "qualification n'a jamais assez d'agents présents ensemble.",
        contributeur="qualifications",
        nature="agents",
        decimales=1,
        sens="hausse_favorable",
    ),
    Indicateur(
        code="R4",
        libelle="Heures d'ouverture perdues faute de personnel",
        unite="h",
        agregation=Additif("perdu_personnel_min"),
        numerateur="heures d'ouverture prévues et non tenues, cause « personnel »",
        champ="Jours prévus fermés, ou ouverts moins longtemps, pour la cause « personnel ».",
        definition="Durée des plages de l'agrément moins la durée réellement ouverte.",
        source=_FERMETURES,
        limites="Une fermeture dont la cause n'est pas enregistrée n'y est pas : le chiffre est "
        "alors un minimum, à vérifier.",
        decimales=1,
        sens="baisse_favorable",
    ),
    Indicateur(
        code="R4p",
        libelle="Heures-places perdues faute de personnel",
        unite="h",
        agregation=Additif("places_perdues_personnel_min"),
        numerateur="heures-places autorisées et non offertes, cause « personnel »",
        champ="Jours prévus fermés, ouverts moins longtemps ou avec moins de places, pour la "
        "cause « personnel ».",
        definition="Heures-places autorisées moins heures-places ouvertes de ces jours.",
        source=_FERMETURES,
        limites="Une perte dont la cause n'est pas enregistrée n'y est pas : le chiffre est "
        "alors un minimum, à vérifier.",
        decimales=0,
        sens="baisse_favorable",
    ),
    Indicateur(
        code="R5",
        libelle="Jours sans direction ni continuité désignée",
        unite="jours",
        agregation=Additif("jours_sans_direction"),
        numerateur="jours ouverts où ni direction ni continuité n'est désignée",
        champ="Jours prévus et ouverts ; le relevé dit oui ou non, sans nom ni motif.",
        definition="Compte du trimestre (R. 2324-36) ; une zone additionne des jours "
        "d'établissement.",
        source="directions, ouvertures",
        limites="Un jour non relevé est inconnu, jamais compté comme tenu ni comme manqué.",
        sens="baisse_favorable",
    ),
)
_MOIS_SEUL, _TRIMESTRE_SEUL = ("R3",), ("R5",)


def calculer_personnel(lieux: Lieux, le: date) -> pl.DataFrame:
    """R1 à R5, toutes mailles ; R3 au mois, R5 au trimestre, les autres aux deux.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté ; seules les périodes échues sont calculées. Les règles
            d'encadrement sont celles du jour de chaque présence.

    Returns:
        Table de calcul avant secret, sans ventilation. Un mois sans présences d'agents (R1 à
        R3), sans relevé de direction (R5) ou sans calendrier (R4) est inconnu.
    """
    capacites = calendrier_capacites(lieux, le)
    ouverts = capacites.filter((pl.col("jours") == 1) & pl.col("ouvert"))
    quarts, qualifications, presents = quarts_du_jour(lieux, le, capacites, ouverts)
    directions = _directions(lieux, le, capacites, ouverts)
    fermetures = heures_perdues(lieux, le, capacites)
    parts = en_parts([quarts, qualifications, fermetures, directions], lieux, le)
    table = calculer(INDICATEURS, parts, effectifs=compter_agents(lieux, le, parts, presents))
    gardees = (~pl.col("indicateur").is_in(_MOIS_SEUL) | (pl.col("pas") == "mois")) & (
        ~pl.col("indicateur").is_in(_TRIMESTRE_SEUL) | (pl.col("pas") == "trimestre")
    )
    return table.filter(gardees)


def _directions(
    lieux: Lieux, le: date, capacites: pl.DataFrame, ouverts: pl.DataFrame
) -> pl.DataFrame:
    releves = (
        lire_admis(lieux, "directions")
        .filter(pl.col("date") <= le, pl.col("direction").is_not_null())
        .group_by(JOUR)
        .agg(manque=(~pl.col("direction")).all().cast(pl.Int64))
        .collect()
    )
    jours = ouverts.select(JOUR).join(releves, on=JOUR, how="left")
    etats = etats_des_jours(
        jours.select(*JOUR, lisible=pl.col("manque").is_not_null()), lieux, le, capacites
    )
    mesures = jours.drop_nulls("manque").select(*JOUR, jours_sans_direction="manque")
    return poser_etats(mesures, etats)
