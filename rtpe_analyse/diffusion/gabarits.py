"""Ce que les pages ont en commun : style en ligne, ancres, et ce qu'un rapport dit de lui."""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from rtpe_analyse.diffusion.carnets import Valeur
from rtpe_analyse.restitution import formats

GABARIT = Path(__file__).parent / "gabarit"
_CONTENU = Path(formats.__file__).parent / "contenu.css"


@dataclass(frozen=True)
class Titre:
    """Une entrée du sommaire."""

    niveau: int
    texte: str
    ancre: str


@dataclass(frozen=True)
class Contexte:
    """Ce qu'un rapport dit de lui-même : en-tête, bandeaux et traçabilité.

    Attributes:
        zone: libellé du territoire ou du département.
        periode: trimestre ou mois, en toutes lettres.
        edition: date d'édition, en toutes lettres (un paramètre, jamais l'horloge).
        version: version du paquet.
        niveau: `interne` ou `diffusion`.
        fictif: vrai pour le jeu d'exemple.
        provisoire: vrai si le rapport le dit.
        donnees: empreinte courte des indicateurs lus.
        carnet: empreinte courte du carnet.
        parametres: paramètres de l'exécution.
        regles: règles datées utilisées, une phrase chacune.
    """

    zone: str
    periode: str
    edition: str
    version: str
    niveau: str
    fictif: bool
    provisoire: bool
    donnees: str
    carnet: str
    parametres: dict[str, Valeur] = field(hash=False)
    regles: tuple[str, ...] = ()


@cache
def feuille_de_style() -> str:
    """Style de la page puis des contenus de restitution, à mettre en ligne."""
    feuilles = (GABARIT / "page.css", _CONTENU)
    return "\n".join(f.read_text(encoding="utf-8").strip() for f in feuilles)


def ancre(texte: str, prises: set[str]) -> str:
    """Ancre lisible, sans accents ni ponctuation, unique parmi `prises` (qu'elle complète)."""
    sans_ligatures = texte.lower().replace("œ", "oe").replace("æ", "ae")
    ascii_seul = unicodedata.normalize("NFKD", sans_ligatures).encode("ascii", "ignore").decode()
    racine = re.sub(r"[^a-z0-9]+", "-", ascii_seul).strip("-") or "section"
    cle, rang = racine, 2
    while cle in prises:
        cle, rang = f"{racine}-{rang}", rang + 1
    prises.add(cle)
    return cle


def chaine_css(texte: str) -> str:
    """Texte sûr entre guillemets dans une feuille de style en ligne."""
    return "".join(c if c.isalnum() or c in " .,-" else f"\\{ord(c):x} " for c in texte)
