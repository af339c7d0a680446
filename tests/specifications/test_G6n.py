"""G6n, notre année civile, à confronter avec Filoué."""

from datetime import date

from tests.specifications.jeux_psu import usager
from tests.specifications.outils import egal, facture
from tests.specifications.test_G5 import ecart
from tests.specifications.test_G6 import annee_entiere, confronter


def test_nos_totaux_de_l_annee(tmp_path):
    table = confronter(tmp_path, usager("c0", "A"), usager("c1", "B"))
    assert ecart(table, "A", code="G6n")["valeur"] == 220
    assert ecart(table, "A", "heures_realisees", "G6n")["valeur"] == 200
    assert ecart(table, "99", "enfants", "G6n")["valeur"] == 5 + 2


def test_un_enfant_de_deux_etablissements_compte_dans_chacun(tmp_path):
    jeu = annee_entiere(tmp_path)
    jeu.ajouter("factures", facture("a0", "B", 12))
    jeu.ecrire("usagers_filoue", [usager("c0", "A"), usager("c1", "B")])
    assert ecart(jeu.calculer("psu"), "99", "enfants", "G6n")["valeur"] == 5 + 3


def test_mutation_une_facture_change_notre_total(tmp_path):
    jeu = annee_entiere(tmp_path)
    jeu.ajouter("factures", facture("a0", "A", 1.5, date(2026, 11, 1)))
    jeu.ecrire("usagers_filoue", [usager("c0", "A")])
    assert ecart(jeu.calculer("psu"), "A", code="G6n")["valeur"] == egal(221.5)
