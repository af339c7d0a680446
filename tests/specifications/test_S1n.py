"""S1n : enfants de moins de 3 ans d'après les naissances de trois années civiles de suite.

S12 et S13 rapportent à l'estimation du taux de couverture, à lieux et année égaux.
"""

import duckdb
import polars as pl

from tests.specifications.outils import egal, ligne_de, valeur_de
from tests.specifications.publics import VALEURS, avec_referentiel, ecrire_valeurs

ANNEE = {"periode": "2022"}


def nees(commune, *naissances, debut=2020):
    return [
        {"commune": commune, "annee": debut + rang, "naissances": n}
        for rang, n in enumerate(naissances)
        if n is not None
    ]


def avec_naissances(dossier):
    """99001 : 150 et 170 avant 160 ; 99002 : 70 et 100 avant 80 ; 99003 : rien."""
    jeu = avec_referentiel(dossier)
    ecrire_valeurs(jeu, [*nees("99001", 150, 170), *nees("99002", 70, 100), *VALEURS])
    return jeu


def test_la_somme_de_trois_annees(tmp_path):
    jeu = avec_naissances(tmp_path)
    table = jeu.calculer("besoins")
    assert valeur_de(table, "S1n", "99001", **ANNEE) == 150 + 170 + 160
    assert valeur_de(table, "S1n", "T1", **ANNEE) == (150 + 170 + 160) + (70 + 100 + 80)
    fichier = str(jeu.lieux.referentiel / "communes_annee.csv")
    with duckdb.connect() as base:
        requete = """
            select sum(naissances) from read_csv(?, types={'commune': 'varchar'})
            where annee between 2020 and 2022 and commune in ('99001', '99002')
        """
        (total,) = base.execute(requete, [fichier]).fetchone()
    assert valeur_de(table, "S1n", "T1", **ANNEE) == total


def test_une_annee_qui_manque_ne_s_estime_pas(tmp_path):
    jeu = avec_naissances(tmp_path)
    ecrire_valeurs(jeu, [*nees("99001", 150, None), *nees("99002", 70, 100), *VALEURS])
    table = jeu.calculer("besoins")
    assert ligne_de(table, "S1n", "99001", **ANNEE)["statut"] == "non_calculable"
    territoire = ligne_de(table, "S1n", "T1", **ANNEE)
    assert (territoire["valeur"], territoire["statut"]) == (70 + 100 + 80, "a_verifier")


def test_les_rapports_ne_prennent_que_les_communes_des_deux_sources(tmp_path):
    """99003 a des enfants d'allocataires mais pas trois années de naissances."""
    table = avec_naissances(tmp_path).calculer("besoins")
    assert valeur_de(table, "S12", "99", **ANNEE) == egal((480 + 250) / (500 + 250))
    assert valeur_de(table, "S13", "99", **ANNEE) == egal((410 + 200 + 60) / (500 + 250 + 100))
    assert ligne_de(table, "S12", "99", **ANNEE)["statut"] == "a_verifier"


def test_mutation_la_moyenne_des_rapports_est_une_autre_reponse(tmp_path):
    jeu = avec_naissances(tmp_path)
    table = jeu.calculer("besoins")
    for code in ("S12", "S13"):
        moyenne = sum(valeur_de(table, code, c, **ANNEE) for c in ("99001", "99002")) / 2
        assert abs(valeur_de(table, code, "T1", **ANNEE) - moyenne) > 1e-4
    ecrire_valeurs(jeu, [*nees("99001", 151, 170), *nees("99002", 70, 100), *VALEURS])
    avant, apres = (valeur_de(t, "S1n", "T1", **ANNEE) for t in (table, jeu.calculer("besoins")))
    assert apres - avant == 1


def test_un_rapport_ne_depend_pas_de_l_ordre_des_lignes(tmp_path):
    jeu = avec_naissances(tmp_path)
    table = jeu.calculer("besoins")
    fichier = jeu.lieux.referentiel / "communes_annee.csv"
    pl.read_csv(fichier, infer_schema=False).reverse().write_csv(fichier)
    assert jeu.calculer("besoins").equals(table)
