"""Les semaines à venir d'une zone : enfants attendus, professionnels, présents l'an passé.

Une semaine demande du renfort si l'attendu dépasse l'ordinaire ; des congés y sont possibles si
l'attendu est dessous et que la borne haute l'est aussi : une prévision plus lointaine, donc plus
large, ne fait ni l'un ni l'autre.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median_low

from rtpe_analyse.modeles import Maille, Periode
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import Mesure

BORNES = ("bas", "centre", "haut")
RENFORT, ORDINAIRE, SOUPLE, FERMEE, INCONNUE = (
    "renfort",
    "ordinaire",
    "souple",
    "fermee",
    "inconnue",
)
GENRES = (RENFORT, ORDINAIRE, SOUPLE, FERMEE, INCONNUE)
_TRIMESTRES = 2
_SEMAINE, _AN = timedelta(weeks=1), timedelta(weeks=52)
_VENDREDI = timedelta(days=4)


@dataclass(frozen=True)
class Ordinaire:
    """Le besoin ordinaire d'une zone : médianes (basses) de ses semaines ouvertes.

    Attributes:
        attendu: professionnels attendus ensemble à la pointe.
        au_plus: la borne haute du même besoin ; l'attendu à défaut d'intervalle.
    """

    attendu: float
    au_plus: float


@dataclass(frozen=True)
class Semaine:
    """Une semaine à venir d'une zone : enfants attendus, professionnels, présents l'an passé."""

    lundi: date
    enfants: dict[str, Mesure]
    besoin: dict[str, Mesure]
    an_dernier: Mesure

    @property
    def attendu(self) -> float | None:
        """Le centre du besoin."""
        return self.besoin["centre"].valeur

    @property
    def au_plus(self) -> float | None:
        """La borne haute du besoin ; à défaut d'intervalle, le centre."""
        haut = self.besoin["haut"].valeur
        return haut if haut is not None else self.attendu

    def genre(self, ordinaire: Ordinaire) -> str:
        """`renfort`, `ordinaire`, `souple`, `fermee` ou `inconnue`."""
        if self.attendu is None or self.au_plus is None:
            return INCONNUE
        if not self.au_plus:
            return FERMEE
        if self.attendu > ordinaire.attendu:
            return RENFORT
        moins = self.attendu < ordinaire.attendu and self.au_plus < ordinaire.au_plus
        return SOUPLE if moins else ORDINAIRE

    def de_plus(self, ordinaire: Ordinaire) -> float:
        """Professionnels attendus de plus que l'ordinaire ; zéro si ce n'est pas un renfort."""
        renfort = self.genre(ordinaire) == RENFORT
        return (self.attendu or 0) - ordinaire.attendu if renfort else 0

    def de_moins(self, ordinaire: Ordinaire) -> float:
        """Professionnels de moins, même à la borne haute ; zéro si ce n'est pas certain."""
        souple = self.genre(ordinaire) == SOUPLE
        return ordinaire.au_plus - (self.au_plus or 0) if souple else 0


@dataclass(frozen=True)
class Avenir:
    """Une zone dont les semaines à venir se lisent, et son niveau ordinaire."""

    nom: str
    semaines: list[Semaine]
    ordinaire: Ordinaire


def lire_semaines(
    contexte: Contexte, maille: Maille, zones: Iterable[str]
) -> dict[str, list[Semaine]]:
    """Les semaines qui suivent la période du rapport, zone par zone, deux trimestres au plus.

    Aucune si la prévision commence plus tard : ce qui était à venir est déjà arrivé.
    """
    zones = list(zones)
    actuel = Periode.contenant(contexte.periode.fin, "trimestre")
    trimestres = [actuel.decaler(n) for n in range(_TRIMESTRES + 1)]
    grilles = {
        borne: contexte.grille(
            ["N4", "N7"], maille, zones, trimestres, ventilation=f"semaine_{borne}"
        )
        for borne in BORNES
    }
    lundis = [
        lundi
        for lundi in map(date.fromisoformat, sorted(grilles["centre"].modalites("N7")))
        if lundi + _SEMAINE > contexte.periode.fin
    ]
    if lundis and lundis[0] > contexte.periode.fin + _SEMAINE:
        lundis = []
    avant = contexte.grille(
        ["R6"], maille, zones, sorted({_trimestre(d - _AN) for d in lundis}), ventilation="semaine"
    )
    return {
        zone: [
            Semaine(
                d,
                {b: g.lire("N4", zone, _trimestre(d), str(d)) for b, g in grilles.items()},
                {b: g.lire("N7", zone, _trimestre(d), str(d)) for b, g in grilles.items()},
                avant.lire("R6", zone, _trimestre(d - _AN), str(d - _AN)),
            )
            for d in lundis
        ]
        for zone in zones
    }


def _trimestre(jour: date) -> Periode:
    return Periode.contenant(jour, "trimestre")


def niveau_ordinaire(semaines: list[Semaine]) -> Ordinaire | None:
    """Les médianes (basses) des semaines ouvertes ; rien si aucune ne se lit."""
    besoins = [(s.attendu, s.au_plus) for s in semaines if s.attendu and s.au_plus]
    if not besoins:
        return None
    attendus, hauts = zip(*besoins, strict=True)
    return Ordinaire(median_low(attendus), median_low(hauts))


def par_genre(semaines: list[Semaine], ordinaire: Ordinaire) -> dict[str, list[Semaine]]:
    """Les semaines de chaque genre, dans l'ordre."""
    rangees: dict[str, list[Semaine]] = {genre: [] for genre in GENRES}
    for semaine in semaines:
        rangees[semaine.genre(ordinaire)].append(semaine)
    return rangees


def dates(semaines: list[Semaine]) -> str:
    """« du 5 au 16 octobre et du 2 au 6 novembre » : les semaines qui se suivent, réunies.

    Sans l'année : deux trimestres ne passent jamais deux fois par le même mois.
    """
    suites: list[list[Semaine]] = []
    for semaine in semaines:
        if suites and suites[-1][-1].lundi + _SEMAINE == semaine.lundi:
            suites[-1].append(semaine)
        else:
            suites.append([semaine])
    return formats.enumeration([_du_au(s[0].lundi, s[-1].lundi + _VENDREDI) for s in suites])


def plage(semaine: Semaine) -> str:
    """« du 5 au 9 octobre 2026 » : du lundi au vendredi."""
    vendredi = semaine.lundi + _VENDREDI
    return f"{_du_au(semaine.lundi, vendredi)} {vendredi.year}"


def _du_au(du: date, au: date) -> str:
    debut, fin = (formats.jour(d).rpartition(" ")[0] for d in (du, au))
    if du.month == au.month:
        debut = debut.partition(formats.INSECABLE)[0]
    return f"du {debut} au {fin}"
