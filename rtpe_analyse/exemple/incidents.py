"""Les incidents de calendrier : jours rouverts, sans cause ou oubliés, fermetures subies."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rtpe_analyse.exemple.calendrier import CAUSES, Calendrier
from rtpe_analyse.exemple.enfants import ordinal
from rtpe_analyse.exemple.reseau import Etablissement
from rtpe_analyse.exemple.scenario import Scenario

_ETAPE = 17
_ANNONCEES = [CAUSES.index(c) for c in ("annuelle", "pedagogique")]
_ROUVRABLES = [CAUSES.index(c) for c in ("pont", "pedagogique")]
_SANS_CAUSE = 0
_SUBIES = (CAUSES.index("travaux"), CAUSES.index("autre"), _SANS_CAUSE)


def accidenter(scenario: Scenario, reseau: list[Etablissement], calendrier: Calendrier) -> None:
    """Plante les incidents de calendrier, en place, dans la période du second logiciel.

    Pour chaque sorte, `incidents` jours (profil) : non prévu sans cause, absent du calendrier,
    rouvert alors qu'il n'était pas prévu, fermeture subie totale puis partielle pour travaux,
    autre motif ou sans cause enregistrée. L'établissement du mois recopié et ceux qui ferment
    n'en ont aucun.

    Args:
        scenario: le scénario, dont `profil.incidents` (jours par sorte).
        reseau: établissements.
        calendrier: ouvertures ; modifié.
    """
    tirage = scenario.tirage(_ETAPE)
    depuis = calendrier.jours.ordinaux >= ordinal(scenario.profil.bascule)
    lignes = np.array([not e.recopie and e.fermeture is None for e in reseau])
    libres = calendrier.actif & depuis & lignes[:, None]
    nombre = scenario.profil.incidents
    annonces = np.isin(calendrier.cause, _ANNONCEES)
    for k, j in _tirer(tirage, libres & annonces, nombre):
        calendrier.cause[k, j] = _SANS_CAUSE
    for k, j in _tirer(tirage, libres & np.isin(calendrier.cause, _ANNONCEES), nombre):
        calendrier.ecrit[k, j] = False
    rouvrables = libres & calendrier.ecrit & np.isin(calendrier.cause, _ROUVRABLES)
    for k, j in _tirer(tirage, rouvrables, nombre):
        _rouvrir(scenario, reseau[k], calendrier, k, j)
    for cause in _SUBIES:
        for totale in (True, False):
            ordinaires = libres & calendrier.prevu & calendrier.ouvert & (calendrier.cause == 0)
            # Des places déjà réduites sans cause sont un incident déjà planté.
            ordinaires &= calendrier.places == calendrier.autorisees
            for k, j in _tirer(tirage, ordinaires, nombre):
                calendrier.cause[k, j] = cause
                calendrier.ouvert[k, j] = not totale
                calendrier.places[k, j] = 0 if totale else max(1, calendrier.places[k, j] * 2 // 3)


def _tirer(tirage: np.random.Generator, admis: NDArray[Any], nombre: int) -> list[tuple[int, int]]:
    lignes, colonnes = np.nonzero(admis)
    choisis = tirage.choice(len(lignes), size=min(nombre, len(lignes)), replace=False)
    return [(int(lignes[n]), int(colonnes[n])) for n in sorted(choisis)]


def _rouvrir(
    scenario: Scenario, etablissement: Etablissement, calendrier: Calendrier, rang: int, jour: int
) -> None:
    date = calendrier.jours.dates[jour]
    places = etablissement.places_le(date, scenario.reglages["evenements"]["reprise"])
    autorisees = etablissement.places_par_plage(places, date.isoweekday())[1]
    calendrier.autorisees[rang, jour] = calendrier.places[rang, jour] = autorisees
    calendrier.ouvert[rang, jour] = True
