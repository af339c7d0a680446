"""Projeter un effectif d'après les entrées des années qui le composent : cohortes et variantes.

Un effectif de fin d'année réunit les cohortes entrées dans l'année et les précédentes. Le
rapport observé entre l'effectif et la somme de ses cohortes tient lieu de survie et de
migration nette ; les entrées futures prolongent leur évolution passée. Trois variantes en font
une fourchette, élargie de ce que l'effectif a déjà varié : jamais un chiffre seul.

Source de la méthode : composantes d'une projection de population (naissances, survie,
migration), P. Whelpton, « Population of the United States, 1925 to 1975 », American Journal of
Sociology 34, 1928, réduites à ce qui est publié par commune.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

Suite = dict[int, float]


@dataclass(frozen=True)
class Variantes:
    """Une année projetée : borne basse, centre, borne haute."""

    bas: float
    central: float
    haut: float


def combler(entrees: Mapping[int, float]) -> Suite:
    """Les années manquantes entre deux années connues, par interpolation linéaire.

    Rien n'est ajouté avant la première ni après la dernière.

    Args:
        entrees: année → entrées.
    """
    connues = sorted(entrees)
    comblees = {annee: float(entrees[annee]) for annee in connues}
    for avant, apres in pairwise(connues):
        pente = (entrees[apres] - entrees[avant]) / (apres - avant)
        comblees |= {a: entrees[avant] + pente * (a - avant) for a in range(avant + 1, apres)}
    return dict(sorted(comblees.items()))


def sommes_de_cohortes(entrees: Mapping[int, float], duree: int) -> Suite:
    """Somme des entrées d'une année et des `duree` − 1 précédentes, quand toutes sont connues."""
    return {
        annee: sum(entrees[annee - age] for age in range(duree))
        for annee in sorted(entrees)
        if all(annee - age in entrees for age in range(duree))
    }


def rapports_observes(
    entrees: Mapping[int, float], effectifs: Mapping[int, float], duree: int
) -> Suite:
    """Effectif ÷ somme de ses cohortes, année par année : survie et migration nette.

    Args:
        entrees: année → entrées.
        effectifs: année → effectif de fin d'année.
        duree: nombre de cohortes que l'effectif réunit.

    Returns:
        Les seules années où l'un et l'autre sont connus, et la somme non nulle.
    """
    sommes = sommes_de_cohortes(entrees, duree)
    return {a: effectifs[a] / s for a, s in sommes.items() if a in effectifs and s > 0}


def evolution_annuelle(entrees: Mapping[int, float], recul: int) -> float | None:
    """Taux d'évolution annuel moyen des entrées, sur `recul` ans au plus.

    Args:
        entrees: année → entrées.
        recul: années entre la première et la dernière retenues, au plus.

    Returns:
        Un taux (−0,02 : 2 % de moins par an) ; rien sans deux années, ou s'il n'y a pas
        d'entrée à l'une des deux.
    """
    connues = sorted(entrees)
    if len(connues) < 2:
        return None
    derniere = connues[-1]
    premiere = min(a for a in connues if a >= derniere - recul)
    if premiere == derniere or entrees[premiere] <= 0 or entrees[derniere] <= 0:
        return None
    return float((entrees[derniere] / entrees[premiere]) ** (1 / (derniere - premiere)) - 1)


def amplitude(effectifs: Mapping[int, float]) -> float:
    """La plus forte variation relative d'une année connue à la suivante, par an.

    Args:
        effectifs: année → effectif, positif.

    Returns:
        Un taux positif ; zéro si moins de deux années sont connues.
    """
    couples = pairwise(sorted(effectifs.items()))
    return max((abs(b / a - 1) / (y - x) for (x, a), (y, b) in couples if a > 0), default=0.0)


def prolonger(entrees: Mapping[int, float], evolution: float, jusqu_a: int) -> Suite:
    """Les entrées connues, puis leur dernière valeur multipliée chaque année."""
    derniere = max(entrees)
    futures = {
        annee: entrees[derniere] * (1 + evolution) ** (annee - derniere)
        for annee in range(derniere + 1, jusqu_a + 1)
    }
    return {**entrees, **futures}


def projeter(
    entrees: Mapping[int, float],
    effectifs: Mapping[int, float],
    annees: Iterable[int],
    *,
    duree: int,
    recul: int,
    ecart: float,
) -> dict[int, Variantes]:
    """L'effectif des années voulues, en trois variantes.

    Basse : évolution des entrées diminuée de `ecart`, plus petit rapport observé. Centrale :
    évolution et rapport moyens. Haute : évolution augmentée, plus grand rapport. L'une et
    l'autre s'écartent encore de la plus forte variation annuelle observée, multipliée par la
    racine des années écoulées depuis le dernier effectif connu (marche au hasard).

    Args:
        entrees: année → entrées ; les trous entre deux années sont comblés.
        effectifs: année → effectif.
        annees: années à projeter.
        duree: nombre de cohortes de l'effectif.
        recul: voir `evolution_annuelle`.
        ecart: écart d'évolution annuelle des variantes (0,01 pour un point).

    Returns:
        Une année sans toutes ses cohortes n'y est pas ; rien si ni l'évolution ni un rapport
        ne s'observent.
    """
    comblees = combler(entrees)
    rapports = list(rapports_observes(comblees, effectifs, duree).values())
    evolution = evolution_annuelle(entrees, recul)
    voulues = list(annees)
    if not rapports or evolution is None or not voulues:
        return {}
    moyen = sum(rapports) / len(rapports)
    bas, central, haut = (
        sommes_de_cohortes(prolonger(comblees, evolution + e, max(voulues)), duree)
        for e in (-ecart, 0.0, ecart)
    )
    base, alea = max(effectifs), amplitude(effectifs)
    return {
        a: Variantes(
            bas[a] * min(rapports) * max(1 - marge, 0.0),
            central[a] * moyen,
            haut[a] * max(rapports) * (1 + marge),
        )
        for a in voulues
        if a in central
        for marge in [alea * max(a - base, 0) ** 0.5]
    }
