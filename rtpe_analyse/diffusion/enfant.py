"""Le processus d'un rapport : isolé, ensemencé, et qui rend compte par un tuyau.

Chargé par le serveur de fork avec le reste. Le parent lit des messages : `("cellule", rang)`,
puis `("fini", résultat)` ou `("echec", message, remède, cellule)`.
"""

import os
import random
import signal
import sys
import threading
from collections.abc import Callable
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rtpe_analyse.diffusion.demande import Demande, EchecRapport
from rtpe_analyse.diffusion.execution import environnement

if TYPE_CHECKING:
    from nbformat import NotebookNode

PRECHAUFFE = "rtpe_analyse.diffusion.prechauffe"


class MoteurSurPlace:
    """Moteur qui exécute les cellules dans ce processus-ci (voir `coquille`).

    Args:
        dossier: dossier temporaire du rapport, rendu par le parent.
        suivre: appelé avec le rang de chaque cellule qui commence.
    """

    def __init__(self, dossier: Path, suivre: Callable[[int], None]) -> None:
        self._dossier, self._suivre = dossier, suivre

    def __call__(self, demande: Demande) -> "NotebookNode":
        """Exécute le carnet ; à n'appeler qu'une fois par processus."""
        from rtpe_analyse.diffusion.coquille import executer_sur_place

        os.environ.update(environnement(demande, self._dossier))
        return executer_sur_place(demande, self._dossier, self._suivre)


def travailler(
    tuyau: Connection, dossier: Path, tache: Callable[..., Any], arguments: tuple[Any, ...]
) -> None:
    """Fait une tâche dans un processus à elle et envoie son résultat.

    Args:
        tuyau: vers le parent.
        dossier: dossier temporaire du rapport.
        tache: reçoit un `MoteurSurPlace`, puis les arguments.
        arguments: transmis tels quels.
    """
    # Un groupe à soi : le parent peut tuer d'un geste ce que les cellules auraient lancé.
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _mourir_avec_le_parent()
    _isoler()
    moteur = MoteurSurPlace(dossier, lambda rang: tuyau.send(("cellule", rang)))
    try:
        if PRECHAUFFE not in sys.modules:
            raise EchecRapport("le serveur de rapports n'a pas préchargé ses modules.")
        tuyau.send(("fini", tache(moteur, *arguments)))
    except EchecRapport as echec:
        tuyau.send(("echec", echec.message_nu, echec.remede, echec.cellule))
    except Exception as erreur:
        tuyau.send(("imprevu", type(erreur).__name__))
    tuyau.close()
    # Sans les gestes de sortie de l'interpréteur : il n'y a plus rien à sauver.
    os._exit(0)


def _isoler() -> None:
    """Rien d'hérité que les modules : ni hasard, ni entrée, ni sorties du serveur."""
    import numpy as np

    random.seed()
    np.random.seed()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for descripteur in (1, 2):
        os.dup2(os.memfd_create("sortie"), descripteur)


def _mourir_avec_le_parent() -> None:
    """Si la commande est tuée, ses rapports en cours s'arrêtent aussi."""
    parent = parent_process()

    def guetter() -> None:
        if parent is not None:
            wait([parent.sentinel])
            os.killpg(0, signal.SIGKILL)

    threading.Thread(target=guetter, daemon=True).start()
