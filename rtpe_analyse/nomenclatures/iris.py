"""IRIS : nom, commune et position, lus dans `referentiel/iris.csv`."""

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.nomenclatures.communes import commune_du_code

SCHEMA_IRIS: dict[str, pl.DataType] = {
    "iris": pl.String(),
    "commune": pl.String(),
    "nom": pl.String(),
    "latitude": pl.Float64(),
    "longitude": pl.Float64(),
}
FICHIER_IRIS = "iris.csv"


def lire_iris(lieux: Lieux) -> pl.DataFrame:
    """Les IRIS du dernier découpage reçu.

    Args:
        lieux: dossiers du jeu (le référentiel est commun aux deux jeux).

    Returns:
        `iris` (9 caractères), `commune` (code Insee), `nom`, `latitude` et `longitude` du
        centre de gravité (degrés, WGS84) ; table vide si aucun contour n'a été reçu.
    """
    chemin = lieux.referentiel / FICHIER_IRIS
    if not chemin.is_file():
        return pl.DataFrame(schema=SCHEMA_IRIS)
    lus = pl.read_csv(chemin, schema_overrides=SCHEMA_IRIS).select(SCHEMA_IRIS.keys())
    return lus.with_columns(commune=commune_du_code(pl.col("iris")))
