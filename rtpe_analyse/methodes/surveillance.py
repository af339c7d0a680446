"""Surveiller de nombreuses séries à la fois, à taux d'erreur connu.

Source : Y. Benjamini et Y. Hochberg, « Controlling the false discovery rate », Journal of the
Royal Statistical Society B 57, 1995.
"""

import numpy as np
from numpy.typing import NDArray

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
