"""G2, part dégressive : heures de la zone dégressive / heures facturées, depuis janvier."""

from tests.specifications.conftest import Hasard
from tests.specifications.jeux_psu import CUMUL, avec_juillet, avec_suivi_complet
from tests.specifications.outils import egal, facture, ligne_de, valeur_de


def test_la_part_des_heures_facturees(tmp_path):
    table = avec_suivi_complet(tmp_path).calculer("psu")
    assert valeur_de(table, "G2", "A", **CUMUL) == egal(6 / 220)
    assert valeur_de(table, "G2", "B", **CUMUL) == egal(6.24 / 60)
    assert valeur_de(table, "G2", "99", **CUMUL) == egal((6 + 6.24) / (220 + 60))


def test_le_cumul_de_deux_mois(tmp_path):
    table = avec_juillet(tmp_path).calculer("psu")
    assert valeur_de(table, "G2", "A", periode="2026-07", **CUMUL) == egal(3.2 / 260)


def test_rien_de_facture_n_a_pas_de_part(tmp_path):
    jeu = avec_suivi_complet(tmp_path)
    jeu.ecrire("factures", [facture("a0", "A", 0), facture("b0", "B", 60)])
    table = jeu.calculer("psu")
    assert ligne_de(table, "G2", "A", **CUMUL)["statut"] == "non_calculable"
    assert valeur_de(table, "G2", "99", **CUMUL) == egal(6.24 / 60)


def test_mutation_une_heure_de_plus_dans_la_zone(tmp_path):
    jeu = avec_suivi_complet(tmp_path)
    jeu.ajouter("factures", facture("a9", "A", 1))
    assert valeur_de(jeu.calculer("psu"), "G2", "A", **CUMUL) == egal(7 / 221)


def test_egale_g1_sur_g3f(hasard: Hasard):
    table = hasard.famille("psu")
    g1, g2, g3f = (
        ligne_de(table, code, "T1", periode="2026-T2", **CUMUL) for code in ("G1", "G2", "G3f")
    )
    assert g2["valeur"] == egal(g1["valeur"] / g3f["valeur"])
