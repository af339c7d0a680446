"""G5n, notre valeur sur les mois que couvre la déclaration Caf."""

from datetime import date

from tests.specifications.jeux_psu import avec_juillet, avec_suivi_complet, declaration
from tests.specifications.outils import egal, facture
from tests.specifications.test_G5 import confronter, ecart


def notre(table, zone, grandeur="heures_facturees"):
    return ecart(table, zone, grandeur, "G5n")["valeur"]


def test_nos_heures_et_nos_enfants_de_juin(tmp_path):
    table = confronter(tmp_path, declaration("A"), declaration("B"))
    assert [notre(table, "A", g) for g in ("heures_facturees", "heures_realisees", "enfants")] == [
        5 * 44,
        5 * 5 * 8,
        5,
    ]
    assert notre(table, "99") == 220 + 60


def test_les_deux_mois_si_la_declaration_les_couvre(tmp_path):
    jusqu_a_juillet = declaration("A", arrete_au=date(2026, 7, 31))
    table = confronter(tmp_path, jusqu_a_juillet, fabrique=avec_juillet)
    assert notre(table, "A") == 220 + 40
    assert notre(table, "A", "heures_realisees") == 200 + 40
    assert notre(table, "A", "enfants") == 5


def test_un_enfant_facture_et_jamais_venu_compte(tmp_path):
    jeu = avec_suivi_complet(tmp_path)
    jeu.ecrire("declarations_caf", [declaration("A")])
    jeu.ajouter("factures", facture("jamais_venu", "A", 10))
    assert notre(jeu.calculer("psu"), "A", "enfants") == 6


def test_mutation_une_facture_change_notre_valeur(tmp_path):
    jeu = avec_suivi_complet(tmp_path)
    jeu.ecrire("declarations_caf", [declaration("A")])
    jeu.ajouter("factures", facture("a9", "A", 0.01))
    assert notre(jeu.calculer("psu"), "A") == egal(220.01)
