"""Placer des points sur une grille, une case chacun, au plus près de leur position."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MARGE = 2
"""Rangées et colonnes offertes autour des points ; restées vides, elles disparaissent."""
Entiers = NDArray[np.int64]
Reels = NDArray[np.float64]


def placer(latitudes: Sequence[float], longitudes: Sequence[float]) -> list[tuple[int, int]]:
    """Une case de grille par point, la somme des carrés des écarts étant la plus petite.

    Affectation optimale (`scipy.optimize.linear_sum_assignment`) après projection locale.

    Args:
        latitudes: degrés, WGS84.
        longitudes: degrés, dans le même ordre.

    Returns:
        `(rangée, colonne)` de chaque point, la rangée 0 au nord, la colonne 0 à l'ouest.
        Jamais deux points dans la même case ; ni rangée ni colonne vide. Le résultat ne dépend
        que des points et de leur ordre (deux points confondus prennent deux cases voisines).
    """
    if not latitudes:
        return []
    x, y = _projeter(np.asarray(latitudes, float), np.asarray(longitudes, float))
    pas = _espacement(x, y)
    u, v = (x - x.min()) / pas, (y.max() - y) / pas
    # Assez de cases pour tous, même si les points sont confondus ou alignés.
    manque = int(np.ceil(np.sqrt(len(x))))
    colonnes = np.arange(-MARGE, int(np.ceil(u.max())) + max(MARGE, manque - int(u.max())))
    rangees = np.arange(-MARGE, int(np.ceil(v.max())) + max(MARGE, manque - int(v.max())))
    cases_r, cases_c = (axe.ravel() for axe in np.meshgrid(rangees, colonnes, indexing="ij"))
    from scipy.optimize import linear_sum_assignment

    couts = (u[:, None] - cases_c) ** 2 + (v[:, None] - cases_r) ** 2
    _, prises = linear_sum_assignment(couts)
    return list(zip(_serrer(cases_r[prises]), _serrer(cases_c[prises]), strict=True))


def _projeter(latitudes: Reels, longitudes: Reels) -> tuple[Reels, Reels]:
    return longitudes * np.cos(np.radians(latitudes.mean())), latitudes


def _espacement(x: Reels, y: Reels) -> float:
    """Le pas d'une grille pleine de même enveloppe : aire + périmètre × pas / 2 = (n - 1) pas²."""
    aire, perimetre = _enveloppe(x, y)
    reste = 4 * max(len(x) - 1, 1)
    pas = (perimetre + np.sqrt(perimetre**2 + 4 * reste * aire)) / reste
    return float(pas) or 1.0


def _enveloppe(x: Reels, y: Reels) -> tuple[float, float]:
    from scipy.spatial import ConvexHull, QhullError

    try:
        enveloppe = ConvexHull(np.column_stack([x, y]))
    except (QhullError, ValueError):
        # Moins de trois points, ou tous alignés : un aller et retour.
        return 0.0, 2 * float(np.hypot(np.ptp(x), np.ptp(y)))
    # À deux dimensions, scipy nomme « volume » l'aire et « area » le périmètre.
    return float(enveloppe.volume), float(enveloppe.area)


def _serrer(rangs: Entiers) -> list[int]:
    """Les mêmes rangs, dans le même ordre, sans numéro sauté."""
    _, serres = np.unique(rangs, return_inverse=True)
    return [int(r) for r in serres]
