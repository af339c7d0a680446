"""J2 : les jours d'une action, période par période."""

from datetime import date

import polars as pl

from tests.specifications.outils import LE, Jeu, egal, ligne_de, reseau, valeur_de


def action(debut: date, fin: date | None = None, **reste):
    base = {"etablissement": "A", "action": "remplacements", "indicateur": "T1"}
    return {**base, "debut": debut, "fin": fin, **reste}


def avec(dossier, *actions) -> Jeu:
    jeu = reseau(dossier)
    jeu.ecrire("actions", actions)
    return jeu


def test_en_cours_elle_compte_jusqu_a_la_fin_de_la_periode(tmp_path):
    """Du 15 mai au 30 juin : 17 jours de mai et 30 de juin, 47 au trimestre."""
    table = avec(tmp_path, action(date(2026, 5, 15))).calculer("pilotage", LE)
    code = "remplacements:T1:2026-05-15:"
    assert valeur_de(table, "J2", "A", periode="2026-05", modalite=code) == egal(17)
    assert valeur_de(table, "J2", "A", periode="2026-T2", modalite=code) == egal(17 + 30)
    assert valeur_de(table, "J2", "A", periode="2026-T3", modalite=code) == egal(92)


def test_finie_elle_ne_compte_plus(tmp_path):
    """Du 1er au 10 juin inclus : 10 jours, et rien au trimestre suivant."""
    table = avec(tmp_path, action(date(2026, 6, 1), date(2026, 6, 10))).calculer("pilotage", LE)
    code = "remplacements:T1:2026-06-01:2026-06-10"
    assert valeur_de(table, "J2", "A", periode="2026-T2", modalite=code) == egal(10)
    assert "2026-T3" not in set(table["periode"])


def test_ni_a_venir_ni_a_l_envers(tmp_path):
    jeu = avec(tmp_path, action(date(2027, 2, 1)), action(date(2026, 6, 10), date(2026, 6, 1)))
    assert jeu.calculer("pilotage", LE).is_empty()


def test_deux_actions_ne_se_melangent_pas(tmp_path):
    autre = action(date(2026, 6, 1), action="contrats", indicateur="T3")
    table = avec(tmp_path, action(date(2026, 6, 1)), autre).calculer("pilotage", LE)
    du_trimestre = table.filter(pl.col("periode") == "2026-T2")
    assert set(du_trimestre["modalite"]) == {
        "remplacements:T1:2026-06-01:",
        "contrats:T3:2026-06-01:",
    }


def test_l_etablissement_garde_son_territoire(tmp_path):
    table = avec(tmp_path, action(date(2026, 6, 1))).calculer("pilotage", LE)
    ligne = ligne_de(table, "J2", "A", "2026-T2", modalite="remplacements:T1:2026-06-01:")
    assert ligne["parents"] == ["commune:99001", "territoire:T1"]


def test_recalcul_sql(tmp_path):
    jeu = avec(tmp_path, action(date(2026, 4, 20)), action(date(2026, 5, 4), date(2026, 6, 3)))
    attendu = jeu.sql(
        "select sum(date_diff('day', greatest(debut, date '2026-04-01'), "
        "least(coalesce(fin, date '2026-06-30'), date '2026-06-30')) + 1) from actions"
    )
    table = jeu.calculer("pilotage", LE).filter(pl.col("periode") == "2026-T2")
    assert table["valeur"].sum() == egal(attendu)


def test_mutation_un_jour_de_plus(tmp_path):
    table = avec(tmp_path, action(date(2026, 6, 1), date(2026, 6, 11))).calculer("pilotage", LE)
    code = "remplacements:T1:2026-06-01:2026-06-11"
    assert valeur_de(table, "J2", "A", periode="2026-T2", modalite=code) != egal(10)
