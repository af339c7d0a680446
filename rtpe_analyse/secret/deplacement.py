"""Le plus petit mouvement qui rend une cellule masquée incertaine, par programmation linéaire.

Une cellule masquée se déduit si rien, dans ce que les sommes permettent, ne la fait bouger. On
cherche le mouvement le moins coûteux qui la déplace d'une unité en respectant toutes les sommes :
les cellules qu'il touche, une fois masquées, ne la rendent plus. Source : Insee, manuel de
protection des tableaux ; heuristique des mouvements (Fischetti et Salazar, 2001).
"""

from collections.abc import Collection, Sequence

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, hstack

_DEJA_MASQUEE = 0.01
# Masquer un total coûte plus que masquer dix parts : on le lit plus.
_PAR_TOTAL = 10.0
_IMMOBILE = 1e-7
_IMPOSSIBLE = 2


class Mouvements:
    """Les mouvements que permettent les sommes d'un tableau.

    Args:
        effectifs: contributeurs de chaque cellule ; à zéro, elle se lit et ne bouge pas.
        sommes_de: rangs des sommes de chaque cellule.
        signes_de: +1 si la cellule en est une part, −1 si elle en est un total.
    """

    def __init__(
        self,
        effectifs: Sequence[int],
        sommes_de: Sequence[Sequence[int]],
        signes_de: Sequence[Sequence[float]],
    ) -> None:
        self._libres = [c for c, effectif in enumerate(effectifs) if effectif > 0]
        lignes = [r for c in self._libres for r in sommes_de[c]]
        colonnes = [n for n, c in enumerate(self._libres) for _ in sommes_de[c]]
        signes = [s for c in self._libres for s in signes_de[c]]
        nombre = max((r for sommes in sommes_de for r in sommes), default=-1) + 1
        systeme = csr_array((signes, (lignes, colonnes)), shape=(nombre, len(self._libres)))
        self._deux_sens = hstack([systeme, -systeme]).tocsc()
        self._couts = np.array(
            [
                1 + np.log2(1 + effectifs[c]) + _PAR_TOTAL * signes_de[c].count(-1.0)
                for c in self._libres
            ]
        )

    def touchees(self, cible: int, masquees: Collection[int]) -> set[int]:
        """Cellules à masquer, en plus, pour que la cible bouge ; vide si rien ne la bouge.

        Toutes, si le calcul n'aboutit pas.

        Args:
            cible: rang d'une cellule masquée.
            masquees: rangs des cellules déjà masquées, qui ne coûtent presque rien.
        """
        place, nombre = self._libres.index(cible), len(self._libres)
        couts = np.where(np.isin(self._libres, list(masquees)), _DEJA_MASQUEE, self._couts)
        bornes: list[tuple[float, float | None]] = [(0, None)] * (2 * nombre)
        bornes[place], bornes[nombre + place] = (1, 1), (0, 0)
        trouve = linprog(
            np.concatenate([couts, couts]),
            A_eq=self._deux_sens,
            b_eq=np.zeros(self._deux_sens.shape[0]),
            bounds=bornes,
        )
        if trouve.status == _IMPOSSIBLE:
            return set()
        if trouve.status != 0:
            return set(self._libres).difference(masquees)
        mouvement = np.abs(trouve.x[:nombre] - trouve.x[nombre:])
        return {self._libres[n] for n in np.flatnonzero(mouvement > _IMMOBILE)} - set(masquees)
