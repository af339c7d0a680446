"""Moteur chaud : un serveur qui a tout chargé, un processus neuf par rapport.

Le serveur (`forkserver`) charge une fois les bibliothèques ; chaque rapport est un processus
qui en est issu, donc neuf et déjà chargé. Un processus qui se bloque ou meurt n'emporte que son
rapport : on attend sa sentinelle et son tuyau, jamais au-delà du délai.
"""

import multiprocessing
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import forkserver
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from rtpe_analyse.diffusion.demande import Demande, EchecRapport
from rtpe_analyse.diffusion.enfant import PRECHAUFFE, MoteurSurPlace, travailler
from rtpe_analyse.diffusion.execution import dossier_court, environnement_commun
from rtpe_analyse.diffusion.interruption import Interrupteur

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from rtpe_analyse.diffusion.manifeste import Manifeste
    from rtpe_analyse.diffusion.plan import Travail

_SANS_SERVEUR = "Relancer la commande ; si cela se répète, ajouter --moteur noyau."
_verrou = threading.Lock()


def disponible() -> bool:
    """Le moteur chaud marche-t-il ici ? Il lui faut le fork de Linux."""
    return sys.platform == "linux" and "forkserver" in multiprocessing.get_all_start_methods()


class MoteurChaud:
    """Exécute chaque carnet dans un processus issu d'un serveur déjà chargé.

    Args:
        cache: dossier durable où les bibliothèques gardent leurs caches (polices).
        interrupteur: ce qui arrêtera les processus en cas d'interruption du lot.
    """

    def __init__(self, cache: Path, interrupteur: Interrupteur | None = None) -> None:
        self._cache = cache
        self._interrupteur = interrupteur or Interrupteur()
        self._sourd = threading.Event()
        self._contexte = multiprocessing.get_context("forkserver")
        self._contexte.set_forkserver_preload([PRECHAUFFE])
        with _verrou:
            self._assurer_le_serveur()

    def __call__(self, demande: Demande) -> "NotebookNode":
        """Exécute toutes les cellules et rend le carnet avec ses sorties.

        Raises:
            EchecRapport: cellule en erreur, délai dépassé, processus mort ou lot interrompu.
        """
        carnet: NotebookNode = self._deleguer(demande, _executer, (demande,))
        return carnet

    def composer(self, travail: "Travail", manifeste: "Manifeste") -> tuple[str, bool]:
        """La page d'un rapport, et s'il se dit provisoire : tout se fait dans le processus.

        Raises:
            EchecRapport: comme l'appel, ou sorties et page refusées.
        """
        page, provisoire = self._deleguer(travail.demande, _composer, (travail, manifeste))
        return page, provisoire

    def _deleguer(self, demande: Demande, tache: Any, arguments: tuple[Any, ...]) -> Any:
        if self._interrupteur.coupe.is_set():
            raise EchecRapport("lot interrompu.")
        echeance = time.monotonic() + demande.delai
        ici, la = self._contexte.Pipe(duplex=False)
        # À nous de le rendre : un processus tué ne range rien.
        dossier = dossier_court()
        processus = self._contexte.Process(target=travailler, args=(la, dossier, tache, arguments))
        try:
            self._lancer(processus, echeance)
            la.close()
            self._interrupteur.suivre(processus.pid or 0)
            return self._attendre(demande, ici, processus.sentinel, echeance)
        finally:
            ici.close()
            la.close()
            if processus.pid is not None:
                # Même s'il a fini : ce que ses cellules ont lancé doit s'arrêter.
                self._interrupteur.tuer(processus.pid, fini=not processus.is_alive())
                self._interrupteur.oublier(processus.pid)
                processus.join()
            shutil.rmtree(dossier, ignore_errors=True)

    def _lancer(self, processus: BaseProcess, echeance: float) -> None:
        """Demande le processus au serveur, qui ne répond qu'une fois chargé.

        Un serveur mort entre-temps est remplacé une fois.
        """
        with _verrou:
            if self._demander(processus, echeance) or self._demander(processus, echeance):
                return
            raison = "ne répond plus" if self._sourd.is_set() else "s'est arrêté"
            raise EchecRapport(f"le serveur de rapports {raison}.", _SANS_SERVEUR)

    def _demander(self, processus: BaseProcess, echeance: float) -> bool:
        if self._sourd.is_set():
            return False
        serveur = self._assurer_le_serveur()
        garde = threading.Timer(max(0.0, echeance - time.monotonic()), self._tuer, [serveur])
        garde.start()
        try:
            with _sans_programme_principal():
                processus.start()
        except (EOFError, OSError):
            self._interrupteur.tuer(serveur, fini=False)
            # Ses fils peuvent finir après lui : on attend qu'il ait vraiment disparu.
            os.waitid(os.P_PID, serveur, os.WEXITED | os.WNOWAIT)
            return False
        finally:
            garde.cancel()
        return True

    def _tuer(self, serveur: int) -> None:
        self._sourd.set()
        self._interrupteur.tuer(serveur, fini=False)

    def _assurer_le_serveur(self) -> int:
        """Démarre le serveur s'il ne l'est pas, ou s'il est mort, et rend son numéro."""
        if (serveur := _numero_du_serveur()) is None:
            _demarrer(self._cache)
            serveur = _numero_du_serveur() or 0
        self._interrupteur.suivre(serveur)
        return serveur

    def _attendre(
        self, demande: Demande, tuyau: Connection, sentinelle: int, echeance: float
    ) -> Any:
        cellule: int | None = None
        while True:
            prets = wait([tuyau, sentinelle], max(0.0, echeance - time.monotonic()))
            if self._interrupteur.coupe.is_set():
                raise EchecRapport("lot interrompu.")
            if not prets:
                raise EchecRapport(f"délai de {demande.delai:g} s dépassé.", cellule=cellule)
            try:
                genre, *reste = tuyau.recv() if tuyau in prets or tuyau.poll() else ("mort",)
            except (EOFError, OSError):
                genre, reste = "mort", []
            if genre == "cellule":
                cellule = reste[0]
            elif genre == "fini":
                return reste[0]
            elif genre == "echec":
                message, remede, rang = reste
                raise EchecRapport(message, remede, cellule=rang)
            elif genre == "imprevu":
                raise EchecRapport(f"erreur imprévue hors des cellules : {reste[0]}.")
            else:
                raise EchecRapport("le processus du rapport s'est arrêté.", cellule=cellule)


def _executer(moteur: MoteurSurPlace, demande: Demande) -> "NotebookNode":
    return moteur(demande)


def _composer(
    moteur: MoteurSurPlace, travail: "Travail", manifeste: "Manifeste"
) -> tuple[str, bool]:
    from rtpe_analyse.diffusion.rapport import composer

    return composer(travail, manifeste, moteur)


@contextmanager
def _sans_programme_principal() -> Iterator[None]:
    """Chaque processus rechargerait le programme principal, et aucun n'en a besoin.

    Un programme sans garde `if __name__ == "__main__"` y serait même relancé en entier.
    """
    principal = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = principal


def _numero_du_serveur() -> int | None:
    """Le serveur de ce programme, s'il vit ; la bibliothèque standard ne le dit pas."""
    numero: int | None = getattr(forkserver._forkserver, "_forkserver_pid", None)
    if numero is None or os.waitid(os.P_PID, numero, os.WEXITED | os.WNOHANG | os.WNOWAIT):
        return None
    return numero


def _demarrer(cache: Path) -> None:
    """Démarre le serveur avec l'environnement d'un noyau, sans changer le nôtre."""
    notre, sien = dict(os.environ), environnement_commun(cache)
    # Ctrl-C s'adresse à la commande : elle arrêtera son serveur.
    masque = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        os.environ.clear()
        os.environ.update(sien)
        forkserver.ensure_running()
    finally:
        os.environ.clear()
        os.environ.update(notre)
        signal.pthread_sigmask(signal.SIG_SETMASK, masque)
