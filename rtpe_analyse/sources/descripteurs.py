"""Charger les descripteurs livrés, ou celui d'un logiciel que le paquet ne connaît pas."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.erreurs import ErreurDescripteur
from rtpe_analyse.sources.descripteur_modele import Descripteur
from rtpe_analyse.sources.fiches import Fiche
from rtpe_analyse.sources.yaml_strict import charger_yaml

DOSSIER = Path(__file__).parent / "descripteurs"
NOM_HORS_PAQUET = "descripteur.yaml"

_EN_FRANCAIS = {
    "missing": "clé obligatoire absente",
    "extra_forbidden": "clé inconnue",
    "string_type": "texte attendu (mettre la valeur entre guillemets)",
    "string_pattern_mismatch": "forme non admise",
    "int_type": "nombre entier attendu",
    "int_parsing": "nombre entier attendu",
    "bool_type": "true ou false attendu",
    "bool_parsing": "true ou false attendu",
    "dict_type": "bloc « clé: valeur » attendu",
    "model_type": "bloc « clé: valeur » attendu",
    "tuple_type": "liste attendue",
    "too_short": "au moins un élément attendu",
}


def charger_descripteur(code_ou_chemin: str | Path) -> Descripteur:
    """Charge un descripteur par son code (livré) ou par le chemin de son fichier.

    Raises:
        ErreurDescripteur: inconnu, illisible ou mal écrit ; le message dit quelle clé.
    """
    if isinstance(code_ou_chemin, Path):
        return _charger(code_ou_chemin)
    livres = descripteurs_connus()
    if code_ou_chemin not in livres:
        raise ErreurDescripteur(
            f"Source « {code_ou_chemin} » inconnue.",
            f"Choisir parmi : {', '.join(livres)} ; ou donner un descripteur (--descripteur).",
        )
    return livres[code_ou_chemin]


def descripteurs_connus(lieux: Lieux | None = None) -> dict[str, Descripteur]:
    """Descripteurs par code : ceux du paquet et, si `lieux` est donné, ceux déjà reçus."""
    connus = dict(_livres())
    if lieux is not None:
        for chemin in sorted(lieux.brut.glob(f"*/{NOM_HORS_PAQUET}")):
            connus[chemin.parent.name] = _charger(chemin)
    return connus


def descripteur_de(fiche: Fiche) -> Descripteur:
    """Le descripteur qui lit ce fichier : celui gardé à côté du brut, sinon celui du paquet."""
    voisin = fiche.chemin.parent.parent / NOM_HORS_PAQUET
    return _charger(voisin) if voisin.exists() else charger_descripteur(fiche.source)


@cache
def _livres() -> dict[str, Descripteur]:
    livres: dict[str, Descripteur] = {}
    for chemin in sorted(DOSSIER.rglob("*.yaml")):
        descripteur = _charger(chemin)
        if descripteur.code in livres:
            raise ErreurDescripteur(f"Deux descripteurs livrés ont le code {descripteur.code}.")
        livres[descripteur.code] = descripteur
    return livres


def _charger(chemin: Path) -> Descripteur:
    try:
        return _valider(chemin.read_text(encoding="utf-8"), chemin.name)
    except (OSError, UnicodeDecodeError) as erreur:
        raise ErreurDescripteur(
            f"Le descripteur {chemin.name} ne s'ouvre pas.",
            "Vérifier le chemin ; le fichier doit être un texte UTF-8.",
        ) from erreur


@cache
def _valider(texte: str, nom: str) -> Descripteur:
    remede = "Corriger le fichier ; `rtpe decrire FICHIER` en écrit un brouillon."
    try:
        contenu: Any = charger_yaml(texte)
    except yaml.YAMLError as erreur:
        lieu = getattr(erreur, "problem_mark", None)
        ou = f" ligne {lieu.line + 1}" if lieu else f" : {erreur}"
        raise ErreurDescripteur(f"Descripteur {nom} : YAML mal écrit{ou}.", remede) from erreur
    try:
        return Descripteur.model_validate(contenu)
    except ValidationError as erreur:
        fautes = [_phrase(faute) for faute in erreur.errors(include_url=False)]
        message = f"Descripteur {nom} : " + " ; ".join(dict.fromkeys(fautes[:8])) + "."
        raise ErreurDescripteur(message, remede) from erreur


def _phrase(faute: Any) -> str:
    lieu = " › ".join(str(partie) for partie in faute["loc"])
    if faute["type"] == "value_error":
        texte = str(faute["ctx"]["error"])
    elif faute["type"] in ("literal_error", "enum"):
        texte = f"valeur attendue : {faute['ctx']['expected'].replace(' or ', ' ou ')}"
    else:
        texte = _EN_FRANCAIS.get(faute["type"], "valeur refusée")
    return f"{lieu} : {texte}" if lieu else texte
