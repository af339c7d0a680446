"""Lire la cascade : des places agréées à l'enfant présent, marche après marche."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from rtpe_analyse.nomenclatures import liste_fermee
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import PARTIELLE, Mesure

VENTILATION = "cascade"
HEURES, PLACES = ("K1", "K2"), ("K1p", "K2p")
NIVEAUX = ("agree", "prevu", "ouvert", "attribue", "contractualise", "present")
SANS_SUITE = "sans_suite"
"""Heures des établissements qui quittent la cascade, faute d'activité connue."""
_ECART_MIN_H = 0.5
"""Au-delà de ce que l'arrondi d'une heure explique, un palier ne rejoint pas le précédent."""
PREVUES = ("annuelle", "ferie", "pont", "pedagogique")
_SANS_CAUSE = {
    "prevu_sans_cause": PREVUES,
    "subie_sans_cause": ("personnel", "travaux", "autre"),
}


@dataclass(frozen=True)
class Marche:
    """Une ligne de la cascade : un niveau, ou ce qui sépare deux niveaux.

    Attributes:
        code: code de la ligne, sans son rang.
        libelle: nom affiché.
        heures: heures-places, du signe de ce qu'elles ajoutent ou retirent.
        places: les mêmes en équivalents-places.
    """

    code: str
    libelle: str
    heures: Mesure
    places: Mesure

    @property
    def niveau(self) -> bool:
        """La marche est un palier (agréé, ouvert, présent…), pas une cause."""
        return self.code in NIVEAUX

    @property
    def perte(self) -> bool:
        """La marche retire des heures, pour une cause."""
        return not self.niveau and self.code != SANS_SUITE and (self.heures.valeur or 0) < 0

    @property
    def nulle(self) -> bool:
        """La marche est connue, et vaut zéro une fois arrondie."""
        return self.heures.valeur is not None and formats.arrondi(self.heures.valeur) == 0


@dataclass(frozen=True)
class Cascade:
    """Les marches d'une zone, dans l'ordre, jusqu'à la dernière.

    Attributes:
        marches: toutes les lignes reçues, lisibles ou non.
    """

    marches: tuple[Marche, ...]

    @cached_property
    def lisibles(self) -> tuple[Marche, ...]:
        """Les marches jusqu'au dernier palier avant une valeur qui manque ou se cache."""
        jusque = 0
        for rang, marche in enumerate(self.marches):
            if not marche.heures.lisible:
                break
            if marche.niveau:
                jusque = rang + 1
        return self.marches[:jusque]

    @property
    def entiere(self) -> bool:
        """La cascade se lit jusqu'à l'enfant présent."""
        return bool(self.lisibles) and self.lisibles[-1].code == NIVEAUX[-1]

    @property
    def partielle(self) -> bool:
        """La suite d'une partie des établissements n'est pas connue."""
        return any(m.code == SANS_SUITE for m in self.marches)

    @property
    def masquee(self) -> bool:
        """Une marche au moins est couverte par le secret statistique."""
        return any(m.heures.masquee for m in self.marches)

    def lire(self, code: str) -> Marche | None:
        """La marche lisible d'un code, absente si elle n'y est pas."""
        return next((m for m in self.lisibles if m.code == code), None)

    @cached_property
    def causes(self) -> tuple[Marche, ...]:
        """Les pertes et retours lisibles, sans les lignes nulles."""
        return tuple(m for m in self.lisibles if not m.niveau and not m.nulle)

    @property
    def pertes(self) -> list[Marche]:
        """Les pertes lisibles, la plus grande d'abord."""
        return sorted((m for m in self.causes if m.perte), key=lambda m: m.heures.valeur or 0)

    @property
    def premiere(self) -> Marche | None:
        """La plus grande perte, si toute la cascade se lit : sinon elle peut être ailleurs."""
        return self.pertes[0] if self.entiere and not self.partielle and self.pertes else None

    @property
    def premiere_hors_prevues(self) -> Marche | None:
        """La plus grande perte qui n'est pas une fermeture annoncée, si tout se lit."""
        autres = [m for m in self.pertes if m.code not in PREVUES]
        return autres[0] if self.premiere and autres else None

    def bornes(self, marche: Marche) -> tuple[float, float] | None:
        """Heures d'une cause, entre l'enregistré et l'enregistré plus ce qui est sans cause.

        Returns:
            Deux nombres positifs ; absent si aucune fermeture de ce genre n'est sans cause.
        """
        for inconnue, possibles in _SANS_CAUSE.items():
            sans_cause = self.lire(inconnue)
            if marche.code in possibles and sans_cause and not sans_cause.nulle:
                bas = abs(marche.heures.valeur or 0)
                return bas, bas + abs(sans_cause.heures.valeur or 0)
        return None

    @property
    def bornees(self) -> dict[Marche, tuple[float, float]]:
        """Les causes dont les heures ne sont connues qu'entre deux bornes."""
        couples = {m: self.bornes(m) for m in self.lisibles if not m.niveau}
        return {m: b for m, b in couples.items() if b is not None}


def lire_cascades(contexte: Contexte, maille: str, zones: Iterable[str]) -> dict[str, Cascade]:
    """La cascade de chaque zone, à la période du rapport.

    Args:
        contexte: période et indicateurs du rapport.
        maille: maille des zones.
        zones: codes des zones.
    """
    zones = list(zones)
    grille = contexte.grille(
        (*HEURES, *PLACES), maille, zones, [contexte.periode], ventilation=VENTILATION
    )
    libelles = liste_fermee("lignes_cascade")
    lignes = sorted((m, k) for k in HEURES for m in grille.modalites(k))
    cascades = {}
    for zone in zones:
        marches = tuple(
            Marche(
                _sans_rang(modalite),
                libelles[modalite],
                grille.lire(code, zone, contexte.periode, modalite),
                grille.lire(f"{code}p", zone, contexte.periode, modalite),
            )
            for modalite, code in lignes
        )
        cascades[zone] = Cascade(_jointes(marches))
    return cascades


def _jointes(marches: tuple[Marche, ...]) -> tuple[Marche, ...]:
    """Les marches, et une de plus là où un palier ne porte que sur une partie des établissements.

    Les places sont connues partout, les enfants parfois non : sans cette marche, la cascade
    d'une zone partielle ne se fermerait pas, ou prêterait à une cause ce qui est inconnu.
    """
    jointes: list[Marche] = []
    heures = places = 0.0
    for marche in marches:
        valeur, equivalent = marche.heures.valeur, marche.places.valeur or 0.0
        if marche.niveau and valeur is not None:
            if jointes and abs(valeur - heures) > _ECART_MIN_H:
                jointes.append(
                    Marche(
                        SANS_SUITE,
                        "Établissements dont la suite manque",
                        replace(marche.heures, statut=PARTIELLE, valeur=valeur - heures),
                        replace(marche.places, statut=PARTIELLE, valeur=equivalent - places),
                    )
                )
            heures, places = valeur, equivalent
        else:
            heures, places = heures + (valeur or 0.0), places + equivalent
        jointes.append(marche)
    return tuple(jointes)


def en_heures(valeur: float) -> str:
    """« −1 234 h » : le signe dit si la marche ajoute ou retire."""
    return f"{formats.nombre(valeur)}{formats.INSECABLE}h"


def en_places(valeur: float) -> str:
    """« 3,2 places » ; le nom est au singulier jusqu'à 1,9."""
    return f"{formats.nombre(valeur, 1)}{formats.INSECABLE}{formats.accord(valeur, 'place')}"


def _sans_rang(modalite: str) -> str:
    return re.sub(r"^\d+_", "", modalite)
