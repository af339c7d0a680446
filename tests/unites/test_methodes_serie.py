"""Saison, tendance, changements de niveau : effets plantés, fausses alarmes, séries pauvres."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.datasets import co2

from rtpe_analyse.methodes.serie import Saisonnalite, changements_de_niveau, desaisonnaliser

SAISON = np.array([3.0, 2, 1, 0, -1, -2, -3, -2, -1, 0, 1, 2])


def test_la_saison_plantee_est_retrouvee() -> None:
    n = 60
    valeurs = 50 + 0.1 * np.arange(n) + np.tile(SAISON, 5)
    trouve = desaisonnaliser(valeurs, 12)
    assert isinstance(trouve, Saisonnalite)
    assert trouve.saison[24:36] == pytest.approx(SAISON, abs=0.3)
    assert trouve.tendance + trouve.saison + trouve.reste == pytest.approx(valeurs)
    assert trouve.sans_saison == pytest.approx(valeurs - trouve.saison)


def test_la_saison_publiee_du_co2_de_mauna_loa() -> None:
    """Série que l'article de STL décompose : sommet en mai, creux en septembre ou octobre.

    C. D. Keeling, *Tellus* 12, 1960 ; de l'un à l'autre, cinq à sept millionièmes.
    """
    mensuel = co2.load_pandas().data["co2"].resample("MS").mean().loc["1990":"1999"]
    trouve = desaisonnaliser(mensuel.to_numpy(), 12)
    assert isinstance(trouve, Saisonnalite)
    annee = trouve.saison[:12]
    assert (annee.argmax(), annee.argmin()) in {(4, 8), (4, 9)}
    assert 5 < np.ptp(annee) < 7


def test_une_valeur_aberrante_ne_tire_pas_la_saison() -> None:
    valeurs = 50 + np.tile(SAISON, 5)
    valeurs[30] -= 40
    trouve = desaisonnaliser(valeurs, 12)
    assert isinstance(trouve, Saisonnalite)
    assert trouve.reste[30] == pytest.approx(-40, abs=3)


@pytest.mark.parametrize(
    ("valeurs", "debut"),
    [
        (np.arange(15.0), "La série est trop courte"),
        (np.append(np.arange(15.0), np.nan), "Il manque des périodes"),
        (np.full(16, 3.0), "La série est constante"),
        (np.zeros(16), "La série est constante"),
        (np.array([]), "La série est trop courte"),
    ],
)
def test_une_serie_pauvre_rend_une_phrase(valeurs: np.ndarray, debut: str) -> None:
    phrase = desaisonnaliser(valeurs, 4)
    assert isinstance(phrase, str)
    assert phrase.startswith(debut)


def _part_trouvee(saut: float, graines: range) -> float:
    """Part des séries de 24 périodes (bruit d'écart type 1) où le saut du milieu est vu."""
    vues = 0
    for graine in graines:
        valeurs = np.random.default_rng(graine).normal(size=24)
        valeurs[12:] += saut
        vues += any(abs(rang - 12) <= 1 for rang in changements_de_niveau(valeurs))
    return vues / len(graines)


def test_un_saut_plante_est_trouve_selon_sa_taille() -> None:
    graines = range(200)
    petit, moyen, grand = (_part_trouvee(saut, graines) for saut in (1.0, 2.0, 4.0))
    assert petit < moyen < grand
    assert grand > 0.95


def test_peu_de_fausses_alarmes_sur_du_bruit() -> None:
    alarmes = [
        bool(changements_de_niveau(np.random.default_rng(g).normal(size=24))) for g in range(500)
    ]
    assert np.mean(alarmes) < 0.08


@pytest.mark.parametrize("n", [16, 20, 23])
def test_une_serie_saisonniere_calme_reste_sans_changement(n: int) -> None:
    """Saison trimestrielle quelconque et bruit : une fausse alarme sur dix séries, au plus."""
    alarmes = _changements(n, saut=0.0)
    assert np.mean([bool(rangs) for rangs in alarmes]) <= 0.1


@pytest.mark.parametrize("n", [16, 20, 23])
def test_un_saut_de_trois_ecarts_types_se_voit_sous_la_saison(n: int) -> None:
    vus = [any(abs(r - n // 2) <= 1 for r in rangs) for rangs in _changements(n, saut=3.0)]
    assert np.mean(vus) > 0.8


def _changements(n: int, saut: float) -> list[list[int]]:
    """Changements trouvés dans deux cents séries trimestrielles, saison retirée."""
    trouves = []
    for graine in range(200):
        alea = np.random.default_rng(graine)
        valeurs = np.resize(alea.normal(0, 4, 4), n) + alea.standard_normal(n)
        valeurs[n // 2 :] += saut
        separee = desaisonnaliser(valeurs, 4)
        assert isinstance(separee, Saisonnalite)
        trouves.append(changements_de_niveau(separee.sans_saison))
    return trouves


@pytest.mark.parametrize("valeurs", [np.zeros(24), np.arange(4.0), np.full(24, np.nan)])
def test_une_serie_pauvre_n_a_pas_de_changement(valeurs: np.ndarray) -> None:
    assert changements_de_niveau(valeurs) == []


@given(st.lists(st.floats(-1e6, 1e6, allow_nan=False), max_size=30))
def test_les_rangs_sont_croissants_et_dans_la_serie(valeurs: list[float]) -> None:
    rangs = changements_de_niveau(np.array(valeurs))
    assert rangs == sorted(set(rangs))
    assert all(0 < rang < len(valeurs) for rang in rangs)
