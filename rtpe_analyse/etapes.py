"""Ne refaire que ce qui a changé : chaque étape laisse un témoin de ce dont elle est issue.

Un témoin est un petit JSON écrit à côté de la sortie : les empreintes de chaque ingrédient
(fichiers, code, paramètres). Comparer deux témoins dit si l'étape est à jour, et sinon
quel ingrédient a changé. On compare des contenus, jamais des dates.
"""

import json
from functools import cache
from pathlib import Path

import rtpe_analyse
from rtpe_analyse.chemins import COMPLEMENTS
from rtpe_analyse.tableaux import ecrire_texte, empreinte_octets

_PAQUET = Path(rtpe_analyse.__file__).parent
_EXTENSIONS = (".py", ".yaml", ".csv", ".j2", ".css", ".json")


@cache
def empreinte_code(*parties: str) -> str:
    """Empreinte du code et des données livrées de sous-paquets ou de modules.

    Args:
        parties: noms relatifs au paquet (`sources`, `nettoyage`, `schemas.py`…) ; avec
            `reglementation` viennent les valeurs ajoutées par l'utilisateur.
    """
    fichiers: list[Path] = []
    for partie in parties:
        chemin = _PAQUET / partie
        fichiers += chemin.rglob("*") if chemin.is_dir() else [chemin]
    contenus = [
        f"{f.relative_to(_PAQUET).as_posix()}:{empreinte_octets(f.read_bytes())}"
        for f in sorted(fichiers)
        if f.suffix in _EXTENSIONS
    ]
    if "reglementation" in parties:
        complements = sorted(COMPLEMENTS.glob("*.yaml"))
        contenus += [f"{f.name}:{empreinte_octets(f.read_bytes())}" for f in complements]
    return empreinte_octets("\n".join(contenus).encode())


def raisons_de_refaire(temoin: Path, ingredients: dict[str, str]) -> list[str]:
    """Les ingrédients qui ont changé depuis le témoin ; liste vide si tout est à jour.

    Args:
        temoin: fichier JSON laissé par `marquer`.
        ingredients: nom lisible de chaque ingrédient → son empreinte d'aujourd'hui.
    """
    anciens = lire_temoin(temoin)
    if anciens is None:
        return ["jamais fait"]
    noms = sorted(anciens.keys() | ingredients.keys())
    return [nom for nom in noms if anciens.get(nom) != ingredients.get(nom)]


def lire_temoin(temoin: Path) -> dict[str, str] | None:
    """Les ingrédients notés par `marquer` ; rien si l'étape n'a jamais abouti."""
    try:
        lus: dict[str, str] = json.loads(temoin.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return lus


def marquer(temoin: Path, ingredients: dict[str, str]) -> None:
    """Laisse le témoin d'une étape terminée."""
    ecrire_texte(temoin, json.dumps(ingredients, ensure_ascii=False, indent=1, sort_keys=True))
