"""T2, taux d'occupation financier : H2 / H0, à partir du mois."""

from tests.specifications.conftest import Hasard
from tests.specifications.outils import (
    EN_T1_FACTURES,
    EN_T1_OUVERTURES,
    SQL_H0,
    SQL_H2,
    avec_presences,
    egal,
    facture,
    ligne_de,
    valeur_de,
)


def test_heures_facturees_sur_capacite(tmp_path):
    table = avec_presences(tmp_path).calculer("occupation")
    assert valeur_de(table, "T2", "A") == egal(220 / 1000)
    assert valeur_de(table, "T2", "99") == egal((220 + 60) / (1000 + 500))


def test_ses_contributeurs_sont_les_enfants_factures(tmp_path):
    jeu = avec_presences(tmp_path)
    jeu.ajouter("factures", facture("jamais_venu", "A", 20))
    table = jeu.calculer("occupation")
    assert ligne_de(table, "T2", "A")["effectif"] == 6
    assert ligne_de(table, "T1", "A")["effectif"] == 5


def test_mutation_doubler_les_factures_double_le_taux(tmp_path):
    jeu = avec_presences(tmp_path)
    avant = valeur_de(jeu.calculer("occupation"), "T2", "99")
    jeu.ecrire(
        "factures",
        [
            {**f, "heures_facturees_h": 2 * f["heures_facturees_h"]}
            for f in jeu.lire("factures").drop("_fichier", "_ligne").to_dicts()
        ],
    )
    assert valeur_de(jeu.calculer("occupation"), "T2", "99") == egal(2 * avant)


def test_egale_une_requete_independante(hasard: Hasard):
    attendu = hasard.sql(f"select {SQL_H2 % EN_T1_FACTURES} / {SQL_H0 % EN_T1_OUVERTURES}")
    assert valeur_de(hasard.famille("occupation"), "T2", "T1", periode="2026-T2") == egal(attendu)
