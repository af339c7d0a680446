"""Le réseau fictif : établissements, territoires, agréments et leurs événements."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from rtpe_analyse.exemple.effets import Effet, effets_du_scenario
from rtpe_analyse.exemple.scenario import Scenario

JOUR = timedelta(days=1)
OUVERT_DEPUIS = date(2012, 9, 1)
_ETAPE = 1
_PLACES_MULTI_AGE = 25


@dataclass
class Etablissement:
    """Un établissement fictif.

    Attributes:
        code: « E001 »…
        places: places autorisées au plus fort de la journée, au premier jour connu.
        places_reprise: places depuis la reprise d'un établissement fusionné, sinon None.
        bornes: minutes de la journée : ouverture, fin du matin, début du soir, fermeture.
        matin: part des places autorisées avant `bornes[1]` (1 : agrément non modulé).
        soir: part des places autorisées après `bornes[2]`.
        mercredi: part des places autorisées le mercredi.
        remplissage: contrats visés, en part des places.
        chronique: manque de personnel chronique.
        recopie: établissement réservé au mois recopié (non modulé, sans double accueil).
        sans_heures: ses classeurs ne portent ni arrivée ni départ.
        pas_saisie: pas de la saisie des heures, en minutes.
        effet: effet planté, sinon None.
    """

    code: str
    nom: str
    ancien_nom: str | None
    commune: str
    territoire: str
    places: int
    type_accueil: str
    gestion: str
    latitude: float
    longitude: float
    mode_encadrement: str
    dossier_afc: str
    bornes: tuple[int, int, int, int]
    matin: float
    soir: float
    mercredi: float
    remplissage: float
    pas_saisie: int
    ouverture: date = OUVERT_DEPUIS
    fermeture: date | None = None
    fusion_vers: str | None = None
    places_reprise: int | None = None
    territoire_suivant: str | None = None
    chronique: bool = False
    recopie: bool = False
    sans_heures: bool = False
    effet: Effet | None = None

    def places_le(self, jour: date, reprise: date) -> int:
        """Places autorisées au plus fort de la journée, ce jour-là."""
        if self.places_reprise is not None and jour >= reprise:
            return self.places_reprise
        return self.places

    def places_par_plage(self, places: int, jour_semaine: int) -> tuple[int, int, int]:
        """Places autorisées le matin, en journée, le soir ; `jour_semaine` 1 = lundi."""
        plein = places if jour_semaine != 3 else max(1, round(places * self.mercredi))
        return max(1, round(plein * self.matin)), plein, max(1, round(plein * self.soir))

    @property
    def multi_age(self) -> bool:
        """Trop petit pour des sections par âge."""
        return self.places < _PLACES_MULTI_AGE

    @property
    def module(self) -> bool:
        """L'agrément varie dans la journée."""
        return self.matin < 1 or self.soir < 1


def dessiner(scenario: Scenario) -> list[Etablissement]:
    """Dessine le réseau : mêmes graine et profil, même réseau.

    Returns:
        Établissements dans l'ordre des codes, groupés par territoire.
    """
    profil = scenario.profil
    tirage = scenario.tirage(_ETAPE)
    implantations = _implanter(scenario, tirage)
    tailles = _tailles(scenario, tirage)
    noms = _nommer(scenario, tirage)
    largeur = max(3, len(str(profil.etablissements)))
    reseau = [
        _dessiner_un(scenario, tirage, f"E{rang + 1:0{largeur}d}", noms[rang], *lieu, tailles[rang])
        for rang, lieu in enumerate(implantations)
    ]
    _raconter(scenario, tirage, reseau, noms[len(reseau) :])
    return reseau


def _implanter(scenario: Scenario, tirage: np.random.Generator) -> list[tuple[str, str]]:
    """Une commune par établissement, en proportion de la population, territoire par territoire."""
    population = dict(scenario.communes.select("code", "population").iter_rows())
    territoires = scenario.profil.territoires
    total = scenario.profil.etablissements
    lieux: list[tuple[str, str]] = []
    for rang, territoire in enumerate(territoires):
        combien = total * (rang + 1) // len(territoires) - total * rang // len(territoires)
        communes = scenario.reglages["territoires"][territoire]["communes"]
        poids = np.array([population[c] for c in communes], dtype=float)
        tirees = tirage.choice(len(communes), size=combien, p=poids / poids.sum())
        lieux += [(communes[k], territoire) for k in sorted(tirees)]
    return lieux


def _tailles(scenario: Scenario, tirage: np.random.Generator) -> list[int]:
    profil, accueil = scenario.profil, scenario.reglages["accueil"]
    tailles = tirage.choice(accueil["tailles"], size=profil.etablissements).astype(float)
    petits = tirage.choice(profil.etablissements, size=profil.petits, replace=False)
    tailles[petits] = 0
    perdues = profil.fermetures * tailles.mean()
    facteur = (profil.places + perdues) / tailles.sum()
    calees = np.maximum(20, np.round(tailles * facteur).astype(int))
    calees[petits] = accueil["taille_petite"]
    return [int(t) for t in calees]


def _nommer(scenario: Scenario, tirage: np.random.Generator) -> list[str]:
    creches = scenario.noms["creches"]
    noms = [
        f"Crèche {article} {nom}{' ' if suite else ''}{suite}"
        for suite in creches["suites"]
        for article in creches["articles"]
        for nom in tirage.permutation(creches["noms"])
    ]
    return noms


def _dessiner_un(
    scenario: Scenario,
    tirage: np.random.Generator,
    code: str,
    nom: str,
    commune: str,
    territoire: str,
    places: int,
) -> Etablissement:
    accueil = scenario.reglages["accueil"]
    remplissage = scenario.reglages["histoires"]["remplissage"]
    centre = scenario.communes.row(by_predicate=pl.col("code") == commune, named=True)
    petite = places == accueil["taille_petite"]
    simple = petite or tirage.random() < accueil["part_sans_modulation"]
    debut = int(tirage.choice([420, 450, 450, 450, 480]))
    fin = debut + int(tirage.choice([630, 660, 660, 690]))
    moyenne = remplissage.get(territoire, remplissage["defaut"])
    ecarts = tirage.normal(0, [0.004, 0.006, 0.055])
    return Etablissement(
        code=code,
        nom=nom,
        ancien_nom=None,
        commune=commune,
        territoire=territoire,
        places=places,
        type_accueil=str(tirage.choice(["collectif", "multi_accueil"], p=[0.6, 0.4])),
        gestion="departement",
        latitude=round(float(centre["latitude"] + ecarts[0]), 5),
        longitude=round(float(centre["longitude"] + ecarts[1]), 5),
        mode_encadrement=str(tirage.choice(["5_8", "6"], p=[0.75, 0.25])),
        dossier_afc=f"2019{int(code[1:]) * 37 + 10000:06d}",
        bornes=(debut, debut + 60, fin - 60, fin),
        matin=1.0 if simple else accueil["modulation"]["matin"],
        soir=1.0 if simple else accueil["modulation"]["soir"],
        mercredi=1.0 if simple else accueil["modulation"]["mercredi"],
        remplissage=0.45 if petite else float(np.clip(moyenne + ecarts[2], 0.72, 1.12)),
        pas_saisie=int(tirage.choice([1, 15, 30], p=[0.6, 0.3, 0.1])),
    )


def _raconter(
    scenario: Scenario,
    tirage: np.random.Generator,
    reseau: list[Etablissement],
    noms_libres: list[str],
) -> None:
    """Place les événements : fermetures, fusions, ouvertures, territoire, noms, réserves."""
    profil, dates = scenario.profil, scenario.reglages["evenements"]
    modulation = scenario.reglages["accueil"]["modulation"]
    grands = [e for e in reseau if e.places > scenario.reglages["accueil"]["taille_petite"]]
    libres = [grands[k] for k in tirage.permutation(len(grands))]
    for _ in range(profil.recopies):
        recopie = libres.pop()
        recopie.recopie = True
        recopie.matin = recopie.soir = recopie.mercredi = 1.0
    for rang in range(profil.ouvertures):
        libres.pop().ouverture = dates["ouverture"][rang % len(dates["ouverture"])]
    repreneurs = []
    for _ in range(profil.fusions):
        absorbe = libres.pop()
        voisins = [e for e in libres if e.territoire == absorbe.territoire] or libres
        repreneur = voisins[0]
        libres.remove(repreneur)
        absorbe.fermeture = dates["fermeture"]
        absorbe.fusion_vers = repreneur.code
        repreneur.places_reprise = repreneur.places + round(absorbe.places * 0.8)
        repreneurs.append(repreneur)
    for _ in range(profil.fermetures):
        libres.pop().fermeture = dates["fermeture"]
    durables = libres + repreneurs
    chronique, mobile, renomme = (durables[k % len(durables)] for k in range(3))
    chronique.chronique = True
    chronique.matin, chronique.soir = modulation["matin"], modulation["soir"]
    mobile.territoire_suivant = next(t for t in profil.territoires if t != mobile.territoire)
    renomme.ancien_nom = noms_libres[0]
    for etablissement, effet in zip(libres[3:], effets_du_scenario(scenario), strict=False):
        etablissement.effet = effet
    actifs = [e for e in grands if e is not chronique and e.fermeture is None]
    for etablissement in actifs[: profil.sans_heures]:
        etablissement.sans_heures = True
