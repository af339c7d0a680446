"""B3m, places manquantes : ce qu'il faudrait aux moins bien servis pour l'accès du département."""

import duckdb
import polars as pl

from tests.specifications.outils import egal, ligne_de, valeur_de
from tests.specifications.test_B3 import ANNEE, monde


def test_deux_communes_eloignees_a_la_main(tmp_path):
    # 40 places pour 100 enfants, 10 pour 100 : le département est à 50 / 200 = 25 %.
    jeu = monde(
        tmp_path,
        {"99001": (0, 100, 40), "99002": (9, 100, 10)},
        {"A": ("99001", 0, 40), "B": ("99002", 9, 10)},
    )
    table = jeu.calculer("acces")
    # 99002 a 10 % : il lui manque 15 places pour 100 enfants ; 99001 n'en manque pas.
    assert valeur_de(table, "B3m", "99002", **ANNEE) == egal(0.15)
    assert valeur_de(table, "B3m", "99001", **ANNEE) == 0
    departement = ligne_de(table, "B3m", "99", **ANNEE)
    assert (departement["numerateur"], departement["denominateur"]) == (egal(15), egal(200))


def test_iris_par_iris_un_quartier_mal_servi_ne_se_compense_pas(tmp_path):
    iris = {"990010101": ("99001", 0, 50, 100), "990010102": ("99001", 9, 50, 100)}
    jeu = monde(tmp_path, {"99001": (0, 100, 20)}, {"A": ("99001", 0, 20)}, iris)
    table = jeu.calculer("acces")
    # Accès : 40 % et 0 ; moyenne 20 %. Il manque 0,2 × 50 = 10 places, dans le second IRIS.
    assert ligne_de(table, "B3m", "99001", **ANNEE)["numerateur"] == egal(10)
    assert valeur_de(table, "B3m", "990010102", **ANNEE, maille="iris") == egal(0.2)


def test_des_enfants_estimes_rendent_la_valeur_a_verifier(tmp_path):
    communes = {"99001": (0, 100, 40), "99002": (9, None, None)}
    jeu = monde(tmp_path, communes, {"A": ("99001", 0, 40)}, naissances={"99002": 20})
    ligne = ligne_de(jeu.calculer("acces"), "B3m", "99002", **ANNEE)
    assert ligne["statut"] == "a_verifier"
    # 40 places pour 160 enfants : 25 %, aucun à portée des 60 enfants de 99002.
    assert ligne["numerateur"] == egal(15)


def test_mutation_une_creche_de_plus_reduit_le_manque(tmp_path):
    communes = {"99001": (0, 100, 40), "99002": (9, 100, 10)}
    jeu = monde(tmp_path, communes, {"A": ("99001", 0, 40), "B": ("99002", 9, 20)})
    # 20 places chez B : le département est à 60 / 200, il manque 10 places à 99002.
    assert ligne_de(jeu.calculer("acces"), "B3m", "99", **ANNEE)["numerateur"] == egal(10)


def test_egale_une_requete_independante(tmp_path):
    communes = {f"9900{i}": (3.4 * i, 100 + 10 * i, 15 * (i % 3)) for i in range(1, 6)}
    jeu = monde(tmp_path, communes, {"A": ("99001", 3.4, 5)})
    table = jeu.calculer("acces")
    b3 = table.filter(indicateur="B3", maille="commune", ventilation="")
    with duckdb.connect() as base:
        base.register("b3", b3.select("zone", a="numerateur", p="denominateur"))
        attendu = base.execute(
            "select sum(greatest((select sum(a) / sum(p) from b3) - a / p, 0) * p) from b3"
        ).fetchone()[0]
    assert b3.select(pl.len()).item() == 5
    assert ligne_de(table, "B3m", "99", **ANNEE)["numerateur"] == egal(attendu)
