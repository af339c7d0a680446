"""Prévoir un panel de séries saisonnières, avec des intervalles dont on mesure la justesse.

Quelques prévisions simples, lisibles (voir `concurrentes`), sont jugées à chaque échéance sur
leurs erreurs passées, ramenées à la difficulté du moment de l'année (voir `difficulte`) ; la
prévision saisonnière naïve (la même période de l'an dernier) est la référence et reste retenue
tant qu'aucune autre ne l'a battue. Les intervalles viennent des erreurs passées du panel
(prédiction conforme, voir `conforme`), et s'élargissent ou se resserrent selon qu'ils ont trop
ou pas assez souvent contenu la suite (conforme adaptative).

Sources : I. Gibbs et E. Candès, « Adaptive Conformal Inference Under Distribution Shift »,
NeurIPS 2021 ; A. Angelopoulos, E. Candès et R. Tibshirani, « Conformal PID Control for Time
Series Prediction », NeurIPS 2023 (on y suit la largeur plutôt que le risque).
"""

from dataclasses import dataclass, field

import numpy as np

from rtpe_analyse.methodes.concurrentes import NAIVE, Candidates, concurrentes
from rtpe_analyse.methodes.conforme import Matrice, intervalle
from rtpe_analyse.methodes.difficulte import Difficultes

# Vitesse à laquelle les intervalles s'adaptent, la même par an à la semaine et au mois, et de
# combien au plus (du simple au double).
_PAS, _PAS_PAR_AN = 0.3, 3.6
_BORNE = float(np.log(2))
# Nombre de séries auquel une date compte à moitié : seule, une série ne dit que oui ou non.
_MI_POIDS = 5
_ERREURS_MINIMUM = 10
# Années d'erreurs retenues : au-delà, une rupture ancienne élargirait encore les intervalles.
_MEMOIRE = 2


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
    _largeurs: Matrice = field(init=False)
    _jugees: set[tuple[int, int]] = field(default_factory=set, init=False)
    _connues: dict[tuple[str, int], tuple[float, Matrice] | None] = field(
        default_factory=dict, init=False
    )
    _difficultes: Difficultes = field(init=False)

    def __post_init__(self) -> None:
        self._largeurs = np.zeros(self.horizon)
        self._difficultes = Difficultes(self.cycle, self.horizon)

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
        self._connues.clear()
        self._juger(passe)
        self._difficultes.noter(passe, self._passees)
        candidates = concurrentes(passe, self.cycle, self.horizon)
        for nom, prevues in (autres or {}).items():
            candidates[nom] = np.where(np.isfinite(prevues), prevues, candidates[NAIVE])
        choisies = [self._choisir(passe, tuple(candidates), h) for h in range(self.horizon)]
        centre = np.stack([candidates[m][:, h] for h, m in enumerate(choisies)], axis=1)
        bas, haut = np.full_like(centre, np.nan), np.full_like(centre, np.nan)
        for h, methode in enumerate(choisies):
            lues = self._erreurs(passe, methode, h)
            if lues is None:
                continue
            largeur = lues[0] * float(np.exp(self._largeurs[h]))
            ecarts = intervalle(lues[1], 1 - self.niveau)
            bas[:, h] = centre[:, h] + largeur * ecarts[0]
            haut[:, h] = centre[:, h] + largeur * ecarts[1]
        self._passees[date] = candidates
        self._intervalles[date] = (bas, haut)
        return Previsions(centre, bas, haut, candidates[NAIVE], tuple(choisies))

    def _juger(self, passe: Matrice) -> None:
        """Adapte la largeur de chaque échéance à la part d'intervalles qui ont manqué."""
        pas = min(_PAS, _PAS_PAR_AN / self.cycle)
        for date, (bas, haut) in self._intervalles.items():
            for h in range(self.horizon):
                if not self.cycle <= date < passe.shape[1] - h or (date, h) in self._jugees:
                    continue
                reel = passe[:, date + h]
                connus = np.isfinite(reel) & np.isfinite(bas[:, h])
                self._jugees.add((date, h))
                if connus.any():
                    hors = (reel < bas[:, h]) | (reel > haut[:, h])
                    poids = connus.sum() / (connus.sum() + _MI_POIDS)
                    ecart = float(hors[connus].mean()) - (1 - self.niveau)
                    largeur = self._largeurs[h] + pas * poids * ecart
                    self._largeurs[h] = min(max(largeur, -_BORNE), _BORNE)

    def _choisir(self, passe: Matrice, methodes: tuple[str, ...], h: int) -> str:
        """La méthode de plus faible erreur passée à cette échéance, sinon la plus proche.

        La deuxième année, une méthode neuve n'a pas été jugée à ce moment de l'année : elle
        pourrait ne valoir que loin de la rentrée.
        """
        for echeance in (h, *range(h - 1, -1, -1)):
            scores = {}
            for methode in methodes:
                if not self._eprouvee(methode, echeance, passe.shape[1]):
                    continue
                lues = self._erreurs(passe, methode, echeance)
                if lues is not None:
                    scores[methode] = lues[0] * float(np.nanmean(np.abs(lues[1])))
            if scores:
                return min(scores, key=scores.__getitem__)
        return NAIVE

    def _eprouvee(self, methode: str, h: int, date: int) -> bool:
        premiere_annee = date <= self.cycle
        return methode == NAIVE or premiere_annee or self._difficultes.eprouvee(methode, h, date)

    def _erreurs(self, passe: Matrice, methode: str, h: int) -> tuple[float, Matrice] | None:
        """Difficulté du jour et erreurs réduites, séries × dates ; rien s'il y en a trop peu."""
        cle = (methode, h)
        if cle not in self._connues:
            total = passe.shape[1]
            # La naïve ne se juge que là où il y a une même période de l'an dernier.
            premiere = self.cycle - h if methode == NAIVE else 0
            dates = [
                d
                for d, faites in self._passees.items()
                if premiere <= d < total - h and methode in faites
            ]
            recentes = [d for d in dates if d + h >= total - _MEMOIRE * self.cycle]
            gardees = recentes if len(recentes) >= _ERREURS_MINIMUM else dates[-_ERREURS_MINIMUM:]
            self._connues[cle] = self._reduites(passe, methode, h, gardees)
        return self._connues[cle]

    def _reduites(
        self, passe: Matrice, methode: str, h: int, dates: list[int]
    ) -> tuple[float, Matrice] | None:
        if not dates:
            return None
        colonnes = [passe[:, d + h] - self._passees[d][methode][:, h] for d in dates]
        erreurs = np.stack(colonnes, axis=1)
        if np.isfinite(erreurs).sum() < _ERREURS_MINIMUM:
            return None
        du_jour, passees = self._difficultes.reduire(methode, h, passe.shape[1], dates)
        return du_jour, erreurs / passees


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
