"""Les concurrents : chacun produit les mêmes rapports, à sa façon, dans un processus à lui.

`python -m bancs.coureurs NOM RACINE NOMBRE` produit les pages et écrit sur la sortie standard,
en JSON, le temps de chaque rapport (pour ceux qui les font un par un).
"""

import ast
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

from bancs import jeu
from rtpe_analyse.chemins import Lieux
from rtpe_analyse.diffusion.execution import environnement_commun

Coureur = Callable[[Lieux, list[str]], list[float]]


def commandes(lieux: Lieux, codes: list[str]) -> list[float]:
    """La façon courante : `papermill`, puis `jupyter nbconvert`, un rapport après l'autre."""
    lieux.sortie.mkdir(parents=True)
    environnement = _environnement(lieux)
    papermill = str(Path(sys.executable).with_name("papermill"))
    for code in codes:
        execute = lieux.sortie / f"{code}.ipynb"
        for commande in (
            [papermill, str(jeu.CARNET), str(execute), "-p", "territoire", code],
            [sys.executable, "-m", "nbconvert", "--to", "html", "--no-input", str(execute)],
        ):
            subprocess.run(commande, check=True, capture_output=True, env=environnement)
    return []


def chaud(lieux: Lieux, codes: list[str]) -> list[float]:
    """Notre lot, moteur chaud, démarrage compris."""
    return _lot(lieux, codes, "chaud", None)


def chaud_un_a_un(lieux: Lieux, codes: list[str]) -> list[float]:
    """Notre lot, moteur chaud, un seul rapport à la fois : le temps propre d'un rapport."""
    return _lot(lieux, codes, "chaud", 1)


def noyau(lieux: Lieux, codes: list[str]) -> list[float]:
    """Notre lot, un noyau Jupyter par rapport : la référence."""
    return _lot(lieux, codes, "noyau", None)


def plancher(lieux: Lieux, codes: list[str]) -> list[float]:
    """Les mêmes cellules en Python nu, dans un seul processus qui a déjà tout chargé.

    Ni isolement, ni coquille, ni conversion : la page n'est que la suite des résultats.
    """
    os.environ.update(_environnement(lieux))
    carnet = json.loads(jeu.CARNET.read_text(encoding="utf-8"))
    cellules = [ast.parse("".join(c["source"])) for c in carnet["cells"] if "outputs" in c]
    lieux.sortie.mkdir(parents=True)
    durees = []
    # Le premier passage charge et chauffe ; il n'est pas compté.
    for code in [codes[0], *codes]:
        debut = time.perf_counter()
        page = "\n".join(_jouer(cellules, code))
        (lieux.sortie / f"{code}.html").write_text(page, encoding="utf-8")
        durees.append(time.perf_counter() - debut)
    return durees[1:]


COUREURS: dict[str, Coureur] = {
    f.__name__: f for f in (commandes, noyau, chaud, chaud_un_a_un, plancher)
}


def _environnement(lieux: Lieux) -> dict[str, str]:
    cache = lieux.donnees.parent / "cache"
    return environnement_commun(cache) | {"RTPE_DONNEES": str(lieux.indicateurs)}


def _lot(lieux: Lieux, codes: list[str], moteur: Any, ouvriers: int | None) -> list[float]:
    from rtpe_analyse.diffusion import executer_lot

    instants: list[float] = []
    bilan = executer_lot(
        lieux,
        jeu.PERIODE,
        territoires=codes,
        dossier_carnets=lieux.donnees.parent / "carnets",
        ouvriers=ouvriers,
        progres=lambda *_: instants.append(time.perf_counter()),
        moteur=moteur,
    )
    if bilan.echecs:
        raise SystemExit(f"rapports en échec : {bilan.echecs[:3]}")
    return [b - a for a, b in pairwise(instants)]


def _jouer(cellules: list[ast.Module], code: str) -> list[str]:
    noms: dict[str, Any] = {"__name__": "__main__"}
    rendus = []
    for rang, cellule in enumerate(cellules):
        *corps, derniere = cellule.body
        if not isinstance(derniere, ast.Expr):
            corps = cellule.body
        exec(compile(ast.Module(corps, []), "cellule", "exec"), noms)
        if rang == 0:
            noms["territoire"] = code
        if isinstance(derniere, ast.Expr):
            rendu = eval(compile(ast.Expression(derniere.value), "cellule", "eval"), noms)
            rendus.append(rendu._repr_mimebundle_()[0]["text/html"])
    return rendus


if __name__ == "__main__":
    nom, racine, nombre = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    lieux = Lieux(racine / "donnees", racine / f"pages_{nom}", "exemple")
    sys.stdout.write(json.dumps(COUREURS[nom](lieux, jeu.territoires(nombre))))
