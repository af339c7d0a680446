"""Constats tirés des positions : coordonnées impossibles, trajets qui ne mènent à rien."""

import polars as pl

from rtpe_analyse.controles.modele import en_constats
from rtpe_analyse.methodes.accessibilite import eloignement_km

VRAISEMBLABLE = "position_vraisemblable"
_LATITUDE, _LONGITUDE = 90, 180


def juger_positions(
    etablissements: pl.DataFrame, centres: pl.DataFrame, ecart_max_km: float
) -> pl.DataFrame:
    """Dit si chaque établissement peut être là où son registre le place.

    Une position est invraisemblable si ce ne sont pas des degrés, si elle vaut exactement
    (0, 0), valeur des champs laissés vides, ou si elle est à plus de `ecart_max_km` du centre de
    sa commune (latitude et longitude échangées, autre ville).

    Args:
        etablissements: `commune, latitude, longitude` (degrés, WGS84), entre autres.
        centres: `commune, latitude, longitude`, une ligne par commune ; sans le centre de la
            commune, seules les deux premières règles s'appliquent.
        ecart_max_km: kilomètres.

    Returns:
        La table et `position_vraisemblable` ; absent si une coordonnée manque.
    """
    latitude, longitude = pl.col("latitude"), pl.col("longitude")
    en_degres = (latitude.abs() <= _LATITUDE) & (longitude.abs() <= _LONGITUDE)
    quelque_part = (latitude != 0) | (longitude != 0)
    proche = (eloignement_km("_centre") <= ecart_max_km).fill_null(True)
    connue = latitude.is_not_null() & longitude.is_not_null()
    return (
        etablissements.join(
            centres.rename({c: f"{c}_centre" for c in ("latitude", "longitude")}),
            on="commune",
            how="left",
            maintain_order="left",
        )
        .with_columns(pl.when(connue).then(en_degres & quelque_part & proche).alias(VRAISEMBLABLE))
        .drop("latitude_centre", "longitude_centre")
    )


def position_invraisemblable(
    etablissements: pl.DataFrame, centres: pl.DataFrame, ecart_max_km: float
) -> pl.DataFrame:
    """Lignes du registre des établissements dont la position ne peut pas être la bonne.

    Args:
        etablissements: table propre.
        centres: comme pour `juger_positions`.
        ecart_max_km: kilomètres.
    """
    jugees = juger_positions(etablissements, centres, ecart_max_km)
    trouves = jugees.filter(~pl.col(VRAISEMBLABLE))
    return en_constats(
        trouves.select("_fichier", "_ligne", "etablissement"),
        "etablissements",
        "position_invraisemblable",
    )


def trajet_inutilisable(trajets: pl.DataFrame, zones: pl.Series, lieux: pl.Series) -> pl.DataFrame:
    """Trajets qui partent de nulle part, n'arrivent nulle part, ou durent moins de zéro minute.

    Args:
        trajets: table propre.
        zones: codes connus des communes et des IRIS.
        lieux: codes connus des établissements et des communes.
    """
    trouves = trajets.filter(
        ~pl.col("zone").is_in(zones.implode())
        | ~pl.col("lieu").is_in(lieux.implode())
        | (pl.col("minutes") < 0)
    )
    return en_constats(trouves.select("_fichier", "_ligne"), "trajets", "trajet_inutilisable")
