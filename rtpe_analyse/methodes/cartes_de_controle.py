"""Surveiller une série dans le temps : la carte de contrôle, ses limites et ses signaux.

Les limites viennent de l'étendue entre deux périodes qui se suivent : un changement lent ou
brusque n'y entre presque pas, et se voit donc. Quand les périodes n'ont pas le même poids, les
limites s'élargissent là où le poids baisse (carte p′ de Laney) ; à poids égaux, c'est la carte
des valeurs individuelles de Shewhart.

Sources : NIST/SEMATECH e-Handbook of Statistical Methods, § 6.3.2 et 6.3.2.2 ; D. Laney,
« Improved Control Charts for Attributes », Quality Engineering 14, 2002 ; Western Electric,
*Statistical Quality Control Handbook*, 1956 (règles de signal).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vecteur = NDArray[np.float64]
MINIMUM = 8
# En deçà, les limites elles-mêmes sont mal connues (D. Montgomery, *Introduction to
# Statistical Quality Control*, 7e éd., § 6.2 : vingt à vingt-cinq échantillons).
SOLIDE = 20
# Sur une série que rien ne change et de limites connues, attente moyenne d'un signal des trois
# règles (C. Champ et W. Woodall, « Exact Results for Shewhart Control Charts With Supplementary
# Runs Rules », Technometrics 29, 1987).
PERIODES_ENTRE_FAUX_SIGNAUX = 122
# Espérance de l'étendue de deux tirages normaux d'écart type 1.
_ETENDUE_DE_DEUX = 2 / np.sqrt(np.pi)

HORS_LIMITES, DEUX_SUR_TROIS, HUIT_DU_MEME_COTE = (
    "hors_limites",
    "deux_sur_trois",
    "huit_du_meme_cote",
)
# Chaque règle : au moins `atteints` des `fenetre` dernières périodes au-delà de `seuil` écarts
# types, du même côté, la dernière comprise.
_REGLES = (
    (HORS_LIMITES, 1, 1, 3.0),
    (DEUX_SUR_TROIS, 2, 3, 2.0),
    (HUIT_DU_MEME_COTE, 8, 8, 0.0),
)


@dataclass(frozen=True)
class Signal:
    """Une période qui déclenche une règle.

    Attributes:
        rang: rang de la période dans la série.
        regle: la règle la plus forte qu'elle déclenche.
        hausse: vrai au-dessus du centre.
    """

    rang: int
    regle: str
    hausse: bool


@dataclass(frozen=True)
class Carte:
    """Une carte de contrôle ajustée.

    Attributes:
        centre: moyenne, pondérée si les périodes ont des poids.
        bas: limite basse de chaque période, à trois écarts types.
        haut: limite haute.
        reduites: écart de chaque période au centre, en écarts types ; NaN si inconnue.
    """

    centre: float
    bas: Vecteur
    haut: Vecteur
    reduites: Vecteur

    @property
    def signaux(self) -> list[Signal]:
        """Un signal au plus par période, dans l'ordre du temps."""
        return lire_signaux(self.reduites)

    @property
    def solide(self) -> bool:
        """Assez de périodes pour se fier aux limites."""
        return int(np.isfinite(self.reduites).sum()) >= SOLIDE


def ajuster_carte(valeurs: Vecteur, poids: Vecteur | None = None) -> Carte | None:
    """Ajuste une carte de contrôle.

    Les périodes sont supposées indépendantes : une série qui dérive lentement a des étendues
    courtes, donc des limites étroites, et fait signal plus souvent.

    Args:
        valeurs: une par période, dans l'ordre du temps ; une inconnue (NaN) ne compte pas, et
            l'étendue ne l'enjambe pas.
        poids: taille de chaque période (dénominateur d'un taux), strictement positive là où la
            valeur est connue ; sans elle, toutes les périodes se valent.

    Returns:
        La carte ; rien s'il y a moins de huit périodes connues, ou si la série est constante.

    Raises:
        ValueError: tailles différentes, ou poids nul, négatif ou inconnu d'une valeur connue.
    """
    poids = np.ones(len(valeurs)) if poids is None else poids
    connues = np.isfinite(valeurs)
    if poids.shape != valeurs.shape or not (poids[connues] > 0).all():
        raise ValueError("chaque valeur connue doit avoir un poids strictement positif")
    if connues.sum() < MINIMUM:
        return None
    centre = float(np.average(valeurs[connues], weights=poids[connues]))
    # Seuls les rapports des poids comptent : l'échelle vient des étendues.
    erreurs = np.where(connues, 1 / np.sqrt(np.where(connues, poids, 1.0)), np.nan)
    reduites = (valeurs - centre) / erreurs
    etendues = np.abs(np.diff(reduites))
    etendues = etendues[np.isfinite(etendues)]
    echelle = float(etendues.mean()) / _ETENDUE_DE_DEUX if len(etendues) else 0.0
    if echelle == 0:
        return None
    demi = 3 * echelle * erreurs
    return Carte(centre, centre - demi, centre + demi, reduites / echelle)


def lire_signaux(reduites: Vecteur) -> list[Signal]:
    """Périodes qui déclenchent une des trois règles de Western Electric retenues.

    Une période hors des limites ; deux sur trois au-delà de deux écarts types, du même côté ;
    huit de suite du même côté du centre. Une période inconnue rompt les suites.

    Args:
        reduites: écarts au centre, en écarts types, dans l'ordre du temps.
    """
    trouves = []
    for rang in range(len(reduites)):
        for regle, atteints, fenetre, seuil in _REGLES:
            vues = reduites[max(0, rang - fenetre + 1) : rang + 1]
            vues = vues[len(vues) - _suite_connue(vues) :]
            cote = np.sign(reduites[rang])
            if abs(reduites[rang]) > seuil and np.count_nonzero(cote * vues > seuil) >= atteints:
                trouves.append(Signal(rang, regle, bool(cote > 0)))
                break
    return trouves


def _suite_connue(vues: Vecteur) -> int:
    """Nombre de périodes connues à la fin, sans interruption."""
    inconnues = np.flatnonzero(~np.isfinite(vues))
    return len(vues) - (int(inconnues[-1]) + 1 if len(inconnues) else 0)
