"""Dix enfants accueillis chez A (T1, commune 99001) et leurs familles ; un référentiel à côté.

Monoparentaux : 4 oui, 5 non, 1 inconnu. Bas revenus (2 000 € au plus) : 2 oui, 8 non.
Quartier prioritaire : 3 oui, 3 non, 4 inconnus. Trois habitent 99002, un 98001.
"""

from pathlib import Path
from typing import Any

import polars as pl

from rtpe_analyse.nomenclatures.publiques import FICHIERS_REFERENTIEL
from tests.specifications.outils import LUNDI, Jeu, pointage
from tests.specifications.publics import avec_referentiel

TRIMESTRE = {"periode": "2026-T2", "ventilation": "public"}
ANNEE = {"periode": "2022", "ventilation": "public"}
_MONO = [True] * 4 + [False] * 5 + [None]
_TRANCHES = ["<1000", "1000-1999", *["2000-2999"] * 3, *["4000-5999"] * 4, ">=6000"]
_QPV = [True] * 3 + [False] * 3 + [None] * 4
_COMMUNES = [*["99001"] * 6, *["99002"] * 3, "98001"]


def familles() -> list[dict[str, Any]]:
    return [
        {
            "famille": f"f{n}",
            "valide_du": LUNDI,
            "commune": _COMMUNES[n],
            "monoparentale": _MONO[n],
            "tranche_ressources": _TRANCHES[n],
            "qpv": _QPV[n],
        }
        for n in range(10)
    ]


def avec_familles(dossier: Path, lignes: list[dict[str, Any]] | None = None) -> Jeu:
    """Les dix enfants, chacun présent une journée chez A, la commune 99001 étant T1 avec 99002."""
    jeu = avec_referentiel(dossier)
    jeu.ecrire("enfants", [{"enfant": f"e{n}", "famille": f"f{n}"} for n in range(10)])
    jeu.ecrire("familles", familles() if lignes is None else lignes)
    jeu.ecrire("pointages", [pointage(f"e{n}", "A", LUNDI) for n in range(10)])
    return jeu


def ecrire_quartiers(jeu: Jeu, *quartiers: dict[str, Any]) -> None:
    schema = FICHIERS_REFERENTIEL["qpv"].schema
    pl.DataFrame(quartiers, schema=schema).write_csv(jeu.lieux.referentiel / "qpv.csv")
