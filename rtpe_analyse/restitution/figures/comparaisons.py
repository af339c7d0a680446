"""Figures de comparaison : barres, positions, carte de chaleur."""

from collections.abc import Sequence
from textwrap import fill
from typing import Any

import matplotlib as mpl
import numpy as np
import polars as pl
import seaborn as sns
from matplotlib.container import BarContainer
from matplotlib.ticker import FuncFormatter, MaxNLocator

from rtpe_analyse.restitution.figures.toile import (
    COULEURS,
    DEGRADE,
    ENCRE,
    STYLE,
    axes_de_barres,
    encre_sur,
    rendre,
    toile,
)
from rtpe_analyse.restitution.formats import Unite
from rtpe_analyse.tableaux import vers_pandas


def barres(
    valeurs: pl.DataFrame, categories: Sequence[str], noms: Sequence[str], unite: Unite
) -> str:
    """Barres horizontales, par catégorie et série, chacune portant sa valeur.

    Args:
        valeurs: colonnes `categorie`, `serie`, `valeur`.
        categories: ordre des catégories, de haut en bas.
        noms: ordre des séries ; au-delà d'une, la seconde est hachurée.
        unite: écriture des valeurs.
    """
    with mpl.rc_context({**STYLE, "axes.grid": False}):
        entete = 0.3 if len(noms) > 1 else 0
        dessin, axe = toile(0.2 + entete + len(categories) * (0.16 + 0.19 * len(noms)))
        sns.barplot(
            vers_pandas(valeurs),
            y="categorie",
            x="valeur",
            hue="serie",
            order=list(categories),
            hue_order=list(noms),
            palette=list(COULEURS[: len(noms)]),
            saturation=1,
            errorbar=None,
            width=0.72,
            legend=len(noms) > 1,
            ax=axe,
        )
        paquets = [c for c in axe.containers if isinstance(c, BarContainer)]
        for rang, paquet in enumerate(paquets):
            for barre in paquet if rang else ():
                barre.set(hatch="////", edgecolor="white", linewidth=0)
            textes = [unite.ecrire(barre.get_width()) for barre in paquet]
            axe.bar_label(paquet, textes, padding=4, fontsize=8.5, color=ENCRE)
        if legende := axe.get_legend():
            sns.move_legend(
                axe, "lower left", bbox_to_anchor=(0, 1), ncols=2, title=None, frameon=False
            )
            legende = axe.get_legend() or legende
            for poignee in legende.get_patches()[1:]:
                poignee.set(hatch="////", edgecolor="white", linewidth=0)
        axes_de_barres(axe, categories)
        return rendre(dessin)


def positions(
    noms: Sequence[str],
    valeurs: Sequence[float | None],
    avant: Sequence[float | None],
    repere: tuple[str, float] | None,
    unite: Unite,
    bande: tuple[str, float, float] | None = None,
) -> str:
    """Un point plein par ligne (la période), un creux (un an plus tôt), un repère vertical.

    Args:
        noms: lignes, de haut en bas.
        valeurs: valeur de la période, absente si illisible.
        avant: valeur un an plus tôt.
        repere: nom et valeur du repère vertical, s'il est lisible.
        unite: écriture des valeurs.
        bande: nom et bornes d'un intervalle à montrer derrière les points.
    """
    with mpl.rc_context({**STYLE, "axes.grid.axis": "x"}):
        dessin, axe = toile(0.75 + 0.27 * len(noms))
        if bande:
            axe.axvspan(*bande[1:], fc="#fbf0e9", ec=COULEURS[1], ls=(0, (1, 2)), lw=1, zorder=0)
            axe.annotate(
                bande[0],
                (sum(bande[1:]) / 2, len(noms) - 0.5),
                color=COULEURS[1],
                fontsize=8,
                ha="center",
                va="bottom",
            )
        couples = [(v, a, i) for i, (v, a) in enumerate(zip(valeurs, avant, strict=True))]
        for valeur, ancien, rang in couples:
            if valeur is not None and ancien is not None:
                axe.plot([ancien, valeur], [rang, rang], color="#9fb4c9", lw=2, zorder=1)
        creux = [(a, i) for _, a, i in couples if a is not None]
        pleins = [(v, i) for v, _, i in couples if v is not None]
        style: dict[str, Any] = {"ax": axe, "zorder": 3, "legend": False}
        for points, plein in ((creux, False), (pleins, True)):
            if points:
                sns.scatterplot(
                    x=[p[0] for p in points],
                    y=[p[1] for p in points],
                    color=COULEURS[0] if plein else "white",
                    edgecolor=COULEURS[0],
                    linewidth=1.2,
                    s=58 if plein else 40,
                    marker="o" if plein else "D",
                    **style,
                )
        for valeur, rang in pleins:
            texte = unite.ecrire(valeur)
            axe.annotate(
                texte, (valeur, rang), (0, 6), textcoords="offset points", ha="center", fontsize=7.5
            )
        if repere:
            axe.axvline(repere[1], color=COULEURS[1], lw=1.3, ls=(0, (4, 2)), zorder=0)
            axe.annotate(
                f"{repere[0]} : {unite.ecrire(repere[1])}",
                (repere[1], -0.95),
                (4, 0),
                textcoords="offset points",
                color=COULEURS[1],
                fontsize=8.5,
                va="center",
            )
        axe.set_yticks(range(len(noms)), [fill(n, 34) for n in noms])
        axe.set_ylim(len(noms) - (0.0 if bande else 0.4), -1.4)
        axe.margins(x=0.08)
        axe.xaxis.set_major_formatter(FuncFormatter(lambda v, _: unite.graduer(v)))
        axe.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        axe.set(xlabel="", ylabel="")
        return rendre(dessin)


def chaleur(
    valeurs: Sequence[Sequence[float | None]],
    textes: Sequence[Sequence[str]],
    lignes: Sequence[str],
    colonnes: Sequence[str],
) -> str:
    """Carte de chaleur dont chaque case porte aussi son texte.

    Args:
        valeurs: une rangée par ligne ; une valeur absente laisse la case blanche.
        textes: ce qu'on écrit dans chaque case : le nombre, ses marques, ou un signe.
        lignes: noms des rangées.
        colonnes: noms des colonnes.
    """
    table = np.array([[np.nan if v is None else v for v in r] for r in valeurs], dtype=float)
    bas, haut = np.nanmin(table), np.nanmax(table)
    with mpl.rc_context({**STYLE, "axes.grid": False}):
        dessin, axe = toile(0.5 + 0.33 * len(lignes))
        # La carte de seaborn dessine la figure une fois de plus, pour élaguer ses graduations.
        axe.pcolormesh(
            np.ma.masked_invalid(table),
            cmap=DEGRADE,
            vmin=bas,
            vmax=haut if haut > bas else bas + 1,
            edgecolors="white",
            linewidth=0.8,
        )
        for i, rangee in enumerate(textes):
            for j, texte in enumerate(rangee):
                part = (table[i, j] - bas) / (haut - bas) if haut > bas else 0.0
                encre = ENCRE if np.isnan(part) else encre_sur(DEGRADE(part))
                axe.text(
                    j + 0.5, i + 0.5, texte, color=encre, ha="center", va="center", fontsize=7.5
                )
        axe.set_xticks([j + 0.5 for j in range(len(colonnes))], list(colonnes), fontsize=8)
        axe.set_yticks([i + 0.5 for i in range(len(lignes))], list(lignes), fontsize=8.5)
        axe.invert_yaxis()
        axe.xaxis.tick_top()
        axe.spines["bottom"].set_visible(False)
        return rendre(dessin)
