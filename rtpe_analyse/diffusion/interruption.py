"""Ce que partagent un moteur et son noyau : l'arrêt d'urgence, et ce qu'on dit d'une erreur."""

import os
import signal
import threading
from contextlib import suppress

from rtpe_analyse import erreurs

_ERREURS_PREVUES = {
    nom
    for nom, objet in vars(erreurs).items()
    if isinstance(objet, type) and issubclass(objet, erreurs.ErreurRtpe)
}


class Interrupteur:
    """Arrête d'un geste tous les noyaux en cours : rien ne survit à un Ctrl-C."""

    def __init__(self) -> None:
        self.coupe = threading.Event()
        self._noyaux: set[int] = set()
        self._verrou = threading.Lock()

    def suivre(self, pid: int) -> None:
        """Prend un noyau en charge ; l'arrête aussitôt si la coupure est déjà demandée."""
        with self._verrou:
            self._noyaux.add(pid)
            if self.coupe.is_set():
                _tuer(pid)

    def oublier(self, pid: int) -> None:
        """Cesse de suivre un noyau qui s'est arrêté."""
        with self._verrou:
            self._noyaux.discard(pid)

    def tuer(self, pid: int, *, fini: bool) -> None:
        """Arrête un processus et ce qu'il a lancé ; fini, seul son groupe est visé.

        Le numéro d'un processus fini a pu être redonné à un autre.
        """
        if fini:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
        else:
            _tuer(pid)

    def couper(self) -> None:
        """Arrête les noyaux suivis et refuse les suivants."""
        with self._verrou:
            self.coupe.set()
            for pid in self._noyaux:
                _tuer(pid)


def raison_de_l_erreur(nom: str, message: str) -> str:
    """Ce qu'on peut dire d'une erreur de cellule sans rien dévoiler des données.

    Le message d'une `ErreurRtpe` ne contient jamais de valeur : il est repris. De toute autre
    erreur, seul le nom l'est.
    """
    return message if nom in _ERREURS_PREVUES else f"erreur {nom}."


def _tuer(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if os.name == "posix":
            try:
                os.killpg(pid, signal.SIGKILL)
            except ProcessLookupError:
                # Il n'a pas encore de groupe à lui.
                os.kill(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGTERM)
