"""Le jeu d'exemple : fictif, fabriqué dans les formats des vrais logiciels."""

from rtpe_analyse.exemple.fabrication import BilanExemple, fabriquer

__all__ = ["BilanExemple", "fabriquer"]
