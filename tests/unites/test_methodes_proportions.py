"""Intervalle de Wilson et test de Fisher, sur des exemples publiés."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtpe_analyse.methodes.proportions import (
    intervalle_de_proportion,
    probabilite_d_un_tel_ecart,
)


@pytest.mark.parametrize(
    ("cas", "effectif", "bas", "haut"),
    [
        # R. G. Newcombe, Statistics in Medicine 17, 1998 (proportion unique), tableau I,
        # méthode 3 (Wilson sans correction de continuité), à 95 %.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_les_exemples_de_newcombe(cas, effectif, bas, haut):
    assert intervalle_de_proportion(cas, effectif, 0.95) == pytest.approx((bas, haut), abs=5e-5)


def test_choisy_190_places_pour_600_demandes():
    """31,7 % : entre 28,1 et 35,5 % ; formule de Wilson écrite en clair, z = 1,96."""
    z2 = 1.959964**2
    centre = (190 + z2 / 2) / (600 + z2)
    demi = (1.959964 / (600 + z2)) * (190 * 410 / 600 + z2 / 4) ** 0.5
    bas, haut = intervalle_de_proportion(190, 600, 0.95)
    assert (bas, haut) == pytest.approx((centre - demi, centre + demi), abs=1e-6)
    assert (round(bas, 3), round(haut, 3)) == (0.281, 0.355)


def test_la_dame_au_the():
    """Fisher, 1935 : trois tasses sur quatre reconnues, probabilité 34/70 des deux côtés."""
    assert probabilite_d_un_tel_ecart(3, 4, 1, 4) == pytest.approx(34 / 70)
    assert probabilite_d_un_tel_ecart(4, 4, 0, 4) == pytest.approx(2 / 70)


@given(st.integers(1, 400), st.data())
def test_l_intervalle_contient_la_proportion(effectif, donnees):
    cas = donnees.draw(st.integers(0, effectif))
    bas, haut = intervalle_de_proportion(cas, effectif, 0.95)
    assert 0 <= bas <= cas / effectif + 1e-12
    assert cas / effectif - 1e-12 <= haut <= 1


@pytest.mark.parametrize(("cas", "effectif"), [(0, 0), (3, 2), (-1, 2)])
def test_ni_effectif_nul_ni_cas_hors_bornes(cas, effectif):
    with pytest.raises(ValueError):
        intervalle_de_proportion(cas, effectif, 0.95)
