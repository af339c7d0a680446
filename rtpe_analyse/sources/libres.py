"""Ce qu'un champ libre dit de personnes : des comptes, jamais le texte."""

import re
from collections.abc import Iterable

from rtpe_analyse.sources.textes import mots, sans_accents

_MOT = re.compile(r"[^\W_]+")
_CIVILITES = {"mme", "mmes", "mlle", "madame", "mademoiselle", "monsieur", "mr"}
# L'ancrage à gauche garde la recherche linéaire, même dans un champ démesuré.
_COURRIEL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_TELEPHONE = re.compile(
    r"(?<![\d+])(?:(?:\+|00)\s?33[\s.\-]?(?:\(0\)[\s.\-]?)?|0)[1-9](?:[\s.\-/]?\d{2}){4}(?!\d)"
)
_MATRICULE = re.compile(r"(?<!\w)\d{7}\s?[A-Za-z]?(?!\w)")
_SECU = r"[12]\s?\d{2}\s?(?:0[1-9]|1[0-2])\s?\d[\dAB]\s?\d{3}\s?\d{3}(?:\s?\d{2})?"
_NIR = re.compile(rf"(?<!\d){_SECU}(?!\d)")
# Plus sûr qu'un compte : dix chiffres d'un trait, sept chiffres seuls peuvent être un vrai code.
COORDONNEES = (
    r"(?i)[\w.+-]@[\w-]+\.\w"
    r"|(?:^|\D)(?:0|(?:\+|00)\s?33[\s.\-]?)[1-9](?:[\s.\-/]\d{2}){4}(?:\D|$)"
    r"|(?:^|\D)0[67]\d{8}(?:\D|$)"
    rf"|(?:^|\D){_SECU}(?:\D|$)"
    r"|\b\d{7}\s?[a-z]\b"
    r"|\b(?:née?|naissance)\D{1,12}\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4}"
)
_LETTRES_MIN = 3

Noms = dict[str, list[tuple[str, ...]]]


def repertoire_de_noms(noms: Iterable[str]) -> Noms:
    """Noms et prénoms du fichier, par premier mot ; les plus longs d'abord.

    Un nom de moins de trois lettres est laissé : il se confondrait avec un mot courant.
    """
    repertoire: Noms = {}
    for suite in {mots(nom) for nom in noms}:
        if sum(map(len, suite)) >= _LETTRES_MIN:
            repertoire.setdefault(suite[0], []).append(suite)
    for suites in repertoire.values():
        suites.sort(key=lambda suite: (-len(suite), suite))
    return repertoire


def compter_noms(texte: str, repertoire: Noms) -> int:
    """Personnes nommées : noms ou prénoms du fichier (mot entier), « Mme X », « M. X ».

    Un prénom suivi de son nom compte une fois.
    """
    bruts = _MOT.findall(texte)
    plies = [sans_accents(mot) for mot in bruts]
    nommes = [False] * len(bruts)
    for i, mot in enumerate(plies):
        for suite in repertoire.get(mot, ()):
            if tuple(plies[i : i + len(suite)]) == suite:
                nommes[i : i + len(suite)] = [True] * len(suite)
                break
        civilite = mot in _CIVILITES or bruts[i] == "M"
        if civilite and i + 1 < len(bruts) and bruts[i + 1][0].isupper():
            nommes[i + 1] = True
    return sum(ici and not avant for avant, ici in zip([False, *nommes], nommes, strict=False))


def compter_numeros(texte: str) -> int:
    """Téléphones français, courriels, numéros de sécurité sociale et d'allocataire (7 chiffres)."""
    total = 0
    for motif in (_COURRIEL, _NIR, _TELEPHONE, _MATRICULE):
        texte, n = motif.subn(" ", texte)
        total += n
    return total
