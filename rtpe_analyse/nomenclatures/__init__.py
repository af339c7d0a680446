"""Nomenclatures : listes fermées du métier et communes."""

import csv
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def _lire(nom: str) -> dict[str, Any]:
    texte = files(__package__).joinpath(nom).read_text(encoding="utf-8")
    # Le lecteur en C, dix fois plus rapide : chaque rapport lit ces listes.
    lecteur = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    contenu: dict[str, Any] = yaml.load(texte, Loader=lecteur)
    return contenu


def liste_fermee(nom: str) -> dict[str, str]:
    """Codes admis d'une liste fermée et leur libellé, dans l'ordre de présentation.

    Args:
        nom: une clé de `codes.yaml` (`causes_fermeture`, `motifs_absence`…).

    Raises:
        KeyError: si la liste n'existe pas.
    """
    return dict(_lire("codes.yaml")[nom])


@cache
def departements() -> dict[str, str]:
    """Nom de chaque département par son code (Insee, code officiel géographique)."""
    texte = files(__package__).joinpath("departements.csv").read_text(encoding="utf-8")
    return {ligne["code"]: ligne["nom"] for ligne in csv.DictReader(texte.splitlines())}


def motifs() -> dict[str, dict[str, str]]:
    """Tous les codes de motif (refus, rejet, écart, correction, constat).

    Returns:
        Code → `famille`, `libelle`, `remede`, `gravite`.
    """
    return {
        code: {"famille": famille, **detail}
        for famille, codes in _lire("motifs.yaml").items()
        for code, detail in codes.items()
    }
