"""R4p, heures-places perdues faute de personnel."""

from tests.specifications.jeux_personnel import creche
from tests.specifications.outils import egal, ligne_de, valeur_de
from tests.specifications.test_R4 import semaine


def test_places_non_offertes(tmp_path):
    """12 places sur 20 pendant 10 h : 80 heures-places ; fermé un jour : 200 de plus."""
    jeu = creche(tmp_path)
    jeu.ecrire(
        "ouvertures",
        semaine(
            {"places_ouvertes": 12, "cause": "personnel"},
            {"ouvert": False, "places_ouvertes": None, "cause": "personnel"},
        ),
    )
    assert valeur_de(jeu.calculer("personnel"), "R4p", "A") == egal(8 * 10 + 20 * 10)


def test_places_non_declarees_inconnu(tmp_path):
    jeu = creche(tmp_path)
    jeu.ecrire("ouvertures", semaine({"places_ouvertes": None, "cause": "personnel"}))
    assert ligne_de(jeu.calculer("personnel"), "R4p", "A")["statut"] == "non_calculable"


def test_mutation_une_perte_sans_cause_n_est_pas_attribuee(tmp_path):
    jeu = creche(tmp_path)
    jeu.ecrire("ouvertures", semaine({"places_ouvertes": 12}))
    ligne = ligne_de(jeu.calculer("personnel"), "R4p", "A")
    assert (ligne["valeur"], ligne["statut"]) == (0, "a_verifier")
