"""Intervalles conformes tirés des erreurs passées d'un panel, même quand il y en a peu.

Trois précautions tiennent la couverture sur une histoire courte : l'erreur d'une série se
réduit par une échelle tirée de ses autres erreurs, jamais d'elle-même ; les erreurs d'une même
date, comme celles d'une même série, se ressemblent, et leur nombre ne vaut que l'effectif
équivalent ; le côté où l'on se trompe ne se croit que si assez d'erreurs indépendantes le disent.

Sources : R. Barber et al., « Predictive inference with the jackknife+ », Annals of
Statistics 49, 2021 ; L. Kish, *Survey Sampling*, 1965 (effet de grappe).
"""

import numpy as np
from numpy.typing import NDArray

Matrice = NDArray[np.float64]
# Poids, en nombre d'erreurs, de l'échelle du panel dans celle d'une série.
_A_PRIORI = 4
# Effectif équivalent auquel l'intervalle est à mi-chemin entre symétrique et non.
_MI_CHEMIN = 20


def intervalle(erreurs: Matrice, risque: float) -> tuple[Matrice, Matrice]:
    """Écarts à ajouter à la prévision de chaque série pour en borner la suite.

    Args:
        erreurs: réel − prévu, séries × dates ; NaN là où rien n'est jugé. Une valeur connue
            au moins.
        risque: part de la suite qui peut tomber dehors (0,1), les deux côtés ensemble.

    Returns:
        Écart bas et écart haut de chaque série ; une série jamais jugée prend l'échelle du
        panel.
    """
    propre = _part_propre(erreurs)
    echelles, sans_soi = _echelles(erreurs, propre)
    reduites = erreurs / sans_soi
    connues = reduites[np.isfinite(reduites)]
    n = max(propre * effectif_equivalent(reduites), 1.0)
    # Le rang fini (n + 1) du quantile conforme.
    bas = float(np.quantile(connues, max(risque / 2 - (1 - risque / 2) / len(connues), 0)))
    haut = float(np.quantile(connues, _rang(1 - risque / 2, len(connues))))
    demi = float(np.quantile(np.abs(connues), _rang(1 - risque, len(connues))))
    part = n / (n + _MI_CHEMIN)
    elargi = _elargissement(risque, n)
    bas, haut = part * bas - (1 - part) * demi, part * haut + (1 - part) * demi
    return elargi * bas * echelles, elargi * haut * echelles


def effectif_equivalent(erreurs: Matrice) -> float:
    """Nombre d'erreurs indépendantes qui en diraient autant : un choc commun n'en vaut qu'une.

    Args:
        erreurs: séries × dates, NaN là où rien n'est jugé.

    Returns:
        Entre le nombre de dates et le nombre d'erreurs, selon ce que les erreurs d'une même
        date ont de commun (corrélation intraclasse autour de zéro).
    """
    utiles = erreurs[:, np.isfinite(erreurs).any(axis=0)]
    nombres = np.isfinite(utiles).sum(axis=0)
    total = float(nombres.sum())
    carres = float(np.nansum(utiles**2))
    attendu = float(np.mean(1 / nombres)) if total else 1.0
    if carres == 0 or attendu == 1:
        return total
    observe = float(np.mean(np.nanmean(utiles, axis=0) ** 2)) * total / carres
    commune = min(max((observe - attendu) / (1 - attendu), 0.0), 1.0)
    return total / (1 + (float((nombres**2).sum()) / total - 1) * commune)


def _rang(niveau: float, n: int) -> float:
    return min(niveau * (n + 1) / n, 1.0)


def _elargissement(risque: float, n: float) -> float:
    """De la loi normale à la loi de Student : l'échelle est estimée sur peu d'erreurs."""
    from scipy.special import ndtri, stdtrit

    return float(stdtrit(max(n, 1.0), 1 - risque / 2) / ndtri(1 - risque / 2))


def _part_propre(erreurs: Matrice) -> float:
    """Part des erreurs d'une série qui disent du neuf : un niveau déplacé les rend toutes égales.

    Sans elle, dix fois la même erreur passeraient pour une échelle bien connue, et une série
    qui n'a pas encore bougé pour une série qui ne bouge jamais.
    """
    reduites = erreurs / _echelles(erreurs, 1.0)[0][:, None]
    vues = reduites[np.isfinite(reduites).any(axis=1)]
    return effectif_equivalent(vues.T) / float(np.isfinite(vues).sum())


def _echelles(erreurs: Matrice, propre: float) -> tuple[Matrice, Matrice]:
    """Échelle de chaque série, et celle de chaque erreur d'après les autres de la série.

    C'est l'erreur absolue moyenne, tirée vers celle de la série médiane si la série est jeune
    ou si ses erreurs se répètent.
    """
    absolues = np.abs(erreurs)
    nombres, sommes = np.isfinite(absolues).sum(axis=1), np.nansum(absolues, axis=1)
    moyennes = sommes / np.maximum(nombres, 1)
    commune = float(np.median(moyennes[nombres > 0])) or float(np.nanmean(absolues))
    poids = np.where(nombres > 0, np.maximum(nombres * propre, 1), 0)
    echelles = (poids * moyennes + _A_PRIORI * commune) / (poids + _A_PRIORI)
    autres = (sommes[:, None] - np.nan_to_num(absolues)) / np.maximum(nombres - 1, 1)[:, None]
    restant = np.maximum(poids - 1, 0)[:, None]
    sans_soi = (restant * autres + _A_PRIORI * commune) / (restant + _A_PRIORI)
    return np.where(echelles > 0, echelles, 1.0), np.where(sans_soi > 0, sans_soi, 1.0)
