"""Prévoir un panel de séries saisonnières, avec des intervalles dont on mesure la justesse.

Quelques prévisions simples, lisibles, sont mises en concurrence à chaque échéance sur leurs
erreurs passées ; la prévision saisonnière naïve (la même période de l'an dernier) est la
référence et reste retenue tant qu'aucune autre ne l'a battue. Les intervalles viennent des
erreurs passées du panel (prédiction conforme), et s'élargissent ou se resserrent selon qu'ils
ont trop ou pas assez souvent contenu la suite (prédiction conforme adaptative).

Sources : R. Hyndman et G. Athanasopoulos, *Forecasting: Principles and Practice*, 3e éd. ;
I. Gibbs et E. Candès, « Adaptive Conformal Inference Under Distribution Shift », NeurIPS 2021.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Matrice = NDArray[np.float64]
NAIVE = "même période de l'an dernier"
DERNIER = "dernier niveau connu"
MOUVEMENT = "dernier niveau et mouvement saisonnier commun"
LISSEE = "an dernier, lissé par le mouvement commun"

Candidates = dict[str, Matrice]
# Poids, en nombre d'erreurs, de l'échelle du panel dans celle d'une série.
_ERREURS_A_PRIORI = 4
# Vitesse à laquelle les intervalles s'adaptent.
_PAS = 0.02
_ERREURS_MINIMUM = 10
_DATES_MINIMUM = 3
# Années d'erreurs retenues : au-delà, une rupture ancienne élargirait encore les intervalles.
_MEMOIRE = 2
_CANDIDATES_MINIMUM = 5


@dataclass(frozen=True)
class Previsions:
    """Prévisions faites à une même date, une ligne par série, une colonne par échéance.

    Attributes:
        centre: prévision centrale ; inconnue (NaN) pour une série sans passé.
        bas: borne basse de l'intervalle ; NaN tant que trop peu d'erreurs sont connues.
        haut: borne haute.
        naive: la prévision de référence.
        methodes: méthode retenue à chaque échéance.
    """

    centre: Matrice
    bas: Matrice
    haut: Matrice
    naive: Matrice
    methodes: tuple[str, ...]


@dataclass
class Previsionniste:
    """Ce qu'on apprend en prévoyant un panel date après date.

    Attributes:
        cycle: nombre de périodes d'une année.
        horizon: nombre d'échéances.
        niveau: probabilité visée pour l'intervalle (0,8).
    """

    cycle: int
    horizon: int
    niveau: float
    _passees: dict[int, Candidates] = field(default_factory=dict, init=False)
    _intervalles: dict[int, tuple[Matrice, Matrice]] = field(default_factory=dict, init=False)
    _risques: NDArray[np.float64] = field(init=False)
    _jugees: set[tuple[int, int]] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        self._risques = np.full(self.horizon, 1 - self.niveau)

    def prevoir(self, passe: Matrice, autres: Candidates | None = None) -> Previsions:
        """Prévisions à partir du passé connu, en tenant compte de celles déjà jugées.

        À appeler à des dates successives : chaque appel juge d'abord les prévisions
        antérieures dont l'échéance est arrivée.

        Args:
            passe: séries × périodes, jusqu'à la dernière connue ; NaN là où rien n'est connu.
            autres: prévisions concurrentes faites ailleurs (séries × échéances), par nom ;
                inconnues (NaN), elles laissent la place à la naïve.

        Returns:
            Les prévisions des `horizon` périodes suivantes.
        """
        date = passe.shape[1]
        self._juger(passe)
        candidates = _candidates(passe, self.cycle, self.horizon)
        for nom, prevues in (autres or {}).items():
            candidates[nom] = np.where(np.isfinite(prevues), prevues, candidates[NAIVE])
        choisies = [self._choisir(passe, tuple(candidates), h) for h in range(self.horizon)]
        centre = np.stack([candidates[m][:, h] for h, m in enumerate(choisies)], axis=1)
        bas, haut = np.full_like(centre, np.nan), np.full_like(centre, np.nan)
        for h, methode in enumerate(choisies):
            erreurs = self._erreurs(passe, methode, h)
            if erreurs is None:
                continue
            echelles = _echelles(erreurs)
            bornes = _quantiles(erreurs / echelles[:, None], float(self._risques[h]))
            bas[:, h] = centre[:, h] + bornes[0] * echelles
            haut[:, h] = centre[:, h] + bornes[1] * echelles
        self._passees[date] = candidates
        self._intervalles[date] = (bas, haut)
        return Previsions(centre, bas, haut, candidates[NAIVE], tuple(choisies))

    def _juger(self, passe: Matrice) -> None:
        """Adapte le risque de chaque échéance à la part d'intervalles qui ont manqué."""
        for date, (bas, haut) in self._intervalles.items():
            for h in range(self.horizon):
                if date + h >= passe.shape[1] or (date, h) in self._jugees:
                    continue
                reel = passe[:, date + h]
                connus = np.isfinite(reel) & np.isfinite(bas[:, h])
                self._jugees.add((date, h))
                if connus.any():
                    hors = (reel < bas[:, h]) | (reel > haut[:, h])
                    manques = float(hors[connus].mean())
                    risque = self._risques[h] + _PAS * (1 - self.niveau - manques)
                    self._risques[h] = min(max(risque, 0.001), 0.999)

    def _choisir(self, passe: Matrice, methodes: tuple[str, ...], h: int) -> str:
        """La méthode de plus faible erreur passée à cette échéance, sinon la plus proche."""
        for echeance in (h, *range(h - 1, -1, -1)):
            scores = {}
            for methode in methodes:
                erreurs = self._erreurs(passe, methode, echeance)
                if erreurs is not None:
                    scores[methode] = float(np.nanmean(np.abs(erreurs)))
            if scores:
                return min(scores, key=scores.__getitem__)
        return NAIVE

    def _erreurs(self, passe: Matrice, methode: str, h: int) -> Matrice | None:
        """Erreurs connues à une échéance : séries × dates ; rien s'il y en a trop peu."""
        dates = [d for d, c in self._passees.items() if d + h < passe.shape[1] and methode in c]
        # Les erreurs d'avant la première année disent mal ce que vaut une prévision
        # saisonnière : on les oublie dès qu'on en a assez d'autres.
        saisonnieres = [date for date in dates if date >= self.cycle]
        dates = saisonnieres if len(saisonnieres) >= _DATES_MINIMUM else dates
        dates = dates[-_MEMOIRE * self.cycle :]
        colonnes = [passe[:, d + h] - self._passees[d][methode][:, h] for d in dates]
        if not colonnes:
            return None
        erreurs = np.stack(colonnes, axis=1)
        return erreurs if np.isfinite(erreurs).sum() >= _ERREURS_MINIMUM else None


def retro_test(
    valeurs: Matrice, cycle: int, horizon: int, niveau: float, premiere: int
) -> list[tuple[int, Previsions]]:
    """Prévisions qu'on aurait faites à chaque date passée, sans rien savoir de la suite.

    Args:
        valeurs: séries × périodes.
        cycle: nombre de périodes d'une année.
        horizon: nombre d'échéances.
        niveau: probabilité visée pour l'intervalle.
        premiere: nombre de périodes connues à la première date.

    Returns:
        Pour chaque date, le nombre de périodes connues et les prévisions faites.
    """
    previsionniste = Previsionniste(cycle, horizon, niveau)
    return [
        (date, previsionniste.prevoir(valeurs[:, :date]))
        for date in range(premiere, valeurs.shape[1])
    ]


def perte_quantile(reel: Matrice, prevu: Matrice, niveau: float) -> Matrice:
    """Perte d'une prévision de quantile : 0 si elle est parfaite, jamais négative."""
    ecart = reel - prevu
    return np.maximum(niveau * ecart, (niveau - 1) * ecart)


def _candidates(passe: Matrice, cycle: int, horizon: int) -> Candidates:
    """Prévisions concurrentes ; chacune retombe sur le dernier niveau faute de passé."""
    echeances = np.arange(horizon)
    dernier = _dernier(passe)
    naive = _an_dernier(passe, cycle, horizon)
    naive = np.where(np.isnan(naive), dernier[:, None], naive)
    constante = np.repeat(dernier[:, None], horizon, axis=1)
    candidates = {NAIVE: naive, DERNIER: constante, MOUVEMENT: constante, LISSEE: naive}
    if len(passe) < _CANDIDATES_MINIMUM or passe.shape[1] <= cycle:
        return candidates
    commun = _mediane(passe, 0)
    commun_prevu = _an_dernier(commun[None], cycle, horizon)[0]
    depart = commun[passe.shape[1] - 1 - cycle]
    mouvement = np.where(np.isfinite(commun_prevu[echeances] - depart), commun_prevu - depart, 0)
    propre = _moyenne(passe[:, -cycle:] - commun[-cycle:], 1)
    lissee = (commun_prevu[None] + propre[:, None] + naive) / 2
    candidates[MOUVEMENT] = constante + mouvement[None]
    candidates[LISSEE] = np.where(np.isfinite(lissee), lissee, naive)
    return candidates


def _dernier(passe: Matrice) -> Matrice:
    """Dernière valeur connue de chaque série."""
    connus = np.isfinite(passe)
    rang = passe.shape[1] - 1 - np.argmax(connus[:, ::-1], axis=1)
    return np.where(connus.any(axis=1), passe[np.arange(len(passe)), rang], np.nan)


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


def _echelles(erreurs: Matrice) -> Matrice:
    """Erreur absolue moyenne de chaque série, tirée vers celle du panel si elle est jeune."""
    absolues = np.abs(erreurs)
    panel = float(np.nanmean(absolues))
    nombre = np.isfinite(absolues).sum(axis=1)
    somme = np.nansum(absolues, axis=1)
    melees = (somme + _ERREURS_A_PRIORI * panel) / (nombre + _ERREURS_A_PRIORI)
    return np.asarray(np.where(melees > 0, melees, 1.0))


def _quantiles(reduites: Matrice, risque: float) -> tuple[float, float]:
    """Quantiles conformes des erreurs réduites : l'effectif fini les écarte un peu."""
    connues = np.sort(reduites[np.isfinite(reduites)])
    n = len(connues)
    rang = min(int(np.ceil((n + 1) * (1 - risque / 2))), n)
    return float(connues[n - rang]), float(connues[rang - 1])


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
