"""R3, part de professionnels diplômés, au mois civil seulement."""

from rtpe_analyse.secret import proteger
from tests.specifications.jeux_personnel import agents, creche, enfants
from tests.specifications.outils import LE, egal, ligne_de, valeur_de


def part(jeu, diplomes, autres):
    jeu.ecrire("presences_agents", agents({"diplome": diplomes, "autre_qualifie": autres}))
    return valeur_de(jeu.calculer("personnel"), "R3", "A")


def test_quatre_sur_dix(tmp_path):
    """Cas 47 : 4 diplômés pour 10 encadrants, 40 %, conforme."""
    jeu = creche(tmp_path)
    jeu.ecrire("pointages", enfants(5))
    assert part(jeu, 4, 6) == egal(0.4)


def test_trois_virgule_neuf_sur_dix(tmp_path):
    """Cas 47 : 4 diplômés 39 quarts sur 40 et 6 autres, complétés : 3,9 pour 10, sous 40 %."""
    jeu = creche(tmp_path)
    jeu.ecrire("pointages", enfants(5))
    lignes = [
        *agents({"diplome": 4, "autre_qualifie": 6}, range(32, 68)),
        *agents({"diplome": 3, "autre_qualifie": 7}, range(68, 72)),
    ]
    jeu.ecrire("presences_agents", lignes)
    attendu = (36 * 4 + 4 * 3) / (40 * 10)
    assert attendu == egal(0.39)
    assert valeur_de(jeu.calculer("personnel"), "R3", "A") == egal(attendu)


def test_jamais_au_trimestre(tmp_path):
    jeu = creche(tmp_path)
    jeu.ecrire("pointages", enfants(5))
    part(jeu, 4, 6)
    table = jeu.calculer("personnel")
    assert set(table.filter(table["indicateur"] == "R3")["pas"]) == {"mois"}


def test_une_qualification_tenue_par_un_seul_agent_est_masquee(tmp_path):
    jeu = creche(tmp_path)
    jeu.ecrire("pointages", enfants(5))
    part(jeu, 1, 6)
    ligne = ligne_de(proteger(jeu.calculer("personnel"), "interne", LE), "R3", "A")
    assert (ligne["statut"], ligne["valeur"], ligne["denominateur"]) == (
        "masque_primaire",
        None,
        None,
    )
    part(jeu, 3, 6)
    lue = ligne_de(proteger(jeu.calculer("personnel"), "interne", LE), "R3", "A")
    assert lue["valeur"] == egal(3 / 9)


def test_mutation_le_hors_encadrement_compte_donnerait_autre_chose(tmp_path):
    jeu = creche(tmp_path)
    jeu.ecrire("pointages", enfants(5))
    jeu.ecrire("presences_agents", agents({"diplome": 4, "autre_qualifie": 4, "non_encadrant": 8}))
    assert valeur_de(jeu.calculer("personnel"), "R3", "A") == egal(4 / 8) != 4 / 16
