"""Où sont les places de crèche : le réseau à ses adresses, le reste au centre des communes."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.controles.positions import VRAISEMBLABLE, juger_positions
from rtpe_analyse.propres import lire_admis
from rtpe_analyse.reglementation import valeur

PLACES = "places_eaje"


def offre_situee(
    lieux: Lieux, places: pl.DataFrame, positions: pl.DataFrame, annee: int, le: date
) -> pl.DataFrame:
    """Le réseau du jour `le` à ses adresses, les autres places au centre de leur commune.

    Les autres places d'une commune sont les places d'EAJE publiées moins celles que le réseau y
    avait à la fin de la même année ; jamais moins de zéro. Un établissement sans coordonnées, ou
    dont elles sont invraisemblables, est au centre de sa commune.

    Args:
        lieux: dossiers du jeu.
        places: `commune, places_eaje` publiées.
        positions: `commune, latitude, longitude`.
        annee: année de ces places.
        le: date d'arrêté.

    Returns:
        `lieu, commune, places, latitude, longitude` ; un lieu est un établissement, ou une
        commune pour ses autres places.
    """
    alors = date(annee, 12, 31)
    reseau = places_du_reseau(lieux, le)
    anciennes = places_du_reseau(lieux, alors).group_by("commune").agg(pl.col("places").sum())
    centres = positions.rename({"latitude": "y", "longitude": "x"})
    ecart = float(valeur("accessibilite", "ecart_au_centre_max_km", le))
    a_sa_place = pl.when(VRAISEMBLABLE)
    situes = (
        juger_positions(reseau, positions, ecart)
        .join(centres, on="commune", how="left")
        .select(
            "commune",
            "places",
            lieu="etablissement",
            latitude=a_sa_place.then("latitude").otherwise("y"),
            longitude=a_sa_place.then("longitude").otherwise("x"),
        )
    )
    autres = (
        places.drop_nulls()
        .join(anciennes, on="commune", how="left")
        .join(positions, on="commune", how="left")
        .with_columns(
            lieu="commune",
            places=(pl.col(PLACES) - pl.col("places").fill_null(0)).clip(lower_bound=0),
        )
        .filter(pl.col("places") > 0)
    )
    colonnes = ["lieu", "commune", "places", "latitude", "longitude"]
    return pl.concat([situes.select(colonnes), autres.select(colonnes)]).sort("lieu")


def places_du_reseau(lieux: Lieux, jour: date) -> pl.DataFrame:
    """Établissements du réseau en activité un jour, et leur capacité maximale autorisée.

    L'agrément est celui du jour, ou le premier connu si le suivi ne remonte pas si loin.

    Args:
        lieux: dossiers du jeu.
        jour: date voulue.

    Returns:
        `etablissement, commune, latitude, longitude, places` ; un établissement sans agrément
        connu n'y est pas.
    """
    registre = (
        lire_admis(lieux, "etablissements")
        .filter(
            pl.coalesce("ouverture", "valide_du") <= jour,
            pl.col("fermeture").is_null() | (pl.col("fermeture") >= jour),
        )
        .collect()
    )
    ouverts = _au_plus_pres(registre, jour).filter(
        pl.col("valide_au").is_null() | (pl.col("valide_au") >= jour)
    )
    agrements = (
        lire_admis(lieux, "agrements")
        .group_by("etablissement", "valide_du")
        .agg(pl.col("places").max().cast(pl.Float64))
        .collect()
    )
    return ouverts.join(
        _au_plus_pres(agrements, jour).select("etablissement", "places"), on="etablissement"
    ).select("etablissement", "commune", "latitude", "longitude", "places")


def _au_plus_pres(table: pl.DataFrame, jour: date) -> pl.DataFrame:
    """Par établissement, la dernière ligne commencée au jour dit, sinon la première à venir."""
    ecart = (pl.col("valide_du") - pl.lit(jour)).dt.total_days()
    return table.sort(ecart > 0, ecart.abs(), "etablissement").unique(
        "etablissement", keep="first", maintain_order=True
    )
