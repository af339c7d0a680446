"""Dessiner : seaborn vers un SVG propre, identique d'une exécution à l'autre.

Seul sous-paquet qui charge seaborn et matplotlib ; on l'importe au moment de dessiner.
Chaque fonction prend des valeurs déjà lisibles, à l'échelle de l'affichage (62,3 pour
62,3 %), et rend le texte d'un `<svg>` sans titre : `planches` lui ajoute titre, texte de
remplacement et tableau. Deux séries se distinguent toujours par le trait, le marqueur ou la
trame, jamais par la couleur seule.
"""

from rtpe_analyse.restitution.figures.comparaisons import barres, chaleur, positions
from rtpe_analyse.restitution.figures.temps import multiples, series

__all__ = ["barres", "chaleur", "multiples", "positions", "series"]
