"""R5, jours ouverts sans direction ni continuité désignée, au trimestre, sans motif."""

from tests.specifications.jeux_personnel import creche
from tests.specifications.outils import LUNDI, ligne_de, ouvertures, valeur_de


def jeu_de(dossier, jours, reponses):
    jeu = creche(dossier)
    dates = ouvertures("A", LUNDI, jours, 20)
    jeu.ecrire("ouvertures", dates)
    jeu.ecrire(
        "directions",
        [
            {"etablissement": "A", "date": j["date"], "direction": oui}
            for j, oui in zip(dates, reponses, strict=False)
            if oui is not None
        ],
    )
    return jeu


def test_deux_jours_sur_cinq(tmp_path):
    jeu = jeu_de(tmp_path, 5, [True, False, True, False, True])
    table = jeu.calculer("personnel")
    assert valeur_de(table, "R5", "A", periode="2026-T2") == 2
    assert set(table.filter(table["indicateur"] == "R5")["pas"]) == {"trimestre"}


def test_rien_recu_est_inconnu(tmp_path):
    ligne = ligne_de(jeu_de(tmp_path, 5, []).calculer("personnel"), "R5", "A", periode="2026-T2")
    assert (ligne["valeur"], ligne["statut"]) == (None, "non_calculable")


def test_un_jour_non_releve_n_est_ni_tenu_ni_manque(tmp_path):
    jeu = jeu_de(tmp_path, 10, [False, None, *[True] * 8])
    ligne = ligne_de(jeu.calculer("personnel"), "R5", "A", periode="2026-T2")
    assert (ligne["valeur"], ligne["statut"]) == (1, "a_verifier")


def test_mutation_un_jour_ferme_ne_compte_pas(tmp_path):
    jeu = jeu_de(tmp_path, 5, [False] * 5)
    jours = ouvertures("A", LUNDI, 5, 20)
    jours[0] |= {"ouvert": False, "places_ouvertes": None, "cause": "travaux"}
    jeu.ecrire("ouvertures", jours)
    assert valeur_de(jeu.calculer("personnel"), "R5", "A", periode="2026-T2") == 4
