"""Lire les indicateurs : la bonne famille, une fois par zone, même non déclarés."""

import json
from pathlib import Path

import polars as pl
import pytest

from rtpe_analyse.restitution.lecture import Dossier
from tests.unites.outils_restitution import PERIODE, ecrire_dossier, nombre, ratio


@pytest.fixture
def chemin(tmp_path: Path) -> Path:
    lignes = [
        *(nombre("P1", "territoire", z, n) for z, n in (("T1", 40), ("T2", 60))),
        ratio("T1", "territoire", "T1", 60, 100),
        ratio("T1", "territoire", "T1", 50, 100, periode="2025-T3"),
        nombre("H1", "territoire", "T1", 7, ventilation="motif", modalite="absence"),
    ]
    return ecrire_dossier(tmp_path, lignes)


def test_une_grille_prend_a_chaque_famille_ce_qui_est_demande(chemin: Path) -> None:
    grille = Dossier(chemin, "interne").mesures(["P1", "T1"], "territoire", ["T1"], [PERIODE])
    assert (grille.lire("P1", "T1", PERIODE).valeur, len(grille)) == (40, 2)
    assert grille.lire("T1", "T1", PERIODE).valeur == 0.6
    assert grille.lire("P1", "T2", PERIODE).statut == "absent"


def test_une_famille_se_lit_une_fois_pour_les_memes_zones(
    chemin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lus: list[str] = []
    vrai = pl.scan_parquet
    monkeypatch.setattr(pl, "scan_parquet", lambda f: (lus.append(Path(f).stem), vrai(f))[1])
    dossier = Dossier(chemin, "interne")
    ensemble = dossier.mesures(["T1"], "territoire", ["T1"])
    motif = dossier.mesures(["H1"], "territoire", ["T1"], ventilation="motif")
    assert ensemble.periodes("T1") == ["2025-T3", PERIODE]
    assert motif.modalites("H1") == ["absence"]
    assert lus == ["occupation"]
    dossier.mesures(["T1"], "territoire", ["T2"])
    assert lus == ["occupation", "occupation"]


@pytest.mark.parametrize("declaree", [None, "famille_disparue"])
def test_un_indicateur_sans_famille_connue_se_cherche_partout(
    chemin: Path, declaree: str | None
) -> None:
    definitions = json.loads((chemin / "definitions.json").read_text())
    for definition in definitions:
        definition["famille"] = declaree
    (chemin / "definitions.json").write_text(json.dumps(definitions))
    grille = Dossier(chemin, "interne").mesures(["P1"], "territoire", ["T1", "T2"])
    assert [grille.lire("P1", z, PERIODE).valeur for z in ("T1", "T2")] == [40, 60]
