"""Recevoir et lire les fichiers bruts : la porte par où aucun nom ne passe."""

from rtpe_analyse.sources.cle import cle_du_jeu
from rtpe_analyse.sources.decrire import decrire
from rtpe_analyse.sources.descripteur_modele import Descripteur
from rtpe_analyse.sources.descripteurs import (
    charger_descripteur,
    descripteur_de,
    descripteurs_connus,
)
from rtpe_analyse.sources.fiches import Fiche, lister_fiches, purger
from rtpe_analyse.sources.lecture import Lecture, lire
from rtpe_analyse.sources.reception import RetourReception, recevoir

__all__ = [
    "Descripteur",
    "Fiche",
    "Lecture",
    "RetourReception",
    "charger_descripteur",
    "cle_du_jeu",
    "decrire",
    "descripteur_de",
    "descripteurs_connus",
    "lire",
    "lister_fiches",
    "purger",
    "recevoir",
]
