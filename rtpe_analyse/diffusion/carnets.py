"""Lire un carnet sans l'exécuter : titre, paramètres déclarés, et refus avant exécution.

papermill ne signale un paramètre inconnu que par une ligne de journal et accepte n'importe
quel type ; ici, les deux sont refusés. La lecture se passe de papermill et de nbformat :
dire qu'un rapport est à jour ne doit pas les charger.
"""

import ast
import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from rtpe_analyse.chemins import CARNETS
from rtpe_analyse.erreurs import ErreurUsage
from rtpe_analyse.tableaux import empreinte_octets

Valeur = str | int | float | bool
MAILLES_DE_RAPPORT = ("territoire", "departement", "etablissement")
IDENTITE = ("periode", "niveau", "edition")

_TYPES: dict[type, str] = {
    str: "un texte",
    int: "un nombre entier",
    float: "un nombre",
    bool: "vrai ou faux",
}


@dataclass(frozen=True)
class Carnet:
    """Un carnet tel qu'il est écrit, sans ses sorties.

    Attributes:
        nom: nom du fichier sans extension.
        contenu: octets du fichier, ceux dont `empreinte` est le SHA-256.
        titre: premier titre de niveau 1, ou le nom à défaut.
        parametres: nom → valeur par défaut, dans l'ordre de la cellule étiquetée.
    """

    nom: str
    contenu: bytes
    titre: str
    parametres: dict[str, Valeur]

    @property
    def empreinte(self) -> str:
        """SHA-256 hexadécimal du fichier."""
        return empreinte_octets(self.contenu)

    @property
    def maille(self) -> str:
        """La zone dont parle le rapport : `territoire`, `departement` ou `etablissement`.

        Raises:
            ErreurUsage: si le carnet ne déclare pas exactement l'un des trois.
        """
        trouvees = [m for m in MAILLES_DE_RAPPORT if m in self.parametres]
        if len(trouvees) != 1:
            raise ErreurUsage(
                f"Le carnet « {self.nom} » ne dit pas de quelle zone il parle.",
                f"Déclarer un seul des paramètres {', '.join(MAILLES_DE_RAPPORT)}.",
            )
        return trouvees[0]


def lister_carnets(dossier: Path = CARNETS) -> list[str]:
    """Noms des carnets de rapport d'un dossier, triés (les études sont à part)."""
    return sorted(f.stem for f in dossier.glob("*.ipynb"))


def lire_carnet(nom: str, dossier: Path = CARNETS) -> Carnet:
    """Lit un carnet et ses paramètres déclarés.

    Args:
        nom: nom sans extension.
        dossier: dossier des carnets.

    Raises:
        ErreurUsage: carnet introuvable, illisible, ou cellule `parameters` mal écrite.
    """
    chemin = dossier / f"{nom}.ipynb"
    if nom not in (connus := lister_carnets(dossier)):
        proches = get_close_matches(nom, connus, n=1)
        remede = f"Vouliez-vous dire « {proches[0]} »\u00a0? " if proches else ""
        raise ErreurUsage(
            f"Carnet « {nom} » inconnu.",
            f"{remede}Carnets connus : {', '.join(connus) or 'aucun'}.",
        )
    contenu = chemin.read_bytes()
    try:
        cellules = json.loads(contenu)["cells"]
        sources = [(c["cell_type"], _texte(c["source"]), _etiquettes(c)) for c in cellules]
    except (ValueError, KeyError, TypeError) as cause:
        raise ErreurUsage(
            f"Le carnet « {nom} » n'est pas un carnet Jupyter lisible.",
            "L'ouvrir dans JupyterLab et l'enregistrer à nouveau (format 4).",
        ) from cause
    return Carnet(nom, contenu, _titre(sources) or nom, _parametres(nom, sources))


def verifier_parametres(carnet: Carnet, parametres: Mapping[str, Any]) -> None:
    """Refuse avant exécution tout paramètre inconnu, mal typé ou manquant.

    Un paramètre propre au carnet garde sa valeur par défaut s'il n'est pas donné ; la zone, la
    période, le niveau et l'édition doivent toujours l'être, sans quoi un rapport porterait en
    silence sur la zone d'essai écrite dans le carnet.

    Raises:
        ErreurUsage: au premier défaut trouvé ; le message nomme le paramètre, pas sa valeur.
    """
    declares = carnet.parametres
    connus = f"Paramètres du carnet : {', '.join(declares) or 'aucun'}."
    for nom in parametres:
        if nom not in declares:
            raise ErreurUsage(f"Paramètre « {nom} » inconnu du carnet « {carnet.nom} ».", connus)
    for nom in (carnet.maille, *IDENTITE):
        if nom not in declares:
            raise ErreurUsage(
                f"Le carnet « {carnet.nom} » ne déclare pas le paramètre « {nom} ».", connus
            )
        if nom not in parametres:
            raise ErreurUsage(
                f"Paramètre « {nom} » manquant pour le carnet « {carnet.nom} ».", connus
            )
    for nom, valeur in parametres.items():
        attendu = type(declares[nom])
        entier_pour_nombre = attendu is float and type(valeur) is int
        if type(valeur) is not attendu and not entier_pour_nombre:
            raise ErreurUsage(
                f"Le paramètre « {nom} » du carnet « {carnet.nom} » attend {_TYPES[attendu]}.",
                f"Valeur d'essai du carnet : {declares[nom]!r}.",
            )
        if valeur == "":
            raise ErreurUsage(f"Le paramètre « {nom} » du carnet « {carnet.nom} » est vide.")


def _texte(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)


def _etiquettes(cellule: dict[str, Any]) -> list[str]:
    return list(cellule.get("metadata", {}).get("tags", []))


def _titre(sources: list[tuple[str, str, list[str]]]) -> str | None:
    for genre, source, _ in sources:
        if genre == "markdown":
            for ligne in source.splitlines():
                if ligne.startswith("# "):
                    return ligne[2:].strip()
    return None


def _parametres(nom: str, sources: list[tuple[str, str, list[str]]]) -> dict[str, Valeur]:
    cellules = [
        s for genre, s, etiquettes in sources if genre == "code" and "parameters" in etiquettes
    ]
    if len(cellules) != 1:
        raise ErreurUsage(
            f"Le carnet « {nom} » a {len(cellules)} cellule étiquetée « parameters » : il en "
            "faut une.",
            "L'étiquette se pose dans JupyterLab, panneau « Property Inspector ».",
        )
    remede = 'Écrire un paramètre par ligne, par exemple : periode = "2026-T3"  # trimestre'
    try:
        corps = ast.parse(cellules[0]).body
    except SyntaxError as cause:
        raise ErreurUsage(f"Paramètres du carnet « {nom} » illisibles.", remede) from cause
    trouves: dict[str, Valeur] = {}
    lignes: set[int] = set()
    for instruction in corps:
        cible = instruction.targets if isinstance(instruction, ast.Assign) else []
        valeur = instruction.value if isinstance(instruction, ast.Assign) else None
        if (
            len(cible) != 1
            or not isinstance(cible[0], ast.Name)
            or not isinstance(valeur, ast.Constant)
            or type(valeur.value) not in _TYPES
            or cible[0].id in trouves
            or instruction.lineno in lignes
            or instruction.end_lineno != instruction.lineno
        ):
            raise ErreurUsage(
                f"Paramètres du carnet « {nom} » : ligne {instruction.lineno} non comprise.", remede
            )
        assert isinstance(valeur.value, str | int | float)
        trouves[cible[0].id] = valeur.value
        lignes.add(instruction.lineno)
    return trouves
