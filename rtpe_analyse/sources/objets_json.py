"""Un JSON de zones ramené au tableau que lit le lecteur de textes : une ligne par zone.

Deux formes se rencontrent : une liste d'objets, ou un objet par code de zone. Un objet dans
l'objet donne une colonne par clé (« history 2022 ») ; une liste, une cellule à virgules.
"""

import csv
import io
import json
import re
from typing import Any

from rtpe_analyse.erreurs import ErreurFichier

CODE = "code"
_DEBUT = re.compile(rb'\s*(?:\[\s*\{|\{\s*")')
_TOPOLOGIE = re.compile(rb'"type"\s*:\s*"Topology"')


def est_json(octets: bytes) -> bool:
    """Le fichier se présente comme une liste d'objets ou un objet."""
    return _DEBUT.match(octets.removeprefix(b"\xef\xbb\xbf")) is not None


def objets_en_table(octets: bytes) -> bytes:
    """Les zones du fichier, en texte à points-virgules ; le code vient en premier.

    Args:
        octets: contenu du fichier.

    Raises:
        ErreurFichier: `fichier_tronque` si le texte n'est pas du JSON complet ;
            `source_inconnue` si ce n'est pas une liste de zones, ou si c'est un TopoJSON.
    """
    if _TOPOLOGIE.search(octets[:4096]):
        raise ErreurFichier(
            "C'est un TopoJSON : ses formes ne sont pas lues.",
            "Le convertir en GeoJSON (degrés WGS84), puis le recevoir.",
            code="source_inconnue",
        )
    try:
        contenu = json.loads(octets.decode("utf-8-sig"))
    except ValueError as erreur:
        raise ErreurFichier(
            "Le fichier JSON est coupé ou mal formé.",
            "Le demander ou le télécharger à nouveau.",
            code="fichier_tronque",
        ) from erreur
    par_code = contenu.items() if isinstance(contenu, dict) else ((None, o) for o in contenu)
    objets = [({CODE: c} if c else {}) | o for c, o in par_code if isinstance(o, dict)]
    if not objets or len(objets) != len(contenu):
        raise ErreurFichier(
            "Ce JSON n'est pas une liste de zones.",
            "Donner une liste d'objets, ou un objet par code de zone.",
            code="source_inconnue",
        )
    lignes = [_aplatir(objet) for objet in objets]
    noms = list(dict.fromkeys(nom for ligne in lignes for nom in ligne))
    texte = io.StringIO()
    tableau = csv.DictWriter(texte, noms, delimiter=";", lineterminator="\n")
    tableau.writeheader()
    tableau.writerows(lignes)
    return texte.getvalue().encode()


def _aplatir(objet: dict[str, Any], prefixe: str = "") -> dict[str, Any]:
    ligne: dict[str, Any] = {}
    for cle, valeur in objet.items():
        nom = f"{prefixe}{cle}"
        if isinstance(valeur, dict):
            ligne |= _aplatir(valeur, f"{nom} ")
        elif isinstance(valeur, list):
            ligne[nom] = ", ".join(str(v) for v in valeur)
        else:
            ligne[nom] = valeur
    return ligne
