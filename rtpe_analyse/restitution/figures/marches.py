"""Figures de passage : cascade d'un niveau à l'autre, entrées et sorties."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from rtpe_analyse.restitution.figures.toile import (
    COULEURS,
    ENCRE,
    GRIS,
    STYLE,
    rendre,
    toile,
)
from rtpe_analyse.restitution.formats import Unite

Genre = Literal["niveau", "perte", "retour", "inconnu"]
_FACONS: dict[str, dict[str, Any]] = {
    "niveau": {"facecolor": COULEURS[0], "edgecolor": COULEURS[0]},
    "perte": {"facecolor": "#f3d9cb", "edgecolor": COULEURS[1], "hatch": "////"},
    "inconnu": {"facecolor": "#eceef3", "edgecolor": GRIS, "hatch": "xx"},
    "retour": {"facecolor": "#dcebdf", "edgecolor": COULEURS[2], "hatch": "||||"},
}
_NOMS = {
    "niveau": "Niveau",
    "perte": "Perte (−)",
    "retour": "Retour (+)",
    "inconnu": "Suite inconnue",
}


@dataclass(frozen=True)
class Barre:
    """Une barre de la cascade.

    Attributes:
        nom: libellé de la ligne.
        debut: où la barre commence.
        fin: où elle finit ; un niveau commence à zéro.
        texte: ce qui s'écrit au bout.
        genre: `niveau`, `perte`, `retour`, ou `inconnu` (établissements sans suite).
    """

    nom: str
    debut: float
    fin: float
    texte: str
    genre: Genre


def cascade(barres: Sequence[Barre]) -> str:
    """Cascade horizontale, de haut en bas : niveaux pleins, pertes hachurées, retours rayés.

    Args:
        barres: dans l'ordre de lecture.
    """
    with mpl.rc_context({**STYLE, "axes.grid": False}):
        dessin, axe = toile(0.5 + 0.235 * len(barres))
        for rang, barre in enumerate(barres):
            gauche, droite = sorted((barre.debut, barre.fin))
            facon = _FACONS[barre.genre]
            axe.barh(rang, droite - gauche, left=gauche, height=0.68, linewidth=0.8, **facon)
            if rang:
                attache = barre.fin if barre.genre == "niveau" else barre.debut
                axe.plot([attache] * 2, [rang - 0.66, rang - 0.34], color=GRIS, lw=0.7)
            axe.annotate(
                barre.texte,
                (droite, rang),
                (5, 0),
                textcoords="offset points",
                va="center",
                fontsize=8,
                color=ENCRE,
                fontweight="bold" if barre.genre == "niveau" else "normal",
            )
        axe.set_yticks(range(len(barres)), [fill(b.nom, 54) for b in barres], fontsize=8.5)
        for etiquette, barre in zip(axe.get_yticklabels(), barres, strict=True):
            if barre.genre == "niveau":
                etiquette.set(color=ENCRE, fontweight="bold")
        axe.set_ylim(len(barres) - 0.4, -0.6)
        # Le tiers de droite est aux étiquettes, plus longues que les marges d'usage.
        axe.set_xlim(0, 1.55 * max(max(b.debut, b.fin) for b in barres))
        axe.set_xticks([])
        axe.spines["bottom"].set_visible(False)
        _legende(axe, [g for g in _NOMS if any(b.genre == g for b in barres)])
        return rendre(dessin)


def flux(
    periodes: Sequence[str],
    entrees: Sequence[float | None],
    sorties: Sequence[float | None],
    unite: Unite,
) -> str:
    """Entrées vers le haut, sorties (hachurées) vers le bas, période par période.

    Args:
        periodes: étiquettes de l'axe du temps.
        entrees: une valeur par période, absente si illisible.
        sorties: idem, en nombres positifs.
        unite: écriture des valeurs.
    """
    with mpl.rc_context({**STYLE, "axes.grid": False}):
        dessin, axe = toile(2.7)
        for valeurs, sens, genre in ((entrees, 1, "niveau"), (sorties, -1, "perte")):
            connues = [(r, v) for r, v in enumerate(valeurs) if v is not None]
            hauteurs = [sens * v for _, v in connues]
            barres = axe.bar(
                [r for r, _ in connues], hauteurs, width=0.62, linewidth=0.8, **_FACONS[genre]
            )
            axe.bar_label(barres, [unite.ecrire(v) for _, v in connues], padding=2, fontsize=8)
        axe.axhline(0, color=ENCRE, lw=0.8)
        axe.margins(y=0.16)
        axe.set_yticks([])
        axe.spines["bottom"].set_visible(False)
        axe.set_xlim(-0.6, len(periodes) - 0.4)
        axe.set_xticks(range(len(periodes)), [p.replace(" ", "\n") for p in periodes])
        _legende(axe, ["niveau", "perte"], {"niveau": "Entrées", "perte": "Sorties"})
        return rendre(dessin)


def _legende(axe: Axes, genres: Sequence[str], noms: dict[str, str] = _NOMS) -> None:
    # Quatre mots débordent à droite : ils s'alignent alors sur ce bord.
    deborde = len(genres) > 3
    axe.legend(
        handles=[Patch(label=noms[g], linewidth=0.8, **_FACONS[g]) for g in genres],
        loc="lower right" if deborde else "lower left",
        bbox_to_anchor=(1, 1) if deborde else (0, 1),
        ncols=len(genres),
        frameon=False,
        fontsize=8.5,
        borderaxespad=0.2,
    )
