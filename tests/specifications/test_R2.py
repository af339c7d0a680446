"""R2, quarts d'heure où un enfant est présent sans les deux professionnels exigés."""

import pytest

from tests.specifications.jeux_personnel import agents, creche, enfants
from tests.specifications.outils import egal, ligne_de, valeur_de


def test_seul_avec_un_enfant(tmp_path):
    """Un agent de 8 h à 9 h, puis deux : 4 quarts sur 40 ; à partir de 17 h plus d'enfant."""
    jeu = creche(tmp_path)
    jeu.ecrire("pointages", enfants(1, 8, 17))
    jeu.ecrire(
        "presences_agents",
        [
            *agents({"diplome": 1}, range(32, 36)),
            *agents({"diplome": 1, "autre_qualifie": 1}, range(36, 68)),
            *agents({"diplome": 1}, range(68, 72)),
        ],
    )
    assert valeur_de(jeu.calculer("personnel"), "R2", "A") == egal(4 / 40)


@pytest.mark.parametrize(("presents", "attendu"), [(3, 0), (4, 1)])
def test_une_micro_creche_a_partir_de_quatre(tmp_path, presents, attendu):
    jeu = creche(tmp_path, places=12)
    jeu.ecrire("pointages", enfants(presents))
    jeu.ecrire("presences_agents", agents({"diplome": 1}))
    assert valeur_de(jeu.calculer("personnel"), "R2", "A") == egal(attendu)


def test_sans_agents_transmis_inconnu(tmp_path):
    jeu = creche(tmp_path)
    jeu.ecrire("pointages", enfants(3))
    assert ligne_de(jeu.calculer("personnel"), "R2", "A")["statut"] == "non_calculable"


def test_mutation_une_place_de_plus_n_est_plus_une_micro_creche(tmp_path):
    jeu = creche(tmp_path, places=13)
    jeu.ecrire("pointages", enfants(3))
    jeu.ecrire("presences_agents", agents({"diplome": 1}))
    assert valeur_de(jeu.calculer("personnel"), "R2", "A") == egal(1)
