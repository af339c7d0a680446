"""Exécuter un carnet dans un noyau neuf et isolé, et ne rien laisser derrière soi.

Le carnet exécuté n'est jamais écrit sur disque : après un échec il contient la trace
d'exécution, donc peut-être des valeurs. Le dossier de travail du noyau est temporaire.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from rtpe_analyse.diffusion.demande import Demande, EchecRapport
from rtpe_analyse.diffusion.interruption import Interrupteur

if TYPE_CHECKING:
    from nbformat import NotebookNode

# La plus longue adresse d'une prise locale est de 107 octets sous Linux, 103 sous macOS.
_CHEMIN_COURT = 80


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

        dossier = dossier_court()
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
    return environnement_commun(demande.cache) | {
        "RTPE_DONNEES": str(demande.indicateurs.resolve()),
        "IPYTHONDIR": str(dossier / "ipython"),
    }


def environnement_commun(cache: Path) -> dict[str, str]:
    """Variables d'une exécution qui ne dépendent pas du rapport.

    Args:
        cache: dossier durable des caches ; créé au besoin.
    """
    cache.mkdir(parents=True, exist_ok=True)
    propre = {
        nom: valeur
        for nom, valeur in os.environ.items()
        if nom not in {"PYTHONWARNINGS", "MPLSTYLE", "MATPLOTLIBRC"}
    }
    return propre | {
        "RTPE_STYLE": "page",
        "MPLCONFIGDIR": str(cache.resolve()),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "POLARS_MAX_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "TZ": "Europe/Paris",
    }


def dossier_court() -> Path:
    """Un dossier temporaire neuf, de chemin assez court pour une prise locale."""
    dossier = Path(tempfile.mkdtemp(prefix="rtpe"))
    if os.name == "posix" and len(str(dossier)) > _CHEMIN_COURT:
        dossier.rmdir()
        dossier = Path(tempfile.mkdtemp(prefix="rtpe", dir="/tmp"))
    return dossier.resolve()
