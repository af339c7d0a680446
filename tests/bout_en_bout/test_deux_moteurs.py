"""Chaque carnet de rapport, par les deux moteurs : les mêmes sorties, à l'octet."""

from datetime import date
from pathlib import Path

import pytest

from rtpe_analyse.chemins import CARNETS
from rtpe_analyse.diffusion import chaud
from rtpe_analyse.diffusion.carnets import lister_carnets
from rtpe_analyse.diffusion.execution import MoteurNoyau
from rtpe_analyse.diffusion.plan import planifier
from rtpe_analyse.modeles import Periode
from tests.conftest import RECU_LE, Chaine

pytestmark = pytest.mark.skipif(not chaud.disponible(), reason="le moteur chaud demande Linux")


@pytest.fixture(scope="module")
def moteur(tmp_path_factory: pytest.TempPathFactory) -> chaud.MoteurChaud:
    return chaud.MoteurChaud(tmp_path_factory.mktemp("cache"))


@pytest.mark.parametrize("nom", lister_carnets(CARNETS))
def test_les_deux_moteurs_rendent_les_memes_octets(
    chaine: Chaine, moteur: chaud.MoteurChaud, nom: str
) -> None:
    plan = planifier(
        chaine.lieux,
        Periode.lire("2026-T3"),
        territoires=None,
        etablissements=None,
        carnets=[nom],
        niveau="interne",
        edition=date.fromisoformat(RECU_LE),
        dossier_carnets=CARNETS,
        delai=300,
    )
    demande = plan[0].demande
    noyau, chaude = MoteurNoyau()(demande), moteur(demande)
    assert [c.source for c in chaude.cells] == [c.source for c in noyau.cells]
    for attendue, rendue in zip(noyau.cells, chaude.cells, strict=True):
        assert rendue.get("outputs") == attendue.get("outputs"), rendue.source
    assert sum(len(c.get("outputs", [])) for c in chaude.cells) >= 3
    assert not list(Path(demande.indicateurs).glob("*.ipynb"))
