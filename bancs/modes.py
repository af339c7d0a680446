"""Les façons de faire les mêmes rapports : nos moteurs, les commandes usuelles, Python nu.

Chaque mode est un processus à part, lancé et mesuré par `mesure` : démarrage compris. Il écrit
dans `sortie` un HTML par territoire, que l'on compare ensuite.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from bancs.monde import CARNET, CARNETS, EDITION, PERIODE, empreinte, territoires
from rtpe_analyse.chemins import Lieux
from rtpe_analyse.modeles import Periode

BIN = Path(sys.executable).parent


def lot(racine: Path, sortie: Path, nombre: int, moteur: str, ouvriers: int) -> float:
    """Le lot du produit, tel que `rtpe rapports` le fait : plan, pages, manifestes, portail.

    Args:
        racine: dossier de `monde.fabriquer`.
        sortie: dossier des rapports, vide.
        nombre: nombre de territoires.
        moteur: `chaud` ou `noyau`.
        ouvriers: rapports en même temps.

    Returns:
        Secondes du premier rapport fini au dernier, rapportées à un rapport (régime établi).

    Raises:
        RuntimeError: si un rapport échoue.
    """
    from rtpe_analyse.diffusion import executer_lot

    instants: list[float] = []
    bilan = executer_lot(
        Lieux(racine / "donnees", sortie, "exemple"),
        Periode.lire(PERIODE),
        territoires=territoires(nombre),
        carnets=[CARNET.stem],
        dossier_carnets=CARNETS,
        moteur="chaud" if moteur == "chaud" else "noyau",
        ouvriers=ouvriers,
        progres=lambda *_: instants.append(time.perf_counter()),
    )
    if bilan.echecs or len(bilan.faits) != nombre:
        raise RuntimeError(f"{len(bilan.faits)} rapports faits, échecs : {bilan.echecs[:2]}")
    return (instants[-1] - instants[0]) / max(nombre - 1, 1)


def commandes(racine: Path, sortie: Path, nombre: int) -> float:
    """Le pair : `papermill` puis `jupyter nbconvert`, l'une après l'autre, rapport par rapport.

    Returns:
        Secondes par rapport.
    """
    donnees = Lieux(racine / "donnees", sortie, "exemple").indicateurs
    environnement = {**os.environ, "RTPE_DONNEES": str(donnees)}
    sortie.mkdir(parents=True)
    debut = time.perf_counter()
    for code in territoires(nombre):
        execute = sortie / f"{code}.ipynb"
        options = ["-p", "territoire", code, "-p", "edition", EDITION, "--no-progress-bar"]
        conversion = ["nbconvert", "--to", "html", "--no-input", "--log-level", "ERROR"]
        for commande in (
            [str(BIN / "papermill"), "-k", "python3", str(CARNET), str(execute), *options],
            [str(BIN / "jupyter"), *conversion, str(execute)],
        ):
            subprocess.run(commande, check=True, env=environnement, capture_output=True)
    return (time.perf_counter() - debut) / nombre


def nu(racine: Path, sortie: Path, nombre: int) -> float:
    """Le plancher : les mêmes cellules en Python nu, dans un seul processus déjà chaud.

    Ni carnet exécuté, ni isolement, ni contrôle, ni gabarit : chaque sortie s'écrit telle
    quelle. Un premier tour, non compté, charge bibliothèques et polices.

    Returns:
        Secondes par rapport, chargement exclu.
    """
    os.environ["RTPE_DONNEES"] = str(Lieux(racine / "donnees", sortie, "exemple").indicateurs)
    cellules = [
        ("".join(c["source"]), "parameters" in c["metadata"].get("tags", []))
        for c in json.loads(CARNET.read_text(encoding="utf-8"))["cells"]
        if c["cell_type"] == "code"
    ]
    sortie.mkdir(parents=True)
    premier, *_ = codes = territoires(nombre)
    _derouler(cellules, premier)
    debut = time.perf_counter()
    for code in codes:
        (sortie / f"{code}.html").write_text(_derouler(cellules, code), encoding="utf-8")
    return (time.perf_counter() - debut) / nombre


def _derouler(cellules: list[tuple[str, bool]], territoire: str) -> str:
    import ast

    espace: dict[str, object] = {}
    rendus = []
    for source, est_parametres in cellules:
        arbre = ast.parse(source)
        derniere = arbre.body[-1]
        valeur = None
        if isinstance(derniere, ast.Expr):
            exec(compile(ast.Module(arbre.body[:-1], []), "cellule", "exec"), espace)
            valeur = eval(compile(ast.Expression(derniere.value), "cellule", "eval"), espace)
        else:
            exec(compile(arbre, "cellule", "exec"), espace)
        if est_parametres:
            espace["territoire"] = territoire
        if valeur is not None:
            rendus.append(getattr(valeur, "html"))  # noqa: B009
    return "\n".join(rendus)


def empreintes(sortie: Path, nombre: int) -> dict[str, str]:
    """Empreinte des sorties de chaque territoire, lues dans les HTML écrits par un mode."""
    rendus = {}
    for code in territoires(nombre):
        (page,) = [
            f
            for f in (
                sortie / f"{code}.html",
                *sortie.rglob(f"{PERIODE}/{code}/{CARNET.stem}.html"),
            )
            if f.exists()
        ]
        rendus[code] = empreinte(page.read_text(encoding="utf-8"))
    return rendus


def _principal() -> None:
    mode, racine, sortie, nombre, ouvriers = sys.argv[1:]
    arguments = (Path(racine), Path(sortie), int(nombre))
    if mode == "commandes":
        secondes = commandes(*arguments)
    elif mode == "nu":
        secondes = nu(*arguments)
    else:
        secondes = lot(*arguments, mode, int(ouvriers))
    print(json.dumps({"boucle_s": secondes}))


if __name__ == "__main__":
    _principal()
