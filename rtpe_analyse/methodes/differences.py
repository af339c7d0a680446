"""L'effet d'un changement sur une seule unité, comparée à d'autres que rien n'a changées.

Différence de différences : l'évolution de l'unité, moins l'évolution moyenne des témoins. Une
seule unité ne dit rien de sa propre variation ; l'incertitude vient de celle des témoins.

Sources : D. Card et A. Krueger, *American Economic Review*, 84(4), 1994 ; T. Conley et
C. Taber, « Inference with Difference in Differences with a Small Number of Policy Changes »,
*Review of Economics and Statistics*, 93(1), 2011.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev

TEMOINS_MINIMUM = 5


@dataclass(frozen=True)
class Effet:
    """Ce que l'unité a gagné de plus que les témoins.

    Attributes:
        valeur: différence de différences, dans l'unité des mesures.
        bas: borne basse de l'intervalle.
        haut: borne haute.
        evolution: évolution de l'unité.
        evolution_temoins: évolution moyenne des témoins.
        temoins: nombre de témoins.
    """

    valeur: float
    bas: float
    haut: float
    evolution: float
    evolution_temoins: float
    temoins: int

    @property
    def distingue(self) -> bool:
        """L'intervalle ne contient pas zéro."""
        return self.bas > 0 or self.haut < 0


def difference_de_differences(
    unite: tuple[float, float], temoins: Sequence[tuple[float, float]], niveau: float
) -> Effet | None:
    """Compare l'évolution d'une unité à celle des témoins.

    L'intervalle est celui d'une évolution de plus tirée comme celles des témoins (loi de
    Student à n − 1 degrés, écart type × √(1 + 1/n)) : il contient zéro tant que l'unité ne
    s'écarte pas des témoins plus qu'ils ne s'écartent entre eux.

    Args:
        unite: valeur avant, valeur après.
        temoins: mêmes valeurs, pour chaque témoin.
        niveau: probabilité visée pour l'intervalle (0,95).

    Returns:
        L'effet ; rien avec moins de `TEMOINS_MINIMUM` témoins.
    """
    if len(temoins) < TEMOINS_MINIMUM:
        return None
    from scipy.stats import t

    evolution = unite[1] - unite[0]
    autres = [apres - avant for avant, apres in temoins]
    moyenne, nombre = fmean(autres), len(autres)
    seuil = float(t.ppf((1 + niveau) / 2, nombre - 1))
    marge = seuil * stdev(autres) * sqrt(1 + 1 / nombre)
    valeur = evolution - moyenne
    return Effet(valeur, valeur - marge, valeur + marge, evolution, moyenne, nombre)
