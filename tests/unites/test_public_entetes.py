"""Les chiffres publics de la Cnaf arrivent sous plusieurs en-têtes : ils disent la même chose."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.nettoyage import nettoyer
from rtpe_analyse.nomenclatures.publiques import FICHIERS_REFERENTIEL, variables_publiques
from rtpe_analyse.propres import lire_propre
from rtpe_analyse.sources import charger_descripteur, descripteurs_connus, recevoir

ESSAIS = Path(__file__).parent.parent / "donnees" / "publics"
RECU_LE = date(2026, 11, 23)
TAUX_VILLE = {
    "taux_couverture_eaje_psu_pct": 20.5,
    "taux_couverture_eaje_hors_psu_pct": 4.5,
    "taux_couverture_eaje_pct": 25.0,
    "taux_couverture_prescolarisation_pct": 1.0,
    "taux_couverture_assistantes_maternelles_pct": 30.2,
    "taux_couverture_garde_domicile_pct": 2.3,
    "taux_couverture_accueil_individuel_pct": 32.5,
    "taux_couverture_global_pct": 58.5,
}


def nettoyer_un(fichier: Path, dossier: Path, table: str) -> tuple[str, pl.DataFrame]:
    lieux = Lieux(dossier, dossier, "reel")
    (retour,) = recevoir([fichier], lieux, recu_le=RECU_LE)
    assert retour.etat == "recu", retour.message
    nettoyer(lieux)
    return retour.source, lire_propre(lieux, table).collect()


def valeurs(table: pl.DataFrame, commune: str) -> dict[str, float | None]:
    lignes = table.filter(pl.col("commune") == commune).select("variable", "valeur")
    return dict(lignes.iter_rows())


@pytest.mark.parametrize("nom", ["cnaf_taux_libelles_2021.csv", "cnaf_taux_noms_courts_2021.csv"])
def test_libelles_et_noms_courts_donnent_les_memes_taux(nom: str, tmp_path: Path):
    source, table = nettoyer_un(ESSAIS / nom, tmp_path, "pub_communes_annee")
    assert source == "cnaf_taux_communes"
    assert valeurs(table, "01004") == TAUX_VILLE
    assert set(table["annee"]) == {2021}


def test_le_secret_est_une_absence_et_le_zero_un_zero(tmp_path: Path):
    _, table = nettoyer_un(ESSAIS / "cnaf_taux_libelles_2021.csv", tmp_path, "pub_communes_annee")
    autre = valeurs(table, "01053")
    assert autre["taux_couverture_eaje_psu_pct"] is None  # « s »
    assert autre["taux_couverture_prescolarisation_pct"] is None  # « ns »
    assert autre["taux_couverture_garde_domicile_pct"] is None  # vide
    assert autre["taux_couverture_eaje_hors_psu_pct"] == 0.0
    assert table.height == 2 * len(TAUX_VILLE)


def test_l_ancien_fichier_tire_son_annee_de_son_nom(tmp_path: Path):
    source, table = nettoyer_un(ESSAIS / "TAUXCOUV2021.csv", tmp_path, "pub_communes_annee")
    assert source == "cnaf_taux_communes_ancien"
    assert table.select("commune", "annee", "variable", "valeur").sort("commune").rows() == [
        ("01004", 2021, "taux_couverture_global_pct", 57.9),
        ("01365", 2021, "taux_couverture_global_pct", 31.4),
    ]


def test_un_fichier_sans_annee_est_refuse_plutot_que_date_de_sa_reception(tmp_path: Path):
    anonyme = tmp_path / "TAUXCOUV.csv"
    anonyme.write_bytes((ESSAIS / "TAUXCOUV2021.csv").read_bytes())
    lieux = Lieux(tmp_path / "d", tmp_path / "d", "reel")
    recevoir([anonyme], lieux, recu_le=RECU_LE)
    nettoyer(lieux)
    assert lire_propre(lieux, "pub_communes_annee").collect().is_empty()
    recevoir([anonyme], lieux, recu_le=RECU_LE, millesime="2021")
    nettoyer(lieux)
    assert set(lire_propre(lieux, "pub_communes_annee").collect()["annee"]) == {2021}


def test_les_places_sous_leurs_noms_courts(tmp_path: Path):
    nom = "cnaf_places_noms_courts_2021.csv"
    source, table = nettoyer_un(ESSAIS / nom, tmp_path, "pub_communes_annee")
    assert source == "cnaf_places_communes"
    places = valeurs(table, "01004")
    assert places["places_total"] == 585
    assert (
        places["places_eaje"] == places["places_eaje_psu"] + places["places_eaje_hors_psu"] == 250
    )


def test_milliers_et_colonnes_vides_d_un_quartier_prioritaire(tmp_path: Path):
    fichier = tmp_path / "qpv_demographie_2019.csv"
    fichier.write_text(
        "CODGEO;LIBGEO;POP_MUN;POP_COM;LIB_COM;TX_TOT_0A24;A;PERCOU;ENF_2;" + ";" * 500 + "\r\n"
        "QP001001;Le Bourg;6\u202f490;58\u202f933;Ambérieu, Bourg;26,5;215;1\u202f204;;"
        + ";" * 500
        + "\r\n",
        encoding="utf-8-sig",
    )
    source, table = nettoyer_un(fichier, tmp_path / "d", "pub_qpv_annee")
    assert source == "qpv_demographie"
    lues = dict(table.select("variable", "valeur").iter_rows())
    assert lues["population"] == 6490
    assert lues["population_communes_du_quartier"] == 58933
    assert lues["population_moins_25_pct"] == 26.5
    assert lues["allocataires_enfants_moins_3"] is None
    assert set(table["communes"]) == {"Ambérieu, Bourg"}
    assert set(table["annee"]) == {2019}


def test_la_collectivite_d_alsace_est_ecartee_comme_un_total(tmp_path: Path):
    fichier = tmp_path / "drees_Tab28_departements.csv"
    fichier.write_text(
        "Code région;Code département;Département;2022;2023\r\n"
        "44;6AE;Collectivité européenne d'Alsace;13\u202f937;14\u202f282\r\n"
        "44;67;Bas-Rhin;9\u202f220;9\u202f451\r\n"
        "44;68;Haut-Rhin;4\u202f717;4\u202f831",
        encoding="utf-8",
    )
    _, table = nettoyer_un(fichier, tmp_path / "d", "pub_departements_annee")
    assert set(table["departement"]) == {"67", "68"}
    assert set(table["variable"]) == {"places_creches_collectives"}
    somme_2023 = table.filter(pl.col("annee") == 2023)["valeur"].sum()
    assert somme_2023 == 14282  # ce que dit la ligne écartée


def test_toute_variable_d_un_descripteur_public_est_declaree():
    declarees = variables_publiques()
    mailles = {f.table: f.maille for f in FICHIERS_REFERENTIEL.values()}
    publics = [d for d in descripteurs_connus().values() if d.publique]
    assert len(publics) >= 15
    for descripteur in publics:
        for nom_table, table in descripteur.tables.items():
            regle = table.deplier
            for variable in (regle and regle.variables) or ():
                assert mailles[nom_table] in declarees[variable].mailles
                assert descripteur.code in declarees[variable].sources


def test_toute_source_preferee_existe_et_publie_sous_son_code():
    for variable in variables_publiques().values():
        assert variable.sources or variable.calcul
        for code in variable.sources:
            for nom, table in charger_descripteur(code).tables.items():
                if nom != "pub_communes":
                    assert table.colonnes["source"].constante == code
