"""Ce que les deux moteurs demandent à papermill de la même façon."""

import json
import logging

from nbformat import NotebookNode

INJECTEE = "injected-parameters"
REMEDE = "Ouvrir le carnet dans JupyterLab avec les mêmes paramètres pour voir le détail."


def normaliser(contenu: bytes) -> str:
    """Ce que papermill exige et qu'un carnet peut ne pas dire : le noyau, les identifiants.

    Args:
        contenu: octets du carnet tel qu'il est écrit.
    """
    carnet = json.loads(contenu)
    carnet["metadata"]["kernelspec"] = {
        "name": "python3",
        "display_name": "rtpe",
        "language": "python",
    }
    for rang, cellule in enumerate(carnet["cells"]):
        cellule["id"] = f"cellule-{rang}"
    carnet["nbformat_minor"] = max(carnet["nbformat_minor"], 5)
    return json.dumps(carnet)


def sans_injectee(carnet: NotebookNode) -> NotebookNode:
    """Le carnet sans la cellule de paramètres ajoutée : les rangs sont ceux de l'auteur."""
    carnet.cells = [c for c in carnet.cells if INJECTEE not in c.metadata.get("tags", [])]
    return carnet


def faire_taire_papermill() -> None:
    """Les journaux des bibliothèques citent chemins et paramètres : ils se taisent."""
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
