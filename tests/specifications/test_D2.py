"""D2, taux de réponse favorable : acceptées / examinées dans la période."""

from datetime import date

from tests.specifications.conftest import Hasard
from tests.specifications.outils import SQL_T2, egal, ligne_de, reseau, valeur_de
from tests.specifications.test_D1 import calculer, demande

JUIN = date(2026, 6, 15)


def reponses(code, acceptees, refusees, **reste):
    decisions = ["acceptee"] * acceptees + ["refusee"] * refusees
    return [
        demande(f"{code}{n}", code, decision=d, date_decision=JUIN, **reste)
        for n, d in enumerate(decisions)
    ]


def test_acceptees_sur_examinees(tmp_path):
    table = calculer(tmp_path, *reponses("A", 6, 4), *reponses("B", 1, 9))
    assert valeur_de(table, "D2", "A") == egal(6 / 10)
    assert valeur_de(table, "D2", "99") == egal((6 + 1) / (10 + 10))


def test_ni_desistement_ni_attente_ni_autre_periode(tmp_path):
    table = calculer(
        tmp_path,
        *reponses("A", 1, 1),
        demande("x", decision="desistement", date_decision=JUIN),
        demande("y"),
        demande("z", decision="acceptee", date_decision=date(2026, 7, 1)),
        demande("w", decision="acceptee"),
    )
    ligne = ligne_de(table, "D2", "A")
    assert (ligne["numerateur"], ligne["denominateur"]) == (1, 2)


def test_rien_d_examine_pas_de_taux(tmp_path):
    table = calculer(tmp_path, demande("1"))
    ligne = ligne_de(table, "D2", "A")
    assert (ligne["valeur"], ligne["statut"]) == (None, "non_calculable")


def test_le_secret_vaut_aussi_pour_le_complement(tmp_path):
    table = calculer(tmp_path, *reponses("A", 12, 2), *reponses("B", 3, 12))
    assert ligne_de(table, "D2", "A")["effectif"] == 2
    assert ligne_de(table, "D2", "B")["effectif"] == 3


def test_mutation_la_moyenne_des_taux_est_une_autre_reponse(tmp_path):
    table = calculer(tmp_path, *reponses("A", 6, 2), *reponses("B", 1, 9))
    moyenne = (6 / 8 + 1 / 10) / 2
    assert valeur_de(table, "D2", "99") == egal(7 / 18)
    assert abs(valeur_de(table, "D2", "99") - moyenne) > 0.01


def test_egale_une_requete_independante(hasard: Hasard):
    attendu = hasard.sql(
        "select avg(case when decision = 'acceptee' then 1.0 else 0 end) from demandes "
        f"where decision in ('acceptee', 'refusee') and date_decision {SQL_T2}"
    )
    assert valeur_de(hasard.famille("demandes"), "D2", "99", periode="2026-T2") == egal(attendu)


def test_un_etablissement_sans_demande_n_a_pas_de_taux(tmp_path):
    jeu = reseau(tmp_path)
    jeu.ecrire("demandes", reponses("A", 3, 3))
    assert ligne_de(jeu.calculer("demandes"), "D2", "B")["statut"] == "non_calculable"
