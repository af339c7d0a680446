"""Cartes : des tuiles ou des contours, remplis d'une nuance et d'un motif, et leur légende."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import fill, wrap

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from rtpe_analyse.restitution.figures.toile import (
    ENCRE,
    GRIS,
    LARGEUR,
    STYLE,
    encre_sur,
    rendre,
)
from rtpe_analyse.restitution.figures.trames import Trame

Anneau = Sequence[tuple[float, float]]
CARTE, TUILE_AU_PLUS, HAUTEUR_AU_PLUS = 5.1, 0.64, 7.0
"""Pouces : largeur de la carte (le reste est à la légende), côté d'une tuile, hauteur."""
LIGNE_DE_LEGENDE, PASTILLE, MARGE = 0.17, 0.3, 0.06
NOMS_DES = 0.5
"""Côté de tuile (pouces) sous lequel les noms ne tiennent plus : le nombre reste seul."""
BANDE = 0.24
"""Part du bas d'une tuile qui porte le motif ; le nom et le nombre restent sur un fond uni."""
CHASSE = 0.62 / 72
"""Largeur moyenne d'un caractère de DejaVu Sans, en pouces par point de corps."""
ECRITES_AU_PLUS = 120
"""Contours au-delà desquels les nombres se marcheraient dessus : ils restent au tableau."""
CORPS_DU_NOM, CHASSE_DU_NOM = 5.4, 0.55 / 72


@dataclass(frozen=True)
class Forme:
    """Une zone à dessiner.

    Attributes:
        anneaux: lignes fermées, en unités quelconques, y vers le haut ; les trous sont à rebours.
        trame: rang de sa trame.
        texte: nombre ou signe écrit dedans.
        nom: nom court, écrit si la place le permet.
        cernee: entourée d'un trait épais.
    """

    anneaux: Sequence[Anneau]
    trame: int
    texte: str
    nom: str = ""
    cernee: bool = False


def carte(
    formes: Sequence[Forme], legende: Sequence[Trame], notes: Sequence[str], *, en_tuiles: bool
) -> str:
    """La carte et sa légende à droite.

    Args:
        formes: zones à dessiner.
        legende: trames, dans l'ordre de leurs rangs.
        notes: lignes de légende sans pastille.
        en_tuiles: chaque zone est un carré de côté 1 : motif en bas, nom et nombre au-dessus.
    """
    abscisses = [x for f in formes for a in f.anneaux for x, _ in a]
    ordonnees = [y for f in formes for a in f.anneaux for _, y in a]
    gauche, bas = min(abscisses), min(ordonnees)
    large, haut = max(abscisses) - gauche, max(ordonnees) - bas
    echelle = min(CARTE / large, HAUTEUR_AU_PLUS / haut)
    echelle = min(echelle, TUILE_AU_PLUS) if en_tuiles else echelle
    textes = [fill(t.libelle, 27) for t in legende], [fill(n, 33) for n in notes]
    rangees = sum(t.count("\n") + 1 for paquet in textes for t in paquet)
    hauteur = max(haut * echelle, (rangees + len(legende)) * LIGNE_DE_LEGENDE) + 2 * MARGE
    with mpl.rc_context({**STYLE, "axes.grid": False}):
        dessin = Figure(figsize=(LARGEUR, hauteur))
        axe = dessin.add_axes((0, 0, 1, 1))
        axe.set(xlim=(0, LARGEUR), ylim=(0, hauteur))
        axe.set_axis_off()
        haut_de_page = hauteur - MARGE - haut * echelle
        # Les zones cernées passent après : leur trait ne doit pas être recouvert.
        for forme in sorted(formes, key=lambda f: f.cernee):
            posee = [
                [(MARGE + (x - gauche) * echelle, haut_de_page + (y - bas) * echelle) for x, y in a]
                for a in forme.anneaux
            ]
            if en_tuiles:
                _tuile(axe, forme, posee, legende[forme.trame])
            else:
                ecrite = len(formes) <= ECRITES_AU_PLUS
                _contour(axe, forme, posee, legende[forme.trame], ecrite=ecrite)
        _legender(axe, hauteur - MARGE, legende, *textes)
        return rendre(dessin)


def _chemin(anneaux: Sequence[Anneau]) -> Path:
    sommets = [point for a in anneaux for point in a]
    ordres = [
        ordre
        for a in anneaux
        for ordre in (Path.MOVETO, *[Path.LINETO] * (len(a) - 2), Path.CLOSEPOLY)
    ]
    return Path(sommets, ordres)


def _remplir(axe: Axes, anneaux: Sequence[Anneau], trame: Trame, motif: str, trait: float) -> None:
    axe.add_patch(
        PathPatch(
            _chemin(anneaux),
            facecolor=trame.nuance,
            # La hachure prend la couleur du trait : l'encre ou le blanc, selon le fond.
            edgecolor=encre_sur(trame.nuance) if motif else GRIS,
            hatch=motif or None,
            linewidth=trait,
            linestyle=(0, (3, 2)) if trame.tirets else "-",
            clip_on=False,
        )
    )


def _cerner(axe: Axes, anneaux: Sequence[Anneau], epaisseur: float) -> None:
    # Un liseré blanc détache le trait d'un fond foncé.
    for encre, largeur in (("white", epaisseur + 2.4), (ENCRE, epaisseur)):
        axe.add_patch(
            PathPatch(_chemin(anneaux), fill=False, ec=encre, lw=largeur, clip_on=False, zorder=4)
        )


def _tuile(axe: Axes, forme: Forme, anneaux: Sequence[Anneau], trame: Trame) -> None:
    (x, y), cote = anneaux[0][0], anneaux[0][1][0] - anneaux[0][0][0]
    marge = cote * 0.035
    carre = _carre(x + marge, y + marge, cote - 2 * marge, cote - 2 * marge)
    _remplir(axe, [carre], trame, "", 0.6)
    if trame.motif:
        bande = _carre(x + marge, y + marge, cote - 2 * marge, cote * BANDE)
        _remplir(axe, [bande], trame, trame.motif, 0)
    if forme.cernee:
        _cerner(axe, [carre], 2.2)
    encre = encre_sur(trame.nuance)
    avec_nom = cote >= NOMS_DES
    corps = min(8.5, 0.9 * cote / (max(len(forme.texte), 3) * CHASSE))
    _ecrire(axe, x + cote / 2, y + cote * (0.41 if avec_nom else 0.6), forme.texte, corps, encre)
    if avec_nom:
        nom = _en_deux_lignes(forme.nom, int(0.95 * cote / (CORPS_DU_NOM * CHASSE_DU_NOM)))
        axe.text(
            *(x + cote / 2, y + cote * 0.76),
            nom,
            fontsize=CORPS_DU_NOM,
            color=encre,
            ha="center",
            va="center",
            linespacing=1.0,
            zorder=5,
        )


def _en_deux_lignes(nom: str, large: int) -> str:
    court = nom.replace("Saint-", "St-").replace("Sainte-", "Ste-").replace("-", "- ")
    lignes = wrap(court, large, break_long_words=False)[:2]
    return "\n".join(ligne.replace("- ", "-") for ligne in lignes)


def _contour(
    axe: Axes, forme: Forme, anneaux: Sequence[Anneau], trame: Trame, *, ecrite: bool
) -> None:
    _remplir(axe, anneaux, trame, trame.motif, 0.6)
    if forme.cernee:
        _cerner(axe, anneaux, 1.8)
    if not ecrite:
        return
    principal = max(anneaux, key=lambda a: abs(_aire(a)))
    large = max(x for x, _ in principal) - min(x for x, _ in principal)
    haut = max(y for _, y in principal) - min(y for _, y in principal)
    corps = 6.5
    if large > len(forme.texte) * corps * CHASSE and haut > 2 * corps / 72:
        fond = {"boxstyle": "round,pad=0.15", "fc": trame.nuance, "ec": "none"}
        axe.text(
            *_centre(principal),
            forme.texte,
            fontsize=corps,
            color=encre_sur(trame.nuance),
            ha="center",
            va="center",
            bbox=fond,
            zorder=5,
        )


def _ecrire(axe: Axes, x: float, y: float, texte: str, corps: float, encre: str) -> None:
    axe.text(
        *(x, y),
        texte,
        fontsize=corps,
        fontweight="bold",
        color=encre,
        ha="center",
        va="center",
        zorder=5,
    )


def _legender(
    axe: Axes, haut: float, legende: Sequence[Trame], libelles: list[str], notes: list[str]
) -> None:
    x, y = CARTE + 4 * MARGE, haut
    for trame, texte in zip(legende, libelles, strict=True):
        pastille = _carre(x, y - 0.22, PASTILLE, 0.2)
        _remplir(axe, [pastille], trame, trame.motif, 0.6)
        axe.add_patch(Rectangle(pastille[0], PASTILLE, 0.2, fill=False, ec=GRIS, lw=0.6))
        axe.text(x + PASTILLE + 0.08, y - 0.05, texte, fontsize=8, va="top", linespacing=1.25)
        y -= LIGNE_DE_LEGENDE * (texte.count("\n") + 1.6)
    for texte in notes:
        axe.text(x, y - 0.05, texte, fontsize=7.5, color=GRIS, va="top", linespacing=1.25)
        y -= LIGNE_DE_LEGENDE * (texte.count("\n") + 1)


def _carre(x: float, y: float, large: float, haut: float) -> list[tuple[float, float]]:
    return [(x, y), (x + large, y), (x + large, y + haut), (x, y + haut), (x, y)]


def _aire(anneau: Anneau) -> float:
    suite = itertools.pairwise(anneau)
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in suite) / 2


def _centre(anneau: Anneau) -> tuple[float, float]:
    """Centre de gravité de la surface ; celui des sommets si elle est nulle."""
    aire = _aire(anneau)
    if not aire:
        return sum(x for x, _ in anneau) / len(anneau), sum(y for _, y in anneau) / len(anneau)
    cx = cy = 0.0
    for (x1, y1), (x2, y2) in itertools.pairwise(anneau):
        produit = x1 * y2 - x2 * y1
        cx += (x1 + x2) * produit
        cy += (y1 + y2) * produit
    return cx / (6 * aire), cy / (6 * aire)
