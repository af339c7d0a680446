"""Restitution : des indicateurs protégés aux tableaux, figures et phrases en français."""

from rtpe_analyse.restitution.objets import Restitution
from rtpe_analyse.restitution.ouverture import ouvrir
from rtpe_analyse.restitution.rapport import Rapport

__all__ = ["Rapport", "Restitution", "ouvrir"]
