"""Trois erreurs connues d'un calcul d'encadrement : aucune n'est possible ici."""

from rtpe_analyse.schemas import TABLES
from tests.specifications.jeux_personnel import agents, creche, enfants
from tests.specifications.outils import egal, valeur_de


def test_piege_04_personnel_hors_encadrement_compte(tmp_path):
    """11 enfants, 2 encadrants, 5 agents hors encadrement : 3 requis, toujours en défaut."""
    jeu = creche(tmp_path)
    jeu.ecrire("pointages", enfants(11))
    jeu.ecrire("presences_agents", agents({"diplome": 2, "non_encadrant": 5}))
    assert valeur_de(jeu.calculer("personnel"), "R1", "A") == egal(1)


def test_piege_07_formation_et_autre_travail_comptes_comme_encadrement(tmp_path):
    """Le troisième agent est en formation de 8 h à 10 h (8 quarts), puis auprès des enfants."""
    jeu = creche(tmp_path)
    jeu.ecrire("pointages", enfants(11))
    jeu.ecrire(
        "presences_agents",
        [
            *agents({"diplome": 2, "non_encadrant": 1}, range(32, 40)),
            *agents({"diplome": 3}, range(40, 72)),
        ],
    )
    assert valeur_de(jeu.calculer("personnel"), "R1", "A") == egal(8 / 40)


def test_piege_11_encadrement_pris_sur_la_presence(tmp_path):
    """Trois agents au tableau des effectifs, deux présents : seule la présence compte.

    Aucune table propre ne décrit un agent : il n'y a pas de fiche où lire un effectif.
    """
    jeu = creche(tmp_path)
    jeu.ecrire("pointages", enfants(11))
    absents = range(32, 36)
    jeu.ecrire(
        "presences_agents",
        [*agents({"diplome": 2}, absents), *agents({"diplome": 3}, range(36, 72))],
    )
    assert valeur_de(jeu.calculer("personnel"), "R1", "A") == egal(4 / 40)
    assert not {"agents", "personnels", "professionnels"} & TABLES.keys()
