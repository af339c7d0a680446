"""R1, quarts d'heure où les agents présents sont moins nombreux que requis."""

from datetime import timedelta

import pytest

from tests.specifications.jeux_personnel import agents, creche, enfants, section
from tests.specifications.outils import LUNDI, egal, ligne_de, ouvertures, valeur_de


def test_un_pour_cinq_puis_renfort(tmp_path):
    """11 enfants qui ne marchent pas : 3 agents requis ; 2 le matin, 3 l'après-midi."""
    jeu = creche(tmp_path)
    jeu.ecrire("pointages", enfants(11))
    jeu.ecrire(
        "presences_agents",
        [
            *agents({"diplome": 1, "autre_qualifie": 1}, range(32, 52)),
            *agents({"diplome": 1, "autre_qualifie": 2}, range(52, 72)),
        ],
    )
    ligne = ligne_de(jeu.calculer("personnel"), "R1", "A")
    assert (ligne["numerateur"], ligne["denominateur"]) == (20, 40)
    assert ligne["valeur"] == egal(20 / 40)
    assert ligne["effectif"] == 3


def test_la_part_declaree_de_marcheurs_change_le_requis(tmp_path):
    """16 enfants dont la moitié marche : 8/5 + 8/8 = 2,6, donc 3 agents."""
    jeu = creche(tmp_path)
    jeu.ecrire("sections", [section(part=50.0)])
    jeu.ecrire("pointages", enfants(16))
    jeu.ecrire("presences_agents", agents({"diplome": 1, "autre_qualifie": 1}))
    assert valeur_de(jeu.calculer("personnel"), "R1", "A") == egal(1)
    jeu.ecrire("sections", [section(part=100.0)])  # 16 / 8 = 2
    assert valeur_de(jeu.calculer("personnel"), "R1", "A") == egal(0)


@pytest.mark.parametrize(("presents", "requis"), [(1, 2), (12, 2), (13, 3)])
def test_cas_45_un_pour_six(tmp_path, presents, requis):
    """Cas publié : 1, 12 et 13 enfants en mode 6 demandent 2, 2 et 3 agents."""
    jeu = creche(tmp_path, mode="6")
    jeu.ecrire("pointages", enfants(presents))
    for nombre, attendu in ((requis, 0), (requis - 1, 1)):
        jeu.ecrire("presences_agents", agents({"diplome": nombre}))
        assert valeur_de(jeu.calculer("personnel"), "R1", "A") == egal(attendu)


def test_le_pire_instant_du_quart(tmp_path):
    """À 9 h 07, 5 enfants partent et 6 arrivent : jamais 11 ensemble, 6 au plus."""
    jeu = creche(tmp_path)
    tot, tard = enfants(5, 8, 9 + 7 / 60), enfants(6, 9 + 7 / 60, 18, nom="f")
    jeu.ecrire("presences_agents", agents({"diplome": 2}))
    jeu.ecrire("pointages", [*tot, *tard])
    assert valeur_de(jeu.calculer("personnel"), "R1", "A") == egal(0)
    # Un départ à 9 h 08 : 11 enfants pendant une minute, un seul quart d'heure en défaut.
    jeu.ecrire("pointages", [*enfants(5, 8, 9 + 8 / 60), *tard])
    assert valeur_de(jeu.calculer("personnel"), "R1", "A") == egal(1 / 40)


def test_un_enfant_pointe_deux_fois_ne_compte_qu_une(tmp_path):
    jeu = creche(tmp_path)
    jeu.ecrire("presences_agents", agents({"diplome": 2}))
    jeu.ecrire("pointages", [*enfants(10), *enfants(1, 9, 12)])
    assert valeur_de(jeu.calculer("personnel"), "R1", "A") == egal(0)


def test_sans_presences_d_agents_inconnu_et_non_zero(tmp_path):
    jeu = creche(tmp_path)
    jeu.ecrire("pointages", enfants(11))
    ligne = ligne_de(jeu.calculer("personnel"), "R1", "A")
    assert (ligne["valeur"], ligne["statut"]) == (None, "non_calculable")


@pytest.mark.parametrize("manque", ["part", "mode", "section"])
def test_requis_inconnu_non_calculable(tmp_path, manque):
    jeu = creche(tmp_path, mode=None if manque == "mode" else "5_8")
    jeu.ecrire("sections", [section(part=None if manque == "part" else 50.0)])
    jeu.ecrire("pointages", enfants(4, section=None) if manque == "section" else enfants(4))
    jeu.ecrire("presences_agents", agents({"diplome": 3}))
    assert ligne_de(jeu.calculer("personnel"), "R1", "A")["statut"] == "non_calculable"


def test_un_jour_sans_agents_sort_du_calcul(tmp_path):
    """Dix jours ouverts, un sans aucun agent transmis : 9 × 40 quarts, à vérifier."""
    jeu = creche(tmp_path)
    jours = ouvertures("A", LUNDI, 10, 20)
    jeu.ecrire("ouvertures", jours)
    jeu.ecrire("pointages", [p for j in jours for p in enfants(6, jour=j["date"])])
    jeu.ecrire(
        "presences_agents", [a for j in jours[1:] for a in agents({"diplome": 2}, date=j["date"])]
    )
    ligne = ligne_de(jeu.calculer("personnel"), "R1", "A")
    assert (ligne["numerateur"], ligne["denominateur"]) == (0, 9 * 40)
    assert ligne["statut"] == "a_verifier"


def test_mutation_le_total_du_jour_est_une_autre_reponse(tmp_path):
    """Assez d'agents en moyenne, pas à chaque quart : 1 le matin, 3 l'après-midi pour 8."""
    jeu = creche(tmp_path)
    jeu.ecrire("pointages", enfants(8))
    matin, soir = range(32, 52), range(52, 72)
    jeu.ecrire("presences_agents", [*agents({"diplome": 1}, matin), *agents({"diplome": 3}, soir)])
    moyenne = (20 * 1 + 20 * 3) / 40
    assert moyenne >= 8 / 5
    assert valeur_de(jeu.calculer("personnel"), "R1", "A") == egal(20 / 40)


def test_un_jour_ferme_n_a_pas_de_quart(tmp_path):
    jeu = creche(tmp_path)
    ferme = ouvertures("A", LUNDI + timedelta(1), 1)[0] | {"ouvert": False, "cause": "travaux"}
    jeu.ajouter("ouvertures", ferme)
    jeu.ecrire("pointages", enfants(5))
    jeu.ecrire("presences_agents", agents({"diplome": 2}))
    assert ligne_de(jeu.calculer("personnel"), "R1", "A")["denominateur"] == 40
