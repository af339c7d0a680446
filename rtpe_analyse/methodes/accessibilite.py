"""Accessibilité spatiale : combien de places à portée, une fois la demande partagée.

Source : W. Luo et Y. Qi, « An enhanced two-step floating catchment area (E2SFCA) method for
measuring spatial accessibility to primary care physicians », Health & Place 15, 2009.
"""

from collections.abc import Sequence

import polars as pl

RAYON_TERRESTRE_KM = 6371.0088
Paliers = Sequence[tuple[float, float]]


def accessibilite(
    demande: pl.DataFrame, offre: pl.DataFrame, trajets: pl.DataFrame, paliers: Paliers
) -> pl.DataFrame:
    """Places accessibles par personne, zone par zone (E2SFCA).

    Chaque lieu partage ses places entre les personnes qui l'ont à portée, pondérées par leur
    proximité ; chaque zone additionne, avec les mêmes poids, ce que lui offrent les lieux à
    sa portée. Une zone au bord compte ainsi des deux côtés de toute limite administrative.

    Args:
        demande: `zone, population` ; une population inconnue ne compte pas.
        offre: `lieu, places`.
        trajets: `zone, lieu, cout` (kilomètres ou minutes) ; un couple absent est hors de
            portée.
        paliers: (coût maximal inclus, poids), par coûts croissants ; au-delà du dernier, une
            place n'est plus à portée.

    Returns:
        `zone, accessibilite` (places par personne), dans l'ordre de `demande` ; 0 si aucune
        place n'est à portée.
    """
    pondere = trajets.select("zone", "lieu", poids=_poids(pl.col("cout"), paliers)).filter(
        pl.col("poids") > 0
    )
    ratios = (
        pondere.join(demande, on="zone")
        .group_by("lieu")
        .agg(demandeurs=(pl.col("poids") * pl.col("population")).sum())
        .filter(pl.col("demandeurs") > 0)
        .join(offre, on="lieu")
        .select("lieu", ratio=pl.col("places") / pl.col("demandeurs"))
    )
    acces = (
        pondere.join(ratios, on="lieu")
        .sort("zone", "lieu")
        .group_by("zone", maintain_order=True)
        .agg(accessibilite=(pl.col("poids") * pl.col("ratio")).sum())
    )
    return (
        demande.select("zone")
        .join(acces, on="zone", how="left", maintain_order="left")
        .select("zone", pl.col("accessibilite").fill_null(0.0))
    )


def distances(zones: pl.DataFrame, lieux: pl.DataFrame, rayon_km: float) -> pl.DataFrame:
    """Distances à vol d'oiseau entre zones et lieux, jusqu'à un rayon.

    Args:
        zones: `zone, latitude, longitude` (degrés, WGS84).
        lieux: `lieu, latitude, longitude`.
        rayon_km: distance au-delà de laquelle un couple est omis.

    Returns:
        `zone, lieu, cout` en kilomètres (formule de haversine) ; une position inconnue n'a
        pas de couple.
    """
    return (
        zones.drop_nulls()
        .join(lieux.drop_nulls(), how="cross", suffix="_lieu")
        .select("zone", "lieu", cout=eloignement_km("_lieu"))
        .filter(pl.col("cout") <= rayon_km)
    )


def eloignement_km(suffixe: str) -> pl.Expr:
    """Kilomètres de `latitude, longitude` aux mêmes colonnes suffixées (formule de haversine).

    Args:
        suffixe: fin du nom des colonnes du second point ; degrés, WGS84, des deux côtés.

    Returns:
        Absent si une coordonnée l'est.
    """
    sinus_carre = ((_rad(f"latitude{suffixe}") - _rad("latitude")) / 2).sin() ** 2 + _rad(
        "latitude"
    ).cos() * _rad(f"latitude{suffixe}").cos() * (
        (_rad(f"longitude{suffixe}") - _rad("longitude")) / 2
    ).sin() ** 2
    return 2 * RAYON_TERRESTRE_KM * sinus_carre.sqrt().arcsin()


def _poids(cout: pl.Expr, paliers: Paliers) -> pl.Expr:
    resultat = pl.lit(0.0)
    for borne, poids in reversed(paliers):
        resultat = pl.when(cout <= borne).then(poids).otherwise(resultat)
    return resultat


def _rad(colonne: str) -> pl.Expr:
    return pl.col(colonne).radians()
