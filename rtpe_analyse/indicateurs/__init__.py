"""Indicateurs : déclarés une fois, calculés à toutes les mailles, avant secret."""

from rtpe_analyse.indicateurs.bilan_qualite import resume_qualite
from rtpe_analyse.indicateurs.catalogue import (
    FAMILLES,
    calculer_famille,
    definitions,
    indicateurs_declares,
    regles_utilisees,
)
from rtpe_analyse.indicateurs.identite import controler_identite
from rtpe_analyse.indicateurs.modele import SCHEMA_INDICATEURS, Indicateur
from rtpe_analyse.indicateurs.rattachement import construire_zones

__all__ = [
    "FAMILLES",
    "SCHEMA_INDICATEURS",
    "Indicateur",
    "calculer_famille",
    "construire_zones",
    "controler_identite",
    "definitions",
    "indicateurs_declares",
    "regles_utilisees",
    "resume_qualite",
]
