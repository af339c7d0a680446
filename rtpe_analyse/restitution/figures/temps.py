"""Figures du temps : séries nommées au bout de leur trait, petits multiples."""

from collections.abc import Sequence
from itertools import pairwise
from textwrap import fill

import matplotlib as mpl
import polars as pl
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rtpe_analyse.restitution.figures.toile import (
    COULEURS,
    GRIS,
    LARGEUR,
    MARQUEURS,
    MISE_EN_PAGE,
    STYLE,
    TIRETS,
    axe_des_periodes,
    axe_des_valeurs,
    rendre,
    toile,
)
from rtpe_analyse.restitution.formats import Unite
from rtpe_analyse.tableaux import vers_pandas


def series(valeurs: pl.DataFrame, noms: Sequence[str], unite: Unite) -> str:
    """Séries dans le temps, nommées au bout de leur trait.

    Args:
        valeurs: colonnes `serie`, `rang` (0, 1…), `periode` (texte de l'axe), `valeur`
            (absente : le trait s'interrompt).
        noms: ordre des séries ; la première est celle dont on parle.
        unite: écriture des valeurs.
    """
    with mpl.rc_context(STYLE):
        dessin, axe = toile(3.3)
        _tracer(axe, valeurs, noms)
        etiquettes = valeurs.unique("rang").sort("rang")["periode"].to_list()
        axe_des_periodes(axe, etiquettes)
        axe_des_valeurs(axe, unite)
        axe.set_xlim(-0.35, len(etiquettes) - 0.8 + 0.27 * max(len(etiquettes) - 1, 1))
        _nommer_au_bout(axe, valeurs, noms, unite)
        return rendre(dessin)


def multiples(
    valeurs: pl.DataFrame,
    repere: pl.DataFrame,
    nom: str,
    unite: Unite,
    case_de: str = "la zone nommée",
) -> str:
    """Petits multiples : une case par série, le même repère en tirets dans chacune.

    Args:
        valeurs: colonnes `serie`, `rang`, `periode`, `valeur`.
        repere: mêmes colonnes, une seule série.
        nom: nom du repère, écrit une fois.
        unite: écriture des valeurs.
        case_de: ce que montre chaque case.
    """
    cases = valeurs["serie"].unique(maintain_order=True).to_list()
    rangees = -(-len(cases) // 4)
    # Cinq cases font trois et deux, pas quatre et une.
    colonnes = -(-len(cases) // rangees)
    etiquettes = repere.sort("rang")["periode"].to_list()
    with mpl.rc_context({**STYLE, "font.size": 8.5, "axes.titlesize": 8.5}):
        dessin = Figure(figsize=(LARGEUR, 0.5 + 1.65 * rangees), layout=MISE_EN_PAGE)
        axes = dessin.subplots(rangees, colonnes, sharex=True, sharey=True, squeeze=False)
        for axe, case in zip(axes.flat, cases, strict=False):
            propre = valeurs.filter(pl.col("serie") == case)
            _tracer(axe, pl.concat([propre, repere]), [case, nom], taille=3.5)
            axe.set_title(fill(case, 24))
            axe_des_valeurs(axe, unite)
            axe_des_periodes(axe, etiquettes, pas=max(1, len(etiquettes) - 1))
        for axe in list(axes.flat)[len(cases) :]:
            axe.set_visible(False)
        dessin.supxlabel(f"Trait plein : {case_de}. Tirets : {nom}.", fontsize=8.5, color=GRIS)
        return rendre(dessin)


def _tracer(axe: Axes, valeurs: pl.DataFrame, noms: Sequence[str], *, taille: float = 6) -> None:
    # seaborn relie par-dessus les valeurs absentes : un segment par suite ininterrompue.
    coupe = pl.col("valeur").is_null().cum_sum().over("serie", order_by="rang")
    lisibles = valeurs.with_columns(segment=coupe).drop_nulls("valeur")
    couleurs = dict(zip(noms, COULEURS, strict=False))
    if lisibles.is_empty():
        return
    sns.lineplot(
        vers_pandas(lisibles),
        x="rang",
        y="valeur",
        hue="serie",
        style="serie",
        hue_order=list(noms),
        style_order=list(noms),
        palette=couleurs,
        markers=dict(zip(noms, MARQUEURS, strict=False)),
        dashes=dict(zip(noms, TIRETS, strict=False)),
        markersize=taille,
        linewidth=1.9,
        units="segment",
        estimator=None,
        legend=False,
        ax=axe,
    )
    axe.set(xlabel="", ylabel="")


def _nommer_au_bout(axe: Axes, valeurs: pl.DataFrame, noms: Sequence[str], unite: Unite) -> None:
    bouts = [
        (nom, valeurs.filter(pl.col("serie") == nom).drop_nulls("valeur").sort("rang").tail(1))
        for nom in noms
    ]
    places = [(nom, *bout.select("rang", "valeur").row(0)) for nom, bout in bouts if len(bout)]
    bas, haut = axe.get_ylim()
    ecart_min = 0.17 * (haut - bas)
    marge = 0.09 * (haut - bas)
    axe.set_ylim(bas - marge, haut + marge)
    hauteurs = _ecarter([v for _, _, v in places], ecart_min)
    for (nom, rang, valeur), hauteur in zip(places, hauteurs, strict=True):
        couleur = COULEURS[list(noms).index(nom)]
        axe.annotate(
            f"{fill(nom, 22)}\n{unite.ecrire(valeur)}",
            (rang, hauteur),
            (9, 0),
            textcoords="offset points",
            color=couleur,
            fontsize=8.5,
            fontweight="bold" if nom == noms[0] else "normal",
            va="center",
            annotation_clip=False,
        )


def _ecarter(valeurs: list[float], ecart_min: float) -> list[float]:
    ordre = sorted(range(len(valeurs)), key=lambda i: valeurs[i])
    places = list(valeurs)
    for avant, apres in pairwise(ordre):
        manque = ecart_min - (places[apres] - places[avant])
        if manque > 0:
            places[apres] += manque / 2
            places[avant] -= manque / 2
    return places
