"""O4, occupation réalisée : heures de présence / H0, pour le passé seulement."""

from tests.specifications.conftest import Hasard
from tests.specifications.jeux_occupation import LE_JUIN, ensemble, semaine_pleine, une_creche
from tests.specifications.outils import (
    LUNDI,
    SQL_H0,
    SQL_H1,
    egal,
    ligne_de,
    valeur_de,
)


def test_les_heures_venues_sur_la_capacite(tmp_path):
    jeu = une_creche(tmp_path, 20)
    # 5 enfants × 5 jours × 8 h = 200 h ; H0 = 20 × 10 × 22 = 4 400 h.
    jeu.ecrire("pointages", semaine_pleine(5, 8, 16))
    assert valeur_de(jeu.calculer("etats", LE_JUIN), "O4", "A") == egal(200 / 4400)


def test_rien_a_venir(tmp_path):
    jeu = une_creche(tmp_path, 20)
    jeu.ecrire("pointages", semaine_pleine(5, 8, 16))
    table = jeu.calculer("etats", LE_JUIN)
    o4 = table.filter(table["indicateur"] == "O4")
    assert o4["periode"].max() == "2026-T2"


def test_un_mois_sans_pointage_est_inconnu(tmp_path):
    jeu = une_creche(tmp_path, 20)
    assert ligne_de(jeu.calculer("etats", LE_JUIN), "O4", "A")["statut"] == "non_calculable"


def test_mutation_un_enfant_de_plus(tmp_path):
    jeu = une_creche(tmp_path, 20)
    jeu.ecrire("pointages", ensemble(4, LUNDI))
    avant = valeur_de(jeu.calculer("etats", LE_JUIN), "O4", "A")
    jeu.ecrire("pointages", ensemble(5, LUNDI))
    assert valeur_de(jeu.calculer("etats", LE_JUIN), "O4", "A") == egal((avant or 0) * 5 / 4)


def test_egale_t1_et_une_requete_independante(hasard: Hasard):
    o4 = valeur_de(hasard.famille("etats"), "O4", "99", periode="2026-T2")
    assert o4 == valeur_de(hasard.famille("occupation"), "T1", "99", periode="2026-T2")
    attendu = hasard.sql(f"select {SQL_H1 % 'true'}::double / {SQL_H0 % 'true'}")
    assert o4 == egal(attendu)
