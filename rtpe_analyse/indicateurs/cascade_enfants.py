"""Cascade, seconde partie : ce que chaque enfant devait faire, et ce qu'il a fait.

Un enfant × un jour : ses minutes prévues au contrat d'un côté, sa présence de l'autre. Leur
écart tombe tout entier dans une seule ligne.
"""

from collections.abc import Iterator
from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.engagements import jours_agrees, minutes_planifiees
from rtpe_analyse.indicateurs.presences import TIERS_PAR_MINUTE, suivre
from rtpe_analyse.propres import lire_admis

ABSENCE, ECOURTEE, DUREE_INCONNUE = "absence", "presence_ecourtee", "duree_inconnue"
DEPASSEMENT, HORS_PLANNING = "depassement", "hors_planning"
SANS_CONTRAT, JOUR_FERME = "sans_contrat", "jour_ferme"
NON_PRECISE = "non_precise"
_JOUR = ["etablissement", "date"]
_ENFANT = [*_JOUR, "unite"]


def engagements_reunis(engages: pl.DataFrame) -> pl.DataFrame:
    """Périodes où un enfant est sous contrat dans un établissement, sans chevauchement.

    Args:
        engages: table de `engagements.contrats`.

    Returns:
        `etablissement, unite, debut, apres` (exclu), `tient` (un contrat de la période a un
        planning ou des heures : l'enfant tient une place même absent).
    """
    cle = ["etablissement", "unite"]
    tient = pl.col("planning") | pl.col("hebdo_tuh").is_not_null()
    morceaux = [
        _reunir(engages.filter(tient), cle).with_columns(tient=pl.lit(True)),
        _reunir(engages, cle).with_columns(tient=pl.lit(False)),
    ]
    return pl.concat(morceaux).sort(*cle, "debut", "tient")


def _reunir(periodes: pl.DataFrame, cle: list[str]) -> pl.DataFrame:
    deja = pl.col("apres").cum_max().shift(1).over(cle)
    return (
        periodes.select(*cle, "debut", "apres")
        .sort(*cle, "debut", "apres")
        .with_columns(nouvelle=(pl.col("debut") > deja).fill_null(True))
        .with_columns(rang=pl.col("nouvelle").cum_sum().over(cle))
        .group_by(*cle, "rang")
        .agg(pl.col("debut").min(), pl.col("apres").max())
        .drop("rang")
    )


def enfants_jours(
    lieux: Lieux, le: date, engages: pl.DataFrame, ouverts: pl.DataFrame
) -> Iterator[pl.DataFrame]:
    """Chaque enfant et jour, prévu ou présent, mois par mois (la mémoire reste bornée).

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté.
        engages: table de `engagements.contrats`.
        ouverts: `etablissement, date` des jours ouverts.

    Yields:
        Pour chaque mois : `etablissement, date, unite`, `prevu_tuh` (0 un jour fermé ; à
        défaut de planning, la réservation du jour, puis les heures hebdomadaires réparties
        sur les jours agréés), `realise_tuh`, `ligne` (celle où tombe l'écart ; vide s'il est
        nul), `ecart_tuh` (signé), `motif` (d'une absence), `tient` (un contrat lui garde sa
        place, même un jour où il n'est pas attendu).
    """
    segments = minutes_planifiees(lieux, engages)
    reunis = engagements_reunis(engages)
    hebdo = engages.filter(~pl.col("planning"), pl.col("hebdo_tuh").is_not_null())
    agrees = jours_agrees(lieux, ouverts)
    presences = suivre(lire_admis(lieux, "pointages").filter(pl.col("date") <= le), lieux)
    mois = pl.concat(
        [
            ouverts.select(mois=pl.col("date").dt.truncate("1mo")),
            presences.select(mois=pl.col("date").dt.truncate("1mo")).unique().collect(),
        ]
    )
    for debut in mois["mois"].unique().sort():
        du_mois = pl.col("date").is_between(debut, pl.lit(debut).dt.month_end())
        jours = ouverts.filter(du_mois)
        yield _croiser(
            _prevus(jours, segments, hebdo, agrees),
            _presents(presences.filter(du_mois)),
            jours,
            reunis,
        )


def _prevus(
    jours: pl.DataFrame, segments: pl.DataFrame, hebdo: pl.DataFrame, agrees: pl.DataFrame
) -> pl.DataFrame:
    """`etablissement, date, unite, planning_tuh, hebdo_tuh` des jours ouverts."""
    avec = jours.with_columns(jour_semaine=pl.col("date").dt.weekday().cast(pl.Int64))
    vif = (pl.col("debut") <= pl.col("date")) & (pl.col("date") < pl.col("apres"))
    planifies = (
        avec.join(segments, on=["etablissement", "jour_semaine"])
        .filter(vif)
        .group_by(_ENFANT)
        .agg(planning_tuh=pl.col("minutes").sum() * TIERS_PAR_MINUTE)
    )
    repartis = (
        jours.join(
            hebdo.select("etablissement", "unite", "debut", "apres", "hebdo_tuh"),
            on="etablissement",
        )
        .filter(vif)
        .join(agrees, on=_JOUR)
        .group_by(_ENFANT)
        .agg(hebdo_tuh=(pl.col("hebdo_tuh") // pl.col("jours_agrees")).sum())
    )
    return planifies.join(repartis, on=_ENFANT, how="full", coalesce=True)


def _presents(pointages: pl.LazyFrame) -> pl.DataFrame:
    """`etablissement, date, unite, realise_tuh, present, reserve_tuh, motif` d'un mois."""
    duree = pl.coalesce(
        pl.col("realise_min"),
        pl.col("depart_min") - pl.col("arrivee_min"),
        pl.when(pl.col("motif_absence").is_not_null()).then(0),
    )
    return (
        pointages.with_columns(duree=duree)
        .group_by(*_JOUR, unite="enfant")
        .agg(
            realise_tuh=pl.col("duree").sum() * TIERS_PAR_MINUTE,
            inconnue=pl.col("duree").is_null().any(),
            present=(pl.col("duree").is_null() | (pl.col("duree") > 0)).any(),
            reserve_tuh=pl.when(pl.col("reserve_min").is_not_null().any()).then(
                pl.col("reserve_min").sum() * TIERS_PAR_MINUTE
            ),
            motif=pl.col("motif_absence").drop_nulls().sort().first(),
        )
        .collect(engine="streaming")
    )


def _croiser(
    prevus: pl.DataFrame, presents: pl.DataFrame, jours: pl.DataFrame, reunis: pl.DataFrame
) -> pl.DataFrame:
    ouvert = jours.select(*_JOUR, ouvert=pl.lit(True))
    tous = (
        prevus.join(presents, on=_ENFANT, how="full", coalesce=True)
        .join(ouvert, on=_JOUR, how="left")
        .with_columns(
            pl.col("ouvert", "present", "inconnue").fill_null(False),
            pl.col("realise_tuh").fill_null(0),
        )
    )
    tous = _situer(tous, reunis)
    prevu = (
        pl.when("ouvert")
        .then(
            pl.coalesce(
                "planning_tuh",
                pl.when("sous_contrat").then("reserve_tuh"),
                "hebdo_tuh",
                pl.lit(0, pl.Int64),
            )
        )
        .otherwise(0)
    )
    c, r = pl.col("prevu_tuh"), pl.col("realise_tuh")
    return (
        tous.with_columns(prevu_tuh=prevu)
        .with_columns(
            ligne=pl.when(~pl.col("ouvert") & (r > 0))
            .then(pl.lit(JOUR_FERME))
            .when((c > 0) & ~pl.col("present"))
            .then(pl.lit(ABSENCE))
            .when((c > r) & pl.col("inconnue"))
            .then(pl.lit(DUREE_INCONNUE))
            .when(c > r)
            .then(pl.lit(ECOURTEE))
            .when((r > c) & (c > 0))
            .then(pl.lit(DEPASSEMENT))
            .when((r > 0) & (c == 0) & pl.col("sous_contrat"))
            .then(pl.lit(HORS_PLANNING))
            .when((r > 0) & (c == 0))
            .then(pl.lit(SANS_CONTRAT)),
            ecart_tuh=r - c,
        )
        .select(
            *_ENFANT,
            "prevu_tuh",
            "realise_tuh",
            "ligne",
            "ecart_tuh",
            "tient",
            motif=pl.when(pl.col("ligne") == ABSENCE).then(pl.col("motif").fill_null(NON_PRECISE)),
        )
    )


def _situer(table: pl.DataFrame, reunis: pl.DataFrame) -> pl.DataFrame:
    """Ajoute `sous_contrat` et `tient` : un contrat couvre-t-il ce jour ?"""
    for nom, choix in (("sous_contrat", ~pl.col("tient")), ("tient", pl.col("tient"))):
        periodes = reunis.filter(choix).select(
            "etablissement", "unite", date="debut", jusqu="apres"
        )
        table = (
            table.sort("date")
            .join_asof(
                periodes.sort("date"),
                on="date",
                by=["etablissement", "unite"],
                strategy="backward",
                check_sortedness=False,
            )
            .with_columns((pl.col("date") < pl.col("jusqu")).fill_null(False).alias(nom))
            .drop("jusqu")
        )
    return table
