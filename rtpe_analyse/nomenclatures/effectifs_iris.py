"""Des parts publiées par IRIS aux effectifs : ce qui s'additionne d'un IRIS à l'autre."""

from collections.abc import Sequence

import polars as pl

EFFECTIFS_IRIS: dict[str, tuple[str, ...]] = {
    "population": ("population",),
    "menages": ("menages",),
    "population_moins_15": ("population", "population_moins_15_pct"),
    "population_25_54": ("population", "population_25_54_pct"),
    "emploi_25_54": ("population", "population_25_54_pct", "taux_emploi_25_54_pct"),
    "menages_monoparentaux": ("menages", "familles_monoparentales_pct"),
    "menages_couples_avec_enfants": ("menages", "couples_avec_enfants_pct"),
}
"""Effectif ← produit de ces colonnes d'un IRIS (les `_pct` sont des parts)."""


def effectif(noms: Sequence[str]) -> pl.Expr:
    """L'effectif d'un IRIS : sa base multipliée par des parts.

    Args:
        noms: la base, puis les colonnes de parts (0 à 100), comme dans `EFFECTIFS_IRIS`.

    Returns:
        Zéro si la base est nulle (IRIS sans habitant) ; absent s'il manque une part.
    """
    base, *parts = noms
    produit = pl.col(base)
    for part in parts:
        produit = produit * pl.col(part) / 100
    return pl.when(pl.col(base) == 0).then(0.0).otherwise(produit)
