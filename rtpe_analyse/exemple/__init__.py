"""Le jeu d'exemple : fictif, fabriqué dans les formats des vrais logiciels."""

from rtpe_analyse.exemple.fabrication import BilanExemple, fabriquer
from rtpe_analyse.exemple.reprise import est_a_jour, oublier, retenir

__all__ = ["BilanExemple", "est_a_jour", "fabriquer", "oublier", "retenir"]
