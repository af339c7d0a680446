"""Retrouver un lieu (établissement, commune) à partir de ce qu'un export en a écrit.

Le code exact d'abord, puis le nom exact, puis des écritures de plus en plus simplifiées.
À chaque degré une seule correspondance est admise : dans le doute, le lieu est inconnu.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "Œ": "OE", "Æ": "AE"})
_ABREVIATIONS = {
    "st": "saint",
    "ste": "sainte",
    "dep": "departementale",
    "dept": "departementale",
    "departemental": "departementale",
    "mun": "municipale",
    "municipal": "municipale",
}
_ARTICLES = frozenset({"l", "le", "la", "les", "d", "de", "du", "des"})
_GENERIQUES = frozenset(
    (
        *("creche", "creches", "multi", "accueil", "multiaccueil", "halte", "garderie", "mini"),
        *("micro", "eaje", "etablissement", "structure"),
        *("departementale", "municipale", "collective"),
    )
)
_ARRONDISSEMENT = re.compile(r"\s+\d{1,2}\s*(?:er?|e|eme|ieme)?(?:\s+arrondissement)?$")
_CEDEX = re.compile(r"\s+cedex(?:\s+\d+)?$")


def plier(texte: str) -> str:
    """Texte sans casse, accents ni ponctuation, mots séparés par une espace."""
    sans_accent = unicodedata.normalize("NFKD", texte.translate(_LIGATURES)).casefold()
    lettres = "".join(c for c in sans_accent if not unicodedata.combining(c))
    return " ".join(re.split(r"[\W_]+", lettres)).strip()


def _developper(plie: str) -> str:
    return " ".join(_ABREVIATIONS.get(mot, mot) for mot in plie.split())


def _sans(mots: frozenset[str]) -> Callable[[str], str]:
    return lambda plie: " ".join(m for m in _developper(plie).split() if m not in mots)


def _sans_arrondissement(plie: str) -> str:
    return _sans(_ARTICLES)(_ARRONDISSEMENT.sub("", _CEDEX.sub("", plie)))


SIMPLIFICATIONS_COMMUNES: tuple[Callable[[str], str], ...] = (
    str,
    _developper,
    _sans(_ARTICLES),
    _sans_arrondissement,
)
SIMPLIFICATIONS_ETABLISSEMENTS: tuple[Callable[[str], str], ...] = (
    str,
    _developper,
    _sans(_GENERIQUES),
    _sans(_GENERIQUES | _ARTICLES),
)


@dataclass(frozen=True)
class Trouvaille:
    """Un lieu retrouvé.

    Attributes:
        code: code du lieu dans la nomenclature.
        correction: `nom_de_lieu` ou `code_tronque` si l'écriture n'était pas la bonne, sinon None.
    """

    code: str
    correction: str | None = None


class Repertoire:
    """Index d'une nomenclature de lieux.

    Args:
        noms: couples (code, nom) ; un code peut avoir plusieurs noms.
        simplifications: degrés de simplification des noms, du plus fidèle au plus large.
        autres_codes: autre identifiant → code (numéro de dossier Caf d'un établissement).
    """

    def __init__(
        self,
        noms: Iterable[tuple[str, str]],
        simplifications: tuple[Callable[[str], str], ...],
        autres_codes: Mapping[str, str] | None = None,
    ) -> None:
        couples = sorted(set(noms))
        self._codes = {code: code for code, _ in couples} | dict(autres_codes or {})
        self._noms = _index((nom, code) for code, nom in couples)
        self._codes_plies = _index((plier(c), code) for c, code in self._codes.items())
        self._simplifications = simplifications
        self._degres = [
            _index((simple(plier(nom)), code) for code, nom in couples)
            for simple in simplifications
        ]
        self._amputes = _index(
            (ampute, code) for c, code in self._codes.items() for ampute in _amputations(c)
        )

    def trouver(self, texte: str) -> Trouvaille | None:
        """Le lieu désigné par un code ou un nom, ou None s'il est inconnu ou ambigu.

        Args:
            texte: ce que l'export a écrit, sans blancs autour.
        """
        if texte in self._codes:
            return Trouvaille(self._codes[texte])
        if len(codes := self._noms.get(texte, ())) == 1:
            return Trouvaille(codes[0])
        plie = plier(texte)
        if len(codes := self._codes_plies.get(plie, ())) == 1:
            return Trouvaille(codes[0], "nom_de_lieu")
        for simple, index in zip(self._simplifications, self._degres, strict=True):
            forme = simple(plie)
            if forme and (codes := index.get(forme, ())):
                return Trouvaille(codes[0], "nom_de_lieu") if len(codes) == 1 else None
        if len(codes := self._amputes.get(texte, ())) == 1:
            return Trouvaille(codes[0], "code_tronque")
        return None


def _index(couples: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    ensembles: dict[str, set[str]] = defaultdict(set)
    for forme, code in couples:
        ensembles[forme].add(code)
    return {forme: tuple(sorted(codes)) for forme, codes in ensembles.items()}


def _amputations(code: str) -> set[str]:
    """Ce qu'un tableur laisse d'un code : sans ses zéros de tête, ou sans sa dernière lettre."""
    trouve = re.match(r"^(\D*)(0+)(\d.*)$", code)
    formes = (
        {trouve[1] + trouve[2][k:] + trouve[3] for k in range(1, len(trouve[2]) + 1)}
        if trouve
        else set()
    )
    if len(code) > 2:
        formes.add(code[:-1])
    return formes - {code, ""}
