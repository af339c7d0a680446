"""Les prévisions simples mises en concurrence, à partir du seul passé d'un panel.

Sources : R. Hyndman et G. Athanasopoulos, *Forecasting: Principles and Practice*, 3e éd. ;
E. Gardner et E. McKenzie, « Forecasting Trends in Time Series », Management Science 31, 1985
(tendance amortie).
"""

import numpy as np

from rtpe_analyse.methodes.conforme import Matrice

NAIVE = "même période de l'an dernier"
DERNIER = "dernier niveau connu"
MOUVEMENT = "dernier niveau et mouvement saisonnier commun"
LISSEE = "an dernier, lissé par le mouvement commun"
DERIVE = "an dernier, corrigé de la moitié de l'écart récent sur un an"
MOYENNE = "moyenne de la même période des trois dernières années, au plus"

Candidates = dict[str, Matrice]
_SERIES_MINIMUM = 5
_ANNEES = 3


def concurrentes(passe: Matrice, cycle: int, horizon: int) -> Candidates:
    """Les prévisions possibles, par nom ; avant une année connue, les deux premières seulement.

    Args:
        passe: séries × périodes, jusqu'à la dernière connue ; NaN là où rien n'est connu.
        cycle: nombre de périodes d'une année.
        horizon: nombre d'échéances.

    Returns:
        Séries × échéances par prévision ; la naïve retombe sur le dernier niveau faute d'an
        dernier. Celles qui suivent le panel demandent cinq séries ; la moyenne, deux années.
    """
    constante = dernieres(passe, horizon)
    naive = _an_dernier(passe, cycle, horizon)
    naive = np.where(np.isnan(naive), constante, naive)
    candidates = {NAIVE: naive, DERNIER: constante}
    if passe.shape[1] <= cycle:
        return candidates
    candidates[DERIVE] = naive + _derive(passe, cycle)[:, None]
    if passe.shape[1] > 2 * cycle > 2:
        moyenne = _annees(passe, cycle, horizon)
        candidates[MOYENNE] = np.where(np.isfinite(moyenne), moyenne, naive)
    if len(passe) < _SERIES_MINIMUM:
        return candidates
    commun = _mediane(passe, 0)
    commun_prevu = _an_dernier(commun[None], cycle, horizon)[0]
    mouvement = commun_prevu - commun[passe.shape[1] - 1 - cycle]
    propre = _moyenne(passe[:, -cycle:] - commun[-cycle:], 1)
    lissee = (commun_prevu[None] + propre[:, None] + naive) / 2
    candidates[MOUVEMENT] = constante + np.nan_to_num(mouvement)[None]
    candidates[LISSEE] = np.where(np.isfinite(lissee), lissee, naive)
    return candidates


def dernieres(passe: Matrice, horizon: int) -> Matrice:
    """Dernière valeur connue de chaque série, répétée à chaque échéance.

    Args:
        passe: séries × périodes, une au moins ; NaN là où rien n'est connu.
        horizon: nombre d'échéances.

    Returns:
        Séries × échéances ; NaN pour une série sans passé.
    """
    connus = np.isfinite(passe)
    rang = passe.shape[1] - 1 - np.argmax(connus[:, ::-1], axis=1)
    dernier = np.where(connus.any(axis=1), passe[np.arange(len(passe)), rang], np.nan)
    return np.repeat(dernier[:, None], horizon, axis=1)


def _an_dernier(passe: Matrice, cycle: int, horizon: int) -> Matrice:
    """Valeur connue la plus récente à la même place du cycle."""
    date = passe.shape[1]
    resultat = np.full((len(passe), horizon), np.nan)
    for h in range(horizon):
        for rang in range(date + h - cycle, -1, -cycle):
            if rang < date:
                manque = np.isnan(resultat[:, h])
                resultat[manque, h] = passe[manque, rang]
    return resultat


def _annees(passe: Matrice, cycle: int, horizon: int) -> Matrice:
    """Moyenne des valeurs connues à la même place du cycle, sur trois années au plus."""
    date = passe.shape[1]
    places = [range(date - cycle + h % cycle, -1, -cycle)[:_ANNEES] for h in range(horizon)]
    return np.stack([_moyenne(passe[:, list(p)], 1) for p in places], axis=1)


def _derive(passe: Matrice, cycle: int) -> Matrice:
    """Moitié de l'écart sur un an du dernier quart d'année.

    Amorti et récent : un an après une rupture, la naïve l'a déjà, et l'écart entier la compterait
    deux fois.
    """
    ecarts = passe[:, cycle:] - passe[:, :-cycle]
    return np.nan_to_num(_moyenne(ecarts[:, -max(cycle // 4, 1) :], 1)) / 2


def _mediane(valeurs: Matrice, axe: int) -> Matrice:
    connues = np.isfinite(valeurs).any(axis=axe)
    resultat = np.full(valeurs.shape[1 - axe], np.nan)
    resultat[connues] = np.nanmedian(np.compress(connues, valeurs, axis=1 - axe), axis=axe)
    return resultat


def _moyenne(valeurs: Matrice, axe: int) -> Matrice:
    connues = np.isfinite(valeurs).any(axis=axe)
    resultat = np.full(valeurs.shape[1 - axe], np.nan)
    resultat[connues] = np.nanmean(np.compress(connues, valeurs, axis=1 - axe), axis=axe)
    return resultat
