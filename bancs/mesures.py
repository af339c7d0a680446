"""Mesurer une commande entière : durée, temps processeur et mémoire de tout ce qu'elle lance."""

import ctypes
import json
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_PR_SET_CHILD_SUBREAPER = 36
_ENTRE_DEUX_RELEVES = 0.25


@dataclass(frozen=True)
class Mesure:
    """Ce qu'une commande a coûté.

    Attributes:
        duree: secondes, de son lancement à sa fin.
        processeur: secondes de processeur, toute sa descendance comprise.
        memoire: plus haute somme relevée des mémoires propres (PSS), en mébioctets.
        rendu: ce qu'elle a écrit sur sa sortie standard.
    """

    duree: float
    processeur: float
    memoire: float
    rendu: Any


def mesurer(commande: list[str], *, en_json: bool = True) -> Mesure:
    """Lance une commande, l'attend, elle et tout ce qu'elle a lancé, et la mesure.

    Args:
        commande: programme et arguments.
        en_json: lire en JSON ce qu'elle écrit ; sinon, garder le texte.

    Raises:
        SystemExit: si la commande échoue.
    """
    # Les orphelins de la commande nous reviennent : leur temps processeur n'échappe pas.
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    debut = time.perf_counter()
    processus = subprocess.Popen(commande, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    releve = _Releve(processus.pid)
    lus: list[bytes] = [b"", b""]
    fils = [
        threading.Thread(target=_lire, args=(flux, lus, rang))
        for rang, flux in enumerate((processus.stdout, processus.stderr))
    ]
    for fil in fils:
        fil.start()
    _, etat, usage = os.wait4(processus.pid, 0)
    duree = time.perf_counter() - debut
    processus.returncode = os.waitstatus_to_exitcode(etat)
    processeur = usage.ru_utime + usage.ru_stime
    with suppress(ChildProcessError):
        while True:
            _, _, usage = os.wait4(-1, 0)
            processeur += usage.ru_utime + usage.ru_stime
    memoire = releve.finir()
    for fil in fils:
        fil.join()
    if processus.returncode:
        raise SystemExit(f"{' '.join(commande[:4])} : échec\n{lus[1].decode()[-2000:]}")
    rendu = json.loads(lus[0] or b"null") if en_json else lus[0].decode()
    return Mesure(duree, processeur, memoire, rendu)


def python(*arguments: str) -> list[str]:
    """Commande de ce Python-ci."""
    return [sys.executable, *arguments]


def _lire(flux: Any, lus: list[bytes], rang: int) -> None:
    lus[rang] = flux.read()


class _Releve:
    """Relève la mémoire d'une descendance, à intervalles réguliers."""

    def __init__(self, racine: int) -> None:
        self._plus_haut = 0.0
        self._arret = threading.Event()
        self._fil = threading.Thread(target=self._relever, args=(racine,))
        self._fil.start()

    def finir(self) -> float:
        self._arret.set()
        self._fil.join()
        return self._plus_haut

    def _relever(self, racine: int) -> None:
        while not self._arret.wait(_ENTRE_DEUX_RELEVES):
            total = sum(_propre(pid) for pid in _descendance(racine))
            self._plus_haut = max(self._plus_haut, total / 1024)


def _descendance(racine: int) -> set[int]:
    parents = {}
    for dossier in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError):
            parents[int(dossier.name)] = int(
                (dossier / "stat").read_text().rpartition(")")[2].split()[1]
            )
    famille, nouveaux = set[int](), {racine}
    while nouveaux:
        famille |= nouveaux
        nouveaux = {p for p, parent in parents.items() if parent in famille} - famille
    return famille


def _propre(pid: int) -> int:
    with suppress(OSError):
        for ligne in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if ligne.startswith("Pss:"):
                return int(ligne.split()[1])
    return 0
