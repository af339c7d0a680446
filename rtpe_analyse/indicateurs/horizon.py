"""Les jours et les heures-places à venir : calendrier annoncé, à défaut l'agrément."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.calendrier import capacites, capacites_par_acte
from rtpe_analyse.indicateurs.parts import etat
from rtpe_analyse.indicateurs.presences import (
    CONNU,
    EN_PARTIE,
    INCONNU,
    activite,
    mois_attendus,
)
from rtpe_analyse.modeles import Periode

_TRIMESTRES_A_VENIR = 2
_JOUR = ["etablissement", "date"]
_MOIS = pl.col("date").dt.truncate("1mo")


def horizon(le: date) -> date:
    """Dernier jour du deuxième trimestre qui suit celui de la date d'arrêté."""
    return Periode.contenant(le, "trimestre").decaler(_TRIMESTRES_A_VENIR).fin


def jours_prevus(lieux: Lieux, le: date) -> pl.DataFrame:
    """Jours prévus et heures-places autorisées, du début du suivi à l'horizon.

    Passé et calendrier annoncé : les jours comptés de H0. Un mois qui finit après la date
    d'arrêté et que le calendrier d'un établissement en activité ne couvre pas du tout est
    estimé : agrément en vigueur × ses jours de semaine, sans fermeture ni férié.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté.

    Returns:
        `etablissement, date, h0_min, h0_min__etat, compte` (un jour prévu). Connu :
        calendrier ; en partie : estimé ; inconnu (ligne vide au premier du mois) : un mois
        échu sans calendrier, un jour sans agrément.
    """
    fin = horizon(le)
    annonces = capacites(lieux, fin)
    echus = mois_attendus(lieux, le, annonces.filter(pl.col("date") <= le))
    sans = echus.filter(
        pl.col("attendus").is_null(), pl.col("mois").dt.month_end() <= pl.lit(le)
    ).select("etablissement", date="mois")
    estimes = _estimer(lieux, le, fin, annonces)
    connus = annonces.select(
        *_JOUR,
        "h0_min",
        pl.when(pl.col("h0_min").is_null()).then(INCONNU).otherwise(CONNU).alias(etat("h0_min")),
        compte=pl.col("jours") == 1,
    )
    inconnus = sans.with_columns(
        pl.lit(None, pl.Int64).alias("h0_min"),
        pl.lit(INCONNU).alias(etat("h0_min")),
        compte=pl.lit(False),
    )
    return pl.concat([connus, inconnus, estimes], how="vertical_relaxed").sort(_JOUR)


def _estimer(lieux: Lieux, le: date, fin: date, annonces: pl.DataFrame) -> pl.DataFrame:
    """Mois à venir sans calendrier : une ligne par jour agréé, ou une ligne vide sans agrément."""
    couverts = annonces.select("etablissement", mois=_MOIS).unique()
    dates = (
        activite(lieux)
        .with_columns(
            debut=pl.max_horizontal("debut", pl.lit(le.replace(day=1))),
            fin=pl.min_horizontal("fin", pl.lit(fin)),
        )
        .filter(pl.col("debut") <= pl.col("fin"))
        .select("etablissement", date=pl.date_ranges("debut", "fin", "1d"))
        .explode("date")
        .filter(pl.col("date").dt.month_end() > le)
        .with_columns(mois=_MOIS)
        .collect()
        .join(couverts, on=["etablissement", "mois"], how="anti")
    )
    agrees = capacites_par_acte(lieux, dates).with_columns(mois=_MOIS)
    vides = (
        dates.select("etablissement", "mois")
        .unique()
        .join(agrees, on=["etablissement", "mois"], how="anti")
        .select("etablissement", date="mois")
    )
    return pl.concat(
        [
            agrees.select(
                *_JOUR,
                pl.col("total_min").alias("h0_min"),
                pl.lit(EN_PARTIE).alias(etat("h0_min")),
                compte=pl.lit(True),
            ),
            vides.with_columns(
                pl.lit(None, pl.Int64).alias("h0_min"),
                pl.lit(INCONNU).alias(etat("h0_min")),
                compte=pl.lit(False),
            ),
        ],
        how="vertical_relaxed",
    )
