"""Le jeu du banc : un carnet figé, des données à graine fixe, un territoire par rapport."""

import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.modeles import Periode

CARNET = Path(__file__).with_name("carnet_reference.ipynb")
PERIODE = Periode.lire("2026-T3")
EDITION = "2026-10-15"
_LIGNES = 60_000
_GRAINE = 20261015
_PREMIER = date(2025, 9, 1)
_ZONES = {
    "maille": pl.String,
    "zone": pl.String,
    "libelle": pl.String,
    "parent": pl.String,
    "valide_du": pl.Date,
    "valide_au": pl.Date,
}


def territoires(nombre: int) -> list[str]:
    """Codes des territoires : un rapport chacun."""
    return [f"T{rang:04}" for rang in range(1, nombre + 1)]


def reste(code: str) -> int:
    """Ce dont dépend le contenu d'un rapport du carnet de référence : son code, modulo sept."""
    return int(code[1:]) % 7


def preparer(racine: Path, nombre: int) -> Lieux:
    """Écrit sous `racine` les données, les zones et le carnet d'un banc de `nombre` rapports.

    Args:
        racine: dossier vide.
        nombre: nombre de territoires.
    """
    lieux = Lieux(racine / "donnees", racine / "rapports", "exemple")
    interne = lieux.indicateurs / "interne"
    interne.mkdir(parents=True)
    codes = territoires(nombre)
    depuis = date(2020, 1, 1)
    pl.DataFrame(
        [("territoire", c, f"Territoire {c}", "D", depuis, None) for c in codes],
        schema=_ZONES,
        orient="row",
    ).write_parquet(lieux.indicateurs / "zones.parquet")
    pl.DataFrame(
        [("Q1", "territoire", c, str(PERIODE), "", 1.0) for c in codes],
        schema=["indicateur", "maille", "zone", "periode", "ventilation", "valeur"],
        orient="row",
    ).write_parquet(interne / "qualite.parquet")
    _presences().write_parquet(interne / "banc.parquet")
    trace = {"recu_le": EDITION, "bruts": [], "regles": []}
    (lieux.indicateurs / "trace.json").write_text(json.dumps(trace), encoding="utf-8")
    carnets = racine / "carnets"
    carnets.mkdir()
    shutil.copy(CARNET, carnets / CARNET.name)
    return lieux


def _presences() -> pl.DataFrame:
    """Heures de présence inventées, par jour, heure et établissement."""
    hasard = np.random.default_rng(_GRAINE)
    rangs = hasard.integers(0, 365, _LIGNES)
    etablissements = hasard.integers(1, 5, _LIGNES)
    return pl.DataFrame(
        {
            "date": [_PREMIER + timedelta(days=int(r)) for r in rangs],
            "etablissement": [f"E{e}" for e in etablissements],
            "heure": hasard.integers(7, 20, _LIGNES),
            "places": 10 * etablissements,
            "heures": hasard.gamma(4.0, 2.0, _LIGNES).round(2),
        }
    )
