"""R4, heures d'ouverture perdues faute de personnel."""

from tests.specifications.jeux_personnel import creche
from tests.specifications.outils import LUNDI, egal, ligne_de, ouvertures, valeur_de


def semaine(*changements):
    jours = ouvertures("A", LUNDI, 5, 20)
    for rang, changement in enumerate(changements):
        jours[rang] |= changement
    return jours


def test_un_jour_ferme_et_un_jour_ecourte(tmp_path):
    """Fermé un jour (10 h) et jusqu'à 10 h un autre (2 h) : 12 h ; les travaux n'en sont pas."""
    jeu = creche(tmp_path)
    jeu.ecrire(
        "ouvertures",
        semaine(
            {"ouvert": False, "places_ouvertes": None, "cause": "personnel"},
            {"debut_min": 600, "cause": "personnel"},
            {"ouvert": False, "places_ouvertes": None, "cause": "travaux"},
        ),
    )
    assert valeur_de(jeu.calculer("personnel"), "R4", "A") == egal(10 + 2)


def test_moins_de_places_n_est_pas_moins_d_heures(tmp_path):
    jeu = creche(tmp_path)
    jeu.ecrire("ouvertures", semaine({"places_ouvertes": 12, "cause": "personnel"}))
    assert valeur_de(jeu.calculer("personnel"), "R4", "A") == egal(0)


def test_une_fermeture_sans_cause_rend_le_chiffre_a_verifier(tmp_path):
    jeu = creche(tmp_path)
    jeu.ecrire("ouvertures", semaine({"ouvert": False, "places_ouvertes": None}))
    ligne = ligne_de(jeu.calculer("personnel"), "R4", "A")
    assert (ligne["valeur"], ligne["statut"]) == (0, "a_verifier")


def test_mutation_toutes_les_causes_donneraient_vingt_heures(tmp_path):
    jeu = creche(tmp_path)
    ferme = {"ouvert": False, "places_ouvertes": None}
    jeu.ecrire("ouvertures", semaine(ferme | {"cause": "personnel"}, ferme | {"cause": "autre"}))
    assert valeur_de(jeu.calculer("personnel"), "R4", "A") == egal(10) != 20
