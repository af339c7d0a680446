"""Le secret statistique, cas par cas (fiche domaine, cas de vérification n° 52 à 54)."""

from datetime import date

import polars as pl
import pytest

from rtpe_analyse.erreurs import ErreurReglementation, ErreurUsage
from rtpe_analyse.indicateurs import SCHEMA_INDICATEURS
from rtpe_analyse.secret import cellules_deductibles, proteger
from tests.unites.outils_secret import LE, ligne, statuts, table, territoire


@pytest.mark.parametrize(("niveau", "attendu"), [("interne", "VAVVV"), ("diffusion", "VAAAV")])
def test_secret_primaire(niveau, attendu):
    # Cas n° 52 : effectifs 0, 4, 5, 10, 11 ; seuils 5 puis 11.
    seules = table(*(ligne(f"E{n:02d}", n) for n in (0, 4, 5, 10, 11)))
    assert statuts(proteger(seules, niveau, LE)) == attendu


def test_secret_secondaire_a_une_dimension():
    # Cas n° 53 : [3, 20, 30], total 53 diffusé : 3 = A, et la plus petite autre, 20, = D.
    protegee = proteger(table(*territoire([3, 20, 30])), "interne", LE)
    assert statuts(protegee) == "ADVV"


def test_masque_veut_dire_vide_jamais_zero():
    protegee = proteger(table(*territoire([3, 20, 30])), "interne", LE)
    masquees = protegee.filter(pl.col("statut") != "diffusable")
    assert len(masquees) == 2
    for colonne in ("numerateur", "denominateur", "valeur", "effectif"):
        assert masquees[colonne].null_count() == 2
    assert protegee.filter(pl.col("statut") == "diffusable")["valeur"].to_list() == [30, 53]


def test_secret_secondaire_a_deux_dimensions():
    # Cas n° 54 : une primaire intérieure, marges diffusées : au moins 3 autres (rectangle).
    grille = {"A": (20, 30, 40), "B": (25, 3, 50), "C": (60, 70, 80)}
    modalites = ("0 an", "1 an", "2 ans")
    lignes = []
    for zone, effectifs in grille.items():
        commun = {"parents": ["territoire:T1"], "indicateur": "D1"}
        lignes.append(ligne(zone, sum(effectifs), **commun))
        lignes += [
            ligne(zone, n, ventilation="age", modalite=m, **commun)
            for m, n in zip(modalites, effectifs, strict=True)
        ]
    total = [sum(e[rang] for e in grille.values()) for rang in range(3)]
    lignes.append(ligne("T1", sum(total), "territoire", indicateur="D1"))
    lignes += [
        ligne("T1", n, "territoire", indicateur="D1", ventilation="age", modalite=m)
        for m, n in zip(modalites, total, strict=True)
    ]
    avant = table(*lignes)
    protegee = proteger(avant, "interne", LE)
    par_zone = {zone: statuts(protegee, zone=zone) for zone in (*grille, "T1")}
    assert par_zone["B"] == "VDAV"
    assert par_zone["A"] == "VDDV"
    assert par_zone["C"] == par_zone["T1"] == "VVVV"
    assert cellules_deductibles(avant, protegee, "D1") == []


def test_des_petites_parts_ne_se_lisent_pas_ensemble():
    # 1 et 2 masqués : leur somme, 3, resterait sous le seuil ; 20 les rejoint.
    protegee = proteger(table(*territoire([1, 2, 20, 30])), "interne", LE)
    assert statuts(protegee) == "AADVV"


def test_une_seule_part_non_nulle_masque_son_total():
    lignes = [
        *territoire([3, 0]),
        *territoire([40, 50], "T2"),
        *territoire([60, 70], "T3"),
        ligne("99", 223, "departement"),
    ]
    protegee = proteger(table(*lignes), "interne", LE)
    # T2 masqué à son tour se retrouverait par 40 + 50 : la plus petite, 40, l'est aussi.
    assert statuts(protegee, maille="etablissement") == "AVDVVV"
    assert statuts(protegee, maille="territoire") == "ADV"
    assert statuts(protegee, maille="departement") == "V"


def test_un_zero_se_lit():
    protegee = proteger(table(*territoire([0, 20])), "interne", LE)
    assert statuts(protegee) == "VVV"
    assert protegee["valeur"].to_list() == [0, 20, 20]


def test_memes_contributeurs_memes_masques():
    lignes = []
    for code in ("E1", "H1", "T1"):
        lignes += territoire([3, 20, 30], indicateur=code, denominateur=800.0)
    protegee = proteger(table(*lignes), "interne", LE)
    for code in ("E1", "H1", "T1"):
        assert statuts(protegee, indicateur=code) == "ADVV"


def test_un_rapport_de_deux_populations_suit_la_plus_secrete():
    lignes = [
        *territoire([3, 20, 30], indicateur="H1"),
        *territoire([50, 60, 70], indicateur="H2"),
        *territoire([50, 60, 70], indicateur="T3"),
    ]
    protegee = proteger(table(*lignes), "interne", LE)
    assert statuts(protegee, indicateur="H2") == "VVVV"
    assert statuts(protegee, indicateur="T3") == "ADVV"


def test_un_denominateur_public_reste_lisible():
    lignes = territoire([3, 20, 30], indicateur="T1", denominateur=800.0)
    lignes += territoire([3, 20, 30], indicateur="T3", denominateur=500.0)
    masquees = proteger(table(*lignes), "interne", LE).filter(pl.col("statut") != "diffusable")
    assert masquees.filter(pl.col("indicateur") == "T1")["denominateur"].to_list() == [800, 800]
    assert masquees.filter(pl.col("indicateur") == "T3")["denominateur"].to_list() == [None, None]


def test_les_places_ne_sont_pas_soumises():
    places = table(ligne("A", 3, indicateur="P1", effectif=None), ligne("B", 2, indicateur="H0"))
    assert statuts(proteger(places, "diffusion", LE)) == "VV"


def test_un_effectif_inconnu_est_trop_petit():
    assert statuts(proteger(table(ligne("A", 30, effectif=None)), "interne", LE)) == "A"


def test_un_non_calculable_le_reste_mais_ne_montre_pas_son_numerateur():
    vide = ligne("A", None, indicateur="H1", statut="non_calculable")
    sans_taux = ligne("B", 3, indicateur="T3", valeur=None, statut="non_calculable")
    protegee = proteger(table(vide, sans_taux), "interne", LE)
    assert protegee["statut"].to_list() == ["non_calculable", "masque_primaire"]
    assert protegee["numerateur"].to_list() == [None, None]


def test_deux_periodes_ne_se_melangent_pas():
    juin = [x | {"periode": "2026-T1"} for x in territoire([20, 20, 20])]
    protegee = proteger(table(*territoire([3, 20, 30]), *juin), "interne", LE)
    assert statuts(protegee, periode="2026-T1") == "VVVV"


def test_le_schema_et_l_ordre_ne_changent_pas():
    avant = table(*territoire([3, 20, 30]))
    protegee = proteger(avant, "interne", LE)
    assert protegee.schema == SCHEMA_INDICATEURS
    assert protegee["zone"].to_list() == avant["zone"].to_list()


def test_les_seuils_sont_lus_a_la_date():
    with pytest.raises(ErreurReglementation):
        proteger(table(ligne("A", 30)), "interne", date(1999, 12, 31))


def test_une_table_sans_parents_est_refusee():
    with pytest.raises(ErreurUsage):
        proteger(table(ligne("A", 30)).drop("parents"), "interne", LE)
    with pytest.raises(ErreurUsage):
        proteger(table(ligne("A", 30, indicateur="INCONNU")), "interne", LE)


def test_l_audit_trouve_ce_qui_se_deduit():
    avant = table(*territoire([3, 20, 30]))
    mal_protegee = avant.with_columns(
        numerateur=pl.when(pl.col("effectif") >= 5).then("numerateur")
    ).drop("parents")
    assert [cle[3] for cle in cellules_deductibles(avant, mal_protegee, "E1")] == ["T1A"]
    assert cellules_deductibles(avant, proteger(avant, "interne", LE), "E1") == []


def test_ce_qu_une_somme_inexacte_fait_deduire_a_tort_n_est_pas_une_fuite():
    """Un enfant dans deux crèches compte deux fois : 12 − 10 donne 2, il y en a 3."""
    lignes = [
        ligne("A", 10, parents=["territoire:T1"]),
        ligne("B", 3, parents=["territoire:T1"]),
        ligne("T1", 12, "territoire"),
    ]
    avant = table(*lignes)
    cachee = pl.when(pl.col("zone") != "B").then("numerateur")
    apres = avant.with_columns(numerateur=cachee).drop("parents")
    assert cellules_deductibles(avant, apres, "E1") == []
    # Témoin : la même, quand personne n'est compté deux fois.
    exact = avant.with_columns(
        numerateur=pl.when(pl.col("zone") == "T1").then(13.0).otherwise("numerateur")
    )
    apres = exact.with_columns(numerateur=cachee).drop("parents")
    assert [cle[3] for cle in cellules_deductibles(exact, apres, "E1")] == ["B"]
