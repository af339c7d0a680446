"""Notre moteur papermill : un noyau privé, sur une prise privée, avec un délai pour le tout.

Ce module importe papermill et nbclient ; seul `execution` l'importe, au dernier moment.

papermill ne laisse choisir ni l'environnement du noyau, ni son dossier, ni un délai pour
l'ensemble des cellules : d'où ce petit moteur, enregistré sous le nom `rtpe`.
"""

import logging
import math
import os
import sys
import time
from pathlib import Path
from typing import Any

import papermill
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from rtpe_analyse.diffusion.demande import Demande, EchecRapport
from rtpe_analyse.diffusion.interruption import Interrupteur, raison_de_l_erreur
from rtpe_analyse.diffusion.noyau_commun import (
    INJECTEE,
    REMEDE,
    faire_taire_papermill,
    normaliser,
    sans_injectee,
)

_DEMARRAGE = 60

_journal = logging.getLogger("rtpe_analyse.diffusion.noyau")
_journal.addHandler(logging.NullHandler())
_journal.propagate = False
faire_taire_papermill()


def executer(
    demande: Demande, dossier: Path, environnement: dict[str, str], interrupteur: Interrupteur
) -> NotebookNode:
    """Exécute le carnet d'une demande ; voir `execution.MoteurNoyau`."""
    source = dossier / "carnet.ipynb"
    source.write_text(normaliser(demande.carnet.contenu), encoding="utf-8")
    travail = dossier / "travail"
    travail.mkdir()
    suivi = _Suivi(time.monotonic() + demande.delai)
    try:
        carnet: NotebookNode = papermill.execute_notebook(
            source,
            None,
            parameters=dict(demande.parametres),
            engine_name="rtpe",
            progress_bar=False,
            prise=dossier,
            travail=travail,
            environnement=environnement,
            interrupteur=interrupteur,
            suivi=suivi,
        )
    except PapermillExecutionError as erreur:
        raise EchecRapport(
            raison_de_l_erreur(erreur.ename, erreur.evalue),
            REMEDE,
            cellule=suivi.rang,
        ) from None
    except (CellTimeoutError, DeadKernelError, RuntimeError) as arret:
        raise EchecRapport(
            _raison_de_l_arret(arret, demande, interrupteur, suivi), cellule=suivi.rang
        ) from None
    return sans_injectee(carnet)


def _raison_de_l_arret(
    arret: Exception, demande: Demande, interrupteur: Interrupteur, suivi: "_Suivi"
) -> str:
    if interrupteur.coupe.is_set():
        return "lot interrompu."
    if isinstance(arret, CellTimeoutError) or suivi.epuise:
        return f"délai de {demande.delai:g} s dépassé."
    return "le noyau s'est arrêté." if suivi.rang else "le noyau n'a pas démarré."


class _Suivi:
    """Où en est l'exécution : la cellule en cours et le temps qui reste."""

    def __init__(self, echeance: float) -> None:
        self.echeance = echeance
        self.rang: int | None = None

    @property
    def epuise(self) -> bool:
        return time.monotonic() >= self.echeance

    def reste(self) -> float:
        return max(0.1, self.echeance - time.monotonic())


class _NoyauPrive(AsyncKernelManager):
    """Noyau de ce Python-ci, même si l'utilisateur a installé un autre noyau « python3 »."""

    @property
    def kernel_spec(self) -> KernelSpec:
        commande = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=commande, display_name="rtpe", language="python")


class _Client(PapermillNotebookClient):  # type: ignore[misc]
    interrupteur: Interrupteur
    pid: int | None = None

    def start_new_kernel(self, **options: Any) -> None:
        super().start_new_kernel(**options)
        self.pid = self.km.provisioner.pid
        self.interrupteur.suivre(self.pid)

    def oublier(self) -> None:
        if self.pid is not None:
            self.interrupteur.oublier(self.pid)


class _Moteur(Engine):  # type: ignore[misc]
    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        *,
        prise: Path,
        travail: Path,
        environnement: dict[str, str],
        interrupteur: Interrupteur,
        suivi: _Suivi,
        **_: Any,
    ) -> None:
        cellules = nb_man.nb.cells
        injectees = [i for i, c in enumerate(cellules) if INJECTEE in c.metadata.tags]

        def delai_restant(cellule: NotebookNode) -> float:
            indice = next(i for i, c in enumerate(cellules) if c is cellule)
            suivi.rang = indice + 1 - sum(i < indice for i in injectees)
            if suivi.epuise:
                raise CellTimeoutError
            return suivi.reste()

        client = _Client(
            nb_man,
            kernel_name=kernel_name,
            kernel_manager_class=_NoyauPrive,
            config=Config({"KernelManager": _connexion(prise)}),
            timeout_func=delai_restant,
            startup_timeout=math.ceil(min(_DEMARRAGE, suivi.reste())),
            shutdown_kernel="immediate",
            log=_journal,
        )
        client.interrupteur = interrupteur
        with Path(os.devnull).open("wb") as muet:
            try:
                client.execute(env=environnement, cwd=str(travail), stdout=muet, stderr=muet)
            finally:
                client.oublier()

    @classmethod
    def nb_kernel_name(cls, nb: NotebookNode, name: str | None = None) -> str:
        return "python3"

    @classmethod
    def nb_language(cls, nb: NotebookNode, language: str | None = None) -> str:
        return "python"


def _connexion(dossier: Path) -> dict[str, str]:
    """Prise locale propre à l'exécution : deux noyaux sur la prise par défaut se bloquent."""
    connexion = {"connection_file": str(dossier / "connexion.json")}
    if os.name == "posix":
        connexion |= {"transport": "ipc", "ip": str(dossier / "k")}
    return connexion


papermill_engines.register("rtpe", _Moteur)
