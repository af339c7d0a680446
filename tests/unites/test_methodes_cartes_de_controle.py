"""Cartes de contrôle : exemple publié du NIST, carte p′ à la main, fausses alertes publiées."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from rtpe_analyse.methodes.cartes_de_controle import (
    DEUX_SUR_TROIS,
    HORS_LIMITES,
    HUIT_DU_MEME_COTE,
    ajuster_carte,
    lire_signaux,
)

DEBITS = np.array([49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1])


def regles(*reduites: float) -> list[tuple[int, str, bool]]:
    return [(s.rang, s.regle, s.hausse) for s in lire_signaux(np.array(reduites))]


def test_nist_6_3_2_2_debits_horaires() -> None:
    """Étendue moyenne 1,8778 ; 50,81 ± 3 × 1,8778 / 1,128 : le manuel arrondit 2 / √π."""
    carte = ajuster_carte(DEBITS)
    assert carte is not None
    assert carte.centre == pytest.approx(50.81)
    assert carte.bas == pytest.approx(np.full(10, 45.8159), abs=2e-3)
    assert carte.haut == pytest.approx(np.full(10, 55.8041), abs=2e-3)
    # Le manuel lit la carte ainsi : « the process is in control, since none of the plotted
    # points fall outside either the UCL or LCL ».
    assert carte.signaux == []


def test_mutation_une_valeur_hors_des_limites_se_signale() -> None:
    carte = ajuster_carte(np.append(DEBITS, [70.0]))
    assert carte is not None
    assert [(s.rang, s.regle, s.hausse) for s in carte.signaux] == [(10, HORS_LIMITES, True)]


def test_carte_p_prime_de_laney_a_la_main() -> None:
    """Taux et tailles : Σx / Σn = 0,5 ; z = (p − 0,5) / √(0,25 / n), σz = étendue / 1,128.

    n vaut 100 et 400 en alternance, p s'écarte de ± 0,05 : z vaut tour à tour + 1 et − 2, donc
    σz = 3 / 1,1284 = 2,6587. À n = 100, 3 × 2,6587 × 0,05 = 0,3988 ; à n = 400, la moitié.
    """
    n = np.array([100.0, 400.0] * 4)
    p = np.array([0.55, 0.45] * 4)
    pbar = (100 * 0.55 + 400 * 0.45) / 500
    carte = ajuster_carte(p, n)
    assert carte is not None
    assert carte.centre == pytest.approx(pbar)
    z = [(0.55 - pbar) / (0.5 / 10), (0.45 - pbar) / (0.5 / 20)]
    sigma_z = (z[0] - z[1]) / (2 / np.sqrt(np.pi))
    assert carte.haut[:2] - pbar == pytest.approx([3 * sigma_z * 0.05, 3 * sigma_z * 0.025])
    assert pbar - carte.bas == pytest.approx(carte.haut - pbar)


@pytest.mark.parametrize(
    ("reduites", "attendus"),
    [
        ((0, 0, 3.1), [(2, HORS_LIMITES, True)]),
        ((0, 0, -3.1), [(2, HORS_LIMITES, False)]),
        ((0, 0, 3.0), []),
        ((2.1, 0, 2.2), [(2, DEUX_SUR_TROIS, True)]),
        ((2.1, 0, -2.2), []),
        ((2.1, 0, 0, 2.2), []),
        ((2.1, 2.2, 0), [(1, DEUX_SUR_TROIS, True)]),
        ((2.1, np.nan, 2.2), []),
        ((-0.1,) * 7, []),
        ((-0.1,) * 8, [(7, HUIT_DU_MEME_COTE, False)]),
        ((0.1,) * 4 + (np.nan,) + (0.1,) * 4, []),
        ((0.1,) * 4 + (0.0,) + (0.1,) * 4, []),
        ((), []),
    ],
)
def test_chaque_regle(reduites: tuple[float, ...], attendus: list[tuple[int, str, bool]]) -> None:
    assert regles(*reduites) == attendus


def test_fausses_alertes_champ_et_woodall() -> None:
    """Technometrics 29, 1987, table 1 : 122,05 périodes en moyenne avant le premier signal."""
    serie = np.random.default_rng(5).standard_normal(60_000)
    attentes: list[int] = []
    debut = 0
    while debut < len(serie) - 4000:
        attentes.append(_attente(serie[debut:]))
        # Après un signal, la surveillance repart de rien.
        debut += attentes[-1]
    erreur = np.std(attentes) / np.sqrt(len(attentes))
    assert erreur < 6
    assert abs(np.mean(attentes) - 122.05) < 3 * erreur


def _attente(serie: NDArray[np.float64]) -> int:
    """Périodes jusqu'au premier signal, en regardant de plus en plus loin."""
    for longueur in (100, 300, 900, len(serie)):
        if signaux := lire_signaux(serie[:longueur]):
            return signaux[0].rang + 1
    raise AssertionError("aucun signal")


def test_un_changement_de_niveau_de_trois_ecarts_types_se_voit() -> None:
    """Dix trimestres, puis dix trois écarts types plus haut : vu neuf fois sur dix."""
    alea = np.random.default_rng(7)
    vus = 0
    for _ in range(200):
        carte = ajuster_carte(alea.standard_normal(20) + np.repeat([0.0, 3.0], 10))
        assert carte is not None
        vus += bool(carte.signaux)
    assert vus >= 180


@pytest.mark.parametrize(
    "valeurs",
    [[1.0, 2.0, np.nan, 3.0], [4.0] * 12, [], [1.0, np.nan] * 12],
    ids=["courte", "constante", "vide", "trouée"],
)
def test_sans_carte(valeurs: list[float]) -> None:
    assert ajuster_carte(np.array(valeurs)) is None


def test_un_poids_inconnu_est_refuse() -> None:
    with pytest.raises(ValueError, match="poids"):
        ajuster_carte(np.arange(10.0), np.full(10, np.nan))


_series = st.lists(st.floats(-50, 50), min_size=10, max_size=30).map(np.array)


@given(_series, st.floats(0.1, 10), st.floats(-100, 100))
def test_changer_d_unite_ne_change_aucun_signal(
    valeurs: NDArray[np.float64], echelle: float, origine: float
) -> None:
    valeurs = np.round(valeurs, 3)
    avant, apres = ajuster_carte(valeurs), ajuster_carte(echelle * valeurs + origine)
    if avant is None or np.abs(np.abs(avant.reduites)[:, None] - [0.0, 2.0, 3.0]).min() < 1e-6:
        return
    assert apres is not None
    assert apres.signaux == avant.signaux


@given(_series)
def test_des_poids_egaux_donnent_la_carte_individuelle(valeurs: NDArray[np.float64]) -> None:
    sans, avec = ajuster_carte(valeurs), ajuster_carte(valeurs, np.full(len(valeurs), 7.0))
    assert (sans is None) == (avec is None)
    if sans is not None and avec is not None:
        assert avec.bas == pytest.approx(sans.bas)
        assert avec.haut == pytest.approx(sans.haut)
