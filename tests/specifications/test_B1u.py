"""B1u, enfants sans place : enfants de moins de 3 ans moins places, jamais un besoin."""

import duckdb

from tests.specifications.outils import egal, ligne_de, valeur_de
from tests.specifications.publics import VALEURS, avec_referentiel, ecrire_valeurs

ANNEE = {"periode": "2022"}


def test_ce_que_les_places_laissent_commune_par_commune(tmp_path):
    jeu = avec_referentiel(tmp_path)
    table = jeu.calculer("besoins")
    assert valeur_de(table, "B1u", "99001", **ANNEE) == egal(500 - 300)
    assert valeur_de(table, "B1u", "T1", **ANNEE) == egal((500 - 300) + (250 - 50))
    fichier = jeu.lieux.referentiel / "communes_annee.csv"
    with duckdb.connect() as base:
        requete = "select sum(enfants_moins_3_estimes - places_total) from read_csv(?)"
        (total,) = base.execute(requete, [str(fichier)]).fetchone()
    assert valeur_de(table, "B1u", "99", **ANNEE) == egal(total) == egal(200 + 200 + 10)


def test_une_commune_sans_ligne_n_a_pas_zero_enfant_sans_place(tmp_path):
    table = avec_referentiel(tmp_path).calculer("besoins")
    assert ligne_de(table, "B1u", "99004", **ANNEE)["statut"] == "non_calculable"
    assert ligne_de(table, "B1u", "99", **ANNEE)["statut"] == "a_verifier"


def test_plus_de_places_que_d_enfants_se_lit_en_negatif(tmp_path):
    jeu = avec_referentiel(tmp_path)
    ecrire_valeurs(jeu, [{**VALEURS[0], "places_total": 520}, *VALEURS[1:]])
    assert valeur_de(jeu.calculer("besoins"), "B1u", "99001", **ANNEE) == egal(500 - 520)


def test_mutation_une_place_de_plus_laisse_un_enfant_de_moins(tmp_path):
    jeu = avec_referentiel(tmp_path)
    avant = valeur_de(jeu.calculer("besoins"), "B1u", "T1", **ANNEE)
    ecrire_valeurs(jeu, [{**VALEURS[0], "places_total": 301}, *VALEURS[1:]])
    assert valeur_de(jeu.calculer("besoins"), "B1u", "T1", **ANNEE) - avant == egal(-1)
