"""Le calendrier d'ouverture de chaque établissement : annoncé, puis réalisé."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
from jours_feries_france import JoursFeries
from numpy.typing import NDArray
from vacances_scolaires_france import SchoolHolidayDates

from rtpe_analyse.exemple.effets import PERSONNEL, perte
from rtpe_analyse.exemple.reseau import JOUR, Etablissement
from rtpe_analyse.exemple.scenario import Scenario

Tableau = NDArray[Any]
_ETAPE = 2
CAUSES = ("", "annuelle", "ferie", "pedagogique", "pont", "personnel", "travaux", "autre")
_RANG = {cause: rang for rang, cause in enumerate(CAUSES)}


@dataclass(frozen=True)
class Jours:
    """Les jours de semaine du jeu (lundi à vendredi), communs à tous les établissements."""

    dates: list[date]
    vacances: Tableau
    feries: Tableau

    @property
    def semaine(self) -> Tableau:
        """Jour de semaine, 1 = lundi."""
        return np.array([j.isoweekday() for j in self.dates], dtype=np.int8)

    @property
    def mois(self) -> Tableau:
        """Mois civil, de 1 à 12."""
        return np.array([j.month for j in self.dates], dtype=np.int8)

    @property
    def ordinaux(self) -> Tableau:
        """Numéro de jour depuis le 1er janvier 1970."""
        return np.array([(j - date(1970, 1, 1)).days for j in self.dates], dtype=np.int32)


@dataclass(frozen=True)
class Calendrier:
    """Ouvertures, établissement (ligne) × jour de semaine du jeu (colonne).

    Attributes:
        actif: l'établissement existe ce jour-là.
        prevu: ouvert au calendrier annoncé.
        ouvert: réellement ouvert.
        autorisees: places autorisées au plus fort de la journée.
        places: places réellement offertes.
        fin_min: heure de fermeture avancée, en minutes ; 0 : celle de l'agrément.
        cause: rang dans `CAUSES`.
        ecrit: le jour figure au calendrier transmis.
    """

    jours: Jours
    actif: Tableau
    prevu: Tableau
    ouvert: Tableau
    autorisees: Tableau
    places: Tableau
    fin_min: Tableau
    cause: Tableau
    ecrit: Tableau


def lister_jours(scenario: Scenario) -> Jours:
    """Jours de semaine du jeu, vacances de la zone scolaire et jours fériés."""
    debut, fin = scenario.profil.premier_jour, scenario.profil.fin
    tous = [debut + timedelta(n) for n in range((fin - debut).days + 1)]
    dates = [j for j in tous if j.isoweekday() <= 5]
    feries = {
        jour
        for annee in range(debut.year, fin.year + 1)
        for jour in JoursFeries.for_year(annee).values()
    }
    scolaire = SchoolHolidayDates()
    zone = scenario.reglages["absences"]["zone_scolaire"]
    vacances = [scolaire.is_holiday_for_zone(j, zone) for j in dates]
    return Jours(dates, np.array(vacances), np.array([j in feries for j in dates]))


def etablir(scenario: Scenario, reseau: list[Etablissement], jours: Jours) -> Calendrier:
    """Calendrier de tout le réseau.

    Les fermetures annoncées (annuelle, fériés, ponts, journées pédagogiques) sortent du
    calendrier prévu ; les fermetures subies (personnel, travaux, autre) y restent.
    """
    forme = (len(reseau), len(jours.dates))
    oui_non, entiers = (np.zeros(forme, dtype=genre) for genre in (bool, np.int16))
    calendrier = Calendrier(
        jours,
        actif=oui_non,
        prevu=oui_non.copy(),
        ouvert=oui_non.copy(),
        autorisees=entiers,
        places=entiers.copy(),
        fin_min=entiers.copy(),
        cause=np.zeros(forme, dtype=np.int8),
        ecrit=np.ones(forme, dtype=bool),
    )
    reprise = scenario.reglages["evenements"]["reprise"]
    for rang, etablissement in enumerate(reseau):
        tirage = scenario.tirage(_ETAPE, rang)
        fin = etablissement.fermeture or jours.dates[-1]
        calendrier.actif[rang] = [etablissement.ouverture <= j <= fin for j in jours.dates]
        _annoncer(etablissement, tirage, jours, calendrier, rang)
        calendrier.ouvert[rang] = calendrier.prevu[rang]
        for k in np.flatnonzero(calendrier.prevu[rang]):
            places = etablissement.places_le(jours.dates[k], reprise)
            calendrier.autorisees[rang, k] = etablissement.places_par_plage(
                places, jours.dates[k].isoweekday()
            )[1]
        calendrier.places[rang] = calendrier.autorisees[rang]
        _subir(scenario, etablissement, tirage, calendrier, rang)
    return calendrier


def _annoncer(
    etablissement: Etablissement,
    tirage: np.random.Generator,
    jours: Jours,
    calendrier: Calendrier,
    rang: int,
) -> None:
    cause = np.zeros(len(jours.dates), dtype=np.int8)
    for annee in range(jours.dates[0].year, jours.dates[-1].year + 1):
        aout = date(annee, 8, 1) + timedelta(int(tirage.integers(0, 7)))
        noel = date(annee, 12, 24)
        periodes = [
            (aout, aout + timedelta(int(tirage.choice([20, 22, 27])))),
            (noel, date(annee + 1, 1, 1)),
        ]
        if tirage.random() < 0.3:
            paques = date(annee, 4, 20)
            periodes.append((paques, paques + timedelta(4)))
        ascension = JoursFeries.ascension(annee)
        ponts = {ascension + JOUR} if tirage.random() < 0.7 else set()
        pedagogiques = {date(annee, 9, 1), date(annee, int(tirage.choice([2, 3, 6])), 12)}
        pedagogiques.add(date(annee, 11, int(tirage.integers(12, 28))))
        for k, jour in enumerate(jours.dates):
            if any(du <= jour <= au for du, au in periodes):
                cause[k] = _RANG["annuelle"]
            elif jour in ponts:
                cause[k] = _RANG["pont"]
            elif jour in pedagogiques:
                cause[k] = _RANG["pedagogique"]
    cause[jours.feries] = _RANG["ferie"]
    cause[~calendrier.actif[rang]] = 0
    calendrier.cause[rang] = cause
    calendrier.prevu[rang] = calendrier.actif[rang] & (cause == 0)


def _subir(
    scenario: Scenario,
    etablissement: Etablissement,
    tirage: np.random.Generator,
    calendrier: Calendrier,
    rang: int,
) -> None:
    """Fermetures et réductions subies ; l'établissement du mois recopié n'en a aucune."""
    prevus = np.flatnonzero(calendrier.prevu[rang])
    hasard, ampleur = tirage.random(len(prevus)), tirage.uniform(0.55, 0.85, len(prevus))
    travaux, duree = int(tirage.integers(0, max(len(prevus), 1))), int(tirage.integers(3, 8))
    if etablissement.recopie:
        return
    histoires = scenario.reglages["histoires"]
    taux = histoires["manque_de_personnel" if etablissement.chronique else "reseau"]
    de_plus = perte(etablissement.effet, PERSONNEL, calendrier.jours.ordinaux[prevus])
    fermes = taux["jours_fermes"] + de_plus
    ferme = hasard < fermes
    reduit = ~ferme & (hasard < fermes + taux["jours_reduits"])
    calendrier.ouvert[rang, prevus[ferme]] = False
    calendrier.places[rang, prevus[ferme]] = 0
    calendrier.cause[rang, prevus[ferme | reduit]] = _RANG["personnel"]
    moins = np.maximum(1, np.floor(calendrier.places[rang, prevus] * ampleur)).astype(np.int16)
    calendrier.places[rang, prevus[reduit]] = moins[reduit]
    ecourtes = prevus[reduit & (ampleur < 0.62)]
    calendrier.fin_min[rang, ecourtes] = etablissement.bornes[2]
    if rang % 6 == 2:
        fermes = prevus[travaux : travaux + duree]
        calendrier.ouvert[rang, fermes] = False
        calendrier.places[rang, fermes] = 0
        calendrier.fin_min[rang, fermes] = 0
        calendrier.cause[rang, fermes] = _RANG["travaux"]
    autres = prevus[~ferme & ~reduit & (hasard > 0.9985)]
    calendrier.ouvert[rang, autres] = False
    calendrier.places[rang, autres] = 0
    calendrier.cause[rang, autres] = _RANG["autre"]


def en_table(calendrier: Calendrier, reseau: list[Etablissement]) -> pl.DataFrame:
    """Le calendrier, une ligne par établissement × jour d'activité écrit.

    Returns:
        `etablissement`, `date`, `prevu`, `ouvert`, `places`, `fin_min` (0 : celle de
        l'agrément), `cause` (vide si sans objet).
    """
    lignes, colonnes = np.nonzero(calendrier.actif & calendrier.ecrit)
    codes = np.array([e.code for e in reseau])
    return pl.DataFrame(
        {
            "etablissement": codes[lignes],
            "date": pl.Series(calendrier.jours.ordinaux[colonnes]).cast(pl.Date),
            "prevu": calendrier.prevu[lignes, colonnes],
            "ouvert": calendrier.ouvert[lignes, colonnes],
            "places": calendrier.places[lignes, colonnes],
            "fin_min": calendrier.fin_min[lignes, colonnes],
            "cause": np.array(CAUSES)[calendrier.cause[lignes, colonnes]],
        }
    )
