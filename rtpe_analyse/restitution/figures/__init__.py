"""Dessiner : seaborn vers un SVG propre, identique d'une exécution à l'autre.

Seul sous-paquet qui charge seaborn et matplotlib ; on l'importe au moment de dessiner.
Chaque fonction prend des valeurs déjà lisibles, à l'échelle de l'affichage (62,3 pour
62,3 %), et rend le texte d'un `<svg>` sans titre : `planches` lui ajoute titre, texte de
remplacement et tableau. Deux séries se distinguent toujours par le trait, le marqueur ou la
trame, jamais par la couleur seule.
"""

from rtpe_analyse.restitution.figures.comparaisons import barres, chaleur, positions
from rtpe_analyse.restitution.figures.controle import controle
from rtpe_analyse.restitution.figures.marches import Barre, cascade, flux
from rtpe_analyse.restitution.figures.personnel import besoins
from rtpe_analyse.restitution.figures.perspectives import (
    effets,
    entonnoir,
    prevision,
    serie_longue,
)
from rtpe_analyse.restitution.figures.plan import plan
from rtpe_analyse.restitution.figures.temps import multiples, series
from rtpe_analyse.restitution.figures.toile import prechauffer
from rtpe_analyse.restitution.figures.trames import ABSENTE, MASQUEE, Trame, trames
from rtpe_analyse.restitution.figures.tuiles import Forme, carte

__all__ = [
    "ABSENTE",
    "MASQUEE",
    "Barre",
    "Forme",
    "Trame",
    "barres",
    "besoins",
    "carte",
    "cascade",
    "chaleur",
    "controle",
    "effets",
    "entonnoir",
    "flux",
    "multiples",
    "plan",
    "positions",
    "prechauffer",
    "prevision",
    "serie_longue",
    "series",
    "trames",
]
