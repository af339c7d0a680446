"""Ce qu'on sait d'un établissement, mois par mois, quand certains jours sont illisibles."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.parts import etat
from rtpe_analyse.indicateurs.presences import CONNU, EN_PARTIE, INCONNU, mois_attendus
from rtpe_analyse.reglementation import valeur

JOUR = ["etablissement", "date"]
MOIS = ["etablissement", "mois"]


def etats_des_jours(
    jours: pl.DataFrame, lieux: Lieux, le: date, capacites: pl.DataFrame
) -> pl.DataFrame:
    """État de chaque mois, d'après ses jours attendus et ceux qui se lisent.

    Args:
        jours: `etablissement, date, lisible` des jours prévus et ouverts.
        lieux: dossiers du jeu.
        le: date d'arrêté, à laquelle lire le seuil de complétude.
        capacites: table de `calendrier.capacites`.

    Returns:
        `etablissement, mois, etat` : connu si tous les jours se lisent (ou si aucun n'était
        attendu), en partie si la part illisible reste sous le seuil, inconnu au-delà, ou
        sans calendrier.
    """
    # En entiers : à la complétude exigée, un mois se publie.
    tolere = 100 - valeur("seuils_alerte", "q1_non_publie_pct", le)
    lus = jours.group_by("etablissement", mois=pl.col("date").dt.truncate("1mo")).agg(
        jours=pl.len().cast(pl.Int64), manquants=(~pl.col("lisible")).sum().cast(pl.Int64)
    )
    manquants, total = pl.col("manquants").fill_null(0), pl.col("jours").fill_null(0)
    return (
        mois_attendus(lieux, le, capacites)
        .join(lus, on=MOIS, how="left")
        .select(
            *MOIS,
            etat=pl.when(pl.col("attendus").is_null())
            .then(INCONNU)
            .when(manquants == 0)
            .then(CONNU)
            .when((manquants * 100 > total * tolere) | (manquants == total))
            .then(INCONNU)
            .otherwise(EN_PARTIE),
        )
    )


def poser_etats(mesures: pl.DataFrame, etats: pl.DataFrame) -> pl.DataFrame:
    """Mesures journalières avec leur état ; chaque mois a une ligne, même sans mesure.

    Args:
        mesures: `etablissement, date` et des mesures entières, sans vide.
        etats: `etablissement, mois, etat`.

    Returns:
        La table augmentée de `<mesure>__etat`. Le premier d'un mois sans mesure vaut zéro,
        avec l'état du mois : inconnu, il ne se lit pas.
    """
    noms = [c for c in mesures.columns if c not in JOUR]
    premiers = etats.select("etablissement", date="mois", **{n: pl.lit(0, pl.Int64) for n in noms})
    return (
        pl.concat([mesures, premiers.select(mesures.columns)])
        .with_columns(mois=pl.col("date").dt.truncate("1mo"))
        .join(etats, on=MOIS, how="left")
        .with_columns(pl.col("etat").fill_null(INCONNU).alias(etat(n)) for n in noms)
        .drop("mois", "etat")
    )
