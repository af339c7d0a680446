"""Les contrats en cours au dernier jour de chaque mois."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.presences import (
    CONNU,
    INCONNU,
    micro_heures,
    mois_attendus,
    suivre,
)
from rtpe_analyse.indicateurs.rattachement import rattacher
from rtpe_analyse.propres import lire_admis


def contrats_en_cours(lieux: Lieux, le: date) -> pl.DataFrame:
    """Contrats en cours à chaque fin de mois, dont les heures hebdomadaires sont connues.

    Returns:
        Les quatre zones, `date` (dernier jour du mois), `unite` (l'enfant), `contrat_uh`
        (millionièmes d'heure par semaine) ; du mois du premier contrat à celui de `le`.
    """
    contrats = (
        suivre(lire_admis(lieux, "contrats"), lieux)
        .filter(pl.col("heures_hebdo_h").is_not_null(), pl.col("debut") <= le)
        .select(
            "etablissement",
            "debut",
            "fin",
            unite="enfant",
            contrat_uh=micro_heures("heures_hebdo_h"),
        )
        .with_columns(
            date=pl.date_ranges(
                pl.col("debut").dt.truncate("1mo"),
                pl.min_horizontal(pl.col("fin").fill_null(le), pl.lit(le)).dt.truncate("1mo"),
                "1mo",
            )
        )
        .explode("date")
        .with_columns(pl.col("date").dt.month_end())
        .filter(pl.col("fin").is_null() | (pl.col("fin") >= pl.col("date")))
        .drop("debut", "fin")
        .collect()
    )
    return rattacher(contrats, lieux)


def heures_sous_contrat(
    lieux: Lieux, le: date, en_cours: pl.DataFrame, capacites: pl.DataFrame
) -> pl.DataFrame:
    """Heures hebdomadaires sous contrat par établissement, à chaque fin de mois.

    Returns:
        `etablissement, date, contrat_uh` et son état : un établissement attendu ce mois-là
        et sans aucun contrat est inconnu.
    """
    cle = ["etablissement", "date"]
    heures = en_cours.group_by(cle).agg(pl.col("contrat_uh").sum())
    attendus = mois_attendus(lieux, le, capacites).select(
        "etablissement", "attendus", date=pl.col("mois").dt.month_end()
    )
    absence = pl.when(pl.col("attendus") == 0).then(CONNU).otherwise(INCONNU)
    return attendus.join(heures, on=cle, how="left").select(
        *cle,
        pl.col("contrat_uh").fill_null(0),
        contrat_uh__etat=pl.when(pl.col("contrat_uh").is_null()).then(absence).otherwise(CONNU),
    )
