"""La toile commune des figures : style, axes, et le passage au SVG.

Le SVG est le même à chaque exécution (sel fixe, pas de date). Les lettres y sont du texte,
deux fois plus léger que des tracés : la police de mesure, puis sa jumelle Verdana (mêmes
chasses, présente là où DejaVu manque). La figure n'est tracée qu'une fois, mise en page faite.
"""

import io
import re
from collections.abc import Sequence
from textwrap import fill
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.layout_engine import TightLayoutEngine
from matplotlib.ticker import FuncFormatter, MaxNLocator

from rtpe_analyse.restitution.formats import Unite

ENCRE, GRIS, TRAIT = "#1b1b2f", "#565b6b", "#d9dbe3"
COULEURS = ("#1f4e79", "#b3541e", "#3d7a4e")
MARQUEURS = ("o", "s", "^")
TIRETS = ("", (4, 2), (1, 1.5))
DEGRADE = LinearSegmentedColormap.from_list(
    "rtpe", ["#f4f7fb", "#bcd3e8", "#6c9dc6", "#2f6a9f", "#143a5e"]
)
LARGEUR = 7.6
_DECIMALES_DE_TROP = re.compile(r"(?<=\.\d\d)\d+")
# Dans toute la figure : la borner à un cadre ferait tout mesurer une seconde fois.
MISE_EN_PAGE = TightLayoutEngine(rect=None)  # type: ignore[arg-type]
STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "rtpe",
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "text.color": ENCRE,
    "axes.labelcolor": GRIS,
    "axes.edgecolor": "#8d92a1",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "grid.color": TRAIT,
    "grid.linewidth": 0.7,
    "xtick.color": GRIS,
    "ytick.color": GRIS,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "hatch.linewidth": 0.6,
}


def toile(hauteur: float) -> tuple[Figure, Axes]:
    """Une figure à un seul axe, de la largeur commune ; `hauteur` en pouces."""
    dessin = Figure(figsize=(LARGEUR, hauteur), layout=MISE_EN_PAGE)
    return dessin, dessin.subplots()


def encre_sur(couleur: Any) -> str:
    """L'encre, ou le blanc, selon lequel se lit le mieux sur cette couleur."""
    rouge, vert, bleu = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(couleur)
    )
    return ENCRE if 0.2126 * rouge + 0.7152 * vert + 0.0722 * bleu > 0.2 else "white"


def axe_des_periodes(axe: Axes, etiquettes: Sequence[str], *, pas: int = 1) -> None:
    """Gradue l'axe du temps, une étiquette tous les `pas` rangs, sur deux lignes."""
    rangs = range(0, len(etiquettes), pas)
    axe.set_xticks(list(rangs), [etiquettes[r].replace(" ", "\n") for r in rangs])


def axe_des_valeurs(axe: Axes, unite: Unite) -> None:
    """Gradue l'axe vertical ; au moins dix unités d'étendue, pour ne pas grossir un frisson."""
    bas, haut = axe.get_ylim()
    if haut - bas < 10:
        bas = (haut + bas) / 2 - 5
        # Une grandeur jamais négative ne descend pas sous zéro.
        bas = max(bas, 0) if axe.dataLim.ymin >= 0 else bas
        axe.set_ylim(bas, bas + 10)
    axe.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axe.yaxis.set_major_formatter(FuncFormatter(lambda v, _: unite.graduer(v)))


def axes_de_barres(axe: Axes, categories: Sequence[str]) -> None:
    """Catégories à gauche, pas d'axe des valeurs : chaque barre porte la sienne."""
    axe.set_yticks(range(len(categories)), [fill(c, 30) for c in categories])
    axe.set(xlabel="", ylabel="")
    axe.set_xticks([])
    axe.spines["bottom"].set_visible(False)
    axe.margins(x=0.12)


def prechauffer() -> None:
    """Dessine une figure pour rien : les polices et le rendu sont chargés ensuite."""
    with rc_context(STYLE):
        dessin, axe = toile(2)
        axe.bar(["é"], [1])
        axe.set_title("é", fontweight="bold")
        rendre(dessin)


def rendre(dessin: Figure) -> str:
    """Le SVG, sans prologue ni métadonnées, identique d'une exécution à l'autre."""
    FigureCanvasSVG(dessin)
    tampon = io.StringIO()
    if (mise_en_page := dessin.get_layout_engine()) is not None:
        # Réglée ici une fois : `savefig` la referait avec un tracé à blanc de plus.
        mise_en_page.execute(dessin)
        dessin.set_layout_engine(None)
    dessin.savefig(tampon, format="svg", transparent=True, metadata={"Date": None})
    texte = tampon.getvalue()
    texte = texte[texte.index("<svg") :]
    texte = re.sub(r"<metadata>.*?</metadata>\s*", "", texte, flags=re.DOTALL)
    texte = texte.replace("'DejaVu Sans'", "'DejaVu Sans', Verdana, sans-serif")
    return re.sub(r' d="([^"]*)"', _alleger, texte)


def _alleger(trace: re.Match[str]) -> str:
    # Deux décimales suffisent à l'écran et au papier : le fichier fond d'un tiers.
    net = _DECIMALES_DE_TROP.sub("", trace[1])
    return f' d="{" ".join(net.split())}"'
