"""Surveiller de nombreuses séries à la fois, à taux d'erreur connu.

Source : Y. Benjamini et Y. Hochberg, « Controlling the false discovery rate », Journal of the
Royal Statistical Society B 57, 1995.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rtpe_analyse.methodes.entonnoir import Entonnoir, ajuster_entonnoir

Vecteur = NDArray[np.float64]


def retenir_les_alertes(probabilites: Vecteur, taux: float) -> NDArray[np.bool_]:
    """Alertes retenues en bornant la part attendue de fausses parmi elles.

    Args:
        probabilites: une par série surveillée, sous l'hypothèse que rien n'a changé ; une
            inconnue (NaN) n'alerte pas et ne compte pas dans le nombre d'essais.
        taux: part attendue de fausses alertes parmi les retenues (0,05).

    Returns:
        Vrai pour chaque série retenue, dans l'ordre donné.
    """
    connues = np.isfinite(probabilites)
    retenues = np.zeros(len(probabilites), dtype=bool)
    if connues.any():
        from scipy.stats import false_discovery_control

        retenues[connues] = false_discovery_control(probabilites[connues]) <= taux
    return retenues


def fausses_alertes_au_calme(
    entonnoirs: Sequence[tuple[Entonnoir, Vecteur]],
    taux: float,
    *,
    reseaux: int = 200,
    graine: int = 1,
) -> float:
    """Part de réseaux calmes où la même règle lève au moins une alerte, toutes fausses.

    Chaque réseau simulé a les unités, les tailles et la variation ordinaire du vrai, et rien
    d'anormal ; ses entonnoirs sont ajustés, puis ses alertes retenues, comme les vraies.

    Args:
        entonnoirs: chaque entonnoir ajusté, et l'erreur type de ses unités.
        taux: part de fausses alertes demandée (0,05).
        reseaux: réseaux simulés ; la part mesurée est à deux écarts types près de la vraie.
        graine: du tirage : le même rapport donne le même chiffre.

    Returns:
        Une fraction (0,05) ; 0 sans entonnoir.
    """
    alea = np.random.default_rng(graine)
    alertes = 0
    for _ in range(reseaux):
        probabilites = []
        for entonnoir, erreurs in entonnoirs:
            ecarts = np.sqrt(erreurs**2 + entonnoir.tau**2)
            simule = ajuster_entonnoir(entonnoir.cible + alea.normal(0, ecarts), erreurs)
            if simule is not None:
                probabilites.append(simule.probabilites())
        if probabilites:
            alertes += bool(retenir_les_alertes(np.concatenate(probabilites), taux).any())
    return alertes / reseaux
