"""S2v, évolution des naissances sur cinq ans ; S2c, naissances à communes constantes."""

import duckdb

from tests.specifications.outils import egal, ligne_de, valeur_de
from tests.specifications.publics import VALEURS, avec_referentiel, ecrire_valeurs

ANNEE = {"periode": "2022"}
AVANT = [
    {"commune": "99001", "annee": 2017, "naissances": 200},
    {"commune": "99002", "annee": 2017, "naissances": 100},
]


def avec_2017(dossier, *lignes):
    jeu = avec_referentiel(dossier)
    ecrire_valeurs(jeu, [*AVANT, *lignes, *VALEURS])
    return jeu


def test_l_evolution_est_un_rapport_de_sommes(tmp_path):
    jeu = avec_2017(tmp_path)
    table = jeu.calculer("besoins")
    assert valeur_de(table, "S2v", "99001", **ANNEE) == egal((160 - 200) / 200)
    assert valeur_de(table, "S2v", "T1", **ANNEE) == egal((160 + 80 - 200 - 100) / 300)
    fichier = str(jeu.lieux.referentiel / "communes_annee.csv")
    requete = """
        select sum(n.naissances) / sum(a.naissances) - 1
        from read_csv($f) n join read_csv($f) a
          on a.commune = n.commune and a.annee = n.annee - 5
        where n.annee = 2022
    """
    with duckdb.connect() as base:
        (attendu,) = base.execute(requete, {"f": fichier}).fetchone()
    assert valeur_de(table, "S2v", "99", **ANNEE) == egal(attendu)


def test_sans_l_annee_d_avant_pas_d_evolution(tmp_path):
    jeu = avec_2017(tmp_path)
    ecrire_valeurs(jeu, [AVANT[0], *VALEURS])
    table = jeu.calculer("besoins")
    assert ligne_de(table, "S2v", "99002", **ANNEE)["statut"] == "non_calculable"
    assert ligne_de(table, "S2v", "T1", **ANNEE)["valeur"] == egal(-40 / 200)


def test_la_serie_ne_garde_que_les_communes_de_chaque_annee(tmp_path):
    """En 2018 la source ne nomme que 99001 : 99002 sort de la série, pas du total."""
    jeu = avec_2017(tmp_path, {"commune": "99001", "annee": 2018, "naissances": 190})
    table = jeu.calculer("besoins")
    for annee, constante, total in (("2017", 200, 300), ("2018", 190, 190), ("2022", 160, 240)):
        assert valeur_de(table, "S2c", "T1", periode=annee) == constante
        assert valeur_de(table, "S2", "T1", periode=annee) == total


def test_mutation_la_moyenne_des_evolutions_est_une_autre_reponse(tmp_path):
    table = avec_2017(tmp_path, {"commune": "99003", "annee": 2017, "naissances": 50}).calculer(
        "besoins"
    )
    assert valeur_de(table, "S2v", "99001", **ANNEE) == egal(-0.2)
    assert valeur_de(table, "S2v", "99002", **ANNEE) == egal(-0.2)
    # 99003 n'a pas de naissances en 2022 : elle ne compte ni en haut ni en bas.
    assert valeur_de(table, "S2v", "99", **ANNEE) == egal((240 - 300) / 300)
