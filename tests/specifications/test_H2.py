"""H2, heures facturées : somme des factures, rattachées au premier du mois."""

from datetime import date

from tests.specifications.conftest import Hasard
from tests.specifications.outils import (
    EN_T1_FACTURES,
    SQL_H2,
    avec_presences,
    egal,
    facture,
    ligne_de,
    territoire,
    valeur_de,
)


def test_somme_des_factures(tmp_path):
    table = avec_presences(tmp_path).calculer("occupation")
    assert valeur_de(table, "H2", "A") == 5 * 44
    assert valeur_de(table, "H2", "99") == 5 * 44 + 2 * 30
    assert ligne_de(table, "H2", "99")["effectif"] == 7


def test_un_changement_de_territoire_en_cours_de_mois_suit_le_premier_du_mois(tmp_path):
    jeu = avec_presences(tmp_path)
    jeu.ecrire(
        "territoires",
        [
            territoire("A", "T1", valide_au=date(2026, 6, 3)),
            territoire("A", "T2", valide_du=date(2026, 6, 4)),
            territoire("B", "T2"),
        ],
    )
    table = jeu.calculer("occupation")
    assert valeur_de(table, "H2", "T1") == 220
    assert valeur_de(table, "H2", "T2") == 60
    # Présences et factures restent ensemble : 5 enfants × 8 h × 5 jours, et T3 = 220 / 200.
    assert valeur_de(table, "H1", "T1") == 5 * 8 * 5
    assert valeur_de(table, "T3", "T1") == egal(220 / 200)


def test_un_mois_attendu_sans_facture_est_inconnu(tmp_path):
    jeu = avec_presences(tmp_path)
    jeu.ecrire("factures", [facture("b0", "B", 30)])
    table = jeu.calculer("occupation")
    assert ligne_de(table, "H2", "A")["statut"] == "non_calculable"
    assert ligne_de(table, "H2", "99")["statut"] == "a_verifier"
    assert ligne_de(table, "H1", "A")["statut"] == "diffusable"


def test_mutation_dix_heures_de_plus(tmp_path):
    jeu = avec_presences(tmp_path)
    avant = valeur_de(jeu.calculer("occupation"), "H2", "99")
    jeu.ajouter("factures", facture("a9", "A", 10.25))
    assert valeur_de(jeu.calculer("occupation"), "H2", "99") - avant == egal(10.25)


def test_egale_une_requete_independante(hasard: Hasard):
    attendu = hasard.sql(f"select {SQL_H2 % EN_T1_FACTURES} / 60")
    assert valeur_de(hasard.famille("occupation"), "H2", "T1", periode="2026-T2") == egal(attendu)
