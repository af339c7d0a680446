"""Une série dans le temps : saison, tendance, changements de niveau.

Sources : R. Cleveland et al., « STL: A Seasonal-Trend Decomposition Procedure Based on
Loess », Journal of Official Statistics 6, 1990 ; R. Killick, P. Fearnhead et I. Eckley,
« Optimal Detection of Changepoints With a Linear Computational Cost », JASA 107, 2012.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vecteur = NDArray[np.float64]
CYCLES_MINIMUM = 4
_SEGMENT_MINIMUM = 3
# Rapport de l'écart absolu médian à l'écart type d'une loi normale.
_MEDIANE_NORMALE = 1.4826


@dataclass(frozen=True)
class Saisonnalite:
    """Décomposition d'une série : valeur = tendance + saison + reste.

    Attributes:
        tendance: niveau lissé.
        saison: écart saisonnier.
        reste: ce que ni l'un ni l'autre n'expliquent.
    """

    tendance: Vecteur
    saison: Vecteur
    reste: Vecteur

    @property
    def sans_saison(self) -> Vecteur:
        """La série dont on a retiré la saison."""
        return self.tendance + self.reste


def desaisonnaliser(valeurs: Vecteur, cycle: int) -> Saisonnalite | str:
    """Sépare saison et tendance, sans se laisser tirer par les valeurs aberrantes.

    La saison est la même chaque année. La laisser évoluer, sur si peu d'années, lui ferait
    absorber le bruit : les différences d'une période à l'autre en seraient rétrécies, et
    `changements_de_niveau` trouverait un changement dans une série calme sur deux.

    Args:
        valeurs: une par période, sans trou.
        cycle: nombre de périodes d'une année (4 trimestres, 12 mois).

    Returns:
        La décomposition ; sinon, en une phrase, pourquoi elle ne se fait pas (série trop
        courte, trouée ou constante).
    """
    if not np.isfinite(valeurs).all():
        return "Il manque des périodes : la saison ne se sépare pas de la tendance."
    if len(valeurs) < CYCLES_MINIMUM * cycle:
        return (
            f"La série est trop courte ({len(valeurs)} périodes ; il en faut "
            f"{CYCLES_MINIMUM * cycle}) pour séparer la saison de la tendance."
        )
    if np.ptp(valeurs) == 0:
        return "La série est constante."
    from statsmodels.tsa.seasonal import STL

    # Une fenêtre bien plus longue que la série, et de degré 0 : une moyenne par saison.
    toute = 10 * len(valeurs) + 1
    fenetre = toute + 1 - toute % 2
    resultat = STL(valeurs, period=cycle, seasonal=fenetre, seasonal_deg=0, robust=True).fit()
    tendance, saison = np.asarray(resultat.trend), np.asarray(resultat.seasonal)
    return Saisonnalite(tendance, saison, valeurs - tendance - saison)


def changements_de_niveau(valeurs: Vecteur, *, severite: float = 8.0) -> list[int]:
    """Rangs où le niveau d'une série sans saison change durablement.

    La pénalité est proportionnelle à la variance du bruit (estimée sur les différences, pour
    qu'un changement de niveau ne la gonfle pas) et au logarithme de la longueur.

    Args:
        valeurs: série sans saison et sans trou.
        severite: multiplie la pénalité ; plus elle est grande, moins on trouve.

    Returns:
        Rang de la première période de chaque nouveau niveau, croissants ; vide si la série
        est trop courte ou constante.
    """
    n = len(valeurs)
    if n < 2 * _SEGMENT_MINIMUM or not np.isfinite(valeurs).all() or np.ptp(valeurs) == 0:
        return []
    from ruptures import Pelt

    differences = np.diff(valeurs)
    bruit = _MEDIANE_NORMALE * float(np.median(np.abs(differences - np.median(differences))))
    variance = bruit**2 / 2 or float(np.var(differences)) / 2
    if variance == 0:
        return []
    moteur = Pelt(model="l2", min_size=_SEGMENT_MINIMUM, jump=1).fit(valeurs.reshape(-1, 1))
    return [int(rang) for rang in moteur.predict(pen=severite * variance * np.log(n))[:-1]]
