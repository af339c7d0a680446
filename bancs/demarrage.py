"""Banc du démarrage : `rtpe --help` à côté d'un typer + rich nu et d'un Python vide."""

import subprocess
import sys
import time

from bancs.mesure import mediane
from bancs.modes import BIN
from bancs.monde import EmpreinteFausse

_NU = """
import typer
app = typer.Typer(rich_markup_mode="rich")

@app.command()
def rapports(periode: str = "") -> None:
    "Produit les rapports."

@app.command()
def etat() -> None:
    "Dit ce qui est fait."

app()
"""
MODES = {
    "rtpe": [str(BIN / "rtpe"), "--help"],
    "typer_nu": [sys.executable, "-c", _NU, "--help"],
    "python_vide": [sys.executable, "-c", "pass"],
}


def comparer(tours: int) -> dict[str, object]:
    """Mesure chaque commande `tours` fois, entrelacées, après un tour non compté.

    Raises:
        EmpreinteFausse: si une aide n'affiche pas ses commandes.
    """
    durees: dict[str, list[float]] = {mode: [] for mode in MODES}
    for tour in range(tours + 1):
        for mode, commande in MODES.items():
            debut = time.perf_counter()
            fini = subprocess.run(commande, capture_output=True, text=True, check=True)
            duree = time.perf_counter() - debut
            if mode != "python_vide" and not {"rapports", "etat"} <= set(fini.stdout.split()):
                raise EmpreinteFausse(f"L'aide de « {mode} » n'est pas celle attendue.")
            if tour:
                durees[mode].append(duree)
    paires = zip(durees["rtpe"], durees["typer_nu"], strict=True)
    return {
        "tours": tours,
        "durees_s": durees,
        "resume": {
            "medianes_s": {mode: mediane(suite) for mode, suite in durees.items()},
            "rtpe_contre_typer_nu": mediane([a / b for a, b in paires]),
        },
    }
