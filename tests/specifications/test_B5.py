"""B5, enfants accueillis habitant ailleurs : M1 / enfants accueillis de résidence connue."""

import polars as pl

from rtpe_analyse.secret.porte import proteger
from tests.specifications.jeux_flux import TRIMESTRE, avec_residences
from tests.specifications.outils import LE, egal, ligne_de, valeur_de


def test_part_des_residences_connues(tmp_path):
    table = avec_residences(tmp_path).calculer("flux")
    # Chez A : 12 de résidence connue, dont 3 de T2 et 1 d'un autre département.
    assert valeur_de(table, "B5", "T1", **TRIMESTRE) == egal(4 / 12)
    # Chez C : 7 enfants et a0, dont 2 de T1 et 1 d'une commune sans établissement.
    assert valeur_de(table, "B5", "T2", **TRIMESTRE) == egal(3 / 8)


def test_au_departement_un_enfant_de_deux_territoires_compte_une_fois(tmp_path):
    ligne = ligne_de(avec_residences(tmp_path).calculer("flux"), "B5", "99", **TRIMESTRE)
    assert (ligne["numerateur"], ligne["denominateur"]) == (7, 19)


def test_le_secret_compte_ceux_d_ailleurs_et_ceux_d_ici(tmp_path):
    ligne = ligne_de(avec_residences(tmp_path).calculer("flux"), "B5", "T2", **TRIMESTRE)
    assert ligne["effectif"] == 3


def test_sans_e1_la_part_se_masque(tmp_path):
    # E1 masqué se retrouverait au dénominateur : sans lui, rien ne se lit.
    table = proteger(avec_residences(tmp_path).calculer("flux"), "interne", LE)
    assert table.filter(pl.col("indicateur") == "B5")["valeur"].null_count() == 3


def test_mutation_un_enfant_de_plus_d_ailleurs(tmp_path):
    table = avec_residences(tmp_path, a1="99003").calculer("flux")
    assert valeur_de(table, "B5", "T1", **TRIMESTRE) == egal(5 / 12)


def test_egale_une_requete_independante(tmp_path):
    jeu = avec_residences(tmp_path)
    attendu = jeu.sql(
        "select avg(case when f.commune in ('99001', '99002') then 0.0 else 1 end) from "
        "(select distinct enfant from pointages where etablissement = 'A') p "
        "join enfants e using (enfant) join familles f using (famille) where f.commune is not null"
    )
    assert valeur_de(jeu.calculer("flux"), "B5", "T1", **TRIMESTRE) == egal(float(attendu))
