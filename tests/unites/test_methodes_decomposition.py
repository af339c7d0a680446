"""Décomposition symétrique : exemples publiés par Das Gupta (1993) et invariants.

Chiffres : P. Das Gupta, *Standardization and Decomposition of Rates: A User's Manual*, 1993,
exemples 2.1 à 2.4, 4.3, 4.4 et 5.1, données et effets tels que les republie le README du paquet R
DasGuptR 2.1 (J. King et B. Matthews), dont les numéros sont repris ici.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from rtpe_analyse.methodes import effets_de_shapley, taux_compose

Situation = dict[str, NDArray[np.float64]]


def situation(**facteurs: object) -> Situation:
    return {nom: np.atleast_1d(np.asarray(v, dtype=float)) for nom, v in facteurs.items()}


def test_das_gupta_deux_facteurs_revenu_moyen() -> None:
    effets = effets_de_shapley(
        taux_compose,
        situation(revenu=10930, part=0.717892),
        situation(revenu=16591, part=0.825974),
    )
    assert effets == pytest.approx({"revenu": 4369.913, "part": 1487.262}, abs=1e-3)


def test_das_gupta_trois_facteurs_natalite_autriche_chili() -> None:
    effets = effets_de_shapley(
        taux_compose,
        situation(naissances=51.78746, femmes_15_49=0.45919, femmes=0.52638),
        situation(naissances=84.90502, femmes_15_49=0.75756, femmes=0.51065),
    )
    attendus = {"naissances": 10.4340333, "femmes_15_49": 10.5608476, "femmes": -0.6670084}
    assert effets == pytest.approx(attendus, abs=1e-7)


def test_das_gupta_quatre_facteurs_naissances_hors_mariage() -> None:
    effets = effets_de_shapley(
        taux_compose,
        situation(a=25.3, b=0.214, c=0.279, d=0.949),
        situation(a=32.7, b=0.290, c=0.473, d=0.986),
    )
    attendus = {"a": 0.6889411, "b": 0.8125381, "c": 1.3829055, "d": 0.1047547}
    assert effets == pytest.approx(attendus, abs=1e-7)


def test_das_gupta_cinq_facteurs_fecondite_coree() -> None:
    effets = effets_de_shapley(
        taux_compose,
        situation(maries=0.58, sans_contraception=0.76, ivg=0.84, allaitement=0.66, total=16.573),
        situation(maries=0.72, sans_contraception=0.97, ivg=0.97, allaitement=0.56, total=16.158),
    )
    publies = [1.0909785, 1.2298438, 0.7278399, -0.8398707, -0.1290187]
    assert list(effets.values()) == pytest.approx(publies, abs=1e-7)


def test_das_gupta_un_rapport_n_est_pas_un_produit() -> None:
    """Exemple 4.4, naissances hors mariage, États-Unis, 1963 et 1983 : Σabc / Σ(abc + a(1−b)d)."""

    def part_hors_mariage(f: Situation) -> float:
        hors = f["a"] * f["b"] * f["c"]
        return float(hors.sum() / (hors + f["a"] * (1 - f["b"]) * f["d"]).sum())

    effets = effets_de_shapley(
        part_hors_mariage,
        situation(
            a=[0.200, 0.163, 0.146, 0.154, 0.168, 0.169],
            b=[0.866, 0.325, 0.119, 0.099, 0.099, 0.121],
            c=[0.007, 0.021, 0.023, 0.015, 0.008, 0.002],
            d=[0.454, 0.326, 0.195, 0.107, 0.051, 0.015],
        ),
        situation(
            a=[0.169, 0.195, 0.190, 0.174, 0.150, 0.122],
            b=[0.931, 0.563, 0.311, 0.216, 0.199, 0.191],
            c=[0.018, 0.026, 0.023, 0.016, 0.008, 0.002],
            d=[0.380, 0.201, 0.149, 0.079, 0.025, 0.006],
        ),
    )
    attendus = {"a": -0.00620498, "b": 0.04866154, "c": 0.02705922, "d": 0.02470928}
    assert effets == pytest.approx(attendus, abs=1e-8)


def test_das_gupta_vecteurs_natalite_taiwan() -> None:
    effets = effets_de_shapley(
        taux_compose,
        situation(
            naissances=[393, 407, 369, 274, 184, 90, 16],
            mariees=[0.122, 0.622, 0.903, 0.930, 0.916, 0.873, 0.800],
            femmes=[0.043, 0.041, 0.036, 0.032, 0.026, 0.020, 0.018],
        ),
        situation(
            naissances=[488, 452, 338, 156, 63, 22, 3],
            mariees=[0.082, 0.527, 0.866, 0.941, 0.942, 0.923, 0.876],
            femmes=[0.058, 0.038, 0.032, 0.030, 0.026, 0.023, 0.019],
        ),
    )
    attendus = {"naissances": -7.285632, "mariees": -2.720633, "femmes": -1.565181}
    assert effets == pytest.approx(attendus, abs=1e-6)


def test_das_gupta_composition_chefs_de_menage() -> None:
    avant = np.array([12.9, 10.9, 9.5, 8.0, 7.8, 8.4, 8.6, 7.8, 7.0, 5.9, 4.7, 3.6, 4.9]) / 100
    apres = np.array([10.1, 11.2, 11.6, 10.9, 9.4, 7.7, 6.3, 6.0, 6.3, 5.9, 5.1, 4.0, 5.5]) / 100
    taux_avant = [1.9, 25.8, 45.7, 49.6, 51.2, 51.6, 51.8, 54.9, 58.7, 60.4, 62.8, 66.6, 66.8]
    taux_apres = [2.2, 24.3, 45.8, 52.5, 56.1, 55.6, 56.0, 57.4, 57.2, 61.2, 63.9, 68.6, 72.2]
    effets = effets_de_shapley(
        taux_compose,
        situation(age=avant, taux=taux_avant),
        situation(age=apres, taux=taux_apres),
    )
    assert effets == pytest.approx({"age": 1.2269, "taux": 1.7403}, abs=1e-4)


def test_un_facteur_qui_ne_change_pas_n_a_pas_d_effet() -> None:
    effets = effets_de_shapley(taux_compose, situation(a=2, b=3, c=5), situation(a=2, b=7, c=5))
    # Seul b change : 2 × (7 − 3) × 5 = 40.
    assert effets == pytest.approx({"a": 0, "b": 40, "c": 0})


def test_des_facteurs_differents_sont_refuses() -> None:
    with pytest.raises(ValueError, match="mêmes facteurs"):
        effets_de_shapley(taux_compose, situation(a=1), situation(b=1))


_nombres = st.floats(-100, 100, allow_nan=False)
_vecteurs = st.lists(
    st.tuples(*[_nombres] * 6).map(lambda t: np.array(t).reshape(2, 3)), min_size=1, max_size=5
)


@given(_vecteurs)
def test_la_somme_des_effets_est_l_ecart(lignes: list[NDArray[np.float64]]) -> None:
    tout = np.stack(lignes)
    avant = {f"f{k}": tout[:, 0, k] for k in range(3)}
    apres = {f"f{k}": tout[:, 1, k] for k in range(3)}
    effets = effets_de_shapley(taux_compose, avant, apres)
    ecart = taux_compose(apres) - taux_compose(avant)
    echelle = max(1.0, float(np.abs(tout).max()) ** 3 * len(lignes))
    assert abs(sum(effets.values()) - ecart) <= 1e-9 * echelle
    inverses = effets_de_shapley(taux_compose, apres, avant)
    for nom, effet in effets.items():
        assert abs(effet + inverses[nom]) <= 1e-9 * echelle
    permutes = effets_de_shapley(taux_compose, dict(reversed(avant.items())), apres)
    for nom, effet in effets.items():
        assert abs(effet - permutes[nom]) <= 1e-9 * echelle
