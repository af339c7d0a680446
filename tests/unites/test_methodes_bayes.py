"""Lissage bayésien empirique : exemples publiés, calculs indépendants, invariants."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import betabinom, nbinom

from rtpe_analyse.methodes.bayes import Lissage, lisser, moments

# Cancers de la lèvre, 56 comtés d'Écosse, 1975-1980 : observés et attendus (Clayton et
# Kaldor, Biometrics 43, 1987, tableau 1).
OBSERVES = np.loadtxt(
    [
        "9 39 11 9 15 8 26 7 6 20 13 5 3 8 17 9 2 7 9 7 16 31 11 7 19 15 7 10 16 11 5 3 7 8 "
        "11 9 11 8 6 4 10 8 2 6 19 3 2 3 28 6 1 1 1 1 0 0"
    ]
)
ATTENDUS = np.loadtxt(
    [
        "1.4 8.7 3.0 2.5 4.3 2.4 8.1 2.3 2.0 6.6 4.4 1.8 1.1 3.3 7.8 4.6 1.1 4.2 5.5 4.4 10.5 "
        "22.7 8.8 5.6 15.5 12.5 6.0 9.0 14.4 10.2 4.8 2.9 7.0 8.5 12.3 10.1 12.7 9.4 7.2 5.3 "
        "18.8 15.8 4.3 14.6 50.7 8.2 5.6 9.3 88.7 19.6 3.4 3.6 5.7 7.0 4.2 1.8"
    ]
)


def test_cancers_de_la_levre_en_ecosse() -> None:
    """Le maximum de la loi binomiale négative de scipy, cherché autrement, redonne le nôtre."""
    lissage = lisser(OBSERVES, ATTENDUS, "poisson")
    assert lissage is not None

    def oppose(point):
        a, b = np.exp(point)
        return -nbinom.logpmf(OBSERVES, a, b / (b + ATTENDUS)).sum()

    a, b = np.exp(minimize(oppose, np.zeros(2), method="BFGS").x)
    assert (lissage.a, lissage.b) == (pytest.approx(a, rel=1e-3), pytest.approx(b, rel=1e-3))
    # Comté 1, 9 cas pour 1,4 attendus : (9 + 1,88) / (1,4 + 1,32) = 4,00 au lieu de 6,43.
    assert lissage.moyennes()[0] == pytest.approx((9 + 1.88) / (1.4 + 1.32), abs=0.01)
    # Comté 56, aucun cas : un risque bas, jamais nul.
    assert lissage.moyennes()[-1] == pytest.approx(1.88 / (1.8 + 1.32), abs=0.01)
    assert (OBSERVES / ATTENDUS).std() > lissage.moyennes().std()


def test_tumeurs_de_rats_a_loi_commune_donnee() -> None:
    """Gelman et al. 2013, § 5.1 : Bêta(1,4 ; 8,6), 4 sur 14 → moyenne 0,223, écart type 0,083."""
    rats = Lissage("binomiale", 1.4, 8.6, np.array([1.4 + 4]), np.array([8.6 + 10]))
    assert rats.moyennes()[0] == pytest.approx(0.223, abs=3e-3)  # loi publiée arrondie
    assert rats._lois.std()[0] == pytest.approx(0.083, abs=1e-3)
    assert rats.ensemble == pytest.approx(0.14)


def test_le_beta_binomial_egale_une_recherche_independante() -> None:
    hasard = np.random.default_rng(4)
    essais = hasard.integers(20, 400, 60)
    succes = hasard.binomial(essais, hasard.beta(6, 14, 60))
    lissage = lisser(succes.astype(float), essais.astype(float), "binomiale")

    def oppose(point):
        return -betabinom.logpmf(succes, essais, *np.exp(point)).sum()

    a, b = np.exp(minimize(oppose, np.log([1.0, 1.0]), method="BFGS").x)
    assert lissage is not None
    assert (lissage.a, lissage.b) == (pytest.approx(a, rel=1e-3), pytest.approx(b, rel=1e-3))
    attendues = (a + succes) / (a + b + essais)
    assert lissage.moyennes() == pytest.approx(attendues, rel=1e-4)


def test_les_moments_retrouvent_la_loi_qui_a_tire_les_zones() -> None:
    hasard = np.random.default_rng(8)
    essais = np.full(4000, 80.0)
    succes = hasard.binomial(80, hasard.beta(6, 14, 4000)).astype(float)
    moyenne, poids = moments(succes, essais, "binomiale")
    assert (moyenne, poids) == (pytest.approx(0.3, abs=0.01), pytest.approx(20, rel=0.1))
    cas = hasard.poisson(50 * hasard.gamma(4, 1 / 8, 4000)).astype(float)
    moyenne, poids = moments(cas, np.full(4000, 50.0), "poisson")
    assert (moyenne, poids) == (pytest.approx(0.5, abs=0.02), pytest.approx(8, rel=0.1))


def test_des_zones_que_le_hasard_suffit_a_expliquer_sont_ramenees_ensemble() -> None:
    lissage = lisser(np.full(8, 30.0), np.full(8, 100.0), "binomiale")
    assert lissage is not None
    assert lissage.moyennes() == pytest.approx(np.full(8, 0.3), abs=1e-4)


def test_une_petite_zone_est_plus_ramenee_qu_une_grande_et_moins_sure() -> None:
    succes = np.array([6.0, 600, 20, 30, 45, 10])
    essais = np.array([10.0, 1000, 100, 100, 100, 100])
    lissage = lisser(succes, essais, "binomiale")
    assert lissage is not None
    petite, grande = lissage.moyennes()[:2]
    assert lissage.ensemble < petite < grande < 0.6
    petite, grande = lissage.depassements(0.4)[:2]
    assert petite < grande
    bas, haut = lissage.intervalles(0.9)
    assert haut[0] - bas[0] > haut[1] - bas[1]


@pytest.mark.parametrize("loi", ["binomiale", "poisson"])
def test_ce_qui_ne_s_estime_pas(loi) -> None:
    assert lisser(np.array([1.0, 2, 3, 4]), np.full(4, 10.0), loi) is None
    assert lisser(np.zeros(8), np.full(8, 10.0), loi) is None


def test_toutes_les_zones_au_maximum_ne_s_estiment_pas() -> None:
    assert lisser(np.full(6, 10.0), np.full(6, 10.0), "binomiale") is None


@pytest.mark.parametrize(
    ("evenements", "expositions"),
    [([1.0, 2], [10.0]), ([1.0], [0.0]), ([11.0], [10.0]), ([np.nan], [10.0]), ([-1.0], [10.0])],
)
def test_une_valeur_impossible_est_refusee(evenements, expositions) -> None:
    with pytest.raises(ValueError, match=r"zone|événements"):
        lisser(np.array(evenements), np.array(expositions), "binomiale")


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 40), st.integers(40, 200)), min_size=6, max_size=12, unique=True
    ),
    st.randoms(use_true_random=False),
    st.sampled_from(["binomiale", "poisson"]),
)
def test_l_ordre_des_zones_ne_change_rien_et_tout_taux_reste_possible(zones, hasard, loi) -> None:
    melangees = list(zones)
    hasard.shuffle(melangees)
    taux = {}
    for rang, suite in enumerate((zones, melangees)):
        evenements, expositions = np.array(suite, dtype=float).T
        lissage = lisser(evenements, expositions, loi)
        assert lissage is not None
        taux[rang] = dict(zip(suite, lissage.moyennes(), strict=True))
        probabilites = lissage.depassements(lissage.ensemble)
        assert ((probabilites >= 0) & (probabilites <= 1)).all()
        assert (lissage.moyennes() > 0).all()
    assert taux[0] == pytest.approx(taux[1], rel=1e-3)
