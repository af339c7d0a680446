"""Zonages de l'utilisateur et changements de géographie : rien de deviné, rien de perdu."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtpe_analyse.indicateurs import composition_des_zonages, construire_zones
from rtpe_analyse.indicateurs.geographie import a_jour, passer
from rtpe_analyse.nomenclatures.publiques import FICHIERS_REFERENTIEL
from tests.specifications.outils import LE, Jeu, egal, ligne_de, valeur_de
from tests.specifications.publics import VALEURS, avec_referentiel, ecrire_valeurs

ANNEE = {"periode": "2022"}
DEPUIS = {"valide_du": date(2020, 1, 1)}


def zoner(jeu: Jeu, *lieux: str, zone: str = "Z", **reste) -> Jeu:
    """Un zonage fait de communes (cinq caractères) et d'IRIS (neuf)."""
    lignes = [
        {
            "zonage": zone,
            "nom_zonage": f"Zonage {zone}",
            "commune" if len(lieu) == 5 else "iris": lieu,
            **DEPUIS,
            **reste,
        }
        for lieu in lieux
    ]
    jeu.ecrire("zonages", lignes)
    return jeu


def publier_iris(jeu: Jeu, **populations: int) -> None:
    lignes = [
        {
            "iris": code.removeprefix("i"),
            "commune": code[1:6],
            "annee": 2022,
            "population": population,
            "population_25_54_pct": 50,
            "taux_emploi_25_54_pct": 80,
            "allocataires_enfants_moins_3": 12,
        }
        for code, population in populations.items()
    ]
    schema = FICHIERS_REFERENTIEL["iris_annee"].schema
    pl.DataFrame(lignes, schema=schema).write_csv(jeu.lieux.referentiel / "iris_annee.csv")


def test_un_zonage_additionne_ses_communes_comme_un_territoire(tmp_path):
    table = zoner(avec_referentiel(tmp_path), "99001", "99002").calculer("besoins")
    zonage = table.filter(pl.col("zone") == "Z").drop("zone", "maille")
    territoire = table.filter(
        pl.col("zone") == "T1", pl.col("indicateur").is_in(zonage["indicateur"].implode())
    ).drop("zone", "maille")
    assert len(zonage) > 10
    assert zonage.equals(territoire)


def test_un_zonage_franchit_la_limite_du_departement(tmp_path):
    jeu = zoner(avec_referentiel(tmp_path), "99003", "98001")
    ecrire_valeurs(jeu, [*VALEURS, {**VALEURS[1], "commune": "98001"}])
    table = jeu.calculer("besoins")
    assert valeur_de(table, "B1", "Z", **ANNEE) == egal((90 + 50) / (100 + 250))
    assert construire_zones(jeu.lieux).filter(pl.col("zone") == "Z")["parent"].item() is None
    # Le département, lui, ne prend pas la commune d'à côté.
    assert valeur_de(table, "S3", "99", **ANNEE) == 9000 + 4000 + 2000


def test_un_zonage_d_une_seule_commune(tmp_path):
    table = zoner(avec_referentiel(tmp_path), "99002").calculer("besoins")
    for code in ("B1", "B1u", "S1", "S3", "S4"):
        assert valeur_de(table, code, "Z", **ANNEE) == valeur_de(table, code, "99002", **ANNEE)


def test_une_commune_en_double_ne_compte_qu_une_fois(tmp_path):
    jeu = zoner(avec_referentiel(tmp_path), "99001", "99001", "990010101", "990010000")
    assert composition_des_zonages(jeu.lieux, LE) == {"Z": ["99001"]}
    assert valeur_de(jeu.calculer("besoins"), "S3", "Z", **ANNEE) == 9000


def test_une_commune_sans_ligne_rend_le_zonage_partiel(tmp_path):
    ligne = ligne_de(
        zoner(avec_referentiel(tmp_path), "99001", "99004").calculer("besoins"), "B1", "Z", **ANNEE
    )
    assert (ligne["valeur"], ligne["statut"]) == (egal(300 / 500), "a_verifier")


def test_un_iris_introuvable_reste_dans_le_zonage(tmp_path):
    jeu = zoner(avec_referentiel(tmp_path), "990010101", "990010999")
    publier_iris(jeu, i990010101=1000)
    table = jeu.calculer("besoins")
    assert composition_des_zonages(jeu.lieux, LE) == {"Z": ["990010101", "990010999"]}
    ligne = ligne_de(table, "S3", "Z", **ANNEE)
    assert (ligne["valeur"], ligne["statut"]) == (1000, "a_verifier")
    # 1 000 habitants, 50 % de 25-54 ans dont 80 % en emploi : 400 / 500.
    assert valeur_de(table, "S5", "Z", **ANNEE) == egal(400 / 500)
    # Les places n'existent pas à l'IRIS.
    assert ligne_de(table, "S7", "Z", **ANNEE)["valeur"] == 12
    assert table.filter(pl.col("zone") == "Z", pl.col("indicateur") == "B1").is_empty()
    assert ligne_de(table, "B1r", "Z", **ANNEE)["statut"] == "non_calculable"


def test_une_validite_passee_sort_du_zonage(tmp_path):
    jeu = zoner(avec_referentiel(tmp_path), "99001", valide_au=date(2026, 1, 1))
    assert composition_des_zonages(jeu.lieux, LE) == {}
    assert composition_des_zonages(jeu.lieux, date(2026, 1, 1)) == {"Z": ["99001"]}


def test_deux_communes_fusionnees_s_additionnent_avant_leur_fusion(tmp_path):
    """99002 rejoint 99001 le 1er janvier 2023 : 2022 se lit sur les deux."""
    jeu = zoner(avec_referentiel(tmp_path), "99002")
    jeu.ecrire("passages", [{"ancien": "99002", "nouveau": "99001", "effet": date(2023, 1, 1)}])
    table = jeu.calculer("besoins")
    assert valeur_de(table, "S1", "99001", **ANNEE) == 500 + 250
    assert valeur_de(table, "B1", "T1", **ANNEE) == egal((300 + 50) / (500 + 250))
    # Une médiane ne se recompose pas ; le zonage qui citait l'ancienne commune suit la nouvelle.
    medianes = table.filter(pl.col("indicateur") == "S8", pl.col("zone") == "99001")
    assert medianes["valeur"].drop_nulls().is_empty()
    assert valeur_de(table, "S3", "Z", **ANNEE) == 9000 + 4000
    assert valeur_de(table, "S3", "99", **ANNEE) == 9000 + 4000 + 2000


def test_une_fusion_a_laquelle_il_manque_un_chiffre_n_est_pas_plus_petite(tmp_path):
    """99003 n'a pas de naissances publiées : la commune nouvelle n'en a pas non plus."""
    jeu = avec_referentiel(tmp_path)
    jeu.ecrire("passages", [{"ancien": "99003", "nouveau": "99001", "effet": date(2023, 1, 1)}])
    assert ligne_de(jeu.calculer("besoins"), "S2", "99001", **ANNEE)["statut"] == "non_calculable"


def test_un_passage_a_venir_ne_change_rien(tmp_path):
    jeu = avec_referentiel(tmp_path)
    sans = jeu.calculer("besoins")
    jeu.ecrire("passages", [{"ancien": "99002", "nouveau": "99001", "effet": date(2027, 1, 1)}])
    assert jeu.calculer("besoins").equals(sans)


def test_un_iris_redecoupe_se_partage_et_sans_table_reste_absent(tmp_path):
    jeu = zoner(avec_referentiel(tmp_path), "990010102")
    publier_iris(jeu, i990010100=1000)
    sans = jeu.calculer("besoins").filter(pl.col("zone") == "Z", pl.col("valeur").is_not_null())
    # Reste la commune de l'IRIS, dont l'offre est publiée.
    assert sans["indicateur"].to_list() == ["S17"]
    jeu.ecrire(
        "passages",
        [
            {
                "ancien": "990010100",
                "nouveau": f"99001010{rang}",
                "effet": date(2023, 1, 1),
                "part": part,
            }
            for rang, part in ((1, 0.4), (2, 0.6))
        ],
    )
    avec = jeu.calculer("besoins")
    assert valeur_de(avec, "S3", "Z", **ANNEE) == egal(0.6 * 1000)
    assert valeur_de(avec, "S5", "Z", **ANNEE) == egal(0.6 * 400 / (0.6 * 500))


def test_une_source_deja_dans_la_nouvelle_geographie_garde_ses_chiffres():
    """« a » parle encore de A, « b » déjà de N : chacune est lue là où elle est."""
    passages = pl.DataFrame(
        {"ancien": ["A"], "nouveau": ["N"], "effet": [date(2020, 1, 1)], "part": [1.0]}
    )
    valeurs = pl.DataFrame(
        {"lieu": ["A", "N"], "annee": [2019, 2019], "a": [10.0, None], "b": [None, 7.0]}
    )
    assert passer(valeurs, passages, ["a", "b"], LE).rows() == [("N", 2019, 10.0, 7.0)]


def test_deux_passages_de_suite_s_enchainent():
    passages = pl.DataFrame(
        {
            "ancien": ["A", "B"],
            "nouveau": ["B", "C"],
            "effet": [date(2020, 1, 1), date(2022, 1, 1)],
            "part": [1.0, 1.0],
        }
    )
    lieux = pl.DataFrame({"lieu": ["A", "B", "D"]})
    assert a_jour(lieux, passages, "lieu", LE)["lieu"].to_list() == ["C", "C", "D"]
    assert a_jour(lieux, passages, "lieu", date(2021, 1, 1))["lieu"].to_list() == ["B", "B", "D"]
    valeurs = pl.DataFrame({"lieu": ["A", "B", "C"], "annee": [2019, 2021, 2022], "n": [1.0, 2, 4]})
    recomposees = passer(valeurs, passages, ["n"], LE)
    assert recomposees.sort("annee").rows() == [("C", 2019, 1), ("C", 2021, 2), ("C", 2022, 4)]


@given(
    st.lists(st.integers(0, 1000), min_size=2, max_size=6),
    st.floats(0, 1, allow_nan=False),
    st.randoms(use_true_random=False),
)
def test_un_passage_ne_perd_ni_ne_cree_d_effectif(effectifs, part, hasard):
    """Tous les lieux sauf le dernier fusionnent dans le premier ; le dernier se coupe en deux."""
    lieux = [f"L{rang}" for rang in range(len(effectifs))]
    liens = [(ancien, lieux[0], 1.0) for ancien in lieux[1:-1]]
    liens += [(lieux[-1], "M1", part), (lieux[-1], "M2", 1 - part)]
    passages = pl.DataFrame(
        [(a, n, date(2023, 1, 1), p) for a, n, p in liens],
        schema={"ancien": pl.String, "nouveau": pl.String, "effet": pl.Date, "part": pl.Float64},
        orient="row",
    )
    lignes = [
        {"lieu": lieu, "annee": 2022, "n": float(n)}
        for lieu, n in zip(lieux, effectifs, strict=True)
    ]
    hasard.shuffle(lignes)
    schema = {"lieu": pl.String, "annee": pl.Int64, "n": pl.Float64}
    recomposees = passer(pl.DataFrame(lignes, schema=schema), passages, ["n"], LE)
    assert recomposees["n"].sum() == pytest.approx(sum(effectifs))
    assert set(recomposees["lieu"]) == {lieux[0], "M1", "M2"}
