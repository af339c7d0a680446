"""Masquage primaire et complémentaire d'un tableau et de ses marges.

Un tableau est un ensemble de cellules liées par des sommes : un total et ses parts. Masquer
une cellule ne suffit pas si la somme la redonne : on en masque d'autres jusqu'à ce
qu'aucune ne se déduise.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, eye_array
from scipy.sparse.linalg import splu

from rtpe_analyse.secret.deplacement import Mouvements

_MOUVEMENTS = 4
_REGULARISATION = 1e-9
# Une cellule libre bouge d'un ordre de grandeur de 0,01 au moins ; une déductible, de l'erreur
# d'arrondi.
_IMMOBILE = 1e-5


@dataclass(frozen=True)
class Somme:
    """Ce que des cellules totales valent ensemble : leurs parts ; le tout par leurs rangs.

    Attributes:
        totaux: rangs des totaux.
        parts: rangs des parts.
        repetee: les mêmes personnes peuvent être dans plusieurs parts (les mois d'un
            trimestre) : leurs effectifs ne s'ajoutent pas.
    """

    totaux: tuple[int, ...]
    parts: tuple[int, ...]
    repetee: bool = False

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
        self._cellules = [somme.cellules for somme in sommes]
        self._repetees = [somme.repetee for somme in sommes]
        self._seuil = seuil
        self._sommes_de: list[list[int]] = [[] for _ in effectifs]
        self._totaux_de: list[list[int]] = [[] for _ in effectifs]
        # Comme `_sommes_de` : +1 si la cellule est une part, −1 si elle est un total.
        self._signes_de: list[list[float]] = [[] for _ in effectifs]
        for rang, somme in enumerate(sommes):
            for cellules, signe in ((somme.totaux, -1.0), (somme.parts, 1.0)):
                for cellule in cellules:
                    self._sommes_de[cellule].append(rang)
                    self._signes_de[cellule].append(signe)
            for cellule in somme.totaux:
                self._totaux_de[cellule].append(rang)
        self.masquees: set[int] = set()
        # Par somme : cellules masquées, totaux parmi elles, contributeurs qu'elles cachent.
        self._nombre = [0] * len(sommes)
        self._totaux_masques = [0] * len(sommes)
        self._caches = [0] * len(sommes)
        self._a_revoir: deque[int] = deque()
        self._composantes = _Composantes()
        self._deja_vues: dict[int, list[int]] = {}
        self._mouvements: Mouvements | None = None
        self._primaires = frozenset(primaires)
        for cellule in sorted(self._primaires):
            self._masquer(cellule)

    def completer(self) -> set[int]:
        """Masque ce qu'il faut de plus, jusqu'à stabilité.

        Returns:
            Toutes les cellules masquées.
        """
        while True:
            self._completer_les_sommes()
            choix = {
                cellule
                for determinees in self._deductibles()
                for cellule in self._reparer(determinees)
            }
            if not choix:
                return self.masquees
            for cellule in sorted(choix):
                self._masquer(cellule)

    def _reparer(self, determinees: list[int]) -> set[int]:
        """Ce qu'il faut masquer pour qu'une déductible bouge : une primaire d'abord, la moindre.

        Rien si aucune ne peut bouger, fût-ce en masquant tout : les sommes ne tiennent pas.
        """
        if self._mouvements is None:
            self._mouvements = Mouvements(self._effectifs, self._sommes_de, self._signes_de)
        par_ordre = sorted(
            determinees, key=lambda c: (c not in self._primaires, self._effectifs[c], c)
        )
        for cible in par_ordre:
            if touchees := self._mouvements.touchees(cible, self.masquees):
                return touchees
        return set()

    def _masquer(self, cellule: int) -> None:
        self.masquees.add(cellule)
        for rang in self._sommes_de[cellule]:
            self._nombre[rang] += 1
            effectif, caches = self._effectifs[cellule], self._caches[rang]
            self._caches[rang] = (
                max(caches, effectif) if self._repetees[rang] else caches + effectif
            )
        for rang in self._totaux_de[cellule]:
            self._totaux_masques[rang] += 1
        self._a_revoir.extend(self._sommes_de[cellule])
        self._deja_vues.pop(self._composantes.ajouter(cellule, self._sommes_de[cellule]), None)

    def _completer_les_sommes(self) -> None:
        while self._a_revoir:
            rang = self._a_revoir.popleft()
            while self._insuffisante(rang):
                choix = self._choisir(self._cellules[rang])
                if choix is None:
                    break
                self._masquer(choix)

    def _insuffisante(self, rang: int) -> bool:
        """Une seule cellule masquée, ou des parts masquées trop petites ensemble."""
        if self._nombre[rang] == 1:
            return True
        if not self._nombre[rang] or self._totaux_masques[rang]:
            return False
        return self._caches[rang] < self._seuil

    def _choisir(self, cellules: Iterable[int]) -> int | None:
        """La cellule lisible à masquer de préférence (voir `_preference`)."""
        possibles = [c for c in set(cellules) if c not in self.masquees and self._effectifs[c] > 0]
        return min(possibles, key=self._preference, default=None)

    def _preference(self, cellule: int) -> tuple[int, int, int, int]:
        """Une part plutôt qu'un total, celle qui répare le plus de sommes, la plus petite."""
        reparees = sum(map(self._insuffisante, self._sommes_de[cellule]))
        return (len(self._totaux_de[cellule]), -reparees, self._effectifs[cellule], cellule)

    def _deductibles(self) -> list[list[int]]:
        """Cellules qui se déduisent exactement, une liste par composante qui en a.

        Toutes les cellules masquées étant strictement positives, une cellule libre dans le
        système linéaire l'est aussi entre des bornes positives.
        """
        trouvees = []
        for rang, composante in self._composantes.cellules.items():
            if rang not in self._deja_vues:
                self._deja_vues[rang] = self._determinees(sorted(composante))
            if self._deja_vues[rang]:
                trouvees.append(self._deja_vues[rang])
        return trouvees

    def _determinees(self, composante: list[int]) -> list[int]:
        """Cellules dont le vecteur unité est dans l'espace des lignes du système.

        Ce sont celles qu'aucun mouvement respectant toutes les sommes ne fait bouger : on
        projette quelques mouvements tirés au hasard (graine fixe) sur ces mouvements permis, et
        on garde les cellules restées immobiles.
        """
        rangs: dict[int, int] = {}
        lignes = [rangs.setdefault(r, len(rangs)) for c in composante for r in self._sommes_de[c]]
        if not rangs:
            return []
        colonnes = [n for n, c in enumerate(composante) for _ in self._sommes_de[c]]
        signes = [s for c in composante for s in self._signes_de[c]]
        systeme = csr_array((signes, (lignes, colonnes)), shape=(len(rangs), len(composante)))
        mouvements = np.random.default_rng(0).standard_normal((len(composante), _MOUVEMENTS))
        gram = systeme @ systeme.T + _REGULARISATION * eye_array(len(rangs))
        # Chaque somme n'en touche que peu d'autres : creuse, la factorisation reste rapide.
        facteurs = splu(gram.tocsc(), permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True})
        corrections = facteurs.solve(systeme @ mouvements)
        permis = mouvements - systeme.T @ corrections
        immobiles = np.abs(permis).max(axis=1) < _IMMOBILE
        return [c for c, immobile in zip(composante, immobiles, strict=True) if immobile]


class _Composantes:
    """Groupes de cellules masquées reliées par des sommes communes, tenus à jour.

    Attributes:
        cellules: cellules de chaque groupe.
    """

    def __init__(self) -> None:
        self.cellules: dict[int, list[int]] = {}
        self._sommes: dict[int, list[int]] = {}
        self._groupe_de: dict[int, int] = {}

    def ajouter(self, cellule: int, sommes: Sequence[int]) -> int:
        """Réunit les groupes que cette cellule relie, dans le plus grand ; rend son numéro."""
        anciens = {self._groupe_de[r] for r in sommes if r in self._groupe_de}
        garde = max(anciens, key=lambda g: len(self._sommes[g]), default=cellule)
        membres = self.cellules.setdefault(garde, [])
        siennes = self._sommes.setdefault(garde, [])
        venues = [r for r in sommes if r not in self._groupe_de]
        for groupe in anciens - {garde}:
            membres += self.cellules.pop(groupe)
            venues += self._sommes.pop(groupe)
        membres.append(cellule)
        siennes += venues
        self._groupe_de.update(dict.fromkeys(venues, garde))
        return garde
