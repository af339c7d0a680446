"""Commande des bancs : mesure, garde le JSON, imprime un petit tableau."""

import argparse
import json
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

from bancs import demarrage, endurance, previsions, rapports
from bancs.document import ecrire_document, tableau, tableau_des_panels
from bancs.monde import EmpreinteFausse

RESULTATS = Path(__file__).parent / "resultats"
_BIBLIOTHEQUES = ("polars", "matplotlib", "seaborn", "papermill", "nbconvert", "ipykernel", "typer")


def _lire() -> argparse.Namespace:
    lecteur = argparse.ArgumentParser(prog="python -m bancs", description=__doc__)
    bancs = lecteur.add_subparsers(dest="banc", required=True)
    choix = bancs.add_parser("rapports", help="notre lot, les commandes, Python nu")
    choix.add_argument("--executions", type=int, default=24, help="rapports par mode")
    choix.add_argument("--tours", type=int, default=3, help="tours entrelacés")
    choix.add_argument("--commandes", type=int, help="rapports faits par les commandes")
    choix.add_argument("--ouvriers", type=int, default=os.cpu_count() or 1)
    choix = bancs.add_parser("demarrage", help="rtpe --help contre typer et rich nus")
    choix.add_argument("--tours", type=int, default=15)
    choix = bancs.add_parser("endurance", help="beaucoup de rapports chauds, comparés aux noyaux")
    choix.add_argument("--executions", type=int, default=1000)
    choix.add_argument("--zones", type=int, default=24, help="rapports par lot")
    choix.add_argument("--ouvriers", type=int, default=os.cpu_count() or 1)
    choix = bancs.add_parser("previsions", help="justesse sur des séries réelles, fausses alertes")
    choix.add_argument("dossier", type=Path, nargs="?", help="dossier des données publiques")
    choix.add_argument("--fichier", type=Path, help="un CSV à juger seul : unité, date, valeur")
    choix.add_argument("--depuis", help="première date à prévoir de ce fichier")
    for sous in bancs.choices.values():
        sous.add_argument("--retenir", action="store_true", help="en faire la référence de docs/")
    return lecteur.parse_args()


def _machine() -> dict[str, object]:
    return {
        "processeurs": os.cpu_count(),
        "charge_au_debut": round(os.getloadavg()[0], 1),
        "systeme": platform.system(),
        "python": platform.python_version(),
        "versions": {nom: version(nom) for nom in _BIBLIOTHEQUES},
    }


def _principal() -> None:
    choix = _lire()
    machine = _machine()
    try:
        if choix.banc == "rapports":
            pairs = choix.executions if choix.commandes is None else choix.commandes
            resultat = rapports.comparer(choix.executions, choix.tours, pairs, choix.ouvriers)
        elif choix.banc == "demarrage":
            resultat = demarrage.comparer(choix.tours)
        elif choix.banc == "previsions":
            if choix.fichier:
                lignes = previsions.mesurer_le_fichier(choix.fichier, choix.depuis)
                print(tableau_des_panels(lignes))
                return
            resultat = previsions.mesurer(choix.dossier)
        else:
            resultat = endurance.eprouver(choix.executions, choix.zones, choix.ouvriers)
    except EmpreinteFausse as erreur:
        sys.exit(f"Aucun temps : {erreur}")
    except ValueError as erreur:
        sys.exit(str(erreur))
    RESULTATS.mkdir(exist_ok=True)
    texte = json.dumps({"machine": machine, **resultat}, ensure_ascii=False, indent=1)
    (RESULTATS / f"{choix.banc}.json").write_text(f"{texte}\n", encoding="utf-8")
    print(tableau(choix.banc, resultat))
    if choix.retenir:
        (RESULTATS / f"reference_{choix.banc}.json").write_text(f"{texte}\n", encoding="utf-8")
        ecrire_document(RESULTATS)


if __name__ == "__main__":
    _principal()
