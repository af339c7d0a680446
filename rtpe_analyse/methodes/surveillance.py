"""Surveiller dans le temps et parmi de nombreuses séries, à taux d'erreur connu.

Sources : D. Wheeler et D. Chambers, *Understanding Statistical Process Control*, 1992 (carte
des valeurs individuelles) ; Y. Benjamini et Y. Hochberg, « Controlling the false discovery
rate », Journal of the Royal Statistical Society B 57, 1995.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vecteur = NDArray[np.float64]
# Espérance de l'étendue de deux tirages normaux d'écart type 1 (2 / √π).
_ETENDUE_DE_DEUX = 2 / np.sqrt(np.pi)
MINIMUM_CARTE = 8


@dataclass(frozen=True)
class Carte:
    """Carte de contrôle des valeurs individuelles.

    Attributes:
        centre: moyenne des valeurs de référence.
        ecart_type: écart type à court terme, tiré des étendues mobiles.
    """

    centre: float
    ecart_type: float

    @property
    def limites(self) -> tuple[float, float]:
        """Limites à trois écarts types."""
        return self.centre - 3 * self.ecart_type, self.centre + 3 * self.ecart_type

    def hors_limites(self, valeurs: Vecteur) -> NDArray[np.bool_]:
        """Les valeurs qui sortent des limites ; une valeur inconnue n'en sort pas."""
        bas, haut = self.limites
        return np.isfinite(valeurs) & ((valeurs < bas) | (valeurs > haut))

    def probabilite(self, valeur: float) -> float:
        """Probabilité, pour une valeur ordinaire, de s'écarter autant du centre."""
        if self.ecart_type == 0:
            return 1.0 if valeur == self.centre else 0.0
        from scipy.stats import norm

        return float(2 * norm.sf(abs(valeur - self.centre) / self.ecart_type))


def carte_individuelle(reference: Vecteur) -> Carte | None:
    """Carte des valeurs individuelles, d'après une période de référence.

    Args:
        reference: valeurs dans l'ordre du temps ; une inconnue (NaN) est sautée, avec les
            deux étendues qui la touchent.

    Returns:
        La carte ; rien s'il y a moins de huit valeurs connues.
    """
    connues = reference[np.isfinite(reference)]
    etendues = np.abs(np.diff(reference))
    etendues = etendues[np.isfinite(etendues)]
    if len(connues) < MINIMUM_CARTE or not len(etendues):
        return None
    return Carte(float(connues.mean()), float(etendues.mean() / _ETENDUE_DE_DEUX))


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
