"""L'occupation d'une semaine : heures de présence et capacité horaire, du lundi au dimanche."""

from datetime import date, timedelta

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.calendrier import jours, plages_du_jour
from rtpe_analyse.indicateurs.presences import CONNU, EN_PARTIE, INCONNU, passages
from rtpe_analyse.indicateurs.rattachement import rattacher

_JOUR = ["etablissement", "date"]
_LUNDI = pl.col("date").dt.truncate("1w")
_DIMANCHE = timedelta(days=6)


def capacite_horaire(lieux: Lieux, le: date) -> pl.DataFrame:
    """Minutes-places des jours réellement ouverts, prévus ou non.

    Places agréées de chaque plage × sa durée, entre l'ouverture et la fermeture réelles du
    jour (celles de l'agrément si elles ne sont pas dites) ; la modulation s'additionne plage
    par plage. Source : article R. 2324-27 du code de la santé publique, arrêté du 8 octobre
    2021 (capacité horaire selon les heures d'ouverture hebdomadaires).

    Returns:
        `etablissement, date, capacite_min` ; un jour ouvert sans agrément n'y est pas.
    """
    ouverts = jours(lieux, le).filter("ouvert")
    debut = pl.max_horizontal("plage_debut", "debut_min")
    fin = pl.min_horizontal("plage_fin", "fin_min")
    return (
        plages_du_jour(lieux, ouverts)
        .join(ouverts, on=_JOUR)
        .group_by(_JOUR)
        .agg(capacite_min=((fin - debut).clip(0) * pl.col("places")).sum())
    )


def semaines(lieux: Lieux, le: date, presences: pl.DataFrame, etats: pl.DataFrame) -> pl.DataFrame:
    """Présence et capacité de chaque semaine entière échue au jour `le`.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté ; une semaine dont le dimanche est postérieur n'est pas jugée.
        presences: table de `presences.realise`.
        etats: `etablissement, mois, etat` ; une semaine dont le lundi tombe dans un mois qui
            n'y est pas (hors activité, avant le suivi) n'est pas jugée.

    Returns:
        `etablissement, date` (le lundi), `presence_min`, `capacite_min` (0 : aucune heure
        d'ouverture) et `etat` : en partie connue si des heures sont venues sans une heure
        d'ouverture, ou si la semaine déborde sur un mois inconnu.
    """
    venues = presences.group_by("etablissement", date=_LUNDI).agg(
        presence_min=pl.col("realise_min").sum()
    )
    offertes = (
        capacite_horaire(lieux, le)
        .group_by("etablissement", date=_LUNDI)
        .agg(pl.col("capacite_min").sum())
    )
    mois = {"mois": pl.col("date").dt.truncate("1mo")}
    dimanche = {"mois": (pl.col("date") + _DIMANCHE).dt.truncate("1mo")}
    cle = ["etablissement", "mois"]
    sans_ouverture = (pl.col("capacite_min") == 0) & (pl.col("presence_min") > 0)
    return (
        venues.join(offertes, on=_JOUR, how="full", coalesce=True)
        .with_columns(pl.col("presence_min", "capacite_min").fill_null(0))
        .filter(pl.col("date") + _DIMANCHE <= le)
        .with_columns(**mois)
        .join(etats.select(cle), on=cle, how="semi")
        .with_columns(**dimanche)
        .join(etats, on=cle, how="left")
        .with_columns(
            etat=pl.when(sans_ouverture | (pl.col("etat") == INCONNU))
            .then(EN_PARTIE)
            .otherwise(CONNU)
        )
        .select(*_JOUR, "presence_min", "capacite_min", "etat")
        .sort(_JOUR)
    )


def enfants_des_semaines(lieux: Lieux, le: date, hebdo: pl.DataFrame) -> pl.DataFrame:
    """Enfants venus pendant les semaines jugées.

    Returns:
        Les quatre zones, `date` (le lundi), `unite` (l'enfant) ; une ligne par enfant,
        établissement et semaine.
    """
    venus = (
        passages(lieux, le)
        .filter("present")
        .select("etablissement", date=_LUNDI, unite="enfant")
        .unique()
        .collect(engine="streaming")
    )
    return rattacher(venus.join(hebdo.select(_JOUR), on=_JOUR, how="semi"), lieux)
