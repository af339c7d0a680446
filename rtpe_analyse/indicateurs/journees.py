"""Capacité et présence jour par jour, pour qui regroupe autrement qu'au mois."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.parts import etat
from rtpe_analyse.indicateurs.places import parts_de_capacite
from rtpe_analyse.indicateurs.presences import INCONNU, realise
from rtpe_analyse.indicateurs.rattachement import rattacher

MESURES = ("h0_min", "jours_ouverts", "realise_min", "presents")
_JOUR = ["etablissement", "date"]
_MOIS = ["etablissement", "mois"]


def journees(lieux: Lieux, le: date) -> pl.DataFrame:
    """Une ligne par établissement × jour prévu ou fréquenté, jusqu'au dernier jour pointé.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté.

    Returns:
        Les quatre zones, `date`, `h0_min` (minutes-places autorisées), `jours_ouverts` (0 ou
        1), `realise_min`, `presents` (enfants venus), et l'état de chaque mesure. Un jour
        ouvert sans pointage, dans un mois reçu, vaut zéro ; après le dernier pointage de
        l'établissement, il est inconnu : ses pointages ne sont pas encore tous là.
    """
    capacites, mesures = parts_de_capacite(lieux, le)
    sans = mesures.filter(pl.col("h0_min").is_null()).select("etablissement", mois=_du_mois())
    # Un mois sans calendrier n'a pas de jours : une ligne par semaine y porte l'inconnu.
    vides = sans.unique().select(
        "etablissement", date=pl.date_ranges("mois", pl.col("mois").dt.month_end(), "1w")
    )
    offertes = capacites.select(
        *_JOUR, "h0_min", jours_ouverts=((pl.col("jours") == 1) & pl.col("ouvert")).cast(pl.Int64)
    )
    recues = realise(lieux, le, capacites).with_columns(mois=_du_mois())
    venues = recues.filter(pl.col("recus") == 1)
    etats = recues.group_by(_MOIS).agg(lu=pl.col(etat("realise_min")).max())
    derniers = venues.group_by("etablissement").agg(dernier=pl.col("date").max())
    attendu = (pl.col("jours_ouverts") > 0) | (pl.col("h0_min") > 0)
    lu = pl.when(attendu & (pl.col("date") > pl.col("dernier")).fill_null(True)).then(INCONNU)
    table = (
        pl.concat([offertes, vides.explode("date")], how="diagonal")
        .unique(_JOUR, keep="first", maintain_order=True)
        .join(venues.select(*_JOUR, "realise_min", "presents"), on=_JOUR, how="full", coalesce=True)
        .filter(pl.col("date") <= pl.lit(derniers["dernier"].max()))
        .with_columns(mois=_du_mois())
        .join(etats, on=_MOIS, how="left")
        .join(derniers, on="etablissement", how="left")
        .join(sans.unique().with_columns(sans=True), on=_MOIS, how="left")
        .with_columns(pl.col("jours_ouverts").fill_null(0))
        .with_columns(
            h0=pl.when(pl.col("sans")).then(INCONNU).otherwise(0),
            lu=lu.otherwise(pl.col("lu").fill_null(INCONNU)),
        )
    )
    return rattacher(
        table.select(
            *_JOUR,
            *_mesures(("h0_min", "jours_ouverts"), "h0"),
            *_mesures(("realise_min", "presents"), "lu"),
        ),
        lieux,
    )


def _mesures(noms: tuple[str, ...], lu: str) -> list[pl.Expr]:
    valeurs = [pl.when(pl.col(lu) != INCONNU).then(pl.col(n).fill_null(0)).alias(n) for n in noms]
    return valeurs + [pl.col(lu).alias(etat(n)) for n in noms]


def _du_mois() -> pl.Expr:
    return pl.col("date").dt.truncate("1mo")
