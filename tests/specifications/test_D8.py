"""D8, demandes à servir d'ici la rentrée : actives, et dont l'entrée n'est pas trop lointaine."""

from datetime import date

import polars as pl

from tests.specifications.conftest import Hasard
from tests.specifications.outils import reseau, valeur_de
from tests.specifications.test_D1 import calculer, demande


def test_active_et_visant_la_rentree(tmp_path):
    table = calculer(
        tmp_path,
        demande("1"),
        demande("2", entree_souhaitee=date(2026, 12, 31)),  # rentrée + 121 jours
        demande("3", entree_souhaitee=date(2027, 1, 1)),  # + 122 jours : le dernier
        demande("4", entree_souhaitee=date(2027, 1, 2)),
        demande("5", entree_souhaitee=None),
        demande("6", decision="refusee", date_decision=date(2026, 6, 20)),
        demande("7", "B", entree_souhaitee=date(2026, 5, 1)),
    )
    assert valeur_de(table, "D8", "A") == 3
    assert valeur_de(table, "D8", "99") == 3 + 1
    assert valeur_de(table, "D1", "99") == 3 + 1 + 2


def test_en_septembre_la_rentree_est_dans_un_an(tmp_path):
    table = calculer(tmp_path, demande("4", entree_souhaitee=date(2027, 6, 1)))
    assert valeur_de(table, "D8", "A", periode="2026-08") == 0
    assert valeur_de(table, "D8", "A", periode="2026-09") == 1


def test_age_a_la_rentree_ou_a_l_entree_si_elle_est_plus_tardive(tmp_path):
    table = calculer(
        tmp_path,
        # Entrée en juin à 10 mois ; 1 an le 1er septembre.
        demande("1", entree_souhaitee=date(2026, 6, 15), mois_naissance=date(2025, 8, 1)),
        # 11 mois à la rentrée, 1 an à l'entrée de novembre.
        demande("2", entree_souhaitee=date(2026, 11, 2), mois_naissance=date(2025, 10, 1)),
        demande("3", mois_naissance=date(2026, 7, 1)),
    )
    assert valeur_de(table, "D8", "A", periode="2026-T2", ventilation="age", modalite="1 an") == 2
    assert valeur_de(table, "D8", "A", periode="2026-T2", ventilation="age", modalite="0 an") == 1


def test_un_enfant_une_fois_decrit_par_sa_derniere_demande(tmp_path):
    table = calculer(
        tmp_path,
        demande("1", jours_semaine=5, depot=date(2026, 6, 1)),
        demande("2", jours_semaine=2, depot=date(2026, 6, 2), appariement="p1"),
    )
    assert valeur_de(table, "D8", "99") == 1
    assert valeur_de(table, "D8", "T1", periode="2026-T2", ventilation="jours", modalite="2") == 1
    assert valeur_de(table, "D8", "T1", periode="2026-T2", ventilation="jours", modalite="5") == 0
    jours = table.filter(pl.col("indicateur") == "D8", pl.col("ventilation") == "jours")
    assert set(jours["maille"]) == {"territoire", "departement"}


def test_mutation_repousser_l_entree_la_sort_de_la_commission(tmp_path):
    jeu = reseau(tmp_path)
    jeu.ecrire("demandes", [demande("1"), demande("2")])
    assert valeur_de(jeu.calculer("demandes"), "D8", "A") == 2
    jeu.ecrire("demandes", [demande("1"), demande("2", entree_souhaitee=date(2027, 9, 1))])
    assert valeur_de(jeu.calculer("demandes"), "D8", "A") == 1


def test_egale_une_requete_independante(hasard: Hasard):
    attendu = hasard.sql(
        "select count(distinct coalesce(appariement, demande)) from demandes where depot <= date "
        "'2026-06-30' and entree_souhaitee <= date '2027-01-01' and (decision is null or "
        "date_decision > date '2026-06-30')"
    )
    lue = valeur_de(hasard.famille("demandes"), "D8", "99", periode="2026-T2")
    assert lue == attendu > 0
