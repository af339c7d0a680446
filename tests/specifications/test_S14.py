"""S14 places offertes, S15 et S16 chiffres départementaux, S17 communes publiées."""

import duckdb
import polars as pl

from rtpe_analyse.nomenclatures.publiques import FICHIERS_REFERENTIEL
from tests.specifications.outils import egal, ligne_de, valeur_de
from tests.specifications.publics import VALEURS, avec_referentiel, ecrire_valeurs

ANNEE = {"periode": "2022"}


def avec_departement(dossier, agrees=120):
    jeu = avec_referentiel(dossier)
    lignes = [
        {
            "departement": code,
            "annee": 2022,
            "assistants_maternels_agrees": n,
            "places_eaje_drees": p,
        }
        for code, n, p in (("99", agrees, 300), ("98", 7, 40))
    ]
    schema = FICHIERS_REFERENTIEL["departements_annee"].schema
    pl.DataFrame(lignes, schema=schema).write_csv(jeu.lieux.referentiel / "departements_annee.csv")
    return jeu


def test_les_places_s_additionnent_et_leurs_modes_aussi(tmp_path):
    jeu = avec_referentiel(tmp_path)
    table = jeu.calculer("besoins")
    assert valeur_de(table, "S14", "T1", **ANNEE) == 300 + 50
    modes = [
        valeur_de(table, "S14", "T1", modalite=m, **ANNEE)
        for m in ("eaje_psu", "assistantes_maternelles")
    ]
    assert modes == [120 + 20, 180 + 30]
    fichier = str(jeu.lieux.referentiel / "communes_annee.csv")
    with duckdb.connect() as base:
        (total,) = base.execute("select sum(places_total) from read_csv(?)", [fichier]).fetchone()
    assert valeur_de(table, "S14", "99", **ANNEE) == total


def test_les_communes_publiees_se_comptent_sur_toutes(tmp_path):
    """99004 est absente de toute source : elle compte au dénominateur."""
    table = avec_referentiel(tmp_path).calculer("besoins")
    departement = ligne_de(table, "S17", "99", **ANNEE)
    assert (departement["numerateur"], departement["denominateur"]) == (3, 4)
    assert valeur_de(table, "S17", "T1", **ANNEE) == egal(2 / 2)
    assert valeur_de(table, "S17", "99004", **ANNEE) == 0


def test_un_chiffre_departemental_reste_au_departement(tmp_path):
    table = avec_departement(tmp_path).calculer("besoins")
    for code, attendu in (("S15", 120), ("S16", 300)):
        siennes = table.filter(pl.col("indicateur") == code)
        assert siennes.select("maille", "zone", "valeur").rows() == [("departement", "99", attendu)]


def test_mutation_une_commune_de_moins_publiee(tmp_path):
    jeu = avec_referentiel(tmp_path)
    ecrire_valeurs(jeu, [{**VALEURS[0], "places_total": None}, *VALEURS[1:]])
    table = jeu.calculer("besoins")
    assert valeur_de(table, "S17", "99", **ANNEE) == egal(2 / 4)
    assert valeur_de(table, "S14", "T1", **ANNEE) == 50


def test_mutation_une_assistante_maternelle_de_plus(tmp_path):
    avant = avec_departement(tmp_path / "a").calculer("besoins")
    apres = avec_departement(tmp_path / "b", agrees=121).calculer("besoins")
    ecart = valeur_de(apres, "S15", "99", **ANNEE) - valeur_de(avant, "S15", "99", **ANNEE)
    assert ecart == 1
