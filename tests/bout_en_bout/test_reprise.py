"""Rien deux fois : retirer un fichier ne refait que ce qui en dépend, et `etat` dit pourquoi."""

import json
import shutil
from pathlib import Path

import pytest

from rtpe_analyse import indicateurs
from rtpe_analyse.chemins import Lieux
from rtpe_analyse.cli import chaine as etapes
from rtpe_analyse.cli.calcul import CONTEXTE
from rtpe_analyse.cli.suivi import lignes_d_etat
from tests.conftest import RACINE, Chaine


def qui_lisent(lieux: Lieux, table: str) -> set[str]:
    """Familles dont le témoin dit qu'elles ont lu cette table."""
    temoins = (lieux.travail / "calcul").glob("*.json")
    lus = {f.stem for f in temoins if f"table {table}" in json.loads(f.read_text())}
    return lus - {CONTEXTE}


@pytest.fixture
def copie(chaine: Chaine, tmp_path: Path) -> Lieux:
    """Le petit jeu déjà calculé, qu'on peut abîmer."""
    lieux = Lieux(tmp_path / "donnees", tmp_path / "rapports", "exemple")
    shutil.copytree(chaine.lieux.racine, lieux.racine)
    (lieux.donnees / "referentiel").symlink_to(RACINE / "donnees" / "referentiel")
    return lieux


def test_ne_refait_que_ce_qui_depend_du_fichier_retire(
    copie: Lieux, monkeypatch: pytest.MonkeyPatch
) -> None:
    recalculees: list[str] = []
    vrai_calcul = indicateurs.calculer_famille

    def espion(lieux: Lieux, famille: str, le: object) -> object:
        recalculees.append(famille)
        return vrai_calcul(lieux, famille, le)  # type: ignore[arg-type]

    monkeypatch.setattr(indicateurs, "calculer_famille", espion)
    etapes.calculer(copie)
    assert recalculees == []

    for fiche in copie.brut.glob("registre_demandes/*/*"):
        fiche.unlink()
    etapes.nettoyer(copie)
    raisons = {quoi: pourquoi for quoi, _, pourquoi in lignes_d_etat(copie)}
    assert "table demandes" in raisons["Indicateurs, demandes"]
    assert "Indicateurs, places" not in raisons

    etapes.controler(copie)
    etapes.calculer(copie)
    assert set(recalculees) == qui_lisent(copie, "demandes")
    assert "demandes" in recalculees
    assert "places" not in recalculees
    recalculees.clear()
    etapes.calculer(copie)
    assert recalculees == []
