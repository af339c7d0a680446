"""Le bord d'un nuage de points : ce qui, d'un côté, n'a plus de voisin connu."""

import polars as pl

TOUR = 360.0


def angles_vides(points: pl.DataFrame) -> pl.DataFrame:
    """Le plus grand angle sans aucun autre point, vu de chacun.

    Au milieu des autres, un point en a de tous les côtés ; au bord, une part de l'horizon est
    vide. Directions prises sur le plan tangent au point : bon à l'échelle d'un département.

    Args:
        points: `zone, latitude, longitude` (degrés, WGS84).

    Returns:
        `zone, angle` (degrés, de 0 à 360), dans l'ordre des zones ; 360 pour un point qui n'en
        voit qu'un autre, ou aucun. Un point sans position n'y est pas.
    """
    situes = points.select("zone", "latitude", "longitude").drop_nulls()
    nord = pl.col("latitude_autre") - pl.col("latitude")
    est = (pl.col("longitude_autre") - pl.col("longitude")) * pl.col("latitude").radians().cos()
    vus = (
        situes.join(situes, how="cross", suffix="_autre")
        .filter((nord != 0) | (est != 0))
        .with_columns(direction=pl.arctan2(nord, est).degrees())
        .sort("zone", "direction")
    )
    suivante = pl.col("direction").shift(-1).over("zone")
    premiere = pl.col("direction").first().over("zone") + TOUR
    ecarts = vus.with_columns(ecart=suivante.fill_null(premiere) - pl.col("direction"))
    return (
        situes.select("zone")
        .join(ecarts.group_by("zone").agg(angle=pl.col("ecart").max()), on="zone", how="left")
        .select("zone", pl.col("angle").fill_null(TOUR))
        .sort("zone")
    )
