"""G4, coût de la zone dégressive : facturé × 66 % × (plafond à 107 % − plafond au taux réel).

Chaque Psu est arrondie au centime : la différence l'est à un centime près.
"""

from functools import partial

import pytest

from rtpe_analyse.indicateurs import cout_psu
from rtpe_analyse.reglementation import prix_plafond
from tests.specifications.jeux_psu import CUMUL, avec_juillet, avec_suivi_complet
from tests.specifications.outils import egal, facture, ligne_de, valeur_de


@pytest.fixture
def prix_d_essai(monkeypatch: pytest.MonkeyPatch) -> None:
    """Des prix plafonds fictifs : 10 € jusqu'à 107 %, 8 € à partir de 120 %."""
    monkeypatch.setattr(cout_psu, "prix_plafond", partial(prix_plafond, p107=10, p120=8))


def g4(jeu, zone="A", periode="2026-06"):
    return valeur_de(jeu.calculer("psu"), "G4", zone, periode=periode, **CUMUL)


@pytest.mark.usefixtures("prix_d_essai")
def test_dans_la_zone_le_prix_baisse_en_ligne_droite(tmp_path):
    """A, 110 % : 3 points sur 13 de la pente de 2 €. B, 125 % : les 2 € entiers."""
    jeu = avec_suivi_complet(tmp_path)
    assert g4(jeu) == pytest.approx(220 * 0.66 * 2 * 3 / 13, abs=0.011)
    assert g4(jeu, "B") == egal(60 * 0.66 * 2)
    assert g4(jeu, "99") == pytest.approx(220 * 0.66 * 6 / 13 + 79.2, abs=0.011)


@pytest.mark.usefixtures("prix_d_essai")
@pytest.mark.parametrize(("heures", "attendu"), [(180, 0), (214, 0), (240, 240 * 0.66 * 2), (0, 0)])
def test_les_bornes(tmp_path, heures, attendu):
    jeu = avec_suivi_complet(tmp_path)
    jeu.ecrire("factures", [facture("a0", "A", heures)])
    assert g4(jeu) == egal(attendu)


@pytest.mark.usefixtures("prix_d_essai")
def test_l_annee_se_cumule(tmp_path):
    """A, à fin juillet : 260 h facturées pour 240, 108,33 %, soit 4/3 de point."""
    jeu = avec_juillet(tmp_path)
    assert g4(jeu, periode="2026-07") == pytest.approx(260 * 0.66 * 2 * (4 / 3) / 13, abs=0.011)


def test_sans_prix_plafond_rien_n_est_invente_et_la_raison_est_dite(tmp_path):
    table = avec_suivi_complet(tmp_path).calculer("psu")
    for zone in ("A", "B", "99"):
        ligne = ligne_de(table, "G4", zone, **CUMUL)
        assert (ligne["valeur"], ligne["statut"]) == (None, "non_calculable")
        assert "donnees/reglementation/psu.yaml" in ligne["source"]
        assert "Prestations de service" in ligne["source"]


@pytest.mark.usefixtures("prix_d_essai")
def test_mutation_une_heure_de_plus_coute(tmp_path):
    jeu = avec_suivi_complet(tmp_path)
    avant = g4(jeu)
    jeu.ajouter("factures", facture("a9", "A", 1))
    # 110,5 % : 3,5 points sur 13.
    assert g4(jeu) == pytest.approx(221 * 0.66 * 2 * 3.5 / 13, abs=0.011)
    assert g4(jeu) > avant
