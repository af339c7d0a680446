"""Contrôles : constats sur les tables propres et verdicts des suites de `validations/`."""

from rtpe_analyse.controles.constats import lire_constats
from rtpe_analyse.controles.modele import BilanControles, Bloquant
from rtpe_analyse.controles.verdicts import controler, lire_verdicts, reste_a_juger

__all__ = [
    "BilanControles",
    "Bloquant",
    "controler",
    "lire_constats",
    "lire_verdicts",
    "reste_a_juger",
]
