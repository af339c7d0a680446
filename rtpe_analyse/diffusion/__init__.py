"""Diffusion : du carnet au rapport HTML, son manifeste, et le portail du trimestre.

`executer_lot` produit les rapports d'un trimestre ; `ecrire_portail` écrit la page qui les
liste. Importer ce paquet ne charge ni papermill ni nbconvert : ils ne viennent qu'à
l'exécution d'un carnet.
"""

from rtpe_analyse.diffusion.allegement import alleger
from rtpe_analyse.diffusion.carnets import lire_carnet
from rtpe_analyse.diffusion.lot import BilanLot, a_refaire, executer_lot
from rtpe_analyse.diffusion.portail import ecrire_portail

__all__ = ["BilanLot", "a_refaire", "ecrire_portail", "executer_lot", "lire_carnet"]

# Avant tout import de nbformat, que seule une exécution charge.
alleger()
