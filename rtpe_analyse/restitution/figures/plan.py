"""Le plan des axes d'une typologie : les variables d'un côté, les zones de l'autre."""

from collections.abc import Mapping, Sequence
from textwrap import fill

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from rtpe_analyse.restitution.figures.toile import (
    COULEURS,
    ENCRE,
    GRIS,
    LARGEUR,
    MISE_EN_PAGE,
    STYLE,
    TRAIT,
    rendre,
)

Point = tuple[float, float]
_ECART = 0.47
"""Écart vertical entre deux étiquettes d'un même côté du cercle, dans son rayon."""
_FOULE = 60
"""Zones au-delà desquelles les lettres rapetissent et les noms ne s'écrivent plus."""


def plan(
    variables: Mapping[str, Point],
    zones: Sequence[tuple[str, str, Point]],
    nommees: Mapping[str, str],
    axes: tuple[str, str],
) -> str:
    """Le cercle des corrélations, et les zones désignées par la lettre de leur classe.

    Args:
        variables: nom → liaisons aux deux axes (−1 à 1).
        zones: code, lettre de la classe, coordonnées sur les deux axes.
        nommees: code → nom des zones à nommer ; leur lettre est grasse.
        axes: légendes des deux axes.
    """
    with mpl.rc_context({**STYLE, "axes.grid": False}):
        dessin = Figure(figsize=(LARGEUR, 4.6), layout=MISE_EN_PAGE)
        cercle, nuage = dessin.subplots(1, 2, width_ratios=(1.35, 1))
        _cercle(cercle, variables)
        _nuage(nuage, zones, nommees)
        for axe in (cercle, nuage):
            axe.axhline(0, color=TRAIT, lw=0.8, zorder=0)
            axe.axvline(0, color=TRAIT, lw=0.8, zorder=0)
            axe.set_xlabel(axes[0], fontsize=8.5)
        nuage.set_ylabel(axes[1], fontsize=8.5)
        cercle.set_title("Les variables", pad=12)
        nuage.set_title("Les zones", pad=12)
        return rendre(dessin)


def _cercle(axe: Axes, variables: Mapping[str, Point]) -> None:
    axe.add_patch(Circle((0, 0), 1, fill=False, ec=TRAIT, lw=0.8))
    for cote in (-1, 1):
        siennes = {n: p for n, p in variables.items() if (p[0] >= 0) == (cote > 0)}
        hauteurs = _ecarter([p[1] for p in siennes.values()])
        for (nom, (x, y)), hauteur in zip(siennes.items(), hauteurs, strict=True):
            axe.annotate("", (x, y), (0, 0), arrowprops={"arrowstyle": "->", "color": COULEURS[0]})
            axe.plot([x, cote * 1.12], [y, hauteur], color=GRIS, lw=0.5, ls=(0, (1, 2)))
            axe.text(
                cote * 1.16,
                hauteur,
                fill(nom, 18),
                ha="left" if cote > 0 else "right",
                va="center",
                fontsize=8,
                color=ENCRE,
            )
    axe.set(xlim=(-2.15, 2.15), ylim=(-1.3, 1.3), aspect="equal", xticks=[], yticks=[])
    axe.spines["bottom"].set_visible(False)


def _ecarter(hauteurs: Sequence[float]) -> list[float]:
    """Les mêmes hauteurs, écartées assez pour que deux étiquettes ne se touchent pas."""
    ordre = sorted(range(len(hauteurs)), key=lambda r: hauteurs[r])
    posees: list[float] = []
    for rang in ordre:
        posees.append(max(hauteurs[rang], posees[-1] + _ECART) if posees else hauteurs[rang])
    trop = max(0.0, posees[-1] - 1.15) if posees else 0.0
    replacees = dict(zip(ordre, (p - trop for p in posees), strict=True))
    return [replacees[r] for r in range(len(hauteurs))]


def _nuage(axe: Axes, zones: Sequence[tuple[str, str, Point]], nommees: Mapping[str, str]) -> None:
    foule = len(zones) > _FOULE
    lettres = sorted({lettre for _, lettre, _ in zones})
    for code, lettre, (x, y) in zones:
        sienne = code in nommees
        axe.text(
            x,
            y,
            lettre,
            ha="center",
            va="center",
            fontsize=6 if foule and not sienne else 9,
            fontweight="bold" if sienne else "normal",
            color=COULEURS[lettres.index(lettre) % len(COULEURS)],
        )
        if sienne and not foule:
            axe.annotate(
                nommees[code],
                (x, y),
                (0, -12),
                textcoords="offset points",
                ha="center",
                fontsize=7,
                color=ENCRE,
                bbox={"fc": "white", "ec": "none", "alpha": 0.8, "pad": 0.5},
            )
    for suite, fixer in (
        ([p[0] for _, _, p in zones], axe.set_xlim),
        ([p[1] for _, _, p in zones], axe.set_ylim),
    ):
        marge = 0.12 * (max(suite) - min(suite)) or 1
        fixer(min(suite) - marge, max(suite) + marge)
