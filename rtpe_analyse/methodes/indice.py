"""Indice composite de composantes standardisées, et ce que son classement doit aux poids.

Un poids est un choix : on le publie, puis on le fait varier. L'intervalle de rang d'une zone
réunit les rangs obtenus avec des poids tirés autour des poids publiés (loi de Dirichlet, 90 %
centraux des tirages) et ceux obtenus en retirant chaque composante.

Sources : OCDE et Centre commun de recherche, « Handbook on Constructing Composite
Indicators », 2008 (standardisation, agrégation linéaire, analyse de sensibilité) ;
M. Saisana, A. Saltelli et S. Tarantola, « Uncertainty and sensitivity analysis techniques as
tools for the quality assessment of composite indicators », JRSS A 168, 2005.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrice = NDArray[np.float64]
_CENTRAUX = (0.05, 0.95)
_CHIFFRES = 9
"""Décimales du score qui font le rang : au-delà, deux zones sont à égalité."""


@dataclass(frozen=True)
class Indice:
    """Un indice et la solidité de son classement.

    Attributes:
        scores: somme pondérée des composantes standardisées, par zone ; absent (NaN) si trop
            peu de composantes sont connues. Une hausse veut dire plus de besoin.
        parts_connues: part des poids dont la composante est connue, par zone.
        rangs: rang aux poids publiés (1 : le plus fort score) ; absent comme le score.
        rangs_bas: plus petit rang de l'intervalle.
        rangs_hauts: plus grand rang de l'intervalle.
        contributions: part de chaque composante dans le score (zone × composante) ; leur
            somme est le score ; absente où la composante est inconnue.
    """

    scores: Matrice
    parts_connues: Matrice
    rangs: Matrice
    rangs_bas: Matrice
    rangs_hauts: Matrice
    contributions: Matrice


def standardiser(valeurs: Matrice, sens: Matrice) -> Matrice:
    """Écarts à la moyenne des zones connues, en écarts types, orientés par le sens.

    Une composante constante ne distingue personne : ses écarts sont nuls. Une valeur absente
    le reste.

    Args:
        valeurs: zone × composante, NaN où la valeur est inconnue.
        sens: +1 si une hausse veut dire plus de besoin, −1 si elle veut dire moins.
    """
    connues = np.isfinite(valeurs)
    effectifs = connues.sum(axis=0)
    sommes = np.where(connues, valeurs, 0.0).sum(axis=0)
    moyennes = sommes / np.maximum(effectifs, 1)
    ecarts = np.where(connues, valeurs - moyennes, np.nan)
    carres = np.where(connues, ecarts, 0.0) ** 2
    types = np.sqrt(carres.sum(axis=0) / np.maximum(effectifs, 1))
    # Une colonne constante garde un bruit d'arrondi, qu'il ne faut pas grossir.
    constante = types <= 1e-12 * np.maximum(1e-300, np.abs(moyennes))
    return np.asarray(np.where(constante, 0.0, 1.0) * ecarts / np.where(constante, 1, types) * sens)


def calculer_indice(
    valeurs: Matrice,
    poids: Matrice,
    sens: Matrice,
    *,
    part_minimale: float,
    concentration: float,
    tirages: int,
    graine: int,
) -> Indice:
    """Calcule l'indice de chaque zone et l'intervalle de son rang.

    Une zone dont une composante est inconnue est calculée sur les autres, leurs poids ramenés
    à un total de 1, si les composantes connues portent au moins `part_minimale` des poids ;
    sinon son indice est absent et elle n'a pas de rang. Rien n'est imputé.

    Args:
        valeurs: zone × composante, NaN où la valeur est inconnue.
        poids: poids publiés, positifs, de somme quelconque.
        sens: +1 ou −1 par composante.
        part_minimale: part des poids qui doit être connue (0 à 1).
        concentration: somme des paramètres de Dirichlet ; plus elle est grande, plus les
            poids tirés restent près des poids publiés.
        tirages: nombre de tirages de poids.
        graine: graine du hasard : mêmes données, mêmes intervalles.

    Raises:
        ValueError: aucun poids positif, poids négatif, ou tailles différentes.
    """
    if valeurs.shape[1:] != poids.shape or poids.shape != sens.shape:
        raise ValueError("une valeur, un poids et un sens par composante")
    if not ((poids >= 0).all() and poids.sum() > 0):
        raise ValueError("les poids doivent être positifs, et l'un d'eux au moins non nul")
    poids = poids / poids.sum()
    reduites = standardiser(valeurs, sens)
    connues = np.isfinite(reduites)
    parts = connues @ poids
    assez = (parts >= part_minimale - 1e-12) & (parts > 0)
    publies = _scores(reduites, poids[np.newaxis])[0]
    scores = np.where(assez, publies, np.nan)
    bas, haut = _intervalles(
        reduites[assez], _poids_voisins(poids, concentration, tirages, graine), poids
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        contributions = np.where(
            assez[:, np.newaxis], reduites * poids / parts[:, np.newaxis], np.nan
        )
    return Indice(
        scores=scores,
        parts_connues=parts,
        rangs=_replacer(_rangs(scores[assez][np.newaxis])[0], assez),
        rangs_bas=_replacer(bas, assez),
        rangs_hauts=_replacer(haut, assez),
        contributions=contributions,
    )


def _scores(reduites: Matrice, poids: Matrice) -> Matrice:
    """Un score par jeu de poids (lignes) et par zone (colonnes)."""
    connues = np.isfinite(reduites)
    portes = poids @ connues.T
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(poids @ np.where(connues, reduites, 0.0).T / portes)


def _poids_voisins(poids: Matrice, concentration: float, tirages: int, graine: int) -> Matrice:
    positifs = poids > 0
    voisins = np.zeros((tirages, len(poids)))
    hasard = np.random.default_rng(graine)
    voisins[:, positifs] = hasard.dirichlet(concentration * poids[positifs], tirages)
    return voisins


def _intervalles(reduites: Matrice, voisins: Matrice, poids: Matrice) -> tuple[Matrice, Matrice]:
    """Rangs extrêmes : tirages centraux, poids publiés, et chaque composante retirée."""
    publies = _rangs(_scores(reduites, poids[np.newaxis]))
    bas, haut = publies[0], publies[0]
    if len(voisins) and len(reduites):
        tires = _rangs(_scores(reduites, voisins))
        bas = np.minimum(bas, np.quantile(tires, _CENTRAUX[0], axis=0, method="lower"))
        haut = np.maximum(haut, np.quantile(tires, _CENTRAUX[1], axis=0, method="higher"))
    for rang in np.flatnonzero(poids):
        amputes = np.where(np.arange(len(poids)) == rang, 0.0, poids)
        scores = _scores(reduites, amputes[np.newaxis])
        # Une zone qui n'a que la composante retirée ne se classe plus sans elle.
        classees = np.isfinite(scores[0])
        if classees.any():
            sans = np.where(classees, _rangs(np.where(classees, scores, -np.inf))[0], np.nan)
            bas, haut = np.fmin(bas, sans), np.fmax(haut, sans)
    return bas, haut


def _rangs(scores: Matrice) -> Matrice:
    """Rang de chaque zone par ligne : 1 pour le plus fort score, le meilleur rang à égalité."""
    from scipy.stats import rankdata

    return np.asarray(rankdata(-np.round(scores, _CHIFFRES), method="min", axis=1), dtype=float)


def _replacer(connus: Matrice, ou: NDArray[np.bool_]) -> Matrice:
    complet = np.full(len(ou), np.nan)
    complet[ou] = connus
    return complet
