"""Différence de différences : l'exemple publié, l'effet planté, et le calme laissé calme."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtpe_analyse.methodes.differences import TEMOINS_MINIMUM, difference_de_differences

NOMBRES = st.floats(-100, 100)
COUPLES = st.tuples(NOMBRES, NOMBRES)


def test_l_exemple_publie() -> None:
    """Card et Krueger (1994), table 3 : 20,44 → 21,03 contre 23,33 → 21,17, soit 2,76."""
    effet = difference_de_differences((20.44, 21.03), [(23.33, 21.17)] * 5, 0.95)
    assert effet is not None
    # L'article arrondit chaque moyenne avant de soustraire.
    assert effet.valeur == pytest.approx(2.76, abs=0.011)


def test_l_intervalle_par_arithmetique() -> None:
    """Évolutions 1, 2, 3, 4, 5 : moyenne 3, écart type √2,5 ; Student 95 % à 4 degrés : 2,776."""
    temoins = [(0.0, float(n)) for n in range(1, 6)]
    effet = difference_de_differences((10.0, 20.0), temoins, 0.95)
    assert effet is not None
    assert effet.valeur == pytest.approx(10 - 3)
    assert effet.haut - effet.valeur == pytest.approx(2.776445 * 2.5**0.5 * 1.2**0.5, rel=1e-5)
    assert effet.distingue


def test_trop_peu_de_temoins() -> None:
    assert difference_de_differences((0, 1), [(0.0, 1.0)] * (TEMOINS_MINIMUM - 1), 0.95) is None


def test_des_temoins_immobiles_ne_cachent_rien() -> None:
    effet = difference_de_differences((0.5, 0.5), [(0.4, 0.4)] * 6, 0.95)
    assert effet is not None
    assert (effet.valeur, effet.distingue) == (0, False)


def test_le_hasard_seul_se_distingue_une_fois_sur_vingt() -> None:
    """Rien n'est planté : 5 % de fausses trouvailles, à deux points près."""
    hasard = random.Random(3)
    trouves = 0
    for _ in range(2000):
        tirage = [(0.0, hasard.gauss(0, 1)) for _ in range(12)]
        effet = difference_de_differences(tirage[0], tirage[1:], 0.95)
        trouves += effet is not None and effet.distingue
    assert 0.035 < trouves / 2000 < 0.065


def test_un_effet_plante_se_retrouve() -> None:
    """Cinq écarts types : retrouvé presque toujours, et sans biais."""
    hasard = random.Random(4)
    effets = []
    for _ in range(300):
        temoins = [(0.0, 2 + hasard.gauss(0, 1)) for _ in range(20)]
        effets.append(difference_de_differences((0.0, 7 + hasard.gauss(0, 1)), temoins, 0.95))
    assert sum(e is not None and e.distingue for e in effets) > 280
    assert sum(e.valeur for e in effets if e) / len(effets) == pytest.approx(5, abs=0.3)


@given(unite=COUPLES, temoins=st.lists(COUPLES, min_size=5, max_size=15), commun=NOMBRES)
def test_ce_qui_arrive_a_tous_ne_compte_pas(
    unite: tuple[float, float], temoins: list[tuple[float, float]], commun: float
) -> None:
    effet = difference_de_differences(unite, temoins, 0.95)
    decale = [(a, b + commun) for a, b in temoins]
    autre = difference_de_differences((unite[0], unite[1] + commun), decale, 0.95)
    assert effet is not None
    assert autre is not None
    assert autre.valeur == pytest.approx(effet.valeur, abs=1e-9)
    assert autre.haut == pytest.approx(effet.haut, abs=1e-6)


@given(temoins=st.lists(COUPLES, min_size=5, max_size=10), graine=st.integers(0, 99))
def test_l_ordre_des_temoins_est_indifferent(
    temoins: list[tuple[float, float]], graine: int
) -> None:
    melanges = random.Random(graine).sample(temoins, len(temoins))
    a = difference_de_differences((1.0, 2.0), temoins, 0.8)
    b = difference_de_differences((1.0, 2.0), melanges, 0.8)
    assert a is not None
    assert b is not None
    assert a.valeur == pytest.approx(b.valeur, abs=1e-9)
