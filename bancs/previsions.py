"""Banc des prévisions : justesse mesurée sur des séries que le modèle n'a jamais vues.

Battre les données d'exemple ne prouverait rien : elles sont fabriquées ici. Les panels sont
ceux de villes qui publient leurs séries (absentes du dépôt), les séries livrées avec
statsmodels, des processus simulés, ou un fichier donné. Lancer :
`python -m bancs previsions DOSSIER_DES_DONNEES_PUBLIQUES`, ou
`python -m bancs previsions --fichier SERIES.csv --depuis 2025-04`.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bancs.processus import processus
from bancs.series import Epreuve, Matrice, de_statsmodels, du_fichier, publiees
from rtpe_analyse.methodes.entonnoir import ajuster_entonnoir
from rtpe_analyse.methodes.prevision import Previsions, perte_quantile, retro_test
from rtpe_analyse.methodes.surveillance import retenir_les_alertes

NIVEAUX = (0.8, 0.9)
_GRAINES = (1, 2)


@dataclass(frozen=True)
class Bilan:
    """Ce qu'une épreuve donne à un niveau.

    Attributes:
        couverture: part des valeurs connues restées dans l'intervalle.
        perte: perte quantile moyenne, bornes et centre.
        perte_naive: celle de la naïve, encadrée par les écarts annuels de la même série.
        perte_naive_du_panel: celle de la naïve, encadrée par les écarts annuels de tout le
            panel : une naïve plus forte quand l'histoire est courte.
        jugees: nombre de valeurs jugées.
        par_echeance: couverture de la première et de la dernière échéance jugées.
        seconde_moitie: couverture de la seconde moitié des dates.
        aveugle: couverture de la toute dernière part, prévue une seule fois sans la voir.
        perte_aveugle: perte de cette prévision, rapportée à celle de la meilleure naïve.
    """

    couverture: float
    perte: float
    perte_naive: float
    perte_naive_du_panel: float
    jugees: int
    par_echeance: tuple[float, float]
    seconde_moitie: float
    aveugle: float
    perte_aveugle: float


@dataclass(frozen=True)
class _Jugement:
    """Une date de prévision jugée : une valeur par case connue."""

    date: int
    contenues: NDArray[np.bool_]
    echeances: NDArray[np.int_]
    perte: Matrice
    naive: Matrice
    naive_du_panel: Matrice


def juger(epreuve: Epreuve, niveau: float) -> Bilan:
    """Refait toutes les prévisions, chacune avec ce qu'on savait alors, et les confronte.

    Args:
        epreuve: le panel.
        niveau: probabilité visée pour l'intervalle (0,8).

    Raises:
        ValueError: si aucune valeur ne se juge.
    """
    passees = retro_test(epreuve.valeurs, epreuve.cycle, epreuve.horizon, niveau, epreuve.premiere)
    juges = [_juger(epreuve, d, p, niveau) for d, p in passees if d >= epreuve.jugee]
    juges = [j for j in juges if len(j.contenues)]
    if not juges:
        raise ValueError(f"{epreuve.nom} : aucune prévision à juger.")
    milieu = (epreuve.jugee + epreuve.valeurs.shape[1]) // 2
    # La dernière date dont toutes les échéances sont connues.
    coupe = max(epreuve.valeurs.shape[1] - epreuve.horizon, juges[0].date)
    seule = min(juges, key=lambda j: abs(j.date - coupe))
    contenues = np.concatenate([j.contenues for j in juges])
    echeances = np.concatenate([j.echeances for j in juges])
    pertes = [
        float(np.nanmean(np.concatenate([getattr(j, nom) for j in juges])))
        for nom in ("perte", "naive", "naive_du_panel")
    ]
    return Bilan(
        couverture=float(contenues.mean()),
        perte=pertes[0],
        perte_naive=pertes[1],
        perte_naive_du_panel=pertes[2],
        jugees=len(contenues),
        par_echeance=(
            float(contenues[echeances == echeances.min()].mean()),
            float(contenues[echeances == echeances.max()].mean()),
        ),
        seconde_moitie=float(
            np.concatenate([j.contenues for j in juges if j.date >= milieu] or [contenues]).mean()
        ),
        aveugle=float(seule.contenues.mean()),
        perte_aveugle=_rapport(seule),
    )


def fausses_alertes(
    reseaux: int = 400,
    unites: int = 75,
    *,
    taux: float = 0.05,
    ecart_ordinaire: float = 0.0,
    graine: int = 1,
) -> float:
    """Part de réseaux calmes où l'entonnoir et son contrôle lèvent au moins une alerte.

    Tout y est ordinaire : chaque alerte est fausse, et leur part attendue est au plus `taux`.

    Args:
        reseaux: réseaux simulés.
        unites: établissements de chacun, de 300 à 6 000 places-jours.
        taux: part de fausses alertes demandée.
        ecart_ordinaire: écart type entre établissements que rien d'anormal n'explique.
        graine: du tirage.
    """
    alea = np.random.default_rng(graine)
    alertes = 0
    for _ in range(reseaux):
        tirages = alea.integers(300, 6000, unites)
        vrais = np.clip(0.65 + alea.normal(0, ecart_ordinaire, unites), 0.05, 0.95)
        valeurs = alea.binomial(tirages, vrais) / tirages
        moyenne = float(np.average(valeurs, weights=tirages))
        entonnoir = ajuster_entonnoir(valeurs, np.sqrt(moyenne * (1 - moyenne) / tirages))
        if entonnoir is not None:
            alertes += bool(retenir_les_alertes(entonnoir.probabilites(), taux).any())
    return alertes / reseaux


def mesurer(dossier: Path | None) -> dict[str, object]:
    """Toutes les mesures du banc.

    Args:
        dossier: dossier des données publiques ; absent, les panels réels n'y sont pas.

    Returns:
        `fausses_alertes` (part de réseaux calmes qui alertent) ; `panels`, `statsmodels` et
        `simules` : une ligne par panel et niveau, champs de `Bilan`.
    """
    simules = [
        Epreuve(nom, valeurs, 12, 6, 3, 24)
        for graine in _GRAINES
        for nom, valeurs in processus(graine=graine).items()
    ]
    return {
        "fausses_alertes": {
            "réseau calme": fausses_alertes(),
            "réseau calme et divers": fausses_alertes(ecart_ordinaire=0.06),
        },
        "panels": _lignes(publiees(dossier) if dossier and dossier.is_dir() else []),
        "statsmodels": _lignes(de_statsmodels()),
        "simules": _reunir(_lignes(simules)),
    }


def mesurer_le_fichier(fichier: Path, depuis: str | None) -> list[dict[str, object]]:
    """Les mêmes mesures sur un fichier donné : unité, date, valeur.

    Args:
        fichier: voir `series.du_fichier`.
        depuis: première date à prévoir.

    Returns:
        Une ligne par niveau, champs de `Bilan`.

    Raises:
        ValueError: si le fichier ne se lit pas ainsi, ou si rien ne s'y juge.
    """
    return _lignes([du_fichier(fichier, depuis)])


def _rapport(seule: _Jugement) -> float:
    """Perte rapportée à celle de la meilleure naïve ; 1 si aucune des deux ne se trompe."""
    naive = min(float(np.mean(seule.naive)), float(np.mean(seule.naive_du_panel)))
    perte = float(np.mean(seule.perte))
    if naive == 0:
        return 1.0 if perte == 0 else float("inf")
    return perte / naive


def _lignes(epreuves: list[Epreuve]) -> list[dict[str, object]]:
    return [
        {
            "panel": epreuve.nom,
            "niveau": niveau,
            **{nom: np.round(v, 3).tolist() for nom, v in vars(juger(epreuve, niveau)).items()},
        }
        for epreuve in epreuves
        for niveau in NIVEAUX
    ]


def _reunir(lignes: list[dict[str, object]]) -> list[dict[str, object]]:
    """Moyenne des tirages d'un même processus ; les valeurs jugées s'additionnent."""
    reunies: dict[tuple[object, object], list[dict[str, object]]] = {}
    for ligne in lignes:
        reunies.setdefault((ligne["panel"], ligne["niveau"]), []).append(ligne)
    return [
        {
            nom: valeur
            if nom in ("panel", "niveau")
            else np.round(_agreger(nom, [t[nom] for t in tirages]), 3).tolist()
            for nom, valeur in tirages[0].items()
        }
        for tirages in reunies.values()
    ]


def _agreger(nom: str, valeurs: list[object]) -> Matrice:
    tableau = np.array(valeurs, dtype=float)
    agrege: Matrice = tableau.sum(axis=0) if nom == "jugees" else tableau.mean(axis=0)
    return agrege


def _juger(epreuve: Epreuve, connues: int, p: Previsions, niveau: float) -> _Jugement:
    reel = epreuve.valeurs[:, connues : connues + epreuve.horizon]
    h = reel.shape[1]
    juge = np.isfinite(reel) & np.isfinite(p.bas[:, :h])
    naives = [
        _perte(reel, p.naive + e[0], p.naive, p.naive + e[1], niveau)[juge]
        for e in _ecarts(epreuve, connues, niveau)
    ]
    return _Jugement(
        connues,
        ((p.bas[:, :h] <= reel) & (reel <= p.haut[:, :h]))[juge],
        np.broadcast_to(np.arange(h), reel.shape)[juge],
        _perte(reel, p.bas, p.centre, p.haut, niveau)[juge],
        naives[0],
        naives[1],
    )


def _perte(reel: Matrice, bas: Matrice, centre: Matrice, haut: Matrice, niveau: float) -> Matrice:
    h = reel.shape[1]
    queue = (1 - niveau) / 2
    bornes = ((bas, queue), (centre, 0.5), (haut, 1 - queue))
    pertes = [perte_quantile(reel, q[:, :h], n) for q, n in bornes]
    return pertes[0] + pertes[1] + pertes[2]


def _ecarts(epreuve: Epreuve, connues: int, niveau: float) -> list[tuple[Matrice, Matrice]]:
    """Quantiles des écarts annuels passés : de chaque série, puis de tout le panel."""
    ecarts = (
        epreuve.valeurs[:, epreuve.cycle : connues] - epreuve.valeurs[:, : connues - epreuve.cycle]
    )
    vues = np.isfinite(ecarts).any(axis=1)
    queue = (1 - niveau) / 2
    propres = [np.zeros((len(ecarts), 1)) for _ in range(2)]
    communs = []
    for borne, n in zip(propres, (queue, 1 - queue), strict=True):
        borne[vues, 0] = np.nanquantile(ecarts[vues], n, axis=1)
        communs.append(np.full((1, 1), np.nanquantile(ecarts[vues], n)))
    return [(propres[0], propres[1]), (communs[0], communs[1])]
