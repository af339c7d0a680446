"""Les enfants accueillis : naissance, entrée, sortie, mouvements entre établissements."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rtpe_analyse.exemple.reseau import JOUR, Etablissement
from rtpe_analyse.exemple.scenario import Scenario

Tableau = NDArray[Any]
_ETAPE = 3
_EPOQUE = date(1970, 1, 1)
REGULIER, OCCASIONNEL, URGENCE = range(3)
TYPES = ("regulier", "occasionnel", "urgence")
# Nombre moyen de cohortes de naissance accueillies à la fois, et de jours par semaine.
_COHORTES_PRESENTES = 2.4


def ordinal(jour: date) -> int:
    """Numéro de jour depuis le 1er janvier 1970."""
    return (jour - _EPOQUE).days


@dataclass
class Sejours:
    """Un séjour par ligne : un enfant dans un établissement, de son entrée à sa sortie.

    Attributes:
        enfant: rang de l'enfant.
        etablissement: rang de l'établissement.
        naissance: numéro de jour.
        entree: numéro du premier jour.
        sortie: numéro du dernier jour, inclus.
        genre: rang dans `TYPES`.
        nouveau: vrai si l'enfant vient d'arriver (il aura une adaptation).
    """

    enfant: Tableau
    etablissement: Tableau
    naissance: Tableau
    entree: Tableau
    sortie: Tableau
    genre: Tableau
    nouveau: Tableau

    def __len__(self) -> int:
        return len(self.enfant)

    def garder(self, masque: Tableau) -> "Sejours":
        """Les séjours retenus par un masque ou des rangs."""
        return Sejours(*(getattr(self, f.name)[masque] for f in fields(self)))


def reunir(parties: list[Sejours]) -> Sejours:
    """Met bout à bout plusieurs ensembles de séjours."""
    noms = [f.name for f in fields(Sejours)]
    return Sejours(*(np.concatenate([getattr(p, nom) for p in parties]) for nom in noms))


def accueillir(scenario: Scenario, reseau: list[Etablissement]) -> Sejours:
    """Tous les séjours qui touchent la période du jeu."""
    parties = [
        _accueillir_dans(scenario, etablissement, rang) for rang, etablissement in enumerate(reseau)
    ]
    sejours = reunir(parties)
    sejours.enfant = np.arange(len(sejours))
    return _deplacer(scenario, reseau, sejours)


def _accueillir_dans(scenario: Scenario, etablissement: Etablissement, rang: int) -> Sejours:
    tirage = scenario.tirage(_ETAPE, rang)
    profil, accueil = scenario.profil, scenario.reglages["accueil"]
    jours = accueil["jours_par_semaine"]
    moyenne = sum(n * part for n, part in jours.items())
    cohorte = etablissement.remplissage * etablissement.places * 5 / moyenne / _COHORTES_PRESENTES
    naissances, entrees, sorties, genres = [], [], [], []
    for annee in range(profil.premier_jour.year - 3, profil.fin.year + 1):
        nombre = int(np.floor(cohorte + tirage.random()))
        naissance = ordinal(date(annee, 1, 1)) + tirage.integers(0, 365, nombre)
        entree = _entrees(tirage, annee, naissance)
        sortie = ordinal(date(annee + 3, 7, 10)) + tirage.integers(0, 48, nombre)
        tot = tirage.random(nombre) < accueil["depart_anticipe"]
        depart = entree + 60 + (tirage.random(nombre) * (sortie - entree - 60)).astype(int)
        naissances.append(naissance)
        entrees.append(entree)
        sorties.append(np.where(tot, depart, sortie))
        genres.append(np.full(nombre, REGULIER))
        for genre, part, duree in (
            (OCCASIONNEL, accueil["occasionnels"], (90, 300)),
            (URGENCE, accueil["urgences"], (25, 80)),
        ):
            nombre = int(np.floor(cohorte * _COHORTES_PRESENTES * part + tirage.random()))
            debut = ordinal(date(annee + 1, 9, 10)) + tirage.integers(0, 200, nombre)
            naissances.append(debut - tirage.integers(180, 900, nombre))
            entrees.append(debut)
            sorties.append(debut + tirage.integers(*duree, nombre))
            genres.append(np.full(nombre, genre))
    naissance, entree, sortie, genre_ = map(np.concatenate, (naissances, entrees, sorties, genres))
    ouverture = ordinal(etablissement.ouverture)
    entree = np.maximum(entree, ouverture + naissance % 21 * (entree < ouverture))
    utile = (
        (sortie >= ordinal(profil.premier_jour))
        & (entree <= ordinal(profil.fin))
        & (sortie - entree >= 20)
    )
    rangs = np.full(len(naissance), rang)
    nouveau = np.ones(len(naissance), dtype=bool)
    return Sejours(rangs, rangs, naissance, entree, sortie, genre_, nouveau).garder(utile)


def _entrees(tirage: np.random.Generator, annee: int, naissance: Tableau) -> Tableau:
    """Premier jour d'accueil : la rentrée surtout, au fil de l'année pour les plus jeunes."""
    nombre = len(naissance)
    attente = tirage.choice(3, size=nombre, p=[0.62, 0.26, 0.12])
    rentree = np.array([ordinal(date(annee + k, 9, 2)) for k in range(3)])[attente]
    decalage = tirage.integers(0, 14, nombre)
    tardif = (attente > 0) & (tirage.random(nombre) < 0.25)
    decalage = np.where(tardif, tirage.integers(30, 210, nombre), decalage)
    au_plus_tot = naissance + 75 + tirage.integers(0, 70, nombre)
    return np.maximum(rentree + decalage, au_plus_tot)


def _deplacer(scenario: Scenario, reseau: list[Etablissement], sejours: Sejours) -> Sejours:
    """Fermetures et fusions : les enfants suivent, se répartissent ou s'en vont."""
    tirage = scenario.tirage(_ETAPE, 10**6)
    reprise = ordinal(scenario.reglages["evenements"]["reprise"])
    rang_de = {e.code: rang for rang, e in enumerate(reseau)}
    parties = []
    for rang, etablissement in enumerate(reseau):
        miens = sejours.garder(sejours.etablissement == rang)
        if etablissement.fermeture is None:
            parties.append(miens)
            continue
        fermeture = ordinal(etablissement.fermeture)
        avant = miens.garder(miens.entree <= fermeture - 20)
        suite = avant.garder(avant.sortie > reprise + 20)
        avant.sortie = np.minimum(avant.sortie, fermeture)
        parties.append(avant)
        if etablissement.fusion_vers:
            suite.etablissement = np.full(len(suite), rang_de[etablissement.fusion_vers])
        else:
            accueillants = [
                k
                for k, e in enumerate(reseau)
                if e.fermeture is None
                and e.ouverture < etablissement.fermeture
                and not e.recopie
                and e.territoire == etablissement.territoire
                and e.places > 10
            ]
            suite = suite.garder(tirage.random(len(suite)) < (0.4 if accueillants else 0))
            suite.etablissement = tirage.choice(accueillants or [rang], len(suite))
        suite.entree = np.full(len(suite), reprise)
        suite.nouveau = np.zeros(len(suite), dtype=bool)
        parties.append(suite)
    return reunir(parties)


def rentrees(scenario: Scenario) -> list[tuple[int, int]]:
    """Années d'accueil (1er septembre au 31 août) du jeu, en numéros de jour."""
    debut, fin = scenario.profil.premier_jour, scenario.profil.fin
    premiere = debut.year - (debut.month < 9)
    derniere = fin.year - (fin.month < 9)
    return [
        (ordinal(date(a, 9, 1)), ordinal(date(a + 1, 9, 1) - JOUR))
        for a in range(premiere, derniere + 1)
    ]
