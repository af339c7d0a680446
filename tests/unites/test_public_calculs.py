"""Chiffres publics : choisir, estimer, sommer, sans jamais faire un zéro d'une absence."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtpe_analyse.nettoyage.referentiel_calculs import (
    choisir,
    completer,
    elargir,
    estimer_enfants,
    sommer_iris,
)
from rtpe_analyse.nomenclatures.publiques import FICHIERS_REFERENTIEL, VariablePublique

MODES = [
    ("places_eaje_psu", "taux_couverture_eaje_psu_pct"),
    ("places_eaje_hors_psu", "taux_couverture_eaje_hors_psu_pct"),
    ("places_eaje", "taux_couverture_eaje_pct"),
    ("places_prescolarisation", "taux_couverture_prescolarisation_pct"),
    ("places_assistantes_maternelles", "taux_couverture_assistantes_maternelles_pct"),
    ("places_garde_domicile", "taux_couverture_garde_domicile_pct"),
    ("places_accueil_individuel", "taux_couverture_accueil_individuel_pct"),
    ("places_total", "taux_couverture_global_pct"),
]
NAISSANCES = {"naissances": VariablePublique("", "", ("communes",), ("bonne", "moindre"))}
CLES = ("commune", "annee")


def longue(*lignes: tuple[str, int, str, str, float | None, str, int]) -> pl.DataFrame:
    schema = ["commune", "annee", "variable", "source", "valeur", "_fichier", "_ligne"]
    return pl.DataFrame(lignes, schema=schema, orient="row")


def communes(**valeurs: float | None) -> pl.DataFrame:
    vide = {colonne: None for couple in MODES for colonne in couple}
    ligne = {"commune": "01004", "annee": 2021, **vide, **valeurs}
    return pl.DataFrame([ligne], schema=FICHIERS_REFERENTIEL["communes_annee"].schema)


def test_une_commune_repetee_ne_se_somme_pas():
    table = longue(
        ("01004", 2022, "naissances", "bonne", 823.0, "f", 36),
        ("01004", 2022, "naissances", "bonne", 823.0, "f", 37),
    )
    choisie, desaccords = choisir(table, CLES, NAISSANCES, ["f"])
    assert choisie["valeur"].to_list() == [823.0]
    assert desaccords == 0


def test_la_source_preferee_l_emporte_et_le_desaccord_se_compte():
    table = longue(
        ("01004", 2022, "naissances", "moindre", 820.0, "recent", 2),
        ("01004", 2022, "naissances", "bonne", 823.0, "ancien", 2),
    )
    choisie, desaccords = choisir(table, CLES, NAISSANCES, ["recent", "ancien"])
    assert choisie["valeur"].to_list() == [823.0]
    assert desaccords == 1


def test_a_source_egale_le_fichier_le_plus_recent_l_emporte():
    table = longue(
        ("01004", 2022, "naissances", "bonne", 810.0, "ancien", 2),
        ("01004", 2022, "naissances", "bonne", 823.0, "recent", 9),
    )
    choisie, _ = choisir(table, CLES, NAISSANCES, ["recent", "ancien"])
    assert choisie["valeur"].to_list() == [823.0]


def test_une_source_muette_laisse_parler_la_suivante():
    table = longue(
        ("01004", 2022, "naissances", "bonne", None, "f", 2),
        ("01004", 2022, "naissances", "moindre", 820.0, "g", 2),
        ("01005", 2022, "naissances", "bonne", None, "f", 3),
    )
    choisie, desaccords = choisir(table, CLES, NAISSANCES, ["f", "g"])
    assert dict(choisie.select("commune", "valeur").iter_rows()) == {"01004": 820.0, "01005": None}
    assert desaccords == 0


def test_la_forme_large_garde_toutes_les_colonnes_et_les_vides():
    choisie = pl.DataFrame(
        {"commune": ["b", "a"], "annee": [2022, 2022], "variable": ["x", "x"], "valeur": [2.0, 0.0]}
    )
    large = elargir(choisie, CLES, ["x", "y"])
    assert large.rows() == [("a", 2022, 0.0, None), ("b", 2022, 2.0, None)]


def test_les_enfants_se_retrouvent_par_places_sur_taux():
    # 40 places pour un taux de 20,0 : 40 ÷ 0,20 = 200 enfants ; le taux est à 0,05 près
    # (20,0 s'écrit 20 : c'est 47,3 qui montre la décimale), les places à 0,5 près.
    table = communes(
        places_total=40.0,
        taux_couverture_global_pct=20.0,
        places_eaje=94.6,
        taux_couverture_eaje_pct=47.3,
    )
    ligne = estimer_enfants(table).row(0, named=True)
    assert ligne["enfants_moins_3_estimes"] == pytest.approx(200)
    assert ligne["enfants_moins_3_bas"] == pytest.approx(94.1 / 47.35 * 100)
    assert ligne["enfants_moins_3_haut"] == pytest.approx(95.1 / 47.25 * 100)


def test_des_modes_qui_se_contredisent_ne_donnent_pas_de_bornes():
    table = communes(
        places_total=40.0,
        taux_couverture_global_pct=20.5,
        places_eaje=40.0,
        taux_couverture_eaje_pct=40.5,
    )
    ligne = estimer_enfants(table).row(0, named=True)
    assert ligne["enfants_moins_3_bas"] is None
    assert ligne["enfants_moins_3_haut"] is None


@pytest.mark.parametrize("taux", [None, 0.0])
def test_sans_taux_pas_d_enfants_et_surtout_pas_zero(taux: float | None):
    table = communes(places_total=0.0, taux_couverture_global_pct=taux)
    assert estimer_enfants(table)["enfants_moins_3_estimes"].to_list() == [None]


@given(
    enfants=st.integers(50, 9000),
    places=st.lists(st.integers(0, 3000), min_size=len(MODES), max_size=len(MODES)),
)
def test_le_vrai_nombre_est_toujours_entre_les_bornes(enfants: int, places: list[int]):
    valeurs: dict[str, float | None] = {}
    places[-1] += 100  # sans aucun taux positif, rien ne borne par le haut
    for (nom_places, nom_taux), n in zip(MODES, places, strict=True):
        valeurs |= {nom_places: float(n), nom_taux: round(100 * n / enfants, 1)}
    # Une commune voisine montre que les taux sont publiés à une décimale.
    temoin = communes(places_total=1.0, taux_couverture_global_pct=0.1)
    table = pl.concat([communes(**valeurs), temoin])
    ligne = estimer_enfants(table).row(0, named=True)
    assert ligne["enfants_moins_3_bas"] <= enfants * (1 + 1e-9)
    assert ligne["enfants_moins_3_haut"] >= enfants * (1 - 1e-9)


def iris(*lignes: dict[str, object]) -> tuple[pl.DataFrame, pl.DataFrame]:
    schema = FICHIERS_REFERENTIEL["iris_annee"].schema
    large = pl.DataFrame(lignes, schema=schema)
    variables = [c for c in schema if c not in ("iris", "commune", "annee")]
    nommees = [(li["iris"], li["annee"], v) for li in lignes for v in li if v in variables]
    noms = pl.DataFrame(nommees, schema=["iris", "annee", "variable"], orient="row")
    valeurs = large.unpivot(variables, index=["iris", "annee"], value_name="valeur")
    return large, noms.join(valeurs, on=["iris", "annee", "variable"], how="left")


def test_les_effectifs_d_une_commune_sont_la_somme_de_ses_iris():
    # 1 000 ménages à 10 % et 500 à 20 % : 100 + 100 = 200 monoparents sur 1 500, soit 13,33 %.
    large, longues = iris(
        {
            "iris": "010040101",
            "commune": "01004",
            "annee": 2022,
            "population": 2000.0,
            "menages": 1000.0,
            "familles_monoparentales_pct": 10.0,
        },
        {
            "iris": "010040102",
            "commune": "01004",
            "annee": 2022,
            "population": 900.0,
            "menages": 500.0,
            "familles_monoparentales_pct": 20.0,
        },
    )
    somme = sommer_iris(large, longues).row(0, named=True)
    assert somme["population"] == 2900
    assert somme["menages_monoparentaux"] == pytest.approx(200)
    assert somme["familles_monoparentales_pct"] == pytest.approx(200 / 1500 * 100)
    assert somme["population_moins_15"] is None


def test_un_iris_habite_sans_chiffre_rend_la_somme_absente_un_iris_desert_non():
    base = {"commune": "01004", "annee": 2022}
    large, longues = iris(
        {**base, "iris": "010040101", "population": 2000.0, "population_moins_15_pct": 20.0},
        {**base, "iris": "010040102", "population": 0.0, "population_moins_15_pct": None},
    )
    assert sommer_iris(large, longues)["population_moins_15"].to_list() == [400.0]
    large, longues = iris(
        {**base, "iris": "010040101", "population": 2000.0, "population_moins_15_pct": 20.0},
        {**base, "iris": "010040102", "population": 8.0, "population_moins_15_pct": None},
    )
    assert sommer_iris(large, longues)["population_moins_15"].to_list() == [None]


def test_les_enfants_d_allocataires_se_somment_en_disant_ce_qui_manque():
    base = {"commune": "01004", "annee": 2020}
    large, longues = iris(
        {**base, "iris": "010040101", "allocataires_enfants_moins_3": 120.0},
        {**base, "iris": "010040102", "allocataires_enfants_moins_3": None},
        {**base, "commune": "01005", "iris": "010050101", "allocataires_enfants_moins_3": None},
    )
    somme = sommer_iris(large, longues).sort("commune")
    assert somme["allocataires_enfants_moins_3"].to_list() == [120.0, None]
    assert somme["iris_sans_allocataires_enfants_moins_3"].to_list() == [1.0, 1.0]


def test_completer_ne_change_pas_un_chiffre_publie():
    publiee = pl.DataFrame({"commune": ["a", "b"], "annee": [1, 1], "x": [5.0, None]})
    ajout = pl.DataFrame({"commune": ["a", "b", "c"], "annee": [1, 1, 1], "x": [9.0, 7.0, 8.0]})
    complete = completer(publiee, ajout, CLES)
    assert complete["x"].to_list() == [5.0, 7.0, 8.0]
