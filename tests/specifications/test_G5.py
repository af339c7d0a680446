"""G5, écart avec la déclaration Caf : notre valeur moins la déclarée, par grandeur."""

from datetime import date

import pytest

from rtpe_analyse.secret import proteger
from tests.specifications.jeux_psu import avec_juillet, avec_suivi_complet, declaration
from tests.specifications.outils import LE, egal, ligne_de, pointage

GRANDEUR = {"periode": "2026", "ventilation": "grandeur"}


def confronter(dossier, *declarations, fabrique=avec_suivi_complet):
    jeu = fabrique(dossier)
    jeu.ecrire("declarations_caf", declarations)
    return jeu.calculer("psu")


def ecart(table, zone, grandeur="heures_facturees", code="G5"):
    return ligne_de(table, code, zone, modalite=grandeur, **GRANDEUR)


def test_une_declaration_juste_n_a_pas_d_ecart(tmp_path):
    table = confronter(tmp_path, declaration("A"))
    for grandeur in ("heures_facturees", "heures_realisees", "enfants"):
        ligne = ecart(table, "A", grandeur)
        assert (ligne["valeur"], ligne["statut"]) == (0, "diffusable")
        assert ligne["millesime"] == "actualise 2026-06-30"


@pytest.mark.parametrize(
    ("declare", "grandeur", "attendu"),
    [
        ({"heures_facturees_h": 230.5}, "heures_facturees", 220 - 230.5),
        ({"heures_realisees_h": 190.25}, "heures_realisees", 200 - 190.25),
        ({"enfants": 7}, "enfants", 5 - 7),
    ],
)
def test_l_ecart_est_notre_valeur_moins_la_declaree(tmp_path, declare, grandeur, attendu):
    table = confronter(tmp_path, declaration("A", **declare))
    assert ecart(table, "A", grandeur)["valeur"] == egal(attendu)
    assert ecart(table, "99", grandeur)["valeur"] == egal(attendu)


def test_seuls_les_mois_couverts_sont_confrontes(tmp_path):
    juin = confronter(tmp_path, declaration("A"), fabrique=avec_juillet)
    assert ecart(juin, "A")["valeur"] == 0
    jeu = avec_juillet(tmp_path)
    jeu.ecrire("declarations_caf", [declaration("A", arrete_au=date(2026, 7, 31))])
    assert ecart(jeu.calculer("psu"), "A")["valeur"] == egal(260 - 220)


def test_la_reelle_l_emporte_puis_la_plus_recente_des_actualisees(tmp_path):
    jeu = avec_juillet(tmp_path)
    juillet = declaration("A", arrete_au=date(2026, 7, 31), heures_facturees_h=250.0)
    jeu.ecrire("declarations_caf", [juillet, declaration("A")])
    assert ecart(jeu.calculer("psu"), "A")["valeur"] == egal(260 - 250)
    reelle = declaration("A", nature="reel", arrete_au=date(2026, 6, 30), heures_facturees_h=219.0)
    jeu.ecrire("declarations_caf", [reelle, juillet])
    assert ecart(jeu.calculer("psu"), "A")["valeur"] == egal(220 - 219)


def test_sans_declaration_c_est_inconnu_jamais_nul(tmp_path):
    table = confronter(tmp_path, declaration("A", heures_facturees_h=200.0))
    sans = ecart(table, "B")
    assert (sans["valeur"], sans["statut"]) == (None, "non_calculable")
    tout = ecart(table, "99")
    assert (tout["valeur"], tout["statut"]) == (20, "a_verifier")


def test_une_grandeur_non_declaree_est_inconnue_seule(tmp_path):
    table = confronter(tmp_path, declaration("A", enfants=None))
    assert ecart(table, "A", "enfants")["statut"] == "non_calculable"
    assert ecart(table, "A")["valeur"] == 0


@pytest.mark.parametrize(
    "declare",
    [
        {"nature": "previsionnel"},
        {"arrete_au": None},
        {"arrete_au": date(2026, 12, 31)},
        {"nature": "reel", "arrete_au": None},
    ],
    ids=["prévisionnelle", "sans date", "au-delà de nos données", "réelle, donc à décembre"],
)
def test_ce_qui_ne_se_confronte_pas(tmp_path, declare):
    table = confronter(tmp_path, declaration("A", **declare), declaration("B"))
    assert ecart(table, "A")["statut"] == "non_calculable"


def test_un_arrete_en_cours_de_mois_se_verifie(tmp_path):
    table = confronter(
        tmp_path, declaration("A", arrete_au=date(2026, 7, 15)), fabrique=avec_juillet
    )
    assert ecart(table, "A")["valeur"] == 0
    assert ecart(table, "A")["statut"] == "a_verifier"


def test_aucune_declaration_recue_aucune_ligne(tmp_path):
    table = avec_suivi_complet(tmp_path).calculer("psu")
    assert not set(table["indicateur"]) & {"G5", "G5n", "G5d", "G6"}


def test_un_enfant_a_deux_pseudonymes_compte_une_fois(tmp_path):
    jeu = avec_suivi_complet(tmp_path)
    jeu.ecrire("enfants", [{"enfant": e, "appariement": "p"} for e in ("a0", "a1")])
    jeu.ecrire("declarations_caf", [declaration("A", enfants=4)])
    assert ecart(jeu.calculer("psu"), "A", "enfants")["valeur"] == 0


def test_les_deux_valeurs_se_masquent_avec_l_ecart(tmp_path):
    table = confronter(tmp_path, declaration("A"), declaration("B", enfants=2))
    protegee = proteger(table, "interne", LE)
    for code in ("G5", "G5n", "G5d"):
        ligne = ecart(protegee, "B", "enfants", code)
        assert (ligne["statut"], ligne["valeur"]) == ("masque_primaire", None)


def test_mutation_une_presence_de_plus_fait_un_ecart(tmp_path):
    jeu = avec_suivi_complet(tmp_path)
    jeu.ecrire("declarations_caf", [declaration("A")])
    jeu.ajouter("pointages", pointage("nouveau", "A", date(2026, 6, 2), 9, 9.5))
    table = jeu.calculer("psu")
    assert ecart(table, "A", "heures_realisees")["valeur"] == egal(0.5)
    assert ecart(table, "A", "enfants")["valeur"] == 1


def test_l_ecart_est_la_difference_des_deux_valeurs_partout(tmp_path):
    table = confronter(tmp_path, declaration("A", enfants=9), declaration("B"))
    for zone in ("A", "B", "T1", "99"):
        for grandeur in ("heures_facturees", "heures_realisees", "enfants"):
            notre, leur, diff = (
                ecart(table, zone, grandeur, code)["valeur"] for code in ("G5n", "G5d", "G5")
            )
            assert diff == egal(notre - leur)
