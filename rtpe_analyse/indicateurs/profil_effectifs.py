"""Enfants distincts de chaque créneau : ce que le secret compte pour le profil."""

import polars as pl

from rtpe_analyse.indicateurs.horaires import QUART, QUARTS
from rtpe_analyse.indicateurs.parts import PERIODE
from rtpe_analyse.indicateurs.table import CLE_ZONE
from rtpe_analyse.modeles import MAILLES

# Un entier signé porte 63 bits : la journée tient en deux moitiés de 48 quarts.
_MOITIE = QUARTS // 2
_BITS = [(moitie, bit) for moitie in (0, 1) for bit in range(_MOITIE)]


def compter_par_quart(
    parts: pl.DataFrame, jours: pl.DataFrame, venus: pl.LazyFrame
) -> pl.DataFrame:
    """Enfants distincts venus au moins une minute dans le créneau, par zone.

    Les quarts où un enfant est venu sont les bits d'un entier : ils se réunissent par un
    « ou » d'un jour à l'autre et d'un établissement à l'autre, puis se comptent bit à bit,
    sans déplier une ligne par enfant et par quart.

    Args:
        parts: table de `en_parts`, modalités `1-08:15` ; ses zones sont celles du résultat.
        jours: `etablissement, date, jour, trimestre` et les zones, des seuls établissements
            dont la présence est connue.
        venus: passages présents (`presences.passages`).

    Returns:
        `CLE_ZONE` et `presents_creneau` (zéro compris).
    """
    par_enfant = pl.concat(
        [
            _frequentes(du_trimestre, venus)
            for du_trimestre in jours.partition_by("trimestre", maintain_order=True)
        ]
        or [_frequentes(jours, venus)]
    )
    tables = []
    for maille in MAILLES:
        comptes = _compter(par_enfant.rename({maille: "zone"}))
        tables.append(
            parts.select(*PERIODE, zone=maille)
            .unique()
            .with_columns(maille=pl.lit(maille))
            .join(comptes, on=["zone", "periode", "modalite"], how="left")
            .with_columns(pl.col("presents_creneau").fill_null(0))
            .select(*CLE_ZONE, "presents_creneau")
        )
    return pl.concat(tables)


def _frequentes(jours: pl.DataFrame, venus: pl.LazyFrame) -> pl.DataFrame:
    """Quarts fréquentés par chaque enfant, zone par zone et jour de semaine par jour."""
    du, au = jours["date"].min(), jours["date"].max()
    premier = pl.col("arrivee_min") // QUART
    apres = (pl.col("depart_min") - 1) // QUART + 1
    deux = pl.lit(2, pl.Int64)
    moities = {
        f"m{m}": deux.pow((apres - m * _MOITIE).clip(0, _MOITIE))
        - deux.pow((premier - m * _MOITIE).clip(0, _MOITIE))
        for m in (0, 1)
    }
    return (
        venus.filter(
            pl.col("date").is_between(du, au), pl.col("arrivee_min") < pl.col("depart_min")
        )
        .join(jours.lazy(), on=["etablissement", "date"])
        .select("trimestre", "jour", "enfant", *MAILLES, **moities)
        .group_by("trimestre", "jour", "enfant", *MAILLES)
        .agg(pl.col("m0", "m1").bitwise_or())
        .collect(engine="streaming")
    )


def _compter(par_enfant: pl.DataFrame) -> pl.DataFrame:
    """`zone, periode, modalite, presents_creneau`, créneaux fréquentés seulement."""
    instants = {
        f"{(m * _MOITIE + bit) * QUART}": (pl.col(f"m{m}") // 2**bit % 2).sum() for m, bit in _BITS
    }
    minute = pl.col("minute").cast(pl.Int64)
    heure, reste = (e.cast(pl.String).str.zfill(2) for e in (minute // 60, minute % 60))
    return (
        par_enfant.group_by("zone", "trimestre", "jour", "enfant")
        .agg(pl.col("m0", "m1").bitwise_or())
        .group_by("zone", "trimestre", "jour")
        .agg(**instants)
        .unpivot(
            index=["zone", "trimestre", "jour"],
            variable_name="minute",
            value_name="presents_creneau",
        )
        .filter(pl.col("presents_creneau") > 0)
        .select(
            "zone",
            "presents_creneau",
            periode=pl.format(
                "{}-T{}", pl.col("trimestre").dt.year(), pl.col("trimestre").dt.quarter()
            ),
            modalite=pl.format("{}-{}:{}", pl.col("jour"), heure, reste),
        )
    )
