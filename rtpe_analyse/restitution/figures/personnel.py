"""Figure du calendrier du personnel : une barre par semaine, ce qu'il faut prévoir."""

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import polars as pl
from matplotlib.patches import Patch

from rtpe_analyse.restitution.figures.toile import (
    COULEURS,
    ENCRE,
    GRIS,
    STYLE,
    axe_des_periodes,
    axe_des_valeurs,
    rendre,
    toile,
)
from rtpe_analyse.restitution.formats import Unite

_CLAIR = "#bcd3e8"
# Le genre d'une semaine se lit à sa trame autant qu'à sa nuance.
_TRAMES: dict[str, Any] = {
    "renfort": {"facecolor": COULEURS[0], "edgecolor": "white", "hatch": "////"},
    "ordinaire": {"facecolor": _CLAIR, "edgecolor": _CLAIR},
    "souple": {"facecolor": "white", "edgecolor": COULEURS[0], "hatch": "...."},
}


def besoins(
    semaines: pl.DataFrame,
    etiquettes: Sequence[str],
    ordinaire: tuple[str, float],
    noms: dict[str, str],
    unite: Unite,
) -> str:
    """Une barre par semaine jusqu'à l'attendu, l'intervalle en trait, l'an passé en losange.

    Args:
        semaines: colonnes `rang`, `genre` (`renfort`, `ordinaire`, `souple`), `attendu`, `bas`,
            `haut` et `an_dernier` ; ces trois-là peuvent manquer, une semaine fermée n'y est pas.
        etiquettes: texte de l'axe, par rang.
        ordinaire: nom et valeur du niveau ordinaire, en trait.
        noms: légende de chaque genre présent.
        unite: écriture des valeurs.
    """
    with mpl.rc_context(STYLE):
        dessin, axe = toile(3.3)
        for genre in noms:
            siennes = semaines.filter(pl.col("genre") == genre)
            axe.bar(siennes["rang"], siennes["attendu"], width=0.8, linewidth=0.8, **_TRAMES[genre])
        connues = semaines.drop_nulls(["bas", "haut"])
        axe.vlines(connues["rang"], connues["bas"], connues["haut"], color=ENCRE, linewidth=1.2)
        for borne in ("bas", "haut"):
            axe.plot(connues["rang"], connues[borne], "_", color=ENCRE, markersize=6)
        passees = semaines.drop_nulls("an_dernier")
        axe.plot(
            passees["rang"],
            passees["an_dernier"],
            "D",
            color=COULEURS[1],
            markeredgecolor="white",
            markersize=6,
        )
        niveau = axe.axhline(ordinaire[1], color=GRIS, linewidth=1, linestyle=(0, (4, 2)))
        niveau.set_label(f"{ordinaire[0]} : {unite.ecrire(ordinaire[1])}")
        axe.set(xlabel="", ylabel="", xlim=(-0.7, len(etiquettes) - 0.3))
        axe_des_periodes(axe, etiquettes, pas=max(1, len(etiquettes) // 12))
        axe_des_valeurs(axe, unite)
        axe.set_ylim(bottom=0)
        axe.legend(
            handles=[
                *(Patch(label=texte, **_TRAMES[genre]) for genre, texte in noms.items()),
                niveau,
            ],
            loc="lower left",
            bbox_to_anchor=(0, 1),
            ncols=len(noms) + 1,
            frameon=False,
            fontsize=8.5,
        )
        return rendre(dessin)
