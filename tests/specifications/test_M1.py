"""M1, enfants venus d'un autre territoire : distincts, par territoire de résidence."""

import polars as pl
import pytest

from rtpe_analyse.secret.porte import proteger
from tests.specifications.jeux_flux import PAR_RESIDENCE, TRIMESTRE, avec_residences
from tests.specifications.outils import LE, territoire, valeur_de


@pytest.mark.parametrize(
    ("zone", "residence", "attendu"),
    [
        ("T1", "T2", 3),
        ("T1", "autre_departement", 1),
        ("T1", "sans_etablissement", 0),
        ("T2", "T1", 2),
        ("T2", "sans_etablissement", 1),
        ("T2", "autre_departement", 0),
        ("99", "T1", 2),
        ("99", "T2", 3),
    ],
)
def test_par_territoire_de_residence(tmp_path, zone, residence, attendu):
    table = avec_residences(tmp_path).calculer("flux")
    assert valeur_de(table, "M1", zone, modalite=residence, **PAR_RESIDENCE) == attendu


def test_l_ensemble_est_la_somme_des_residences(tmp_path):
    table = avec_residences(tmp_path).calculer("flux").filter(pl.col("indicateur") == "M1")
    assert valeur_de(table, "M1", "T1", **TRIMESTRE) == 3 + 1
    assert valeur_de(table, "M1", "T2", **TRIMESTRE) == 2 + 1
    # Au département, les mêmes sept enfants : aucun n'est deux fois hors de chez lui.
    assert valeur_de(table, "M1", "99", **TRIMESTRE) == 7


def test_la_case_d_un_territoire_vers_lui_meme_n_existe_pas(tmp_path):
    table = avec_residences(tmp_path).calculer("flux").filter(pl.col("indicateur") == "M1")
    memes = table.filter(pl.col("zone") == pl.col("modalite"))
    assert memes.is_empty()


def test_une_commune_de_deux_territoires_est_chez_elle_dans_chacun(tmp_path):
    jeu = avec_residences(tmp_path)
    # B, commune 99002, passe à T3 ; A reste seul à T1 avec 99001. C ouvre T3 aussi.
    jeu.ecrire("territoires", [territoire("A", "T1"), territoire("B", "T3"), territoire("C", "T3")])
    table = jeu.calculer("flux")
    # Chez A (T1) : 2 de 99002 et 3 de 99003 viennent de T3.
    assert valeur_de(table, "M1", "T1", modalite="T3", **PAR_RESIDENCE) == 5
    lignes = [
        {**e, "commune": "99001"} if e["etablissement"] == "B" else e
        for e in jeu.lire("etablissements").drop("_fichier", "_ligne").to_dicts()
    ]
    jeu.ecrire("etablissements", lignes)
    partage = jeu.calculer("flux")
    # 99001 est à T1 et à T3 : ses enfants ne viennent d'ailleurs nulle part.
    assert valeur_de(partage, "M1", "T3", modalite="sans_etablissement", **PAR_RESIDENCE) == 1
    assert valeur_de(partage, "M1", "T3", **TRIMESTRE) == 1


def test_les_petits_nombres_se_masquent_sans_se_deduire(tmp_path):
    jeu = avec_residences(tmp_path, a1="99003", a2="99003")
    e1 = proteger(jeu.calculer("enfants"), "interne", LE)
    table = proteger(jeu.calculer("flux"), "interne", LE, e1)
    m1 = table.filter(pl.col("indicateur") == "M1", pl.col("maille") == "territoire")
    lues = {
        (zone, residence): valeur
        for zone, residence, valeur in m1.select("zone", "modalite", "valeur").iter_rows()
    }
    # Chez A : 5 de T2, 1 d'un autre département ; 6 − 5 rendrait le 1, que 5 seul cache.
    assert lues["T1", "autre_departement"] is None
    assert lues["T1", "T2"] is None
    # Chez C, 3 venus d'ailleurs ; le total du département rendrait ce 3 si l'on lisait le 6.
    assert lues["T2", ""] is None
    assert lues["T1", ""] is None
    assert lues["T1", "sans_etablissement"] == 0


def test_sans_residence_connue_rien_n_est_calcule(tmp_path):
    jeu = avec_residences(tmp_path)
    jeu.ecrire("familles", [])
    assert jeu.calculer("flux").is_empty()


def test_mutation_un_demenagement_change_la_case(tmp_path):
    table = avec_residences(tmp_path, a1="99003").calculer("flux")
    assert valeur_de(table, "M1", "T1", modalite="T2", **PAR_RESIDENCE) == 4


def test_egale_une_requete_independante(tmp_path):
    jeu = avec_residences(tmp_path)
    attendu = jeu.sql(
        "select count(distinct p.enfant) from pointages p join enfants e using (enfant) "
        "join familles f using (famille) where p.etablissement = 'C' and p.motif_absence is null "
        "and f.commune in ('99001', '99002')"
    )
    table = jeu.calculer("flux")
    assert valeur_de(table, "M1", "T2", modalite="T1", **PAR_RESIDENCE) == attendu
