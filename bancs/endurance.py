"""Banc d'endurance : beaucoup de rapports chauds, tous comparés au moteur de référence."""

import shutil
import tempfile
import time
from pathlib import Path

from bancs.modes import lot
from bancs.monde import CARNET, PERIODE, EmpreinteFausse, fabriquer, territoires


def eprouver(executions: int, zones: int, ouvriers: int) -> dict[str, object]:
    """Fait au moins `executions` rapports chauds, par lots, avec un seul serveur.

    Args:
        executions: rapports voulus.
        zones: rapports d'un lot ; autant sont faits une fois par des noyaux.
        ouvriers: rapports en même temps.

    Returns:
        Nombre de rapports, tous identiques à l'octet aux pages des noyaux, et durée.

    Raises:
        EmpreinteFausse: à la première page différente.
        RuntimeError: si un rapport échoue ou dépasse son délai.
    """
    racine = Path(tempfile.mkdtemp(prefix="banc"))
    try:
        fabriquer(racine, zones)
        lot(racine, racine / "noyau", zones, "noyau", ouvriers)
        attendues = _pages(racine / "noyau", zones)
        faits = 0
        debut = time.perf_counter()
        while faits < executions:
            shutil.rmtree(racine / "donnees" / "exemple" / "travail")
            lot(racine, racine / "chaud", zones, "chaud", ouvriers)
            for code, page in _pages(racine / "chaud", zones).items():
                if page != attendues[code]:
                    raise EmpreinteFausse(f"Page de {code} différente après {faits} rapports.")
            shutil.rmtree(racine / "chaud")
            faits += zones
        duree = time.perf_counter() - debut
    finally:
        shutil.rmtree(racine, ignore_errors=True)
    return {"rapports": faits, "differences": 0, "s_par_rapport": round(duree / faits, 3)}


def _pages(sortie: Path, zones: int) -> dict[str, bytes]:
    pages = {}
    for code in territoires(zones):
        (page,) = sortie.rglob(f"{PERIODE}/{code}/{CARNET.stem}.html")
        pages[code] = page.read_bytes()
    return pages
