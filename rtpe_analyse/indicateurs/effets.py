"""Décomposer exactement l'écart de T1 entre deux situations : deux dates, ou deux zones.

T1 est la somme, sur des sous-populations (établissements, ou groupes d'établissements), d'un
produit : poids dans la capacité × part ouverte × part attribuée × temps contractuel × présence
(les paliers de la cascade). L'écart se partage entre ces facteurs par la méthode symétrique de
`methodes.decomposition`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rtpe_analyse.erreurs import ErreurControle
from rtpe_analyse.indicateurs.cascade import LIGNES
from rtpe_analyse.indicateurs.cascade_lignes import ATTRIBUE, CONTRACTUALISE, PRESENT
from rtpe_analyse.indicateurs.cascade_places import OUVERT, PREVU
from rtpe_analyse.indicateurs.parts import etat
from rtpe_analyse.indicateurs.presences import CONNU, EN_PARTIE, INCONNU
from rtpe_analyse.indicateurs.table import TOLERANCE
from rtpe_analyse.methodes import effets_de_shapley, taux_compose

COMPOSITION = "composition"
PALIERS = (PREVU, OUVERT, ATTRIBUE, CONTRACTUALISE, PRESENT)
_NOMS = [ligne.partition("_")[2] for ligne in LIGNES]
CAUSES = _NOMS[_NOMS.index(PREVU) + 1 : _NOMS.index(OUVERT)]
# Le facteur que donne chaque palier rapporté au précédent.
_POIDS, _OUVERTURE = "poids", "ouverture"
_FACTEURS = (_OUVERTURE, "attribution", "temps_contractuel", "presence")
PROPRES = (*CAUSES, *_FACTEURS[1:])
EN_POINTS = 100
# Mesure de `en_parts` dont l'état dit si la cascade de l'établissement est connue.
CONNAISSANCE = "cascade_tuh"


@dataclass(frozen=True)
class Cote:
    """Un côté de la comparaison : une ligne par sous-population, dans le même ordre des deux côtés.

    Attributes:
        paliers: heures de chaque palier, de la place prévue à l'enfant présent ; vide (NaN) si
            la cascade est inconnue.
        causes: heures gagnées ou perdues entre prévu et ouvert, par cause.
        compte: vrai si la sous-population est comptée dans T1 de ce côté.
    """

    paliers: NDArray[np.float64]
    causes: NDArray[np.float64]
    compte: NDArray[np.bool_]


def effets(avant: Cote, apres: Cote) -> dict[str, float] | None:
    """Effet de chaque facteur sur l'écart de T1, en fraction (0,01 : un point).

    Args:
        avant: premier côté.
        apres: second côté, mêmes sous-populations dans le même ordre.

    Returns:
        Un effet par cause d'ouverture, par facteur et de composition ; rien si un côté n'a
        pas de capacité, ou si un facteur d'une sous-population comptée est indéfini.
        Celle qui n'est comptée que d'un côté, ou dont un palier est nul d'un côté, y prend
        le taux de l'autre : tout l'effet va à ce qui a changé.

    Raises:
        ErreurControle: la somme des effets n'est pas l'écart, à 1e-9 près.
    """
    capacites = [float(c.paliers[c.compte, 0].sum()) for c in (avant, apres)]
    taux = [_taux(c) for c in (avant, apres)]
    if any(not k > 0 for k in capacites) or any(t is None for t in taux):
        return None
    (premiers, parts_avant), (seconds, parts_apres) = taux  # type: ignore[misc]
    premiers, seconds = _completer(premiers, seconds), _completer(seconds, premiers)
    parts_avant, parts_apres = (
        _completer(parts_avant, parts_apres),
        _completer(parts_apres, parts_avant),
    )
    facteurs = [
        {_POIDS: _poids(c, k), **dict(zip(_FACTEURS, t.T, strict=True))}
        for c, k, t in zip((avant, apres), capacites, (premiers, seconds), strict=True)
    ]
    ensemble = effets_de_shapley(taux_compose, *facteurs)
    resultat = dict.fromkeys(CAUSES, 0.0)
    for rang in np.flatnonzero((parts_avant != parts_apres).any(axis=0)):
        # T1 est linéaire en la part ouverte, somme de ses causes : chacune a donc son effet.
        resultat[CAUSES[rang]] = effets_de_shapley(
            taux_compose,
            {**facteurs[0], _OUVERTURE: np.zeros(len(premiers))},
            {**facteurs[1], _OUVERTURE: parts_apres[:, rang] - parts_avant[:, rang]},
        )[_OUVERTURE]
    resultat |= {nom: ensemble[nom] for nom in _FACTEURS[1:]}
    resultat[COMPOSITION] = ensemble[_POIDS]
    presents = [float(c.paliers[c.compte, -1].sum()) for c in (avant, apres)]
    _controler(resultat, presents[1] / capacites[1] - presents[0] / capacites[0])
    return resultat


def dresser(parts: pl.DataFrame, rangs: Sequence[str], par: str) -> Cote:
    """Un côté, à partir des parts d'une zone et d'une période.

    Args:
        parts: `en_parts` portant `h0_min`, `realise_min`, et en `_tuh` paliers et causes.
        rangs: les sous-populations voulues, dans l'ordre.
        par: colonne qui donne celle de chaque part (`etablissement`, ou un groupe).
    """
    t1 = pl.max_horizontal(etat("h0_min"), etat("realise_min")) != INCONNU
    noms = [f"{n}_tuh" for n in (*PALIERS, *CAUSES)]
    connues = pl.when(pl.col(noms).null_count() == 0).then(pl.col(noms).sum())
    sommes = (
        parts.with_columns(rang=pl.col(par))
        .group_by("rang", "etablissement")
        .agg(connues, compte=t1.all())
        .filter("compte")
        .group_by("rang")
        .agg(connues, compte=pl.lit(True))
    )
    lus = pl.DataFrame({"rang": rangs}, schema={"rang": pl.String}).join(
        sommes, on="rang", how="left", maintain_order="left"
    )
    valeurs = lus.select(pl.col(noms).cast(pl.Float64)).to_numpy()
    compte = lus["compte"].fill_null(False).to_numpy()
    return Cote(valeurs[:, : len(PALIERS)], valeurs[:, len(PALIERS) :], compte)


def bien_connus(
    cotes: Iterable[pl.DataFrame],
    mesures: Sequence[str] = ("h0_min", "realise_min", CONNAISSANCE),
) -> int:
    """`CONNU` si ces mesures le sont pour tous les établissements, sinon `EN_PARTIE`."""
    noms = [etat(n) for n in mesures]
    connus = [bool((c.select(pl.max_horizontal(noms)).to_series() == CONNU).all()) for c in cotes]
    return CONNU if all(connus) else EN_PARTIE


def _taux(cote: Cote) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Taux et parts des causes, NaN là où l'autre côté décide ; rien si l'un est indéfini."""
    paliers = np.where(cote.compte[:, None], cote.paliers, 0.0)
    causes = np.where(cote.compte[:, None], cote.causes, 0.0)
    if not np.isfinite(paliers).all():
        return None
    haut, bas = paliers[:, 1:], paliers[:, :-1]
    if ((bas == 0) & (haut != 0)).any():
        return None
    with np.errstate(invalid="ignore"):
        return haut / bas, causes / paliers[:, :1]


def _completer(taux: NDArray[np.float64], autre: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.isfinite(taux), taux, np.where(np.isfinite(autre), autre, 0.0))


def _poids(cote: Cote, capacite: float) -> NDArray[np.float64]:
    return np.where(cote.compte, cote.paliers[:, 0], 0.0) / capacite


def _controler(trouves: dict[str, float], variation: float) -> None:
    if abs(sum(trouves.values()) - variation) > TOLERANCE:
        raise ErreurControle(
            "La somme des effets n'est pas l'écart du taux d'occupation réel.",
            "Signaler ce message à qui maintient l'outil.",
        )
