"""Décomposer exactement l'écart d'une grandeur entre deux situations, facteur par facteur.

Méthode symétrique : l'effet d'un facteur est la moyenne, sur tous les ordres possibles, de
ce que change son passage de la première à la seconde situation (valeur de Shapley). Pour un
produit de facteurs, c'est la standardisation de Das Gupta.

Source : P. Das Gupta, *Standardization and Decomposition of Rates: A User's Manual*, U.S.
Bureau of the Census, Current Population Reports P23-186, 1993 ; A. Shorrocks,
« Decomposition procedures for distributional analysis », Journal of Economic Inequality, 2013.
"""

from collections.abc import Callable, Mapping
from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import NDArray

Facteurs = Mapping[str, NDArray[np.float64]]


def effets_de_shapley(
    valeur: Callable[[Facteurs], float], avant: Facteurs, apres: Facteurs
) -> dict[str, float]:
    """Effet de chaque facteur sur l'écart `valeur(apres) − valeur(avant)`.

    La somme des effets est l'écart (à la précision des flottants) ; échanger les deux
    situations change le signe de chaque effet ; l'ordre des facteurs n'y change rien.

    Args:
        valeur: la grandeur, fonction de tous les facteurs ; appelée 2^k fois pour k facteurs.
        avant: facteurs de la première situation, chacun un nombre ou un vecteur (une valeur
            par sous-population).
        apres: les mêmes facteurs dans la seconde situation, mêmes formes.

    Returns:
        Un effet par facteur, dans l'ordre de `avant`.

    Raises:
        ValueError: les deux situations n'ont pas les mêmes facteurs.
    """
    noms = list(avant)
    if set(noms) != set(apres):
        raise ValueError("les deux situations doivent avoir les mêmes facteurs")
    valeurs = {
        passes: valeur({n: (apres if n in passes else avant)[n] for n in noms})
        for taille in range(len(noms) + 1)
        for passes in map(frozenset, combinations(noms, taille))
    }
    return {
        nom: sum(
            _poids(len(passes), len(noms)) * (valeurs[passes | {nom}] - sans)
            for passes, sans in valeurs.items()
            if nom not in passes
        )
        for nom in noms
    }


def taux_compose(facteurs: Facteurs) -> float:
    """Somme, sur les sous-populations, du produit de tous les facteurs.

    Avec un facteur de poids de somme 1 et des taux, c'est le taux d'ensemble ; son effet est
    l'effet de composition, celui des autres l'effet propre.
    """
    return float(np.sum(np.prod(np.stack(list(facteurs.values())), axis=0)))


def _poids(deja: int, total: int) -> float:
    """Part des ordres où les `deja` premiers passent avant le facteur, et les autres après."""
    return factorial(deja) * factorial(total - deja - 1) / factorial(total)
