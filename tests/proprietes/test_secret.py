"""Aucune cellule masquée ne se reconstitue, quel que soit le tableau (audit par PL exacte)."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtpe_analyse.secret import cellules_deductibles, proteger
from rtpe_analyse.secret.audit import deductibles
from rtpe_analyse.secret.masquage import Somme, Tableau
from tests.unites.outils_secret import LE, ligne, table

_EFFECTIFS = st.integers(0, 14)


@st.composite
def reseaux(tirer):
    """Établissements partagés entre territoires et communes, additifs jusqu'au département."""
    nombre = tirer(st.integers(1, 9))
    effectifs = tirer(st.lists(_EFFECTIFS, min_size=nombre, max_size=nombre))
    territoires = tirer(
        st.lists(st.sampled_from(["T1", "T2", "T3"]), min_size=nombre, max_size=nombre)
    )
    communes = tirer(
        st.lists(st.sampled_from(["C1", "C2", "C3", "C4"]), min_size=nombre, max_size=nombre)
    )
    return _reseau(effectifs, territoires, communes)


def _reseau(effectifs, territoires, communes):
    lignes = [
        ligne(f"E{rang}", n, parents=[f"territoire:{t}", f"commune:{c}"], indicateur="H1")
        for rang, (n, t, c) in enumerate(zip(effectifs, territoires, communes, strict=True))
    ]
    for maille, codes in (("territoire", territoires), ("commune", communes)):
        for code in sorted(set(codes)):
            total = sum(n for n, c in zip(effectifs, codes, strict=True) if c == code)
            lignes.append(ligne(code, total, maille, ["departement:99"], indicateur="H1"))
    lignes.append(ligne("99", sum(effectifs), "departement", indicateur="H1"))
    return table(*lignes)


@st.composite
def tableaux_croises(tirer):
    """Modalités × établissements, avec toutes leurs marges."""
    zones = tirer(st.integers(1, 4))
    modalites = tirer(st.integers(1, 4))
    grille = tirer(
        st.lists(
            st.lists(_EFFECTIFS, min_size=modalites, max_size=modalites),
            min_size=zones,
            max_size=zones,
        )
    )
    lignes = []
    complete = [*grille, [sum(colonne) for colonne in zip(*grille, strict=True)]]
    for rang, effectifs in enumerate(complete):
        total = rang == zones
        zone, maille = ("T1", "territoire") if total else (f"E{rang}", "etablissement")
        commun = {"indicateur": "D1", "parents": [] if total else ["territoire:T1"]}
        lignes.append(ligne(zone, sum(effectifs), maille, **commun))
        lignes += [
            ligne(zone, n, maille, ventilation="age", modalite=str(m), **commun)
            for m, n in enumerate(effectifs)
        ]
    return table(*lignes)


@settings(max_examples=60, deadline=None)
@given(reseaux(), st.sampled_from(["interne", "diffusion"]))
def test_reseau_emboite(avant, niveau):
    apres = proteger(avant, niveau, LE)
    assert cellules_deductibles(avant, apres, "H1") == []


def test_deduction_qui_traverse_plusieurs_sommes():
    """E2 se déduit de quatre sommes à la fois, et tout ce qui le touche est déjà masqué."""
    etablissements = [
        (1, "T1", "C1"),
        (1, "T3", "C1"),
        (4, "T3", "C2"),
        (1, "T1", "C3"),
        (4, "T2", "C3"),
    ]
    avant = _reseau(*zip(*etablissements, strict=True))
    assert cellules_deductibles(avant, proteger(avant, "interne", LE), "H1") == []


@settings(max_examples=60, deadline=None)
@given(tableaux_croises(), st.sampled_from(["interne", "diffusion"]))
def test_tableau_croise(avant, niveau):
    apres = proteger(avant, niveau, LE)
    assert cellules_deductibles(avant, apres, "D1") == []


@settings(max_examples=60, deadline=None)
@given(reseaux(), st.sampled_from([("interne", 5), ("diffusion", 11)]))
def test_rien_de_trop_petit_ne_se_lit_et_rien_ne_s_invente(avant, niveau_et_seuil):
    niveau, seuil = niveau_et_seuil
    apres = proteger(avant, niveau, LE)
    lisibles = apres.filter(pl.col("valeur").is_not_null())
    assert lisibles.filter((pl.col("effectif") > 0) & (pl.col("effectif") < seuil)).is_empty()
    inchangees = apres["valeur"].is_null() | (apres["valeur"] == avant["valeur"])
    assert inchangees.all()
    zeros = avant["effectif"] == 0
    assert apres.filter(zeros)["valeur"].to_list() == [0.0] * int(zeros.sum())


@settings(max_examples=40, deadline=None)
@given(reseaux(), st.randoms())
def test_l_ordre_des_lignes_est_indifferent(avant, hasard):
    ordre = list(range(len(avant)))
    hasard.shuffle(ordre)
    melangee = proteger(avant[ordre], "interne", LE)
    assert melangee.equals(proteger(avant, "interne", LE)[ordre])


@settings(max_examples=40, deadline=None)
@given(reseaux())
def test_sans_petite_cellule_rien_n_est_masque(avant):
    grande = avant.with_columns(pl.col("effectif", "numerateur", "valeur") * 100)
    assert set(proteger(grande, "diffusion", LE)["statut"]) == {"diffusable"}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 30), min_size=6, max_size=6), st.integers(0, 5))
def test_un_cycle_impair_ne_suffit_pas(effectifs, primaire):
    """Trois parts deux à deux liées : deux masquées par somme, et pourtant déductibles.

    Un masquage qui ne compterait que les cellules par somme laisserait les trois se déduire.
    """
    a, b, c, *_ = effectifs
    cellules = [a, b, c, a + b, b + c, a + c]
    sommes = [Somme((3,), (0, 1)), Somme((4,), (1, 2)), Somme((5,), (0, 2))]
    masquees = Tableau(cellules, sommes, {primaire}, 1).completer()
    connues = {rang: float(n) for rang, n in enumerate(cellules) if rang not in masquees}
    assert deductibles(connues, 6, sommes) == {}
    trouvees = deductibles({3: a + b, 4: b + c, 5: a + c}, 6, sommes)
    assert trouvees == pytest.approx({0: a, 1: b, 2: c})
