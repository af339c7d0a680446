"""Ce qu'il est plus ou moins dur de prévoir selon le moment de l'année.

Passer une rentrée ne se prévoit pas comme rester dans la même année : des erreurs commises
loin d'elle donneraient un intervalle bien trop étroit. La difficulté d'une date est l'erreur
moyenne du panel à la même date de l'an dernier, rapportée à son erreur ordinaire ; seul
compte ce qui dépasse l'écart habituel d'une année à l'autre.

Sources : J. Lei et al., « Distribution-Free Predictive Inference for Regression », JASA 113,
2018 (erreurs conformes réduites par une difficulté prévue) ; W. James et C. Stein,
« Estimation with Quadratic Loss », 1961 (rétrécissement).
"""

from dataclasses import dataclass, field

import numpy as np

from rtpe_analyse.methodes.concurrentes import DERNIER, MOUVEMENT, Candidates, dernieres
from rtpe_analyse.methodes.conforme import Matrice

# Poids, en nombre d'erreurs, de la difficulté ordinaire dans celle d'une date.
_A_PRIORI = 4
# Deux écarts types : ce qu'une différence de saison doit dépasser pour être crue.
_SEUIL = 4.0
# Avant d'avoir vu deux années : variance de l'écart d'une année à l'autre, et son poids.
_VARIANCE, _POIDS = 0.25, 4
_SERIES_MINIMUM = 5
_ECHEANCES_LUES = 6


@dataclass
class Difficultes:
    """Erreurs moyennes du panel, par méthode, échéance et date de prévision.

    Attributes:
        cycle: nombre de périodes d'une année.
        horizon: nombre d'échéances.
    """

    cycle: int
    horizon: int
    _sommes: dict[tuple[str, int, int], tuple[float, int]] = field(default_factory=dict, init=False)
    _totaux: dict[tuple[str, int], tuple[float, int]] = field(default_factory=dict, init=False)
    _variances: dict[str, float] = field(default_factory=dict, init=False)
    _dates: set[int] = field(default_factory=set, init=False)
    _connues: int = field(default=0, init=False)

    def noter(self, passe: Matrice, faites: dict[int, Candidates]) -> None:
        """Juge les prévisions échues, et rejoue le dernier niveau connu de la première année.

        Args:
            passe: séries × périodes connues.
            faites: prévisions déjà faites, par date et par nom.
        """
        self._variances.clear()
        for date in range(max(1, self._connues - self.horizon), passe.shape[1]):
            candidates = faites.get(date)
            if candidates is None:
                if date > self.cycle:
                    continue
                candidates = {DERNIER: dernieres(passe[:, :date], self.horizon)}
            self._dates.add(date)
            for h in range(min(self.horizon, passe.shape[1] - date)):
                if (DERNIER, h, date) not in self._sommes:
                    self._juger(passe[:, date + h], candidates, h, date)
        self._connues = passe.shape[1]

    def eprouvee(self, methode: str, h: int, date: int) -> bool:
        """La méthode a été jugée, ou rejouée, à la même date de l'an dernier.

        Args:
            methode: nom de la prévision.
            h: rang de l'échéance.
            date: nombre de périodes connues.
        """
        return self._relative(methode, h, date - self.cycle) is not None

    def reduire(self, methode: str, h: int, date: int, passees: list[int]) -> tuple[float, Matrice]:
        """Difficulté de la prévision du jour et de celles du passé, à une même échéance.

        Args:
            methode: nom de la prévision ; la première année, la naïve n'est que le dernier
                niveau connu, et sa difficulté d'alors est prudente pour la suivante.
            h: rang de l'échéance.
            date: nombre de périodes connues aujourd'hui.
            passees: nombre de périodes connues à chaque date passée.

        Returns:
            Difficulté du jour, puis des dates passées ; 1 partout si celle du jour est inconnue.
        """
        du_jour = self._relative(methode, h, date - self.cycle)
        if du_jour is None:
            return 1.0, np.ones(len(passees))
        bruit = _SEUIL * self._variance(methode)
        # La première année n'a pas d'an dernier : sa propre erreur la réduit.
        lues = [
            self._relative(methode, h, d - self.cycle) or self._relative(methode, h, d) or 1.0
            for d in passees
        ]
        retrecies = _retrecir(np.array([du_jour, *lues]), bruit)
        return float(retrecies[0]), retrecies[1:]

    def _juger(self, reel: Matrice, candidates: Candidates, h: int, date: int) -> None:
        erreurs = {nom: reel - prevue[:, h] for nom, prevue in candidates.items()}
        if MOUVEMENT not in erreurs:
            # Le mouvement commun qu'on aurait pu retirer, s'il avait été connu.
            niveau = erreurs[DERNIER][np.isfinite(erreurs[DERNIER])]
            if len(niveau) >= _SERIES_MINIMUM:
                erreurs[MOUVEMENT] = niveau - np.median(niveau)
        for nom, toutes in erreurs.items():
            connues = np.abs(toutes[np.isfinite(toutes)])
            if len(connues):
                somme = float(connues.sum())
                self._sommes[nom, h, date] = (somme, len(connues))
                avant = self._totaux.get((nom, h), (0.0, 0))
                self._totaux[nom, h] = (avant[0] + somme, avant[1] + len(connues))

    def _relative(self, nom: str, h: int, date: int) -> float | None:
        """Erreur du panel à cette date, rapportée à l'ordinaire ; tirée vers 1 s'il est petit."""
        lue = self._sommes.get((nom, h, date))
        if lue is None:
            return None
        total, nombre = self._totaux[nom, h]
        if not total:
            return None
        ordinaire = total / nombre
        return (lue[0] + _A_PRIORI * ordinaire) / (lue[1] + _A_PRIORI) / ordinaire

    def _variance(self, nom: str) -> float:
        """Variance, d'une année à l'autre, du logarithme de la difficulté."""
        if nom not in self._variances:
            carres, nombre = _POIDS * _VARIANCE, float(_POIDS)
            for h in range(0, self.horizon, max(1, self.horizon // _ECHEANCES_LUES)):
                ecarts = [
                    float(np.log(avant / apres))
                    for d in self._dates
                    if (avant := self._relative(nom, h, d - self.cycle))
                    and (apres := self._relative(nom, h, d))
                ]
                if len(ecarts) > 1:
                    carres += float(np.var(ecarts)) * len(ecarts)
                    nombre += len(ecarts) - 1
            self._variances[nom] = carres / nombre
        return self._variances[nom]


def _retrecir(difficultes: Matrice, bruit: float) -> Matrice:
    """Ce qui, d'une difficulté, dépasse l'écart habituel d'une année à l'autre."""
    logs = np.log(difficultes)
    resultat: Matrice = np.exp(logs * (1 - bruit / np.maximum(logs**2, bruit)))
    return resultat
