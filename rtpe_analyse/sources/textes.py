"""Formes comparables d'un texte : sans casse, sans accents, sans ponctuation."""

import re
import unicodedata
from functools import lru_cache

_MOTS = re.compile(r"[^\W_]+")


def sans_accents(texte: str) -> str:
    """Minuscules sans accents ; la ponctuation et les espaces restent."""
    decompose = unicodedata.normalize("NFKD", texte.replace("œ", "oe").replace("Œ", "oe"))
    return "".join(c for c in decompose if not unicodedata.combining(c)).lower()


def mots(texte: str) -> tuple[str, ...]:
    """Les mots d'un texte, sans casse ni accents."""
    return tuple(_MOTS.findall(sans_accents(texte)))


@lru_cache(maxsize=65536)
def plier(texte: str) -> str:
    """Lettres et chiffres seuls, sans casse ni accents : « N° enfant » devient `nenfant`."""
    return "".join(mots(texte))
