"""Des séries fabriquées sans rien de ce que la prévision suppose, pour l'éprouver."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Matrice = NDArray[np.float64]
_AN = 12
# La dernière rentrée laisse trois mois après elle : la prévoir à l'aveugle, c'est la traverser.
_APRES = 3
_Alea = np.random.Generator


def processus(series: int = 60, periodes: int = 60, graine: int = 1) -> dict[str, Matrice]:
    """Un panel mensuel par sorte de difficulté, séries × périodes.

    Args:
        series: nombre de séries de chaque panel.
        periodes: nombre de mois.
        graine: du tirage ; chaque sorte a le sien.
    """
    return {
        nom: fabriquer(np.random.default_rng([graine, rang]), series, periodes)
        for rang, (nom, fabriquer) in enumerate(_SORTES.items())
    }


def _saison(alea: _Alea, series: int, periodes: int) -> Matrice:
    temps = np.arange(periodes)
    niveau = 60 + alea.normal(0, 8, (series, 1))
    saison = np.sin(2 * np.pi * temps / _AN + alea.uniform(0, 6, (series, 1)))
    valeurs: Matrice = niveau + 6 * saison
    return valeurs


def _calme(alea: _Alea, series: int, periodes: int) -> Matrice:
    return _saison(alea, series, periodes) + 2 * alea.normal(size=(series, periodes))


def _student(alea: _Alea, series: int, periodes: int) -> Matrice:
    return _saison(alea, series, periodes) + 2 * alea.standard_t(2, (series, periodes))


def _trous(alea: _Alea, series: int, periodes: int) -> Matrice:
    valeurs = _calme(alea, series, periodes)
    valeurs[alea.random(valeurs.shape) < 0.2] = np.nan
    for i in range(series):
        debut = alea.integers(0, periodes - 6)
        valeurs[i, debut : debut + 6] = np.nan
    return valeurs


def _zeros(alea: _Alea, series: int, periodes: int) -> Matrice:
    valeurs = _calme(alea, series, periodes)
    valeurs[: series // 6] = 0
    valeurs[series // 6 : series // 3] *= alea.random((series // 3 - series // 6, periodes)) < 0.5
    return valeurs


def _petits_comptes(alea: _Alea, series: int, periodes: int) -> Matrice:
    phase = 2 * np.pi * np.arange(periodes) / _AN + alea.uniform(0, 6, (series, 1))
    comptes: Matrice = np.asarray(alea.poisson(3 + 2 * np.sin(phase)), dtype=np.float64)
    return comptes


def _ruptures(alea: _Alea, series: int, periodes: int) -> Matrice:
    sauts = alea.normal(0, 6, (series, periodes)) * (alea.random((series, periodes)) < 1 / 24)
    valeurs: Matrice = _calme(alea, series, periodes) + sauts.cumsum(axis=1)
    return valeurs


def _rupture_commune(alea: _Alea, series: int, periodes: int) -> Matrice:
    valeurs = _calme(alea, series, periodes)
    valeurs[:, 3 * periodes // 5 :] -= 8
    return valeurs


def _tendances(alea: _Alea, series: int, periodes: int) -> Matrice:
    pentes = alea.normal(0, 0.4, (series, 1))
    return _calme(alea, series, periodes) + pentes * np.arange(periodes)


def _saison_changeante(alea: _Alea, series: int, periodes: int) -> Matrice:
    temps = np.arange(periodes)
    ampleur = 6 + 0.12 * temps * alea.normal(0, 1, (series, 1))
    phase = 2 * np.pi * temps / _AN + 0.01 * temps + alea.uniform(0, 6, (series, 1))
    bruit = 2 * alea.normal(size=(series, periodes))
    return 60 + alea.normal(0, 8, (series, 1)) + ampleur * np.sin(phase) + bruit


def _bruit_saisonnier(alea: _Alea, series: int, periodes: int) -> Matrice:
    agite = 1 + 1.5 * (np.arange(periodes) % _AN >= _AN // 2)
    propre = alea.uniform(0.5, 2.5, (series, 1))
    bruit = alea.normal(size=(series, periodes))
    return _saison(alea, series, periodes) + agite * propre * bruit


def _bruit_croissant(alea: _Alea, series: int, periodes: int) -> Matrice:
    ampleur = 0.5 + 3 * np.arange(periodes) / periodes
    return _saison(alea, series, periodes) + ampleur * alea.normal(size=(series, periodes))


def _marche(alea: _Alea, series: int, periodes: int) -> Matrice:
    return 60 + alea.normal(0, 1, (series, periodes)).cumsum(axis=1)


def _choc_commun(alea: _Alea, series: int, periodes: int) -> Matrice:
    chocs = alea.normal(0, 1.5, periodes)
    commun = np.zeros(periodes)
    for t in range(1, periodes):
        commun[t] = 0.8 * commun[t - 1] + chocs[t]
    return _calme(alea, series, periodes) + commun


def _rentree(alea: _Alea, series: int, periodes: int) -> Matrice:
    """Un nouveau niveau chaque année, presque rien entre deux rentrées ; l'une peu avant la fin."""
    annees = (np.arange(periodes) + _APRES - periodes) // _AN
    annees -= annees.min()
    sauts = alea.normal(0, 2.5, (series, int(annees.max()) + 1))
    niveaux = 60 + alea.normal(0, 8, (series, 1)) + sauts + 0.5 * sauts.cumsum(axis=1)
    peu = alea.normal(0, 0.25, (series, periodes)).cumsum(axis=1)
    valeurs: Matrice = niveaux[:, annees] + peu + alea.normal(0, 0.3, (series, periodes))
    return valeurs


_SORTES: dict[str, Callable[[_Alea, int, int], Matrice]] = {
    "saison et bruit": _calme,
    "queues lourdes (Student, 2 ddl)": _student,
    "trous": _trous,
    "zéros et intermittences": _zeros,
    "petits comptes": _petits_comptes,
    "ruptures au hasard": _ruptures,
    "rupture commune": _rupture_commune,
    "tendances": _tendances,
    "saison changeante": _saison_changeante,
    "bruit selon la saison": _bruit_saisonnier,
    "bruit qui grandit": _bruit_croissant,
    "marche au hasard": _marche,
    "chocs communs": _choc_commun,
    "rentrée": _rentree,
}
