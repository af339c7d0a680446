"""Intervalles conformes : effectif équivalent, échelle sans soi, couverture de séries courtes."""

import numpy as np
import pytest
from statsmodels.datasets import co2, elnino

from rtpe_analyse.methodes.conforme import Matrice, effectif_equivalent, intervalle
from rtpe_analyse.methodes.prevision import perte_quantile, retro_test

ALEA = np.random.default_rng


def test_des_erreurs_independantes_comptent_chacune() -> None:
    erreurs = ALEA(1).normal(size=(50, 8))
    assert effectif_equivalent(erreurs) == pytest.approx(400, rel=0.15)


def test_un_choc_commun_ne_compte_qu_une_fois_par_date() -> None:
    """Toutes les séries se trompent pareil : huit dates ne valent que huit erreurs."""
    erreurs = np.tile(ALEA(2).normal(size=8), (50, 1))
    assert effectif_equivalent(erreurs) == pytest.approx(8)


def test_effectif_equivalent_par_l_arithmetique() -> None:
    """Deux séries, deux dates : (1, 1) et (1, −1).

    Carrés : 4 sur 4 erreurs, moyenne 1. Moyennes par date : 1 et 0, leurs carrés 1 et 0, donc
    1/2 en moyenne ; attendu sans rien de commun : 1/2. La corrélation est nulle : 4 erreurs.
    """
    assert effectif_equivalent(np.array([[1.0, 1.0], [1.0, -1.0]])) == pytest.approx(4)


def test_sans_erreur_l_intervalle_est_un_point() -> None:
    bas, haut = intervalle(np.zeros((6, 4)), 0.1)
    assert bas.tolist() == haut.tolist() == [0.0] * 6


def test_une_serie_jamais_jugee_prend_l_echelle_du_panel() -> None:
    """Cinq séries qui se trompent de 2 partout : la sixième a le même intervalle qu'elles."""
    erreurs = np.vstack([np.tile([2.0, -2.0], (5, 4)), np.full((1, 8), np.nan)])
    bas, haut = intervalle(erreurs, 0.1)
    np.testing.assert_allclose(haut, haut[0])
    np.testing.assert_allclose(bas, bas[0])


def test_dix_fois_la_meme_erreur_n_en_valent_qu_une() -> None:
    """Chaque série s'est déplacée une fois pour toutes : ses dix erreurs sont la même.

    Prises pour dix, elles borneraient chaque série à son propre déplacement, et un nouveau
    tirage en sortirait une fois sur deux.
    """
    dedans = []
    for graine in range(20):
        alea = ALEA(graine)
        erreurs = np.repeat(alea.normal(size=(60, 1)), 10, axis=1)
        bas, haut = intervalle(erreurs, 0.1)
        nouvelles = alea.normal(size=60)
        dedans.append((bas <= nouvelles) & (nouvelles <= haut))
    assert np.mean(dedans) >= 0.87


def test_une_serie_agitee_a_un_intervalle_plus_large() -> None:
    alea = ALEA(3)
    erreurs = np.vstack([alea.normal(0, 1, (10, 20)), alea.normal(0, 5, (1, 20))])
    bas, haut = intervalle(erreurs, 0.1)
    assert haut[-1] - bas[-1] > 2 * (haut[0] - bas[0])


@pytest.mark.parametrize("graine", range(3))
def test_quatre_erreurs_par_serie_suffisent_a_la_couverture(graine: int) -> None:
    """Quarante séries, quatre dates : la cinquième est dedans neuf fois sur dix.

    Une échelle tirée de la série avec sa propre erreur en laisserait sortir deux fois trop.
    """
    alea = ALEA(graine)
    dedans = []
    for _ in range(60):
        tirages = alea.normal(size=(40, 5)) * alea.uniform(0.5, 2, (40, 1))
        bas, haut = intervalle(tirages[:, :4], 0.1)
        dedans.append((bas <= tirages[:, 4]) & (tirages[:, 4] <= haut))
    assert np.mean(dedans) == pytest.approx(0.9, abs=0.03)


def _simules(sorte: str) -> Matrice:
    """Soixante séries mensuelles sur cinq ans, étrangères au modèle."""
    alea = ALEA(7)
    temps = np.arange(60)
    saison = 6 * np.sin(2 * np.pi * temps / 12 + alea.uniform(0, 6, (60, 1)))
    niveau = 60 + alea.normal(0, 8, (60, 1)) + saison
    if sorte == "queues lourdes":
        return niveau + 2 * alea.standard_t(3, niveau.shape)
    bruitees: Matrice = niveau + 2 * alea.normal(size=niveau.shape)
    if sorte == "ruptures":
        bruitees[:15, 40:] -= 10
    if sorte == "trous":
        bruitees[alea.random(bruitees.shape) < 0.2] = np.nan
    if sorte == "zéros":
        bruitees[:10] = 0
    return bruitees


def _juger(valeurs: Matrice, depuis: int, niveau: float = 0.9) -> tuple[float, float, float]:
    """Couverture, perte au centre, perte de la naïve."""
    dedans, pertes, naives = [], [], []
    for date, p in retro_test(valeurs, 12, 6, niveau, 6):
        reel = valeurs[:, date : date + 6]
        h = reel.shape[1]
        connus = np.isfinite(reel) & np.isfinite(p.bas[:, :h])
        if date >= depuis and connus.any():
            dedans.append(((p.bas[:, :h] <= reel) & (reel <= p.haut[:, :h]))[connus])
            pertes.append(perte_quantile(reel, p.centre[:, :h], 0.5)[connus])
            naives.append(perte_quantile(reel, p.naive[:, :h], 0.5)[connus])
    couverture, perte, naive = (float(np.concatenate(x).mean()) for x in (dedans, pertes, naives))
    return couverture, perte, naive


@pytest.mark.parametrize(
    ("sorte", "minimum"),
    [("queues lourdes", 0.87), ("trous", 0.87), ("zéros", 0.87), ("ruptures", 0.82)],
)
def test_la_couverture_tient_sur_des_processus_etrangers(sorte: str, minimum: float) -> None:
    """Une rupture d'un quart du panel coûte quelques points tant qu'elle est récente."""
    couverture, perte, naive = _juger(_simules(sorte), 24)
    assert minimum <= couverture <= 0.94
    assert perte <= 1.05 * naive


def test_series_publiques_d_une_seule_ligne() -> None:
    """Une tendance (CO2, Mauna Loa) est suivie ; une saison sans tendance (El Niño) est gardée."""
    mensuel = co2.load_pandas().data["co2"].resample("MS").mean().to_numpy()[-240:]
    couverture, perte, naive = _juger(mensuel[None], 60)
    assert couverture >= 0.84
    assert perte < 0.75 * naive
    surface = elnino.load_pandas().data.iloc[-20:, 1:].to_numpy(dtype=float).reshape(1, -1)
    couverture, perte, naive = _juger(surface, 60)
    assert couverture >= 0.8
    assert perte <= naive
