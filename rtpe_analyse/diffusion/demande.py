"""Ce qu'on demande (un rapport) et ce qui peut mal tourner. Sans bibliothèque lourde.

C'est la petite interface derrière laquelle vit l'exécution : un moteur reçoit une `Demande`
et rend le carnet exécuté, ou lève `EchecRapport`. Une `Demande` se transmet telle quelle à un
autre processus.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rtpe_analyse.diffusion.carnets import Carnet, Valeur
from rtpe_analyse.erreurs import ErreurRapport

if TYPE_CHECKING:
    from nbformat import NotebookNode

DELAI = 300.0


@dataclass(frozen=True)
class Demande:
    """Un rapport à produire.

    Attributes:
        carnet: carnet lu et vérifié.
        parametres: ceux de `verifier_parametres`.
        indicateurs: dossier que le carnet lira (variable `RTPE_DONNEES`).
        cache: dossier durable où les bibliothèques du noyau gardent leurs caches (polices).
        delai: durée maximale de l'exécution, en secondes, démarrage du noyau compris.
    """

    carnet: Carnet
    parametres: dict[str, Valeur] = field(hash=False)
    indicateurs: Path
    cache: Path
    delai: float = DELAI


class EchecRapport(ErreurRapport):
    """Un rapport n'a pas pu être produit ; le message ne contient aucune valeur.

    Attributes:
        cellule: rang, à partir de 1, de la cellule en cause dans le carnet tel qu'il est
            écrit ; absent si l'échec ne vient pas d'une cellule.
        message_nu: le message sans le rang de la cellule.
    """

    def __init__(self, message: str, remede: str = "", *, cellule: int | None = None) -> None:
        lieu = f"Cellule {cellule} : " if cellule else ""
        super().__init__(f"{lieu}{message}", remede)
        self.cellule = cellule
        self.message_nu = message


Moteur = Callable[[Demande], "NotebookNode"]
