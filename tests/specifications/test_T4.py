"""T4, occupation des places ouvertes : présences des jours ouverts / heures-places ouvertes."""

from datetime import timedelta

from tests.specifications.conftest import Hasard
from tests.specifications.outils import (
    LUNDI,
    SQL_COMPTE,
    SQL_DUREE,
    SQL_PLAGES,
    SQL_T2,
    avec_presences,
    egal,
    ligne_de,
    ouvertures,
    pointage,
    valeur_de,
)


def test_rapporte_aux_places_reellement_ouvertes(tmp_path):
    jeu = avec_presences(tmp_path)
    jeu.ecrire("ouvertures", [*ouvertures("A", LUNDI, 5, 10), *ouvertures("B", LUNDI, 5, 10)])
    table = jeu.calculer("occupation")
    assert valeur_de(table, "T4", "A") == egal(200 / (10 * 10 * 5))
    assert valeur_de(table, "T4", "99") == egal((200 + 48) / (500 + 500))


def test_une_presence_jour_non_prevu_n_y_entre_pas(tmp_path):
    jeu = avec_presences(tmp_path)
    jeu.ajouter("pointages", pointage("a0", "A", LUNDI + timedelta(5), 9, 12))
    table = jeu.calculer("occupation")
    assert valeur_de(table, "T4", "A") == egal(200 / 1000)
    assert valeur_de(table, "T1", "A") == egal(203 / 1000)


def test_sans_places_ouvertes_non_calculable(tmp_path):
    jeu = avec_presences(tmp_path)
    jeu.ecrire("ouvertures", [*ouvertures("A", LUNDI, 5), *ouvertures("B", LUNDI, 5)])
    table = jeu.calculer("occupation")
    assert ligne_de(table, "T4", "99")["statut"] == "non_calculable"
    assert ligne_de(table, "T1", "99")["statut"] == "diffusable"


def test_mutation_ouvrir_moins_de_places_le_fait_monter(tmp_path):
    jeu = avec_presences(tmp_path)
    avant = valeur_de(jeu.calculer("occupation"), "T4", "A")
    jeu.ecrire("ouvertures", [*ouvertures("A", LUNDI, 5, 16), *ouvertures("B", LUNDI, 5, 10)])
    assert valeur_de(jeu.calculer("occupation"), "T4", "A") == egal(avant * 20 / 16)


def test_egale_une_requete_independante(hasard: Hasard):
    offerte = (
        "greatest(0, least(a.fin_min, coalesce(o.fin_min, 1440)) "
        "- greatest(a.debut_min, coalesce(o.debut_min, 0)))"
    )
    ouvertes = (
        f"(select sum(least(a.places, o.places_ouvertes) * {offerte}) from {SQL_PLAGES} "
        f"where {SQL_COMPTE} and o.ouvert and o.date {SQL_T2})"
    )
    presences = (
        f"(select sum({SQL_DUREE}) from pointages p join ouvertures o "
        f"on o.etablissement = p.etablissement and o.date = p.date "
        f"where o.prevu and o.ouvert and p.date {SQL_T2})"
    )
    attendu = hasard.sql(f"select {presences}::double / {ouvertes}")
    assert valeur_de(hasard.famille("occupation"), "T4", "99", periode="2026-T2") == egal(attendu)
