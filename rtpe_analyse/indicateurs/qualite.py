"""Famille « qualité » : la complétude de ce qui a été reçu."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.agregation import calculer
from rtpe_analyse.indicateurs.modele import Indicateur, RatioDeSommes
from rtpe_analyse.indicateurs.parts import en_parts
from rtpe_analyse.indicateurs.places import parts_de_capacite
from rtpe_analyse.indicateurs.presences import mois_attendus
from rtpe_analyse.propres import lire_admis

_JOUR = ["etablissement", "date"]

INDICATEURS = (
    Indicateur(
        code="Q1",
        libelle="Complétude",
        unite="%",
        agregation=RatioDeSommes("recus", "attendus"),
        numerateur="établissement-jours attendus avec au moins un pointage valide",
        denominateur="établissement-jours prévus et ouverts",
        champ="Jours prévus au calendrier annoncé et réellement ouverts.",
        definition="La part des jours attendus pour lesquels au moins un pointage (présence ou "
        "absence) est arrivé jusqu'aux tables propres.",
        source="pointages, ouvertures",
        limites="Un seul pointage suffit : un jour à moitié saisi compte pour reçu.",
        decimales=1,
        sens="hausse_favorable",
    ),
)


def jours_recus(lieux: Lieux, le: date, capacites: pl.DataFrame) -> pl.DataFrame:
    """Jours attendus et reçus de chaque établissement.

    Returns:
        `etablissement, date, attendus, recus` (0 ou 1) ; une ligne vide au premier de chaque
        mois d'activité sans calendrier : on ne sait pas ce qui était attendu.
    """
    pointes = (
        lire_admis(lieux, "pointages")
        .filter(pl.col("date") <= le)
        .select(_JOUR)
        .unique()
        .collect(engine="streaming")
    )
    attendu = (pl.col("jours") == 1) & pl.col("ouvert")
    jours = capacites.join(pointes.with_columns(recu=True), on=_JOUR, how="left").select(
        *_JOUR,
        attendus=attendu.cast(pl.Int64),
        recus=(attendu & pl.col("recu").fill_null(False)).cast(pl.Int64),
    )
    sans = mois_attendus(lieux, le, capacites).filter(pl.col("attendus").is_null())
    return pl.concat([jours, sans.select("etablissement", date="mois")], how="diagonal")


def calculer_qualite(lieux: Lieux, le: date) -> pl.DataFrame:
    """Indicateurs de la famille, toutes mailles, mois et trimestres échus au jour `le`."""
    capacites, _ = parts_de_capacite(lieux, le)
    return calculer(INDICATEURS, en_parts([jours_recus(lieux, le, capacites)], lieux, le))
