"""Différence de deux parts : exemples publiés.

R. G. Newcombe, *Statistics in Medicine* 17, 1998, p. 873-890, tableau II : les huit exemples (a) à
(h), méthode 10, tels que les transcrivent en entier les données d'essai du paquet Python DBCI
(`newcombee.csv`) et, pour trois d'entre eux, les tests du paquet R DescTools. M. Fagerland,
S. Lydersen et P. Laake, *Statistical Methods in Medical Research* 24, 2015 : essai de Perondi,
tel que le reprennent les tests de statsmodels et du paquet R contingencytables.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtpe_analyse.methodes.proportions import difference_de_parts


@pytest.mark.parametrize(
    ("cas", "bas", "haut"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((0, 10, 0, 10), -0.2775, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0000),
        ((10, 10, 0, 10), 0.6075, 1.0000),
        ((7, 34, 1, 34), 0.0189, 0.3404),
    ],
)
def test_les_exemples_publies(cas, bas, haut) -> None:
    difference, *bornes = difference_de_parts(*cas, 0.95)
    assert difference == pytest.approx(cas[0] / cas[1] - cas[2] / cas[3])
    assert bornes == pytest.approx([bas, haut], abs=5e-5)


def test_sans_effectif_il_n_y_a_pas_de_difference() -> None:
    assert difference_de_parts(0, 0, 3, 10, 0.95) is None
    assert difference_de_parts(3, 10, 0, 0, 0.95) is None


@given(st.integers(1, 60), st.integers(1, 60), st.data())
def test_l_intervalle_contient_la_difference_et_se_retourne(n, m, data) -> None:
    a, b = data.draw(st.integers(0, n)), data.draw(st.integers(0, m))
    difference, bas, haut = difference_de_parts(a, n, b, m, 0.95)
    assert -1 - 1e-12 <= bas <= difference + 1e-12
    assert difference - 1e-12 <= haut <= 1 + 1e-12
    inverse = difference_de_parts(b, m, a, n, 0.95)
    assert inverse == pytest.approx((-difference, -haut, -bas), abs=1e-12)
