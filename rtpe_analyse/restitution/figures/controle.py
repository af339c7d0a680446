"""La carte de contrôle : une série, son centre, ses limites, et les périodes qui font signal."""

from collections.abc import Sequence

import matplotlib as mpl
import polars as pl

from rtpe_analyse.restitution.figures.toile import (
    COULEURS,
    GRIS,
    STYLE,
    axe_des_periodes,
    axe_des_valeurs,
    rendre,
    toile,
)
from rtpe_analyse.restitution.formats import Unite


def controle(valeurs: pl.DataFrame, etiquettes: Sequence[str], centre: float, unite: Unite) -> str:
    """Une série entre ses limites ; une période qui fait signal est un carré nommé.

    Args:
        valeurs: colonnes `rang`, `valeur`, `bas`, `haut` (absentes : le trait s'interrompt) et
            `signal` (vrai si la période en est un).
        etiquettes: texte de l'axe, par rang.
        centre: moyenne de la série.
        unite: écriture des valeurs.
    """
    suite = valeurs.sort("rang")
    with mpl.rc_context(STYLE):
        dessin, axe = toile(3.2)
        for cote in ("bas", "haut"):
            axe.plot(suite["rang"], suite[cote].to_numpy(), "--", color=GRIS, linewidth=1)
        axe.axhline(centre, color=GRIS, linewidth=1)
        axe.plot(suite["rang"], suite["valeur"].to_numpy(), "-", color=COULEURS[0], linewidth=1.9)
        for signal, marqueur, couleur in ((False, "o", COULEURS[0]), (True, "s", COULEURS[1])):
            ici = suite.filter(pl.col("signal") == signal).drop_nulls("valeur")
            axe.plot(ici["rang"], ici["valeur"], marqueur, color=couleur, markersize=6)
        axe_des_periodes(axe, etiquettes, pas=max(1, len(etiquettes) // 10))
        axe.margins(y=0.15)
        axe_des_valeurs(axe, unite)
        nommees = suite.filter("signal").select("rang", "valeur").rows()
        nommees += [d for d in suite.tail(1).select("rang", "valeur").rows() if d not in nommees]
        for rang, valeur in nommees:
            if valeur is not None:
                axe.annotate(
                    f"{'+' if valeur > 0 else ''}{unite.ecrire(valeur)}",
                    (rang, valeur),
                    (0, 9 if valeur >= centre else -9),
                    textcoords="offset points",
                    ha="center",
                    va="bottom" if valeur >= centre else "top",
                    fontsize=8.5,
                )
        return rendre(dessin)
