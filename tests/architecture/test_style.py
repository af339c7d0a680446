"""Règles de la maison qu'une machine sait vérifier."""

import re
import subprocess
from pathlib import Path

import pytest

RACINE = Path(__file__).resolve().parents[2]
PYTHON = sorted((RACINE / "rtpe_analyse").rglob("*.py"))


def _suivis() -> list[Path]:
    sortie = subprocess.run(
        ["git", "ls-files"], cwd=RACINE, capture_output=True, text=True, check=False
    )
    if sortie.returncode:
        pytest.skip("pas de dépôt git ici : la liste des fichiers suivis est inconnue")
    return [RACINE / nom for nom in sortie.stdout.splitlines() if (RACINE / nom).is_file()]


def test_les_fichiers_restent_courts() -> None:
    assert PYTHON
    longs = {f.name: n for f in PYTHON if (n := len(f.read_text().splitlines())) > 400}
    assert not longs


def test_aucun_nombre_du_departement_dans_le_code() -> None:
    """Ni le nombre d'établissements, ni le département, ni le nombre de communes."""
    interdit = re.compile(r"(?<![\w.,-])(81|94|47)(?![\w.,%-])")
    coupables = [
        f"{f.name}:{n}"
        for f in PYTHON
        for n, ligne in enumerate(f.read_text().splitlines(), 1)
        if interdit.search(ligne.split("#")[0]) and '"""' not in ligne
    ]
    assert not coupables


def test_rien_d_inacheve() -> None:
    marques = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|NotImpl" r"ementedError)\b")
    coupables = [f.name for f in PYTHON if marques.search(f.read_text())]
    assert not coupables


def test_rien_de_la_machine_ni_des_registres_dans_les_fichiers_suivis() -> None:
    motif = re.compile(
        r"https?://[^/ \"]*(py" r"pi|python" r"hosted|npm" r"js)|/ro" r"ot/|/ho" r"me/[a-z]"
    )
    suivis = [f for f in _suivis() if f.suffix not in {".png", ".parquet", ".xlsx"}]
    assert len(suivis) > 50
    coupables = [f.name for f in suivis if motif.search(f.read_text(errors="replace"))]
    assert not coupables


def test_aucun_carnet_ne_garde_de_sortie() -> None:
    carnets = sorted((RACINE / "carnets").rglob("*.ipynb"))
    assert carnets
    for carnet in carnets:
        assert '"output_type"' not in carnet.read_text(), carnet.name
