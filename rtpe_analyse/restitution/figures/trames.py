"""Les trames d'une carte : une nuance et un motif par classe, lisibles sans la couleur."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.colors import to_hex

from rtpe_analyse.restitution.figures.toile import COULEURS, DEGRADE
from rtpe_analyse.restitution.formats import LEGENDES, SIGNE_MASQUE

_NUANCES = {1: (0.2,), 2: (0.0, 1.0), 3: (0.0, 0.35, 1.0), 4: (0.0, 0.2, 0.42, 1.0)}
# Des traits seulement : un motif de points pèse à lui seul plus que toute la carte.
_MOTIFS_ORDONNES = ("", "//", "/////", "xxxx", "")
_MOTIFS = ("", "////", "---", "\\\\\\\\", "xxxx", "++++", "||||", "//")
_TEINTES = (
    "#dbe7f3",
    "#f6dcc9",
    "#d5e8d9",
    "#efe3f3",
    "#fff1c2",
    "#dcdcdc",
    "#cdeaea",
    "#f3d0d6",
)


@dataclass(frozen=True)
class Trame:
    """Comment se remplit une classe : une nuance, un motif, et ce qu'en dit la légende.

    Attributes:
        libelle: texte de la légende.
        nuance: couleur de fond.
        motif: hachure, qui suffit à distinguer la classe sans la couleur.
        tirets: contour en tirets (valeur absente).
    """

    libelle: str
    nuance: str = "white"
    motif: str = ""
    tirets: bool = False


MASQUEE = Trame(f"{SIGNE_MASQUE} : {LEGENDES[SIGNE_MASQUE]}", "#e4e6eb", "||||")
ABSENTE = Trame("valeur inconnue", tirets=True)


def trames(libelles: Sequence[str], *, ordonnees: bool, saillante: str = "") -> list[Trame]:
    """Une trame par classe.

    Args:
        libelles: légende de chaque classe, de la plus basse à la plus haute.
        ordonnees: des classes de valeurs (de plus en plus foncées) plutôt que des catégories.
        saillante: la catégorie à faire ressortir, s'il y en a une.
    """
    nombre = len(libelles)
    if ordonnees:
        parts = _NUANCES.get(nombre) or [r / (nombre - 1) for r in range(nombre)]
        return [
            Trame(li, to_hex(DEGRADE(part)), _MOTIFS_ORDONNES[rang % 5])
            for rang, (li, part) in enumerate(zip(libelles, parts, strict=True))
        ]
    return [
        Trame(
            li,
            COULEURS[0] if li == saillante else _TEINTES[rang % len(_TEINTES)],
            _MOTIFS[rang % len(_MOTIFS)],
        )
        for rang, li in enumerate(libelles)
    ]
