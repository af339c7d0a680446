"""D9, places déjà promises : enfants acceptés, pas encore sous contrat."""

from datetime import date

from tests.specifications.conftest import Hasard
from tests.specifications.jeux_contrats import contrat
from tests.specifications.outils import reseau, valeur_de
from tests.specifications.test_D1 import calculer, demande

JUIN = date(2026, 6, 20)


def promise(numero, code="A", **reste):
    return demande(numero, code, **{"decision": "acceptee", "date_decision": JUIN, **reste})


def test_acceptee_et_pas_encore_la(tmp_path):
    table = calculer(
        tmp_path,
        promise("1"),
        promise("2", "B", entree_souhaitee=date(2026, 10, 5)),
        promise("3", decision="refusee"),
        promise("4", date_decision=date(2026, 7, 2)),
        promise("5", entree_souhaitee=date(2027, 2, 1)),
        demande("6"),
    )
    assert valeur_de(table, "D9", "A") == 1
    assert valeur_de(table, "D9", "99") == 1 + 1
    # Une demande à servir n'est pas promise : 4 (décidée en juillet) et 6.
    assert valeur_de(table, "D8", "A") == 2


def test_sans_suite_la_promesse_se_perime_en_soixante_jours(tmp_path):
    lignes = [promise("1", entree_souhaitee=date(2026, 6, 1), date_decision=date(2026, 6, 1))]
    table = calculer(tmp_path, *lignes)
    # Du 1er juin, soixante jours : le 31 juillet.
    assert valeur_de(table, "D9", "A", periode="2026-07") == 1
    assert valeur_de(table, "D9", "A", periode="2026-08") == 0


def test_le_contrat_commence_la_place_n_est_plus_promise(tmp_path):
    jeu = reseau(tmp_path)
    jeu.ecrire("demandes", [promise("1"), promise("2")])
    jeu.ecrire("enfants", [{"enfant": e, "appariement": f"p{e}"} for e in "12"])
    jeu.ecrire(
        "contrats",
        [contrat("1", "A", debut=date(2026, 6, 29)), contrat("2", "A", debut=date(2026, 7, 6))],
    )
    table = jeu.calculer("demandes")
    # Au 30 juin, l'enfant 1 est là ; l'enfant 2 ne l'est qu'en juillet.
    assert valeur_de(table, "D9", "A") == 1
    assert valeur_de(table, "D9", "A", periode="2026-07") == 0


def test_par_age_a_la_rentree(tmp_path):
    table = calculer(tmp_path, promise("1"), promise("2", mois_naissance=date(2024, 9, 1)))
    assert valeur_de(table, "D9", "A", periode="2026-T2", ventilation="age", modalite="1 an") == 1
    assert valeur_de(table, "D9", "A", periode="2026-T2", ventilation="age", modalite="2 ans") == 1


def test_mutation_refuser_retire_la_promesse(tmp_path):
    jeu = reseau(tmp_path)
    jeu.ecrire("demandes", [promise("1"), promise("2")])
    assert valeur_de(jeu.calculer("demandes"), "D9", "A") == 2
    jeu.ecrire("demandes", [promise("1"), promise("2", decision="refusee")])
    assert valeur_de(jeu.calculer("demandes"), "D9", "A") == 1


def test_egale_une_requete_independante(hasard: Hasard):
    attendu = hasard.sql(
        "select count(distinct coalesce(appariement, demande)) from demandes d where "
        "decision = 'acceptee' and depot <= date '2026-06-30' and date_decision <= date "
        "'2026-06-30' and entree_souhaitee <= date '2027-01-01' and not exists (select 1 from "
        "contrats c left join enfants e using (enfant) where e.appariement = d.appariement and "
        "c.etablissement = d.etablissement and c.debut between d.depot and date '2026-06-30')"
    )
    lue = valeur_de(hasard.famille("demandes"), "D9", "99", periode="2026-T2")
    assert lue == attendu > 0
