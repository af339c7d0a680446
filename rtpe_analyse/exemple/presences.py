"""Les enfants-jours : qui était prévu, qui est venu, de quand à quand."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rtpe_analyse.exemple.calendrier import Calendrier
from rtpe_analyse.exemple.contrats import Contrats
from rtpe_analyse.exemple.effets import ETAPE, PRESENCE, perte
from rtpe_analyse.exemple.reseau import Etablissement
from rtpe_analyse.exemple.scenario import Scenario

Tableau = NDArray[Any]
_ETAPE = 5
MOTIFS = ("", "maladie", "conges", "convenance", "hospitalisation", "eviction", "fermeture")
_MALADIE, _CONGES, _CONVENANCE, _HOPITAL, _EVICTION, _FERMETURE = range(1, 7)
_JOURS_ADAPTATION = 10


@dataclass
class _Prevus:
    """Enfants-jours prévus d'un lot : rangs du contrat et du jour, et ce qu'ils désignent."""

    contrat: Tableau
    jour: Tableau
    etablissement: Tableau


def simuler(
    scenario: Scenario,
    reseau: list[Etablissement],
    calendrier: Calendrier,
    contrats: Contrats,
    lot: int,
) -> pl.DataFrame:
    """Simule les pointages des contrats d'un lot.

    Les présents d'un jour ne dépassent jamais les places autorisées de chaque plage : tout
    surnombre du jeu est planté ensuite, exprès.

    Args:
        scenario: le scénario.
        reseau: établissements.
        calendrier: ouvertures.
        contrats: contrats du lot.
        lot: numéro du lot, qui détermine les tirages.

    Returns:
        Une ligne par enfant × établissement × jour prévu : `enfant`, `etablissement` (rangs),
        `date`, `section`, `arrivee`, `depart` (minutes, absents si l'enfant n'est pas venu),
        `reserve`, `realise` (minutes), `motif` (rang dans `MOTIFS`), `du` (minutes dues avant
        dépassement), `ouvert`, triée par établissement, date et enfant.
    """
    tirage = scenario.tirage(_ETAPE, lot)
    prevus = _deplier(calendrier, contrats)
    motif, carence = _absences(scenario, tirage, calendrier, contrats, prevus)
    motif = _limiter(tirage, calendrier, prevus, motif)
    motif = _manquer(scenario, reseau, calendrier, prevus, motif, lot)
    arrivee, depart, adaptation = _horaires(tirage, reseau, calendrier, contrats, prevus)
    arrivee, depart = _respecter_plages(reseau, calendrier, prevus, motif == 0, arrivee, depart)
    c = prevus.contrat
    reserve = (contrats.fin_min - contrats.debut_min)[c]
    present = motif == 0
    realise = np.where(present, depart - arrivee, 0)
    du = np.where(adaptation, np.ceil(realise / 15) * 15, reserve)
    deduit = np.isin(motif, (_CONGES, _HOPITAL, _EVICTION, _FERMETURE)) | (
        (motif == _MALADIE) & ~carence
    )
    du = np.where(deduit, 0, du).astype(np.int32)
    dates = calendrier.jours.ordinaux[prevus.jour]
    return (
        pl.DataFrame(
            {
                "enfant": contrats.enfant[c].astype(np.int32),
                "etablissement": prevus.etablissement.astype(np.int16),
                "date": pl.Series(dates).cast(pl.Date),
                "section": contrats.section[c],
                "arrivee": pl.Series(arrivee.astype(np.int16)),
                "depart": pl.Series(depart.astype(np.int16)),
                "reserve": reserve.astype(np.int16),
                "realise": realise.astype(np.int16),
                "motif": motif.astype(np.int8),
                "du": du,
                "ouvert": calendrier.ouvert[prevus.etablissement, prevus.jour],
            }
        )
        .with_columns(
            pl.when(pl.col("motif") == 0).then(pl.col(nom)).alias(nom)
            for nom in ("arrivee", "depart")
        )
        .sort("etablissement", "date", "enfant")
    )


def _deplier(calendrier: Calendrier, contrats: Contrats) -> _Prevus:
    ordinaux = calendrier.jours.ordinaux
    debut = np.searchsorted(ordinaux, contrats.debut, side="left")
    fin = np.searchsorted(ordinaux, contrats.fin, side="right")
    longueurs = np.maximum(fin - debut, 0)
    contrat = np.repeat(np.arange(len(contrats)), longueurs)
    depuis = np.repeat(longueurs.cumsum() - longueurs, longueurs)
    jour = np.arange(len(contrat)) - depuis + debut[contrat]
    etablissement = contrats.etablissement[contrat]
    retenu = (
        contrats.jours[contrat, calendrier.jours.semaine[jour] - 1]
        & (calendrier.prevu | calendrier.ouvert)[etablissement, jour]
    )
    return _Prevus(contrat[retenu], jour[retenu], etablissement[retenu])


def _absences(
    scenario: Scenario,
    tirage: np.random.Generator,
    calendrier: Calendrier,
    contrats: Contrats,
    prevus: _Prevus,
) -> tuple[Tableau, Tableau]:
    """Motif d'absence (0 : présent) et maladie encore dans le délai de carence."""
    reglages, jours = scenario.reglages["absences"], calendrier.jours
    nombre = len(prevus.contrat)
    motif = np.zeros(nombre, dtype=np.int8)
    motif[tirage.random(nombre) < reglages["convenance"]] = _CONVENANCE
    ete = np.isin(jours.mois, (7, 8))
    par_jour = np.where(
        ete,
        reglages["conges_ete"],
        np.where(jours.vacances, reglages["conges_vacances"], reglages["conges_ordinaires"]),
    )
    semaine = (jours.ordinaux - jours.ordinaux[0] + jours.semaine[0] - 1) // 7
    envies = tirage.random((len(contrats), int(semaine.max()) + 1), dtype=np.float32)
    motif[envies[prevus.contrat, semaine[prevus.jour]] < par_jour[prevus.jour]] = _CONGES
    frequence = np.array([reglages["maladie"][m] for m in range(1, 13)])[jours.mois - 1]
    fragilite = tirage.gamma(4, 0.25, len(contrats))
    debute = tirage.random(nombre) < frequence[prevus.jour] * fragilite[prevus.contrat]
    duree = 1 + tirage.geometric(0.32, nombre)
    genre = tirage.choice([_MALADIE, _HOPITAL, _EVICTION], nombre, p=[0.91, 0.02, 0.07])
    rangs = np.arange(nombre)
    dernier = np.maximum.accumulate(np.where(debute, rangs, -1))
    meme = (dernier >= 0) & (prevus.contrat[dernier] == prevus.contrat)
    ecoule = jours.ordinaux[prevus.jour] - jours.ordinaux[prevus.jour[dernier]]
    malade = meme & (ecoule < duree[dernier])
    motif[malade] = genre[dernier][malade]
    carence = ecoule < scenario.reglages["facturation"]["carence_maladie_jours"]
    motif[~calendrier.ouvert[prevus.etablissement, prevus.jour]] = _FERMETURE
    return motif, carence


def _manquer(
    scenario: Scenario,
    reseau: list[Etablissement],
    calendrier: Calendrier,
    prevus: _Prevus,
    motif: Tableau,
    lot: int,
) -> Tableau:
    """Les absences de plus des effets plantés ; tirées à part, elles ne changent pas le reste."""
    ordinaux = calendrier.jours.ordinaux[prevus.jour]
    part = np.zeros(len(motif))
    for rang in np.unique(prevus.etablissement).tolist():
        siens = prevus.etablissement == rang
        part[siens] = perte(reseau[rang].effet, PRESENCE, ordinaux[siens])
    absents = scenario.tirage(ETAPE, lot).random(len(motif)) < part
    return np.where(absents & (motif == 0), _CONVENANCE, motif).astype(motif.dtype)


def _rang_dans(groupe: Tableau, *cles: Tableau) -> Tableau:
    """Rang (depuis 0) de chaque ligne dans son groupe, selon les clés."""
    ordre = np.lexsort((*reversed(cles), groupe))
    tries = groupe[ordre]
    debut = np.r_[True, tries[1:] != tries[:-1]]
    positions = np.arange(len(groupe))
    rang = positions - np.maximum.accumulate(np.where(debut, positions, 0))
    rangs = np.empty_like(rang)
    rangs[ordre] = rang
    return rangs


def _limiter(
    tirage: np.random.Generator,
    calendrier: Calendrier,
    prevus: _Prevus,
    motif: Tableau,
) -> Tableau:
    """Pas plus de présents que de places offertes : les derniers ne sont pas accueillis."""
    presents = np.flatnonzero(motif == 0)
    groupe = prevus.etablissement[presents] * len(calendrier.jours.dates) + prevus.jour[presents]
    rang = _rang_dans(groupe, tirage.random(len(presents)))
    en_trop = rang >= calendrier.places[prevus.etablissement[presents], prevus.jour[presents]]
    refuses = presents[en_trop]
    reduit = calendrier.cause[prevus.etablissement[refuses], prevus.jour[refuses]] > 0
    motif[refuses] = np.where(reduit, _FERMETURE, _CONVENANCE)
    return motif


def _horaires(
    tirage: np.random.Generator,
    reseau: list[Etablissement],
    calendrier: Calendrier,
    contrats: Contrats,
    prevus: _Prevus,
) -> tuple[Tableau, Tableau, Tableau]:
    """Arrivée et départ au pas de saisie de l'établissement ; et l'adaptation en cours."""
    c, nombre = prevus.contrat, len(prevus.contrat)
    bornes = np.array([e.bornes for e in reseau])[prevus.etablissement]
    pas = np.array([e.pas_saisie for e in reseau])[prevus.etablissement]
    avancee = calendrier.fin_min[prevus.etablissement, prevus.jour]
    fin = np.where(avancee > 0, avancee, bornes[:, 3])
    arrivee = contrats.debut_min[c] + np.round(tirage.normal(5, 14, nombre))
    depart = contrats.fin_min[c] - np.round(tirage.normal(8, 18, nombre))
    rang = _rang_dans(c, prevus.jour)
    adaptation = (rang < _JOURS_ADAPTATION) & (contrats.debut[c] == contrats.adaptation[c])
    depart = np.where(adaptation, np.minimum(depart, arrivee + 60 + 35 * rang), depart)
    arrivee = np.clip(arrivee, bornes[:, 0], fin - 60)
    depart = np.clip(depart, arrivee + 45, fin)
    arrivee = np.maximum(arrivee // pas * pas, bornes[:, 0])
    depart = np.minimum(-(-depart // pas) * pas, fin)
    return arrivee.astype(np.int32), depart.astype(np.int32), adaptation


def _respecter_plages(
    reseau: list[Etablissement],
    calendrier: Calendrier,
    prevus: _Prevus,
    present: Tableau,
    arrivee: Tableau,
    depart: Tableau,
) -> tuple[Tableau, Tableau]:
    """Décale les arrivées et départs qui dépasseraient l'agrément modulé du matin ou du soir."""
    presents = np.flatnonzero(present)
    etablissement, jour = prevus.etablissement[presents], prevus.jour[presents]
    bornes = np.array([e.bornes for e in reseau])[etablissement]
    matin = np.array([e.matin for e in reseau])[etablissement]
    soir = np.array([e.soir for e in reseau])[etablissement]
    places = calendrier.autorisees[etablissement, jour]
    groupe = etablissement * len(calendrier.jours.dates) + jour
    a, d = arrivee[presents], depart[presents]
    rang = _rang_dans(groupe, a)
    tot = (a < bornes[:, 1]) & (rang >= np.floor(places * matin)) & (matin < 1)
    a = np.where(tot, bornes[:, 1], a)
    d = np.where(tot, np.maximum(d, a + 60), d)
    rang = _rang_dans(groupe, -d)
    tard = (d > bornes[:, 2]) & (rang >= np.floor(places * soir)) & (soir < 1)
    d = np.where(tard, bornes[:, 2], d)
    a = np.where(tard, np.minimum(a, d - 60), a)
    arrivee[presents], depart[presents] = a, d
    return arrivee, depart
