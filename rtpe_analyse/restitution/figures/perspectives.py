"""Figures des perspectives : prévision et son intervalle, entonnoir, effets d'une variation."""

from collections.abc import Sequence
from textwrap import fill

import matplotlib as mpl
import numpy as np
import polars as pl
import seaborn as sns
from matplotlib.ticker import FuncFormatter

from rtpe_analyse.restitution.figures.toile import (
    COULEURS,
    ENCRE,
    GRIS,
    STYLE,
    TRAIT,
    axe_des_periodes,
    axe_des_valeurs,
    axes_de_barres,
    rendre,
    toile,
)
from rtpe_analyse.restitution.formats import Unite
from rtpe_analyse.tableaux import vers_pandas


def prevision(valeurs: pl.DataFrame, etiquettes: Sequence[str], unite: Unite) -> str:
    """Une série connue, puis sa prévision et son intervalle.

    Args:
        valeurs: colonnes `rang`, `serie` (`connue` ou `prevue`), `valeur`, `bas`, `haut`
            (absents pour ce qui est connu) ; une valeur absente interrompt le trait.
        etiquettes: texte de l'axe, par rang.
        unite: écriture des valeurs.
    """
    connue = valeurs.filter(pl.col("serie") == "connue")
    prevue = valeurs.filter(pl.col("serie") == "prevue").drop_nulls("valeur")
    with mpl.rc_context(STYLE):
        dessin, axe = toile(3.2)
        # seaborn relierait par-dessus une valeur absente : ici le trait s'interrompt.
        axe.plot(connue["rang"], connue["valeur"].to_numpy(), "-o", color=COULEURS[0])
        intervalle = prevue.drop_nulls(["bas", "haut"])
        axe.fill_between(
            intervalle["rang"],
            intervalle["bas"],
            intervalle["haut"],
            facecolor=COULEURS[1],
            alpha=0.18,
            hatch="....",
            edgecolor=COULEURS[1],
            linewidth=0,
        )
        jonction = pl.concat([connue.tail(1), prevue])
        sns.lineplot(
            vers_pandas(jonction),
            x="rang",
            y="valeur",
            color=COULEURS[1],
            linestyle="--",
            ax=axe,
        )
        axe.plot(prevue["rang"], prevue["valeur"], "s", color=COULEURS[1], markersize=5)
        axe.set(xlabel="", ylabel="")
        axe_des_periodes(axe, etiquettes, pas=max(1, len(etiquettes) // 12))
        axe_des_valeurs(axe, unite)
        for rang, valeur in prevue.select("rang", "valeur").iter_rows():
            axe.annotate(
                unite.ecrire(valeur),
                (rang, valeur),
                (0, 8),
                textcoords="offset points",
                ha="center",
                fontsize=8.5,
                color=ENCRE,
            )
        return rendre(dessin)


def entonnoir(
    points: pl.DataFrame, limites: pl.DataFrame, cible: float, unite: Unite, axe_x: str
) -> str:
    """Un point par unité, entre les limites qui s'élargissent quand la taille baisse.

    Args:
        points: colonnes `nom`, `taille`, `valeur`, `place` (`dedans`, `orange`, `rouge`).
        limites: colonnes `taille`, `bas95`, `haut95`, `bas998`, `haut998`, triées.
        cible: valeur commune.
        unite: écriture des valeurs.
        axe_x: nom de la taille, sous l'axe.
    """
    with mpl.rc_context(STYLE):
        dessin, axe = toile(3.9)
        tailles = limites["taille"]
        for nom, tirets, texte in (("95", "--", "95 %"), ("998", ":", "99,8 %")):
            for cote in ("bas", "haut"):
                axe.plot(tailles, limites[f"{cote}{nom}"], tirets, color=GRIS, linewidth=1)
            axe.annotate(
                texte,
                (tailles[-1], limites[f"haut{nom}"][-1]),
                (5, 0),
                textcoords="offset points",
                fontsize=8,
                color=GRIS,
                va="center",
            )
        axe.axhline(cible, color=GRIS, linewidth=1)
        for place, marqueur, couleur in (
            ("dedans", "o", COULEURS[0]),
            ("orange", "s", COULEURS[1]),
            ("rouge", "^", COULEURS[1]),
        ):
            ici = points.filter(pl.col("place") == place)
            if ici.height:
                sns.scatterplot(
                    vers_pandas(ici),
                    x="taille",
                    y="valeur",
                    marker=marqueur,
                    s=42,
                    color=couleur,
                    ax=axe,
                )
        for nom, taille, valeur in (
            points.filter(pl.col("place") != "dedans").select("nom", "taille", "valeur").iter_rows()
        ):
            axe.annotate(
                fill(nom, 22),
                (taille, valeur),
                (7, 0),
                textcoords="offset points",
                fontsize=8.5,
                va="center",
            )
        axe.set(xlabel=axe_x, ylabel="")
        axe.xaxis.set_major_formatter(FuncFormatter(lambda v, _: Unite().graduer(v)))
        axe_des_valeurs(axe, unite)
        axe.margins(x=0.08)
        return rendre(dessin)


def effets(noms: Sequence[str], valeurs: Sequence[float], unite: Unite) -> str:
    """Effets d'une variation : une barre par effet, de part et d'autre de zéro.

    Args:
        noms: effets, de haut en bas.
        valeurs: leur ampleur, avec son signe.
        unite: écriture des valeurs, le signe toujours montré.
    """
    with mpl.rc_context({**STYLE, "axes.grid": False}):
        dessin, axe = toile(0.4 + 0.36 * len(noms))
        hausses = np.asarray(valeurs) >= 0
        for rang, (valeur, hausse) in enumerate(zip(valeurs, hausses, strict=True)):
            axe.barh(
                rang,
                valeur,
                color=COULEURS[0] if hausse else COULEURS[1],
                hatch="" if hausse else "////",
                edgecolor="white",
                linewidth=0,
                height=0.66,
            )
            signe = "+" if valeur > 0 else ""
            axe.annotate(
                f"{signe}{unite.ecrire(valeur)}",
                (valeur, rang),
                (5 if hausse else -5, 0),
                textcoords="offset points",
                ha="left" if hausse else "right",
                va="center",
                fontsize=8.5,
            )
        axe.axvline(0, color=GRIS, linewidth=0.8)
        axes_de_barres(axe, noms)
        axe.invert_yaxis()
        axe.margins(x=0.25)
        return rendre(dessin)


def serie_longue(
    valeurs: pl.DataFrame,
    etiquettes: Sequence[str],
    niveaux: Sequence[tuple[int, int, float]],
    reperes: Sequence[tuple[int, str]],
    atypiques: Sequence[tuple[int, int]],
    unite: Unite,
) -> str:
    """Une longue série : ce qui vient d'agrégats, ses niveaux, et les événements numérotés.

    Args:
        valeurs: colonnes `rang`, `serie` (`detail` ou `agregats`), `valeur` (absente : le trait
            s'interrompt).
        etiquettes: texte de l'axe, par rang.
        niveaux: premier rang, dernier rang et niveau moyen de chaque palier de la série.
        reperes: rang et numéro de chaque événement.
        atypiques: premier et dernier rangs des périodes qui ne se comparent à aucune autre.
        unite: écriture des valeurs.
    """
    with mpl.rc_context(STYLE):
        dessin, axe = toile(3.4)
        suite = valeurs.sort("rang")
        axe.plot(suite["rang"], suite["valeur"].cast(pl.Float64), color=COULEURS[0], linewidth=1.9)
        for serie, fond in (("agregats", "white"), ("detail", COULEURS[0])):
            ici = suite.filter(pl.col("serie") == serie).drop_nulls("valeur")
            axe.plot(
                ici["rang"],
                ici["valeur"],
                "o",
                color=COULEURS[0],
                markerfacecolor=fond,
                markersize=5.5,
            )
        for debut, fin in atypiques:
            axe.axvspan(
                debut - 0.5,
                fin + 0.5,
                facecolor="white",
                edgecolor=TRAIT,
                hatch="////",
                linewidth=0,
                zorder=0,
            )
        for debut, fin, niveau in niveaux:
            axe.plot([debut, fin], [niveau, niveau], "--", color=COULEURS[1], linewidth=1.4)
        axe.set(xlabel="", ylabel="")
        axe_des_periodes(axe, etiquettes, pas=max(1, len(etiquettes) // 8))
        bas, haut = axe.get_ylim()
        axe.set_ylim(bas, haut + 0.14 * (haut - bas))
        axe_des_valeurs(axe, unite)
        plafond = axe.get_ylim()[1]
        for rang, numero in reperes:
            axe.axvline(rang, color=GRIS, linewidth=0.8, linestyle=":", zorder=0)
            axe.annotate(numero, (rang, plafond), ha="center", va="top", fontsize=8.5, color=GRIS)
        derniere = suite.drop_nulls("valeur").tail(1)
        for rang, valeur in derniere.select("rang", "valeur").iter_rows():
            axe.annotate(
                unite.ecrire(valeur),
                (rang, valeur),
                (8, 0),
                textcoords="offset points",
                va="center",
                fontsize=8.5,
                fontweight="bold",
                color=COULEURS[0],
            )
        axe.set_xlim(-0.5, max(1.0, (len(etiquettes) - 1) * 1.09))
        return rendre(dessin)
