"""Heures d'ouverture et heures-places perdues faute de personnel."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.calendrier import jours as calendrier_de
from rtpe_analyse.indicateurs.calendrier import plages_du_jour
from rtpe_analyse.indicateurs.parts import etat
from rtpe_analyse.indicateurs.personnel_jours import JOUR
from rtpe_analyse.indicateurs.presences import CONNU, EN_PARTIE, mois_attendus
from rtpe_analyse.propres import lire_admis

_CAUSE = "personnel"


def heures_perdues(lieux: Lieux, le: date, capacites: pl.DataFrame) -> pl.DataFrame:
    """Minutes d'ouverture et minutes-places perdues faute de personnel, jour par jour.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté.
        capacites: table de `calendrier.capacites`.

    Returns:
        `etablissement, date, perdu_personnel_min, places_perdues_personnel_min` et leurs
        états : en partie connue un jour où une perte n'a pas de cause enregistrée ; vide un
        jour compté sans agrément, ou dont les places ouvertes ne sont pas déclarées. Un mois
        attendu sans calendrier est inconnu.
    """
    calendrier = calendrier_de(lieux, le).filter("compte")
    offerte = (
        pl.min_horizontal("plage_fin", "fin_min") - pl.max_horizontal("plage_debut", "debut_min")
    ).clip(0)
    ouverte = (
        plages_du_jour(lieux, calendrier)
        .join(calendrier, on=JOUR)
        .group_by(JOUR)
        .agg(ouverte=pl.when("ouvert").then(offerte).otherwise(0).sum())
    )
    causes = (
        lire_admis(lieux, "ouvertures")
        .filter(pl.col("date") <= le)
        .sort(*JOUR, "_ligne")
        .unique(JOUR, keep="last", maintain_order=True)
        .select(*JOUR, "cause")
        .collect()
    )
    pertes = {
        "perdu_personnel_min": pl.col("amplitude_min") - pl.col("ouverte"),
        "places_perdues_personnel_min": pl.col("agrees_min") - pl.col("ouverts_min"),
    }
    jours = (
        capacites.filter(pl.col("jours") == 1)
        .join(ouverte, on=JOUR, how="left")
        .join(causes, on=JOUR, how="left")
        .with_columns(**pertes)
    )
    due = pl.col("cause") == _CAUSE
    # Sans cause, une perte peut venir du personnel : le chiffre n'est qu'un minimum.
    mesures = jours.select(
        *JOUR,
        *(
            pl.when(pl.col(p).is_null() | due.fill_null(False)).then(p).otherwise(0).alias(p)
            for p in pertes
        ),
        *(
            pl.when(pl.col("cause").is_null() & (pl.col(p) > 0))
            .then(EN_PARTIE)
            .otherwise(CONNU)
            .alias(etat(p))
            for p in pertes
        ),
    )
    attendus = mois_attendus(lieux, le, capacites)
    premiers = attendus.select(
        "etablissement",
        date="mois",
        **{p: pl.when(pl.col("attendus").is_not_null()).then(pl.lit(0, pl.Int64)) for p in pertes},
        **{etat(p): pl.lit(CONNU, pl.Int32) for p in pertes},
    )
    return pl.concat([mesures, premiers.select(mesures.columns)], how="vertical_relaxed")
