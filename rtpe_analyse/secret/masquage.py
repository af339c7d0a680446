"""Masquage primaire et complémentaire d'un tableau et de ses marges.

Un tableau est un ensemble de cellules liées par des sommes : un total et ses parts. Masquer
une cellule ne suffit pas si la somme la redonne : on en masque d'autres jusqu'à ce
qu'aucune ne se déduise.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

_PRECISION = 1e-8


@dataclass(frozen=True)
class Somme:
    """Ce que des cellules totales valent ensemble : leurs parts ; le tout par leurs rangs."""

    totaux: tuple[int, ...]
    parts: tuple[int, ...]

    @property
    def cellules(self) -> tuple[int, ...]:
        """Les totaux puis les parts."""
        return (*self.totaux, *self.parts)


class Tableau:
    """Cellules, sommes, et ce qui y est masqué.

    Attributes:
        masquees: rangs des cellules masquées, primaires comprises.
    """

    def __init__(
        self,
        effectifs: Sequence[int],
        sommes: Sequence[Somme],
        primaires: Iterable[int],
        seuil: int,
    ) -> None:
        """Prépare le tableau.

        Args:
            effectifs: contributeurs de chaque cellule ; une cellule à zéro se lit toujours.
            sommes: totaux et parts.
            primaires: cellules à masquer d'abord.
            seuil: nombre de contributeurs en dessous duquel une cellule ne se lit pas ; il
                vaut aussi pour l'ensemble des parts masquées d'un total lisible.
        """
        self._effectifs = effectifs
        self._sommes = sommes
        self._seuil = seuil
        self._sommes_de: list[list[int]] = [[] for _ in effectifs]
        for rang, somme in enumerate(sommes):
            for cellule in somme.cellules:
                self._sommes_de[cellule].append(rang)
        self.masquees: set[int] = set()
        self._a_revoir: deque[int] = deque()
        self._deja_vues: dict[tuple[int, ...], list[int]] = {}
        for cellule in sorted(primaires):
            self._masquer(cellule)

    def completer(self) -> set[int]:
        """Masque ce qu'il faut de plus, jusqu'à stabilité.

        Returns:
            Toutes les cellules masquées.
        """
        while True:
            self._completer_les_sommes()
            choix = {
                self._reparer(determinees, composante)
                for composante, determinees in self._deductibles()
            } - {None}
            if not choix:
                return self.masquees
            for cellule in sorted(c for c in choix if c is not None):
                self._masquer(cellule)

    def _reparer(self, determinees: list[int], composante: list[int]) -> int | None:
        """Une cellule de plus à masquer : près des déductibles, sinon dans leur composante.

        Quand tout ce qui n'est pas nul est masqué, les sommes sont homogènes : multiplier
        toutes les cellules par un même nombre les respecte, plus rien ne se déduit.
        """
        for depart in (determinees, composante):
            voisines = {c for d in depart for r in self._sommes_de[d] for c in self._du(r)}
            choix = self._choisir(voisines)
            if choix is not None:
                return choix
        return None

    def _du(self, rang: int) -> tuple[int, ...]:
        return self._sommes[rang].cellules

    def _masquer(self, cellule: int) -> None:
        self.masquees.add(cellule)
        self._a_revoir.extend(self._sommes_de[cellule])

    def _completer_les_sommes(self) -> None:
        while self._a_revoir:
            rang = self._a_revoir.popleft()
            while self._insuffisante(rang):
                choix = self._choisir(self._du(rang))
                if choix is None:
                    break
                self._masquer(choix)

    def _insuffisante(self, rang: int) -> bool:
        """Une seule cellule masquée, ou des parts masquées trop petites ensemble."""
        somme = self._sommes[rang]
        masquees = [c for c in somme.cellules if c in self.masquees]
        if len(masquees) == 1:
            return True
        if not masquees or not self.masquees.isdisjoint(somme.totaux):
            return False
        return sum(self._effectifs[c] for c in masquees) < self._seuil

    def _choisir(self, cellules: Iterable[int]) -> int | None:
        """La cellule lisible à masquer de préférence (voir `_preference`)."""
        possibles = [c for c in set(cellules) if c not in self.masquees and self._effectifs[c] > 0]
        return min(possibles, key=self._preference, default=None)

    def _preference(self, cellule: int) -> tuple[int, int, int, int]:
        """Une part plutôt qu'un total, celle qui répare le plus de sommes, la plus petite."""
        sommes = self._sommes_de[cellule]
        reparees = sum(self._insuffisante(r) for r in sommes)
        totaux = sum(cellule in self._sommes[r].totaux for r in sommes)
        return (totaux, -reparees, self._effectifs[cellule], cellule)

    def _deductibles(self) -> list[tuple[list[int], list[int]]]:
        """Composantes où des cellules se déduisent exactement, et ces cellules.

        Toutes les cellules masquées étant strictement positives, une cellule libre dans le
        système linéaire l'est aussi entre des bornes positives.
        """
        trouvees = []
        for composante in self._composantes():
            cle = tuple(composante)
            if cle not in self._deja_vues:
                self._deja_vues[cle] = self._determinees(composante)
            if self._deja_vues[cle]:
                trouvees.append((composante, self._deja_vues[cle]))
        return trouvees

    def _determinees(self, composante: list[int]) -> list[int]:
        """Cellules dont le vecteur unité est dans l'espace des lignes du système."""
        rangs = sorted({r for c in composante for r in self._sommes_de[c]})
        if not rangs:
            return []
        colonne = {c: j for j, c in enumerate(composante)}
        systeme = np.zeros((len(rangs), len(composante)))
        for i, rang in enumerate(rangs):
            somme = self._sommes[rang]
            for c in somme.parts:
                if c in colonne:
                    systeme[i, colonne[c]] += 1
            for c in somme.totaux:
                if c in colonne:
                    systeme[i, colonne[c]] -= 1
        propres, vecteurs = np.linalg.eigh(systeme @ systeme.T)
        utiles = propres > _PRECISION
        base = (vecteurs[:, utiles] / np.sqrt(propres[utiles])).T @ systeme
        dans_l_espace = (base**2).sum(axis=0)
        return [c for c, part in zip(composante, dans_l_espace, strict=True) if part > 1 - 1e-6]

    def _composantes(self) -> list[list[int]]:
        """Groupes de cellules masquées reliées par des sommes communes."""
        restantes, groupes = set(self.masquees), []
        while restantes:
            pile, groupe = [restantes.pop()], []
            while pile:
                cellule = pile.pop()
                groupe.append(cellule)
                voisines = {c for r in self._sommes_de[cellule] for c in self._du(r)} & restantes
                restantes -= voisines
                pile += voisines
            groupes.append(sorted(groupe))
        return sorted(groupes)
