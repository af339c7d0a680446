"""Places qui se libèrent et demandes qui les visent, mises face à face : zone, âge, jour.

Ni nom ni numéro : des nombres d'enfants et de journées, passés par le secret statistique.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rtpe_analyse.reglementation import valeur
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.lecture import Grille
from rtpe_analyse.restitution.mesures import Mesure

JOURS_OUVRES = 5
_CODES = ("D8", "D9")


@dataclass(frozen=True)
class Face:
    """Une tranche d'âge d'une zone : ce qui se libère, ce qui est promis, ce qui est demandé.

    Attributes:
        zone: nom de la zone.
        age: tranche d'âge ; vide pour l'ensemble.
        jours: places à attribuer (D7), du lundi au vendredi ; vide pour l'ensemble.
        journees: leur somme (journées par semaine), quand l'âge est vide.
        demandes: demandes à servir (D8).
        promises: places déjà promises (D9).
    """

    zone: str
    age: str
    jours: list[Mesure]
    journees: Mesure | None
    demandes: Mesure
    promises: Mesure

    @property
    def places(self) -> float | None:
        """Places de cinq jours à attribuer ; absent si un seul jour n'est pas lisible."""
        if self.journees is not None:
            return None if self.journees.valeur is None else self.journees.valeur / JOURS_OUVRES
        lues = [m.valeur for m in self.jours if m.valeur is not None]
        return sum(lues) / JOURS_OUVRES if len(lues) == JOURS_OUVRES else None

    @property
    def restantes(self) -> float | None:
        """Places de cinq jours une fois servies les promesses ; absent si l'une est masquée."""
        if self.places is None or self.promises.valeur is None:
            return None
        return self.places - self.promises.valeur

    @property
    def tension(self) -> float | None:
        """Demandes pour une place restante ; absent s'il n'en reste pas ou si l'une est masquée."""
        if self.restantes is None or self.demandes.valeur is None or self.restantes < 1:
            return None
        return self.demandes.valeur / self.restantes

    @property
    def manque(self) -> float | None:
        """Demandes au-delà des places restantes ; négatif s'il reste des places."""
        if self.restantes is None or self.demandes.valeur is None:
            return None
        return self.demandes.valeur - self.restantes

    @property
    def connue(self) -> bool:
        """Au moins un nombre de la tranche n'est pas nul (ou est masqué)."""
        mesures = [*self.jours, self.demandes, self.promises, *filter(None, [self.journees])]
        return any(m.valeur or m.masquee for m in mesures)


def faces(contexte: Contexte, maille: str, zones: Mapping[str, str]) -> list[Face]:
    """La confrontation de chaque zone : l'ensemble, puis chaque tranche d'âge non vide.

    Args:
        contexte: période du rapport.
        maille: maille des zones.
        zones: code → nom.
    """
    quand = [contexte.periode]
    cases = contexte.grille(["D7"], maille, zones, quand, ventilation="age_jour")
    ages = contexte.grille(_CODES, maille, zones, quand, ventilation="age")
    tout = contexte.grille([*_CODES, "D7"], maille, zones, quand)
    tranches = _tranches(contexte)
    lues = []
    for zone, nom in zones.items():
        lues.append(_face(contexte, zone, nom, "", cases, tout))
        lues += [_face(contexte, zone, nom, age, cases, ages) for age in tranches]
    return [f for f in lues if f.connue]


def places_par_jour(lues: list[Face]) -> list[float]:
    """Places à attribuer du lundi au vendredi, sur les âges dont les cinq jours se lisent.

    Returns:
        Cinq nombres ; rien si aucun âge ne se lit.
    """
    par_age = [f.jours for f in lues if f.age and f.places is not None]
    return [sum(m.valeur or 0 for m in jour) for jour in zip(*par_age, strict=True)]


def _tranches(contexte: Contexte) -> list[str]:
    """Les tranches d'âge en vigueur à la fin de la période, puis « inconnu »."""
    bornes = valeur("conventions", "tranches_age", contexte.jour_de_reference)
    return [*(str(t["libelle"]) for t in bornes), "inconnu"]


def _face(
    contexte: Contexte, zone: str, nom: str, age: str, cases: Grille, comptes: Grille
) -> Face:
    quand = contexte.periode
    demandes, promises = (comptes.lire(c, zone, quand, age) for c in _CODES)
    if not age:
        return Face(nom, age, [], comptes.lire("D7", zone, quand), demandes, promises)
    jours = [cases.lire("D7", zone, quand, f"{age}|{j}") for j in range(1, JOURS_OUVRES + 1)]
    return Face(nom, age, jours, None, demandes, promises)
