"""Où ouvrir pour servir le plus : couverture maximale, sous capacité et sous contrainte d'équité.

Source : R. Church et C. ReVelle, « The maximal covering location problem », Papers of the
Regional Science Association 32, 1974 ; la capacité de chaque lieu s'y ajoute.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

_SECONDES_MAX = 60.0
_ECART_RELATIF = 1e-6
_DEPARTAGE = 0.5
_Vecteur = np.ndarray[Any, Any]
_Taille = tuple[int, int]


@dataclass(frozen=True)
class Choix:
    """Des lieux ouverts ensemble, et ce qu'ils servent.

    Attributes:
        lieux: lieux ouverts, dans l'ordre des codes.
        servie: demande servie par l'ensemble.
        couverte: demande à portée de l'ensemble, servie ou non.
        par_lieu: lieu → demande qu'il sert (le partage entre deux lieux proches est un partage
            possible, pas le seul).
        prioritaire: demande servie dans les zones prioritaires.
        prouve: aucun meilleur choix n'existe ; sinon, le meilleur trouvé dans le temps donné.
    """

    lieux: tuple[str, ...]
    servie: float
    couverte: float
    par_lieu: dict[str, float]
    prioritaire: float
    prouve: bool


def couverture_maximale(
    demande: pl.DataFrame,
    a_portee: pl.DataFrame,
    nombre: int,
    capacite: float,
    *,
    part_prioritaire: float = 0.0,
    exclus: Sequence[tuple[Sequence[str], int]] = (),
) -> Choix | None:
    """Les `nombre` lieux qui servent le plus de demande, chacun dans la limite de sa capacité.

    Programme linéaire mixte (HiGHS) : une demande n'est servie qu'une fois, par des lieux ouverts
    qui l'ont à portée. À demande servie égale (à moins d'une demi-unité près), le choix qui a le
    plus de demande à portée l'emporte : quand la demande dépasse partout la capacité, c'est lui
    qui départage.

    Args:
        demande: `zone, demande` (≥ 0) et, s'il y a lieu, `prioritaire` (booléen).
        a_portee: `zone, lieu` : couples à portée ; les lieux possibles sont ceux qu'elle cite.
        nombre: lieux à ouvrir, au plus.
        capacite: demande qu'un lieu peut servir.
        part_prioritaire: part au moins de la capacité ouverte (nombre × capacité) qui doit
            servir les zones prioritaires (0 à 1).
        exclus: ensembles de lieux, chacun avec le nombre de lieux qu'un choix peut y prendre.

    Returns:
        Le meilleur choix ; rien si aucun lieu ne sert quoi que ce soit ou si les contraintes
        ne peuvent pas être tenues ensemble.
    """
    servies = demande.filter(pl.col("demande") > 0).sort("zone")
    couples = a_portee.unique().join(servies, on="zone").sort("lieu", "zone")
    lieux = couples["lieu"].unique().sort().to_list()
    if not lieux or nombre < 1:
        return None
    rang = {lieu: i for i, lieu in enumerate(lieux)}
    du_couple = np.array([rang[x] for x in couples["lieu"]])
    zones = couples["zone"].rank("dense").to_numpy().astype(int) - 1
    offerte = couples["demande"].to_numpy().astype(float)
    prioritaire = _prioritaires(couples)
    resultat = _resoudre(
        _Programme(len(lieux), du_couple, zones, offerte, prioritaire),
        nombre,
        capacite,
        part_prioritaire,
        [([rang[x] for x in exclu if x in rang], plafond) for exclu, plafond in exclus],
    )
    if resultat is None:
        return None
    valeurs, prouve = resultat
    servi = valeurs[len(lieux) : len(lieux) + len(couples)]
    ouverts = [lieu for i, lieu in enumerate(lieux) if valeurs[i] > 0.5]
    par_lieu = {lieu: float(servi[du_couple == rang[lieu]].sum()) for lieu in ouverts}
    utiles = {lieu: v for lieu, v in par_lieu.items() if v > 0}
    if not utiles:
        return None
    return Choix(
        tuple(utiles),
        float(servi.sum()),
        float(servies.filter(pl.col("zone").is_in(_a_portee_de(couples, utiles)))["demande"].sum()),
        utiles,
        float(servi[prioritaire].sum()),
        prouve,
    )


def solutions_successives(
    demande: pl.DataFrame,
    a_portee: pl.DataFrame,
    nombre: int,
    capacite: float,
    combien: int,
    *,
    groupes: Mapping[str, str] | None = None,
) -> list[Choix]:
    """Le meilleur choix, puis le meilleur de ceux qui restent, et ainsi de suite.

    Args:
        demande: comme `couverture_maximale`.
        a_portee: de même.
        nombre: de même.
        capacite: de même.
        combien: choix voulus, au plus.
        groupes: lieu → groupe. Chaque choix a alors un lieu au moins hors des groupes de chacun
            des précédents (sans cela, le suivant est souvent le voisin du premier) ; la suite
            s'arrête quand le meilleur de ceux qui restent n'en sort plus.

    Returns:
        Des choix tous différents, de demande servie décroissante.
    """
    choix: list[Choix] = []
    exclus: list[tuple[list[str], int]] = []
    while len(choix) < combien:
        suivant = couverture_maximale(
            demande,
            a_portee,
            nombre,
            capacite,
            exclus=exclus,
        )
        if suivant is None or (
            groupes and any(set(suivant.lieux) <= set(pris) for pris, _ in exclus)
        ):
            break
        choix.append(suivant)
        voisins = _du_meme_groupe(suivant.lieux, groupes or {})
        exclus.append((voisins, len(suivant.lieux) - 1))
    return choix


@dataclass(frozen=True)
class _Programme:
    """Couples (lieu, zone) numérotés : rang du lieu, rang de la zone, demande, priorité."""

    lieux: int
    du_couple: np.ndarray
    zones: np.ndarray
    offerte: np.ndarray
    prioritaire: np.ndarray


def _du_meme_groupe(lieux: Sequence[str], groupes: Mapping[str, str]) -> list[str]:
    pris = {groupes[x] for x in lieux if x in groupes}
    return sorted({*lieux, *(x for x, groupe in groupes.items() if groupe in pris)})


def _prioritaires(couples: pl.DataFrame) -> np.ndarray:
    if "prioritaire" not in couples.columns:
        return np.zeros(len(couples), dtype=bool)
    return couples["prioritaire"].fill_null(value=False).to_numpy().astype(bool)


def _a_portee_de(couples: pl.DataFrame, lieux: Iterable[str]) -> list[str]:
    return couples.filter(pl.col("lieu").is_in(list(lieux)))["zone"].unique().to_list()


def _resoudre(
    p: _Programme,
    nombre: int,
    capacite: float,
    part: float,
    exclus: list[tuple[list[int], int]],
) -> tuple[np.ndarray, bool] | None:
    """Variables : un booléen par lieu, la demande servie par couple, la part couverte par zone."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import block_array, csr_array

    n, couples = p.lieux, len(p.du_couple)
    demandes = np.zeros(p.zones.max() + 1)
    demandes[p.zones] = p.offerte
    m, rangs, un = len(demandes), np.arange(couples), np.ones(couples)

    def creuse(valeurs: _Vecteur, lignes: _Vecteur, colonnes: _Vecteur, taille: _Taille) -> Any:
        return csr_array((valeurs, (lignes, colonnes)), shape=taille)

    par_zone = creuse(un, p.zones, rangs, (m, couples))
    par_lieu = creuse(un, p.du_couple, rangs, (n, couples))
    voisins = creuse(un, p.zones, p.du_couple, (m, n))
    identite = csr_array(np.diag(np.full(n, -capacite)))
    blocs: list[tuple[list[Any], _Vecteur]] = [
        # Une zone n'est servie qu'une fois.
        ([None, par_zone, csr_array((m, m))], demandes),
        # Un lieu fermé ne sert rien ; ouvert, pas plus que sa capacité.
        ([identite, par_lieu, None], np.zeros(n)),
        # Redondant en nombres entiers, mais resserre le programme relâché.
        (
            [
                creuse(-p.offerte, rangs, p.du_couple, (couples, n)),
                creuse(un, rangs, rangs, (couples, couples)),
                None,
            ],
            np.zeros(couples),
        ),
        # Une zone n'est couverte que si l'un de ses lieux est ouvert.
        ([-voisins, None, creuse(np.ones(m), np.arange(m), np.arange(m), (m, m))], np.zeros(m)),
        ([csr_array(np.ones((1, n))), None, None], np.array([float(nombre)])),
    ]
    if part:
        poids = csr_array(-p.prioritaire.astype(float).reshape(1, -1))
        blocs.append(([None, poids, None], np.array([-part * nombre * capacite])))
    for exclu, plafond in exclus:
        choisis = np.zeros((1, n))
        choisis[0, exclu] = 1.0
        blocs.append(([csr_array(choisis), None, None], np.array([float(plafond)])))
    resultat = milp(
        c=np.concatenate([np.zeros(n), -un, -_DEPARTAGE * demandes / demandes.sum()]),
        constraints=LinearConstraint(
            block_array([ligne for ligne, _ in blocs]), ub=np.concatenate([u for _, u in blocs])
        ),
        integrality=np.concatenate([np.ones(n), np.zeros(couples + m)]),
        bounds=Bounds(0, np.concatenate([np.ones(n), p.offerte, np.ones(m)])),
        options={"time_limit": _SECONDES_MAX, "mip_rel_gap": _ECART_RELATIF},
    )
    return None if resultat.x is None else (resultat.x, resultat.status == 0)
