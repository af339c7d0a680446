"""Indicateurs : déclarés une fois, calculés à toutes les mailles, avant secret."""

from rtpe_analyse.indicateurs.bilan_qualite import resume_qualite
from rtpe_analyse.indicateurs.catalogue import (
    FAMILLES,
    calculer_famille,
    definitions,
    indicateurs_declares,
    meneuses,
    regles_utilisees,
)
from rtpe_analyse.indicateurs.contours import contours_des_zones
from rtpe_analyse.indicateurs.geographie import composition_des_zonages
from rtpe_analyse.indicateurs.identite import controler_identite
from rtpe_analyse.indicateurs.modele import SCHEMA_INDICATEURS, Indicateur
from rtpe_analyse.indicateurs.rattachement import construire_zones
from rtpe_analyse.indicateurs.ruptures import (
    Origine,
    changements_de_logiciel,
    changements_de_territoire,
)

__all__ = [
    "FAMILLES",
    "SCHEMA_INDICATEURS",
    "Indicateur",
    "Origine",
    "calculer_famille",
    "changements_de_logiciel",
    "changements_de_territoire",
    "composition_des_zonages",
    "construire_zones",
    "contours_des_zones",
    "controler_identite",
    "definitions",
    "indicateurs_declares",
    "meneuses",
    "regles_utilisees",
    "resume_qualite",
]
