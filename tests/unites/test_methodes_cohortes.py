"""Méthode des cohortes : arithmétique visible, invariants, cas limites."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtpe_analyse.methodes.cohortes import (
    Variantes,
    amplitude,
    combler,
    evolution_annuelle,
    projeter,
    prolonger,
    rapports_observes,
    sommes_de_cohortes,
)

OPTIONS = {"duree": 3, "recul": 5, "ecart": 0.0}


def test_un_trou_se_comble_entre_deux_annees_connues_seulement():
    assert combler({2019: 100, 2022: 70}) == {2019: 100, 2020: 90, 2021: 80, 2022: 70}
    assert combler({2019: 100}) == {2019: 100}


def test_trois_cohortes_font_un_effectif():
    entrees = {2017: 100, 2018: 110, 2019: 90, 2020: 100}
    # 100 + 110 + 90 puis 110 + 90 + 100 ; 2017 et 2018 n'ont pas leurs trois cohortes.
    assert sommes_de_cohortes(entrees, 3) == {2019: 300, 2020: 300}
    assert rapports_observes(entrees, {2019: 285, 2021: 1}, 3) == {2019: 285 / 300}


def test_l_evolution_est_un_taux_annuel_moyen():
    # De 100 à 121 en deux ans : 10 % par an.
    assert evolution_annuelle({2018: 100, 2020: 121}, 5) == pytest.approx(0.10)
    # Un recul d'un an ne voit que 110 → 121 ; de deux ans sans 2019, que 2018.
    assert evolution_annuelle({2018: 50, 2019: 110, 2020: 121}, 1) == pytest.approx(0.10)
    assert evolution_annuelle({2020: 121}, 5) is None
    assert evolution_annuelle({2019: 0, 2020: 121}, 5) is None
    assert prolonger({2020: 100}, 0.1, 2022) == pytest.approx({2020: 100, 2021: 110, 2022: 121})


def test_projection_centrale_a_la_main():
    """Naissances en baisse de 10 % par an, effectif égal à 95 % de ses cohortes."""
    entrees = {2018: 1000, 2019: 900, 2020: 810}
    effectifs = {2020: 0.95 * 2710}
    lues = projeter(entrees, effectifs, [2021, 2022], **OPTIONS)
    # 2021 : 900 + 810 + 729 ; 2022 : 810 + 729 + 656,1.
    assert lues[2021].central == pytest.approx(0.95 * 2439)
    assert lues[2022].central == pytest.approx(0.95 * 2195.1)
    assert lues[2021].bas == lues[2021].central == lues[2021].haut


def test_les_variantes_ecartent_naissances_et_rapport():
    entrees = {2017: 100, 2018: 100, 2019: 100, 2020: 100}
    effectifs = {2019: 270, 2020: 300}  # 90 % puis 100 %
    lues = projeter(entrees, effectifs, [2021], duree=3, recul=5, ecart=0.1)
    # Stables au centre ; 2021 : 200 + 90, 200 + 100 ou 200 + 110 ; l'effectif a varié de 1/9.
    assert lues[2021] == Variantes(
        pytest.approx(290 * 0.9 * 8 / 9), pytest.approx(300 * 0.95), pytest.approx(310 * 10 / 9)
    )


def test_l_amplitude_est_la_plus_forte_variation_d_une_annee():
    # +10 %, puis −1 / 11 ; un trou de deux ans compte pour moitié.
    assert amplitude({2017: 100, 2018: 110, 2019: 100}) == pytest.approx(0.10)
    assert amplitude({2017: 100, 2019: 110}) == pytest.approx(0.05)
    assert amplitude({2017: 100}) == amplitude({}) == 0


def test_la_marge_croit_comme_la_racine_du_temps():
    """Naissances et enfants stables, sauf une année à +4 % : 4 % à un an, 8 % à quatre."""
    entrees = dict.fromkeys(range(2016, 2021), 100)
    effectifs = {2018: 300, 2019: 312, 2020: 312}
    lues = projeter(entrees, effectifs, [2021, 2024], **OPTIONS)
    assert lues[2021].haut == pytest.approx(312 * 1.04)
    assert lues[2024].haut == pytest.approx(312 * 1.08)
    assert lues[2024].bas == pytest.approx(300 * 0.92)


def test_rien_a_projeter_sans_rapport_ou_sans_evolution():
    assert projeter({2019: 1, 2020: 1}, {2020: 2}, [2021], **OPTIONS) == {}
    assert projeter({}, {}, [2021], **OPTIONS) == {}
    trois = {2018: 10, 2019: 10, 2020: 10}
    assert projeter(trois, {}, [2021], **OPTIONS) == {}
    assert projeter(trois, {2020: 30}, [], **OPTIONS) == {}


@given(
    st.lists(st.integers(1, 10_000), min_size=4, max_size=8),
    st.floats(0.5, 1.2),
    st.floats(0, 0.05),
)
def test_la_fourchette_contient_le_centre_et_s_elargit(naissances, rapport, ecart):
    entrees = dict(enumerate(naissances, 2015))
    derniere = max(entrees)
    effectifs = {a: rapport * s for a, s in sommes_de_cohortes(entrees, 3).items()}
    lues = projeter(
        entrees, effectifs, range(derniere + 1, derniere + 6), duree=3, recul=5, ecart=ecart
    )
    assert len(lues) == 5
    largeurs = [v.haut / v.central - v.bas / v.central for v in lues.values()]
    for v in lues.values():
        assert v.bas <= v.central + 1e-9 <= v.haut + 2e-9 * max(v.haut, 1)
    assert all(b >= a - 1e-9 for a, b in pairwise(largeurs))


@given(st.permutations([(2018, 10.0), (2019, 12.0), (2020, 11.0), (2022, 9.0)]))
def test_l_ordre_des_annees_est_indifferent(couples):
    lues = projeter(dict(couples), {2020: 30.0}, [2023, 2024], **OPTIONS)
    droites = projeter(dict(sorted(couples)), {2020: 30.0}, [2023, 2024], **OPTIONS)
    assert lues == droites
