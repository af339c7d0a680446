"""Lisser les taux de petites zones : bayésien empirique bêta-binomial et Poisson-gamma.

Le taux nu d'une petite zone dit surtout le hasard. On suppose les taux de toutes les zones
tirés d'une même loi, estimée sur elles toutes ; le taux a posteriori d'une zone est d'autant
plus ramené vers l'ensemble que la zone est petite, et l'on peut dire la probabilité que le
vrai taux dépasse un seuil, ce qu'un taux nu ne dit pas.

Sources : D. Clayton et J. Kaldor, « Empirical Bayes estimates of age-standardized relative
risks for use in disease mapping », Biometrics 43, 1987 (Poisson-gamma) ; J. Kleinman,
« Proportions with extraneous variance », JASA 68, 1973 (moments du bêta-binomial) ;
A. Gelman et al., « Bayesian Data Analysis », 3e édition, 2013, § 5.3.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Vecteur = NDArray[np.float64]
Loi = Literal["binomiale", "poisson"]
MINIMUM = 5
"""Zones en deçà desquelles la loi commune ne s'estime pas."""
_BORNES_DU_POIDS = (1e-4, 1e4)
"""Poids de l'ensemble, rapporté à une zone moyenne : au-delà, les zones ne se distinguent plus."""


@dataclass(frozen=True)
class Lissage:
    """Les taux a posteriori d'un ensemble de zones.

    Attributes:
        loi: `binomiale` (une part) ou `poisson` (un taux par unité d'exposition).
        a: premier paramètre de la loi commune : succès (bêta) ou événements (gamma) a priori.
        b: second paramètre : échecs (bêta) ou exposition (gamma) a priori.
        a_posteriori: premier paramètre de la loi de chaque zone.
        b_posteriori: second paramètre de la loi de chaque zone.
    """

    loi: Loi
    a: float
    b: float
    a_posteriori: Vecteur
    b_posteriori: Vecteur

    @property
    def _lois(self) -> Any:
        from scipy.stats import beta, gamma

        if self.loi == "binomiale":
            return beta(self.a_posteriori, self.b_posteriori)
        return gamma(self.a_posteriori, scale=1 / self.b_posteriori)

    @property
    def ensemble(self) -> float:
        """Le taux moyen de la loi commune, vers lequel les petites zones sont ramenées."""
        return self.a / (self.a + self.b) if self.loi == "binomiale" else self.a / self.b

    def moyennes(self) -> Vecteur:
        """Taux moyen a posteriori de chaque zone."""
        return np.asarray(self._lois.mean())

    def intervalles(self, niveau: float) -> tuple[Vecteur, Vecteur]:
        """Bornes entre lesquelles le vrai taux se trouve avec la probabilité `niveau`."""
        bas, haut = self._lois.interval(niveau)
        return np.asarray(bas), np.asarray(haut)

    def depassements(self, seuil: float) -> Vecteur:
        """Probabilité que le vrai taux de chaque zone dépasse le seuil."""
        return np.asarray(self._lois.sf(seuil))


def lisser(evenements: Vecteur, expositions: Vecteur, loi: Loi) -> Lissage | None:
    """Estime la loi commune (moments, puis maximum de vraisemblance) et lisse chaque zone.

    La vraisemblance se maximise à partir de l'estimation par les moments. Quand les zones ne
    diffèrent pas plus que le hasard ne le veut, la loi commune se resserre sur le taux
    d'ensemble et toutes les zones y sont ramenées.

    Args:
        evenements: succès (entre 0 et l'exposition) ou événements de chaque zone, positifs ;
            des nombres non entiers (effectifs pondérés) sont admis.
        expositions: essais, ou exposition, strictement positifs.
        loi: `binomiale` ou `poisson`.

    Returns:
        Le lissage ; rien s'il y a moins de cinq zones, ou si aucun événement n'est observé
        (ou aucun échec, pour une part).

    Raises:
        ValueError: tailles différentes, valeur inconnue, exposition nulle, événements négatifs
            ou plus nombreux que les essais.
    """
    _verifier(evenements, expositions, loi)
    if len(evenements) < MINIMUM or not 0 < evenements.sum() < _plafond(expositions, loi):
        return None
    a, b = _vraisemblance_maximale(evenements, expositions, loi)
    if loi == "binomiale":
        return Lissage(loi, a, b, a + evenements, b + expositions - evenements)
    return Lissage(loi, a, b, a + evenements, b + expositions)


def moments(evenements: Vecteur, expositions: Vecteur, loi: Loi) -> tuple[float, float]:
    """Taux d'ensemble et poids de la loi commune, par la méthode des moments.

    La variance entre zones est la variance pondérée des taux nus, moins ce que le hasard y
    met : `s² = Σ w (r − m)²`, d'espérance `Σ w (1 − w) [V + (g − V) / n]` où `g` vaut
    `m (1 − m)` (part) ou `V + m` (Poisson) et `w` la part de l'exposition.

    Returns:
        Le taux moyen `m`, et le poids `M` (a + b pour une part, b pour un Poisson), en unités
        d'exposition ; borné quand la variance entre zones est nulle.
    """
    poids = expositions / expositions.sum()
    bas, haut = _bornes_du_poids(expositions)
    taux = evenements / expositions
    moyenne = float(poids @ taux)
    observee = float(poids @ (taux - moyenne) ** 2)
    net = poids * (1 - poids)
    hasard = float(net @ (1 / expositions))
    if loi == "binomiale":
        unitaire = moyenne * (1 - moyenne)
        variance = (observee - unitaire * hasard) / (float(net.sum()) - hasard)
        poids_commun = unitaire / variance - 1 if variance > 0 else haut
    else:
        variance = (observee - moyenne * hasard) / float(net.sum())
        poids_commun = moyenne / variance if variance > 0 else haut
    return moyenne, float(np.clip(poids_commun, bas, haut))


def _vraisemblance_maximale(
    evenements: Vecteur, expositions: Vecteur, loi: Loi
) -> tuple[float, float]:
    from scipy.optimize import minimize

    moyenne, poids = moments(evenements, expositions, loi)
    bornes = np.log(_bornes_du_poids(expositions))

    def parametres(point: Vecteur) -> tuple[float, float]:
        commun = float(np.exp(np.clip(point[1], *bornes)))
        if loi == "binomiale":
            part = 1 / (1 + float(np.exp(-point[0])))
            return part * commun, (1 - part) * commun
        return float(np.exp(point[0])) * commun, commun

    debut = np.log(moyenne / (1 - moyenne)) if loi == "binomiale" else np.log(moyenne)
    trouve = minimize(
        lambda p: -_log_vraisemblance(evenements, expositions, loi, *parametres(p)),
        np.array([debut, np.log(poids)]),
        method="Nelder-Mead",
        options={"xatol": 1e-8, "fatol": 1e-10, "maxiter": 4000},
    )
    return parametres(trouve.x)


def _log_vraisemblance(
    evenements: Vecteur, expositions: Vecteur, loi: Loi, a: float, b: float
) -> float:
    from scipy.special import betaln, gammaln

    if loi == "binomiale":
        conjointe = betaln(a + evenements, b + expositions - evenements) - betaln(a, b)
    else:
        conjointe = (
            gammaln(a + evenements)
            - gammaln(a)
            + a * np.log(b / (b + expositions))
            + evenements * np.log(expositions / (b + expositions))
        )
    return float(conjointe.sum())


def _bornes_du_poids(expositions: Vecteur) -> tuple[float, float]:
    bas, haut = _BORNES_DU_POIDS
    return bas * float(expositions.mean()), haut * float(expositions.mean())


def _plafond(expositions: Vecteur, loi: Loi) -> float:
    return float(expositions.sum()) if loi == "binomiale" else np.inf


def _verifier(evenements: Vecteur, expositions: Vecteur, loi: Loi) -> None:
    if evenements.shape != expositions.shape or not (expositions > 0).all():
        raise ValueError("chaque zone doit avoir une exposition strictement positive")
    trop = (evenements > expositions).any() if loi == "binomiale" else False
    if not np.isfinite(evenements).all() or (evenements < 0).any() or trop:
        raise ValueError("événements inconnus, négatifs ou plus nombreux que les essais")
