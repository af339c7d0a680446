"""`python -m bancs rapports|demarrage|endurance` : mesurer, comparer, garder les chiffres."""

import argparse
import json
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bancs import demarrage, endurance, rapports

RESULTATS = Path(__file__).with_name("resultats")
_BIBLIOTHEQUES = ("polars", "seaborn", "matplotlib", "papermill", "nbconvert", "ipykernel")


def main() -> None:
    """Lance un banc, écrit son bilan en JSON et l'imprime."""
    options = _lire_les_options()
    if options.banc == "rapports":
        bilan = rapports.comparer(options.executions, options.pairs, options.tours, _dire)
        texte = rapports.tableau(bilan)
    elif options.banc == "demarrage":
        bilan = demarrage.comparer(options.tours)
        texte = demarrage.phrase(bilan)
    else:
        bilan = endurance.eprouver(options.nombre)
        texte = f"{bilan['rapports']} rapports, aucun blocage, aucune différence avec le noyau."
    _garder(options.banc, bilan)
    sys.stdout.write(f"{texte}\n")


def _lire_les_options() -> argparse.Namespace:
    analyse = argparse.ArgumentParser(prog="python -m bancs", description=__doc__)
    bancs = analyse.add_subparsers(dest="banc", required=True)
    lot = bancs.add_parser("rapports", help="le lot contre les commandes et le plancher")
    lot.add_argument("--executions", type=int, default=24, help="rapports du lot")
    lot.add_argument("--pairs", type=int, default=3, help="rapports mesurés chez les lents")
    lot.add_argument("--tours", type=int, default=3)
    aide = bancs.add_parser("demarrage", help="rtpe --help contre typer et rich nus")
    aide.add_argument("--tours", type=int, default=9)
    longue = bancs.add_parser("endurance", help="beaucoup de rapports, aucun blocage")
    longue.add_argument("nombre", type=int, nargs="?", default=1000)
    return analyse.parse_args()


def _dire(ligne: str) -> None:
    sys.stderr.write(f"{ligne}\n")


def _garder(banc: str, bilan: dict[str, Any]) -> None:
    RESULTATS.mkdir(exist_ok=True)
    versions = {nom: version(nom) for nom in _BIBLIOTHEQUES}
    complet = {"python": platform.python_version(), "versions": versions, **bilan}
    chemin = RESULTATS / f"{banc}.json"
    chemin.write_text(json.dumps(complet, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


main()
