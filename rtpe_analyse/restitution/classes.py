"""Lire une typologie : les classes, leurs mots tirés de leurs chiffres, et ce qu'elles valent."""

from dataclasses import dataclass, replace
from string import ascii_uppercase

import polars as pl

from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.composantes import mots
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import Mesure
from rtpe_analyse.restitution.places_de_besoin import communes_de

CLASSE, COORDONNEE, LIAISON = "B7", "B7a", "B7r"
MOYENNE, ECART, QUALITE = "B7m", "B7e", "B7q"
AUCUNE = (
    "La typologie n'est pas calculée : il y faut au moins seize zones du département dont tous "
    "les chiffres sont publiés."
)
_MARQUE = 0.5
"""Écart, en écarts types, à partir duquel une variable nomme une classe."""
_MOTS_AU_PLUS = 3
_STABLE = 0.75
"""Jaccard moyen d'une classe stable (Hennig, 2007)."""


@dataclass(frozen=True)
class Classe:
    """Une classe d'une typologie.

    Attributes:
        lettre: son nom court, dans l'ordre du premier axe.
        description: ses traits, en mots.
        effectif: nombre de zones du département qui y sont.
        moyennes: variable → moyenne de la classe.
        ecarts: variable → écart à l'ensemble, en écarts types.
        stabilite: Jaccard moyen sur les rééchantillons.
    """

    lettre: str
    description: str
    effectif: Mesure
    moyennes: dict[str, Mesure]
    ecarts: dict[str, Mesure]
    stabilite: Mesure

    @property
    def stable(self) -> bool:
        """La classe se retrouve quand on refait la typologie sur d'autres tirages des zones."""
        return (self.stabilite.valeur or 0) >= _STABLE


@dataclass(frozen=True)
class Typologie:
    """Une typologie telle qu'un rapport la lit ; sans classe si elle n'est pas calculée.

    Attributes:
        maille: `commune` ou `iris`.
        annee: période de lecture.
        noms: nom de toutes les zones du département.
        classes: les classes, dans l'ordre.
        membres: zone classée → sa classe.
        ensemble: variable → moyenne des zones classées.
        qualite: (quoi, modalité) → mesure : `axe`, `gain`, `silhouette`, `rand`.
    """

    maille: str
    annee: str
    noms: dict[str, str]
    classes: list[Classe]
    membres: dict[str, Classe]
    ensemble: dict[str, Mesure]
    qualite: dict[tuple[str, str], Mesure]

    def zones_de(self, classe: Classe) -> list[str]:
        """Codes des zones de la classe."""
        return [z for z, c in self.membres.items() if c.lettre == classe.lettre]


def lire_typologie(contexte: Contexte, maille: str) -> Typologie:
    """La typologie du département de la zone, à la dernière année connue."""
    communes = contexte.zones("commune").filter(pl.col("parent") == contexte.departement)
    zones = communes
    if maille == "iris":
        siennes = communes["zone"].to_list()
        zones = contexte.zones("iris").filter(pl.col("parent").is_in(siennes))
    noms = dict(zones.sort("zone").select("zone", "libelle").iter_rows())
    numeros = contexte.grille([CLASSE], maille, noms)
    annees = [a for a in numeros.periodes(CLASSE) if a <= str(contexte.periode.annee)]
    annee = annees[-1] if annees else ""
    lues = {z: numeros.lire(CLASSE, z, annee).valeur for z in noms}
    presentes = sorted({int(n) for n in lues.values() if n is not None})
    classes = _distinguer([_classe(contexte, maille, annee, n) for n in presentes])
    par_numero = dict(zip(presentes, classes, strict=True))
    qualite = {
        (quoi, modalite): mesure
        for quoi in ("axe", "gain", "silhouette", "rand")
        for modalite, mesure in _departement(contexte, QUALITE, f"{maille}_{quoi}", annee).items()
    }
    return Typologie(
        maille,
        annee,
        noms,
        classes,
        {z: par_numero[int(n)] for z, n in lues.items() if n is not None},
        _departement(contexte, MOYENNE, maille, annee),
        qualite,
    )


def liaisons(contexte: Contexte, typologie: Typologie, axe: int) -> dict[str, Mesure]:
    """Variable → sa liaison à un axe."""
    return _departement(contexte, LIAISON, f"{typologie.maille}_{axe}", typologie.annee)


def de_la_zone(contexte: Contexte, typologie: Typologie) -> set[str]:
    """Les communes, ou les IRIS, de la zone du rapport."""
    communes = communes_de(contexte)
    if typologie.maille == "commune":
        return {z for z in typologie.noms if z in communes}
    parents = contexte.zones("iris").select("zone", "parent").iter_rows()
    return {z for z, commune in parents if commune in communes}


def _classe(contexte: Contexte, maille: str, annee: str, numero: int) -> Classe:
    ecarts = _departement(contexte, ECART, f"{maille}_{numero}", annee)
    effectifs = _departement(contexte, CLASSE, f"{maille}_classe", annee)
    stabilites = _departement(contexte, QUALITE, f"{maille}_stabilite", annee)
    absente = contexte.grille([], "departement", []).lire
    return Classe(
        ascii_uppercase[numero - 1],
        decrire(ecarts, maille),
        effectifs.get(str(numero)) or absente(CLASSE, "", ""),
        _departement(contexte, MOYENNE, f"{maille}_{numero}", annee),
        ecarts,
        stabilites.get(str(numero)) or absente(QUALITE, "", ""),
    )


def decrire(ecarts: dict[str, Mesure], maille: str) -> str:
    """Les traits les plus marqués d'une classe : « bas revenus, chômage, peu de crèches ».

    Args:
        ecarts: variable → écart de la classe à l'ensemble, en écarts types.
        maille: maille des zones.
    """
    traits = [
        mots(v, maille).beaucoup if e > 0 else mots(v, maille).peu for v, e in _traits(ecarts)
    ]
    return formats.enumeration(traits) or "profil proche de la moyenne"


def _traits(ecarts: dict[str, Mesure]) -> list[tuple[str, float]]:
    marques = [(v, m.valeur) for v, m in ecarts.items() if m.valeur is not None]
    marques = [(v, e) for v, e in marques if abs(e) >= _MARQUE]
    marques.sort(key=lambda couple: (-round(abs(couple[1]), 6), couple[0]))
    return marques[:_MOTS_AU_PLUS]


def _distinguer(classes: list[Classe]) -> list[Classe]:
    """Les mêmes classes ; de celles qui ont les mêmes traits, la plus marquée le dit."""

    def memes(classe: Classe) -> frozenset[tuple[str, bool]]:
        return frozenset((v, e > 0) for v, e in _traits(classe.ecarts))

    def force(classe: Classe) -> float:
        return sum(abs(e) for _, e in _traits(classe.ecarts))

    def decrite(classe: Classe) -> Classe:
        jumelles = [c for c in classes if memes(c) == memes(classe)]
        if len(jumelles) < 2 or not memes(classe) or max(jumelles, key=force) != classe:
            return classe
        return replace(classe, description=f"{classe.description}, plus qu'ailleurs")

    return [decrite(classe) for classe in classes]


def _departement(contexte: Contexte, code: str, ventilation: str, annee: str) -> dict[str, Mesure]:
    zone = contexte.departement
    grille = contexte.grille([code], "departement", [zone], [annee], ventilation=ventilation)
    return {m: grille.lire(code, zone, annee, m) for m in grille.modalites(code)}
