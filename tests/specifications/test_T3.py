"""T3, taux de facturation : H2 / H1."""

import pytest

from tests.specifications.conftest import Hasard
from tests.specifications.outils import (
    LUNDI,
    SQL_H1,
    SQL_H2,
    avec_presences,
    egal,
    facture,
    ligne_de,
    pointage,
    reseau,
    valeur_de,
)


def test_heures_facturees_sur_realisees(tmp_path):
    table = avec_presences(tmp_path).calculer("occupation")
    assert valeur_de(table, "T3", "A") == egal(220 / 200)
    assert valeur_de(table, "T3", "99") == egal((220 + 60) / (200 + 48))


@pytest.mark.parametrize("facturees", [1070, 1170, 1200])
def test_bornes_publiees(tmp_path, facturees):
    # Cas de vérification n° 37 : 1 070, 1 170 et 1 200 heures pour 1 000.
    jeu = reseau(tmp_path)
    jeu.ecrire("pointages", [pointage(f"e{n}", "A", LUNDI, 8, 18) for n in range(100)])
    jeu.ecrire("factures", [facture(f"e{n}", "A", facturees / 100) for n in range(100)])
    assert valeur_de(jeu.calculer("occupation"), "T3", "A") == egal(facturees / 1000)


def test_aucune_heure_realisee_pas_de_taux(tmp_path):
    jeu = avec_presences(tmp_path)
    absent = {"enfant": "a0", "etablissement": "A", "date": LUNDI, "motif_absence": "conges"}
    jeu.ecrire("pointages", [absent])
    ligne = ligne_de(jeu.calculer("occupation"), "T3", "A")
    assert (ligne["valeur"], ligne["statut"]) == (None, "non_calculable")


def test_ses_contributeurs_sont_la_plus_petite_des_deux_populations(tmp_path):
    jeu = avec_presences(tmp_path)
    jeu.ecrire("factures", [facture("a0", "A", 44), facture("b0", "B", 30)])
    assert ligne_de(jeu.calculer("occupation"), "T3", "A")["effectif"] == 1


def test_mutation_la_moyenne_des_taux_est_une_autre_reponse(tmp_path):
    table = avec_presences(tmp_path).calculer("occupation")
    moyenne = (220 / 200 + 60 / 48) / 2
    assert abs(valeur_de(table, "T3", "99") - moyenne) > 0.01


def test_egale_une_requete_independante(hasard: Hasard):
    attendu = hasard.sql(f"select {SQL_H2 % 'true'} / {SQL_H1 % 'true'}")
    assert valeur_de(hasard.famille("occupation"), "T3", "99", periode="2026-T2") == egal(attendu)
