"""Les vrais fichiers publics entrent tels quels et deviennent le référentiel."""

import csv
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest
import yaml

from rtpe_analyse.chemins import RACINE_PROJET, Lieux
from rtpe_analyse.nettoyage.referentiel import lieux_publics, recevoir_et_compiler
from rtpe_analyse.nomenclatures.publiques import (
    FICHIERS_REFERENTIEL,
    lire_fiche,
    lire_referentiel,
)
from rtpe_analyse.propres import lire_propre

PUBLICS = RACINE_PROJET.parent / "shared" / "donnees-publiques"
MOTIFS = (
    "caf/*.csv",
    "drees/*.csv",
    "insee/communes_*_datasfun_*.csv",
    "insee/filosofi_*.csv",
    "insee/insee_comparateur_communes_*.csv",
    "insee/iris_*_indicateurs_rp2022.csv",
    "insee/naissances_places_communes_*.csv",
    "insee/population_communes_*.json",
    "qpv/*.csv",
)
RECU_LE = date(2026, 11, 23)
# Communes que la Cnaf ne publie pas (moins de 10 000 habitants).
SANS_CNAF = {"94001", "94047", "94048", "94053", "94056", "94065", "94070"}

pytestmark = [
    pytest.mark.lent,
    pytest.mark.skipif(not PUBLICS.exists(), reason="fichiers publics réels absents (../shared)"),
]


def fichiers_reels() -> list[Path]:
    return sorted(f for motif in MOTIFS for f in PUBLICS.glob(motif))


def compiler(chemins: list[Path], dossier: Path):
    lieux = Lieux(dossier, dossier, "reel")
    return lieux, *recevoir_et_compiler(lieux, chemins, recu_le=RECU_LE)


@pytest.fixture(scope="module")
def compile_(tmp_path_factory: pytest.TempPathFactory):
    return compiler(fichiers_reels(), tmp_path_factory.mktemp("publics"))


@pytest.fixture(scope="module")
def communes(compile_) -> pl.DataFrame:
    return lire_referentiel(compile_[0].referentiel, "communes_annee")


def total(table: pl.DataFrame, annee: int, variable: str) -> float:
    return table.filter(pl.col("annee") == annee)[variable].sum()


def test_tous_les_fichiers_sont_recus_et_aucune_ligne_ne_se_perd(compile_):
    _, retours, bilan, _ = compile_
    assert {r.nom: r.message for r in retours if r.etat != "recu"} == {}
    assert len(retours) == len(fichiers_reels()) >= 30
    assert bilan.refuses == ()
    comptes = bilan.table
    perdues = comptes.filter(
        pl.col("lues") != pl.col("propres") + pl.col("rejetees") + pl.col("ecartees")
    )
    assert perdues.is_empty()
    assert comptes["rejetees"].sum() == 0


def test_le_doublon_de_saint_maur_est_ecarte_jamais_somme(compile_, communes):
    lieux, _, bilan, _ = compile_
    fichier = bilan.table.filter(pl.col("nom").str.contains("datasfun"))
    ecartees = dict(fichier.select("table", "ecartees").iter_rows())
    # La deuxième ligne : une commune, et sept chiffres (deux populations, cinq autres).
    assert ecartees == {"pub_communes": 1, "pub_communes_annee": 7}
    publics = lieux_publics(lieux)
    assert lire_propre(publics, "pub_communes").collect().height == 47
    assert total(communes, 2021, "population") == 1_415_367
    assert total(communes, 2022, "naissances") == 18_696


def test_les_communes_absentes_restent_absentes(communes):
    avec_places = communes.filter(pl.col("places_total").is_not_null())
    assert avec_places.height == 240
    assert not SANS_CNAF & set(avec_places["commune"])
    muettes = communes.filter(pl.col("commune").is_in(SANS_CNAF), pl.col("annee") == 2022)
    assert muettes.height == 7
    assert muettes["places_total"].null_count() == 7
    assert muettes["enfants_moins_3_estimes"].null_count() == 7
    assert muettes["naissances"].null_count() == 0


@pytest.mark.parametrize(
    ("annee", "attendu"), [(2017, 20_360), (2018, 20_034), (2019, 20_056), (2020, 19_553)]
)
def test_les_naissances_publiees(communes, annee: int, attendu: int):
    assert total(communes, annee, "naissances") == attendu


def test_les_enfants_estimes_et_la_couverture_publiee(communes):
    assert round(total(communes, 2017, "enfants_moins_3_estimes")) == 59_480
    assert round(total(communes, 2022, "enfants_moins_3_estimes")) == 55_229
    assert total(communes, 2022, "places_eaje") == 17_926
    couverture = total(communes, 2022, "places_total") / total(
        communes, 2022, "enfants_moins_3_estimes"
    )
    # Publié : 54 places pour 100 enfants en 2022, toutes communes.
    assert round(100 * couverture) == 54


def test_tous_les_modes_s_accordent_sur_le_nombre_d_enfants(communes):
    bornes = communes.filter(pl.col("places_total").is_not_null())
    assert bornes["enfants_moins_3_bas"].null_count() == 0
    assert (bornes["enfants_moins_3_bas"] <= bornes["enfants_moins_3_haut"]).all()
    ecart = bornes.select(
        (100 * pl.col("places_eaje") / pl.col("taux_couverture_eaje_pct"))
        / pl.col("enfants_moins_3_estimes")
        - 1
    ).to_series()
    assert ecart.abs().max() < 0.004


def test_les_allocataires_par_iris_gardent_le_secret(compile_, communes):
    iris = lire_referentiel(compile_[0].referentiel, "iris_annee")
    assert total(iris, 2020, "allocataires_enfants_moins_3") == 48_278
    en_2016 = iris.filter(pl.col("annee") == 2016, pl.col("allocataires").is_not_null())
    # Le fichier de 2016 écrit « 1 091 » avec une espace fine.
    sql = f"""
        select sum(replace(A, chr(8239), '')::int) from read_csv(
            '{PUBLICS}/caf/caf_allocataires_iris_94_2016.csv', delim=';', all_varchar=true)
    """
    assert en_2016["allocataires"].sum() == duckdb.sql(sql).fetchall()[0][0]
    sql = f"""
        select count(*) filter (ENF_2 is null), count(*)
        from read_csv('{PUBLICS}/caf/caf_allocataires_iris_94_2020.csv', delim=';')
    """
    absents, lignes = duckdb.sql(sql).fetchall()[0]
    assert total(communes, 2020, "iris_sans_allocataires_enfants_moins_3") == absents == 11
    propres = lire_propre(lieux_publics(compile_[0]), "pub_iris_annee").filter(
        pl.col("source") == "cnaf_allocataires_iris",
        pl.col("annee") == 2020,
        pl.col("variable") == "allocataires_enfants_moins_3",
    )
    assert propres.collect().height == lignes
    assert total(communes, 2020, "allocataires_enfants_moins_3") == 48_278


@pytest.mark.parametrize(
    ("annee", "attendu"),
    [
        (2010, 1_327_732),
        (2013, 1_354_005),
        (2015, 1_372_389),
        (2018, 1_396_913),
        (2020, 1_407_972),
        (2021, 1_415_367),
        (2022, 1_419_531),
    ],
)
def test_la_population_publiee(communes, annee: int, attendu: int):
    assert total(communes, annee, "population") == attendu


def test_la_population_publiee_l_emporte_sur_la_somme_des_iris(compile_, communes):
    iris = lire_referentiel(compile_[0].referentiel, "iris_annee")
    # Chaque IRIS est arrondi : leur somme a quatre habitants de trop.
    assert total(iris, 2022, "population") == 1_419_535 == total(communes, 2022, "population") + 4
    sources = lire_fiche(compile_[0].referentiel, "communes_annee")["variables"]["population"]
    assert sources["sources"] == {
        "insee_communes": [2015, 2021],
        "insee_comparateur": [2013, 2018],
        "insee_population_communes": [2010, 2020, 2022],
        "insee_rp_iris": [2016],
    }


def test_les_iris_sommes_donnent_les_menages(communes):
    monoparents = communes.filter(pl.col("annee") == 2022, pl.col("commune") == "94002")
    sql = f"""
        select sum(men_tot_stock_22 * men_mono_pct_22 / 100)
        from read_csv('{PUBLICS}/insee/iris_94_indicateurs_rp2022.csv') where COM = 94002
    """
    attendu = duckdb.sql(sql).fetchall()[0][0]
    assert monoparents["menages_monoparentaux"].item() == pytest.approx(attendu, abs=0.05)


def test_le_niveau_de_vie_des_deux_sources_est_bien_le_meme(compile_):
    """`rev_disp_med` vaut le niveau de vie de Filosofi ; `rev_med` est le revenu déclaré."""
    propres = lire_propre(lieux_publics(compile_[0]), "pub_iris_annee").collect()
    en_2019 = propres.filter(
        pl.col("annee") == 2019, pl.col("variable") == "niveau_vie_median_eur"
    ).pivot("source", index="iris", values="valeur")
    communs = en_2019.drop_nulls()
    assert communs.height > 400
    assert (communs["filosofi_iris"] == communs["insee_rp_iris"]).all()


def test_quartiers_a_plusieurs_communes_et_departements(compile_):
    dossier = compile_[0].referentiel
    qpv = lire_referentiel(dossier, "qpv")
    assert qpv.height == 84
    valenton = qpv.filter(pl.col("qpv") == "QP094035", pl.col("annee") == 2022)
    assert valenton["communes"].item().count(",") == 2
    assert valenton["population"].item() == 10_267
    departements = lire_referentiel(dossier, "departements_annee")
    assert "6AE" not in set(departements["departement"])
    assert {"67", "68", "2A", "971"} <= set(departements["departement"])
    val = departements.filter(pl.col("departement") == "94", pl.col("annee") == 2023)
    assert val["assistants_maternels_agrees"].item() == 4_305
    assert val["places_eaje_drees"].item() == 18_284


def test_chaque_fichier_est_petit_et_a_sa_fiche(compile_):
    dossier = compile_[0].referentiel
    for nom in ("communes", *FICHIERS_REFERENTIEL):
        assert (dossier / f"{nom}.csv").stat().st_size < 300_000
        fiche = lire_fiche(dossier, nom)
        for source in fiche["sources"]:
            assert source["licence"] == "Licence Ouverte 2.0 (Etalab)"
            assert source["producteur"]
            assert all(len(f["empreinte"]) == 64 for f in source["fichiers"])
            assert all(f["recu_le"] == RECU_LE for f in source["fichiers"])


def test_un_export_nominatif_n_entre_pas_parmi_les_fichiers_publics(tmp_path: Path):
    filoue = PUBLICS / "logiciels-eaje" / "gabarit_export_filoue_gertrude.csv"
    naissances = PUBLICS / "insee" / "naissances_places_communes_94_2017-2019_2022.csv"
    lieux, retours, bilan, _ = compiler([filoue, naissances], tmp_path)
    assert [(r.etat, r.code) for r in retours] == [("refuse", "source_inconnue"), ("recu", "")]
    assert bilan.traites == 1
    assert not list(lieux_publics(lieux).brut.rglob("*filoue*"))


def test_recompiler_ne_change_rien(compile_, tmp_path: Path):
    lieux, *_ = compile_
    avant = {f.name: f.read_bytes() for f in lieux.referentiel.iterdir()}
    retours, bilan, _ = recevoir_et_compiler(lieux, fichiers_reels(), recu_le=date(2026, 12, 1))
    assert {r.etat for r in retours} == {"deja_recu"}
    assert bilan.traites == 0
    assert {f.name: f.read_bytes() for f in lieux.referentiel.iterdir()} == avant
    ailleurs, *_ = compiler(list(reversed(fichiers_reels())), tmp_path)
    assert {f.name: f.read_bytes() for f in ailleurs.referentiel.iterdir()} == avant


def test_le_referentiel_suivi_est_celui_que_donnent_les_fichiers(compile_):
    suivi = RACINE_PROJET / "donnees" / "referentiel"
    for nom in FICHIERS_REFERENTIEL:
        for suffixe in (".csv", ".fiche.yaml"):
            attendu = (compile_[0].referentiel / f"{nom}{suffixe}").read_text()
            assert (suivi / f"{nom}{suffixe}").read_text() == attendu, f"{nom}{suffixe}"


# Recoder : le même territoire sous un autre numéro de département, rien d'autre.
CODES = {
    *("num_commune", "numero_commune", "code_commune", "insee_com", "codgeo", "iris", "com"),
    *("depcom", "code", "numero_departement", "insee_dep", "dep"),
}


def recoder(chemin: Path, cible: Path) -> Path:
    octets = chemin.read_bytes()
    texte = octets.decode("utf-8-sig")
    if chemin.suffix == ".json":
        fichier = cible / chemin.name.replace("_94_", "_93_")
        fichier.write_text(texte.replace('"94', '"93'), encoding="utf-8")
        return fichier
    lignes = texte.splitlines(keepends=True)
    separateur = ";" if lignes[0].count(";") > lignes[0].count(",") else ","
    entete = next(csv.reader(lignes[:1], delimiter=separateur))
    rangs = [i for i, nom in enumerate(entete) if nom.lower() in CODES]
    sortie = [lignes[0]]
    for ligne in lignes[1:]:
        champs = ligne.split(separateur)
        for rang in rangs:
            champs[rang] = recoder_code(champs[rang])
        sortie.append(separateur.join(champs))
    fichier = cible / chemin.name.replace("_94_", "_93_")
    marque = b"\xef\xbb\xbf" if octets.startswith(b"\xef\xbb\xbf") else b""
    fichier.write_bytes(marque + "".join(sortie).encode())
    return fichier


def recoder_code(code: str) -> str:
    if code.startswith("QP094"):
        return "QP093" + code[5:]
    return "93" + code[2:] if code.startswith("94") else code


@pytest.fixture
def recodes(tmp_path: Path) -> Iterator[list[Path]]:
    cible = tmp_path / "recodes"
    cible.mkdir()
    yield [
        shutil.copy(f, cible / f.name) if f.parent.name == "drees" else recoder(f, cible)
        for f in fichiers_reels()
    ]


def test_rien_n_est_attache_au_departement(compile_, recodes: list[Path], tmp_path: Path):
    autre, retours, bilan, _ = compiler(recodes, tmp_path / "d")
    assert {r.etat for r in retours} == {"recu"}
    assert bilan.refuses == ()
    for nom in ("communes", *FICHIERS_REFERENTIEL):
        temoin = pl.read_csv(compile_[0].referentiel / f"{nom}.csv", infer_schema=False)
        recode = pl.read_csv(autre.referentiel / f"{nom}.csv", infer_schema=False)
        if nom != "departements_annee":
            # Les virgules séparent des codes seulement dans les colonnes de codes.
            cles = [c for c in ("code", "commune", "iris", "qpv") if c in temoin.columns]
            if nom == "communes":
                cles.append("departement")
            temoin = temoin.with_columns(
                pl.col(c).map_elements(recoder_code, return_dtype=pl.String) for c in cles
            )
        assert recode.equals(temoin), nom


def test_les_fiches_sont_du_yaml_lisible(compile_):
    for fiche in compile_[0].referentiel.glob("*.fiche.yaml"):
        contenu = yaml.safe_load(fiche.read_text())
        assert contenu["limites"]
        assert contenu["transformations"]
