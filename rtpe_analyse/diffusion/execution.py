"""Exécuter un carnet dans un noyau neuf et isolé, et ne rien laisser derrière soi.

Le carnet exécuté n'est jamais écrit sur disque : après un échec il contient la trace
d'exécution, donc peut-être des valeurs. Le dossier de travail du noyau est temporaire.
"""

import os
import shutil
import signal
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from rtpe_analyse import erreurs
from rtpe_analyse.diffusion.demande import Demande, EchecRapport

if TYPE_CHECKING:
    from nbformat import NotebookNode

# La plus longue adresse d'une prise locale est de 107 octets sous Linux, 103 sous macOS.
_CHEMIN_COURT = 80
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

    def couper(self) -> None:
        """Arrête les noyaux suivis et refuse les suivants."""
        with self._verrou:
            self.coupe.set()
            for pid in self._noyaux:
                _tuer(pid)


class MoteurNoyau:
    """Moteur de référence : un noyau Jupyter neuf par carnet, conduit par papermill.

    Args:
        interrupteur: ce qui arrêtera le noyau en cas d'interruption du lot.
    """

    def __init__(self, interrupteur: Interrupteur | None = None) -> None:
        self._interrupteur = interrupteur or Interrupteur()

    def __call__(self, demande: Demande) -> "NotebookNode":
        """Exécute toutes les cellules et rend le carnet avec ses sorties.

        La cellule de paramètres injectée est retirée : le rang d'une cellule est celui du
        carnet tel qu'il est écrit.

        Raises:
            EchecRapport: cellule en erreur, délai dépassé, noyau mort ou lot interrompu.
        """
        if self._interrupteur.coupe.is_set():
            raise EchecRapport("lot interrompu.")
        from rtpe_analyse.diffusion import noyau

        dossier = _dossier_court()
        try:
            return noyau.executer(
                demande, dossier, environnement(demande, dossier), self._interrupteur
            )
        finally:
            shutil.rmtree(dossier, ignore_errors=True)


def environnement(demande: Demande, dossier: Path) -> dict[str, str]:
    """Variables du noyau : les mêmes partout, pour que deux exécutions se valent.

    Args:
        demande: rapport demandé.
        dossier: dossier temporaire de cette exécution.
    """
    demande.cache.mkdir(parents=True, exist_ok=True)
    propre = {
        nom: valeur
        for nom, valeur in os.environ.items()
        if nom not in {"PYTHONWARNINGS", "MPLSTYLE", "MATPLOTLIBRC"}
    }
    return propre | {
        "RTPE_DONNEES": str(demande.indicateurs.resolve()),
        "RTPE_STYLE": "page",
        "MPLCONFIGDIR": str(demande.cache.resolve()),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "IPYTHONDIR": str(dossier / "ipython"),
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "POLARS_MAX_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "TZ": "Europe/Paris",
    }


def raison_de_l_erreur(nom: str, message: str) -> str:
    """Ce qu'on peut dire d'une erreur de cellule sans rien dévoiler des données.

    Le message d'une `ErreurRtpe` ne contient jamais de valeur : il est repris. De toute autre
    erreur, seul le nom l'est.
    """
    return message if nom in _ERREURS_PREVUES else f"erreur {nom}."


def _dossier_court() -> Path:
    dossier = Path(tempfile.mkdtemp(prefix="rtpe"))
    if os.name == "posix" and len(str(dossier)) > _CHEMIN_COURT:
        dossier.rmdir()
        dossier = Path(tempfile.mkdtemp(prefix="rtpe", dir="/tmp"))
    return dossier.resolve()


def _tuer(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if os.name == "posix":
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGTERM)
