"""B1, taux de couverture : places de tous les modes / enfants de moins de 3 ans."""

import duckdb

from tests.specifications.outils import egal, ligne_de, reseau, valeur_de
from tests.specifications.publics import VALEURS, avec_referentiel, ecrire_valeurs

ANNEE = {"periode": "2022"}


def test_somme_des_places_sur_somme_des_enfants(tmp_path):
    table = avec_referentiel(tmp_path).calculer("besoins")
    assert valeur_de(table, "B1", "99001", **ANNEE) == egal(300 / 500)
    assert valeur_de(table, "B1", "T1", **ANNEE) == egal((300 + 50) / (500 + 250))


def test_par_mode_les_parts_s_additionnent(tmp_path):
    table = avec_referentiel(tmp_path).calculer("besoins")
    psu = ligne_de(table, "B1", "T1", modalite="eaje_psu", **ANNEE)
    assistantes = ligne_de(table, "B1", "T1", modalite="assistantes_maternelles", **ANNEE)
    assert psu["valeur"] == egal((120 + 20) / 750)
    assert psu["valeur"] + assistantes["valeur"] == egal(350 / 750)
    assert psu["ventilation"] == "mode"


def test_une_commune_que_la_source_ne_nomme_pas_n_est_pas_a_zero(tmp_path):
    table = avec_referentiel(tmp_path).calculer("besoins")
    absente = ligne_de(table, "B1", "99004", **ANNEE)
    assert (absente["valeur"], absente["statut"]) == (None, "non_calculable")
    departement = ligne_de(table, "B1", "99", **ANNEE)
    assert departement["valeur"] == egal((300 + 50 + 90) / (500 + 250 + 100))
    assert departement["statut"] == "a_verifier"
    assert ligne_de(table, "B1", "T1", **ANNEE)["statut"] == "diffusable"


def test_l_annee_et_le_millesime_sont_ceux_de_la_source(tmp_path):
    ligne = ligne_de(avec_referentiel(tmp_path).calculer("besoins"), "B1", "T1", **ANNEE)
    assert (ligne["pas"], ligne["millesime"]) == ("annee", "2022")


def test_un_autre_departement_n_y_entre_pas(tmp_path):
    zones = set(avec_referentiel(tmp_path).calculer("besoins")["zone"])
    assert zones == {"99001", "99002", "99003", "99004", "T1", "T2", "99"}


def test_sans_referentiel_rien_n_est_calcule(tmp_path):
    assert reseau(tmp_path).calculer("besoins").is_empty()


def test_mutation_la_moyenne_des_taux_est_une_autre_reponse(tmp_path):
    jeu = avec_referentiel(tmp_path)
    table = jeu.calculer("besoins")
    moyenne = (300 / 500 + 50 / 250) / 2
    assert abs(valeur_de(table, "B1", "T1", **ANNEE) - moyenne) > 0.05
    ecrire_valeurs(jeu, [{**VALEURS[0], "places_total": 375}, *VALEURS[1:]])
    apres = valeur_de(jeu.calculer("besoins"), "B1", "T1", **ANNEE)
    assert apres - valeur_de(table, "B1", "T1", **ANNEE) == egal(75 / 750)


def test_egale_une_requete_independante(tmp_path):
    jeu = avec_referentiel(tmp_path)
    fichier = jeu.lieux.referentiel / "communes_annee.csv"
    requete = (
        "select sum(places_total) / sum(enfants_moins_3_estimes) from read_csv(?, "
        "types={'commune': 'varchar'}) where annee = 2022 and commune in ('99001', '99002')"
    )
    with duckdb.connect() as base:
        attendu = base.execute(requete, [str(fichier)]).fetchone()[0]
    assert valeur_de(jeu.calculer("besoins"), "B1", "T1", **ANNEE) == egal(attendu)
