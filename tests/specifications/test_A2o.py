"""A2o : semaines entre le seuil à surveiller (95 %) et la capacité horaire (100 %)."""

from tests.specifications.jeux_occupation import LE_JUIN, dates_de, semaine_pleine, une_creche
from tests.specifications.outils import LUNDI, egal, pointage, valeur_de


def test_entre_95_et_100_pour_cent(tmp_path):
    jeu = une_creche(tmp_path, 20)
    # 20 places × 50 h = 1 000 h. 19 enfants × 50 h = 950 h : 95 %, pas au-delà.
    jeu.ecrire("pointages", semaine_pleine(19, 8, 18))
    assert valeur_de(jeu.calculer("alertes", LE_JUIN), "A2o", "A") == 0
    jeu.ecrire("pointages", [*semaine_pleine(19, 8, 18), pointage("x", "A", LUNDI, 9, 10)])
    table = jeu.calculer("alertes", LE_JUIN)
    assert dates_de(table, "A2o") == {"2026-06-01": egal(951 / 1000)}
    assert valeur_de(table, "A2", "A") == 0


def test_cent_pour_cent_reste_a_surveiller(tmp_path):
    jeu = une_creche(tmp_path, 20)
    jeu.ecrire("pointages", semaine_pleine(20, 8, 18))
    assert valeur_de(jeu.calculer("alertes", LE_JUIN), "A2o", "A") == 1


def test_mutation_au_dela_ce_n_est_plus_a_surveiller(tmp_path):
    jeu = une_creche(tmp_path, 20)
    jeu.ecrire("pointages", [*semaine_pleine(20, 8, 18), pointage("x", "A", LUNDI, 9, 10)])
    table = jeu.calculer("alertes", LE_JUIN)
    assert (valeur_de(table, "A2o", "A"), valeur_de(table, "A2", "A")) == (0, 1)
