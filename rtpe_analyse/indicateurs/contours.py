"""Les contours des zones du jeu, s'ils ont été donnés."""

from typing import Any

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.rattachement import construire_zones
from rtpe_analyse.nomenclatures.contours import FICHIERS_CONTOURS, lire_contours


def contours_des_zones(lieux: Lieux) -> dict[str, Any]:
    """Les formes des zones décrites, et ce que le fichier donné avait de défectueux.

    Args:
        lieux: dossiers du jeu ; les contours viennent du référentiel.

    Returns:
        Maille (`commune`, `iris`) → `anneaux` (code → anneaux fermés, degrés WGS84, les trous à
        rebours) et `ecarts` (une phrase, vide sans défaut). Une maille sans contour n'y est pas.

    Raises:
        ErreurFichier: un fichier de contours du référentiel ne se lit pas.
    """
    zones = construire_zones(lieux)
    donnes: dict[str, Any] = {}
    for maille in FICHIERS_CONTOURS:
        lus = lire_contours(lieux, maille)
        if not lus.anneaux and not lus.ecartes:
            continue
        du_jeu = set(zones.filter(maille=maille)["zone"])
        donnes[maille] = {
            "anneaux": {c: a for c, a in lus.anneaux.items() if c in du_jeu},
            "ecarts": lus.ecarts,
        }
    return donnes
