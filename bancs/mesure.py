"""Mesurer un processus et tout ce qu'il lance : durée, processeur, mémoire de pointe.

Un processus adopté par le système échapperait au compte : nous nous déclarons adoptant, pour
que noyaux et serveur de fork, orphelins de leur parent, nous reviennent.
"""

import ctypes
import json
import os
import resource
import statistics
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_ADOPTER = 36  # PR_SET_CHILD_SUBREAPER, prctl(2)
_PAS = 0.1


@dataclass(frozen=True)
class Mesure:
    """Un passage d'un mode.

    Attributes:
        duree_s: du lancement à la fin, démarrage compris.
        processeur_s: temps de processeur de tout l'arbre.
        memoire_mo: somme des mémoires proportionnelles, au plus haut ; zéro si non mesurée.
        boucle_s: secondes par rapport en régime établi, dites par le mode.
    """

    duree_s: float
    processeur_s: float
    memoire_mo: float
    boucle_s: float


def mesurer(arguments: list[str], *, memoire: bool = False) -> Mesure:
    """Lance un programme Python et le mesure avec tous ses descendants.

    Args:
        arguments: ce qui suit l'interpréteur ; la dernière ligne écrite est un JSON.
        memoire: mesurer la mémoire ; cela prend du temps au processeur, donc à part.

    Raises:
        RuntimeError: si le programme échoue.
    """
    ctypes.CDLL(None).prctl(_ADOPTER, 1, 0, 0, 0)
    avant = resource.getrusage(resource.RUSAGE_CHILDREN)
    debut = time.perf_counter()
    processus = subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    guet = _Guet(processus.pid) if memoire else None
    sortie, erreurs = processus.communicate()
    duree = time.perf_counter() - debut
    pointe = guet.finir() if guet else 0.0
    _recueillir()
    apres = resource.getrusage(resource.RUSAGE_CHILDREN)
    if processus.returncode:
        raise RuntimeError(f"{arguments[:4]} a échoué : {erreurs[-600:]}")
    temps = apres.ru_utime + apres.ru_stime - avant.ru_utime - avant.ru_stime
    return Mesure(duree, temps, pointe, json.loads(sortie.splitlines()[-1])["boucle_s"])


def mediane(valeurs: list[float]) -> float:
    """Médiane arrondie au millième."""
    return round(statistics.median(valeurs), 3)


def _recueillir() -> None:
    """Attend les descendants adoptés ; leur temps rejoint le nôtre."""
    with suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


class _Guet:
    """Relève à pas réguliers la mémoire proportionnelle d'un arbre de processus."""

    def __init__(self, racine: int) -> None:
        self._racine = racine
        self._pointe = 0.0
        self._arret = threading.Event()
        self._fil = threading.Thread(target=self._guetter, daemon=True)
        self._fil.start()

    def finir(self) -> float:
        self._arret.set()
        self._fil.join()
        return self._pointe

    def _guetter(self) -> None:
        while not self._arret.wait(_PAS):
            self._pointe = max(self._pointe, sum(map(_memoire_mo, _arbre(self._racine))))


def _arbre(racine: int) -> list[int]:
    parents: dict[int, int] = {}
    for dossier in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            champs = (dossier / "stat").read_text().rpartition(")")[2].split()
            parents[int(dossier.name)] = int(champs[1])
    trouves = [racine]
    for pid in trouves:
        trouves += [enfant for enfant, parent in parents.items() if parent == pid]
    return trouves


def _memoire_mo(pid: int) -> float:
    with suppress(OSError):
        for ligne in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if ligne.startswith("Pss:"):
                return int(ligne.split()[1]) / 1024
    return 0.0
