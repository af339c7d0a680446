"""Les contrats : un par séjour, par année d'accueil et par logiciel."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rtpe_analyse.exemple.effets import CONTRATS
from rtpe_analyse.exemple.enfants import (
    OCCASIONNEL,
    REGULIER,
    Sejours,
    ordinal,
    rentrees,
)
from rtpe_analyse.exemple.reseau import Etablissement
from rtpe_analyse.exemple.scenario import Scenario

Tableau = NDArray[Any]
_ETAPE = 4
SECTIONS = ("B", "M", "G", "U")
LIBELLES_SECTIONS = {"B": "Bébés", "M": "Moyens", "G": "Grands", "U": "Multi-âge"}


@dataclass
class Contrats:
    """Un contrat par ligne.

    Attributes:
        enfant: rang de l'enfant.
        etablissement: rang de l'établissement.
        debut: numéro du premier jour.
        fin: numéro du dernier jour, inclus.
        genre: rang dans `enfants.TYPES`.
        jours: jours de semaine prévus, 5 booléens (lundi d'abord).
        debut_min: arrivée prévue, minutes depuis minuit.
        fin_min: départ prévu.
        section: rang dans `SECTIONS`.
        adaptation: numéro du jour d'entrée d'un enfant nouveau, 0 sinon.
        semaines: semaines d'accueil par an.
    """

    enfant: Tableau
    etablissement: Tableau
    debut: Tableau
    fin: Tableau
    genre: Tableau
    jours: Tableau
    debut_min: Tableau
    fin_min: Tableau
    section: Tableau
    adaptation: Tableau
    semaines: Tableau

    def __len__(self) -> int:
        return len(self.enfant)

    def garder(self, masque: Tableau) -> "Contrats":
        """Les contrats retenus par un masque ou des rangs."""
        return Contrats(*(getattr(self, f.name)[masque] for f in fields(self)))


def _reunir(parties: list[Contrats]) -> Contrats:
    noms = [f.name for f in fields(Contrats)]
    return Contrats(*(np.concatenate([getattr(p, nom) for p in parties]) for nom in noms))


def contractualiser(
    scenario: Scenario, reseau: list[Etablissement], sejours: Sejours, lots: list[list[int]]
) -> Contrats:
    """Contrats de tous les séjours, coupés à chaque rentrée et au changement de logiciel.

    Args:
        scenario: le scénario.
        reseau: établissements.
        sejours: résultat de `accueillir`.
        lots: groupes d'établissements fabriqués ensemble ; un enfant qui fréquente deux
            établissements les a dans le même lot.

    Returns:
        Contrats triés par établissement, enfant et début.
    """
    tirage = scenario.tirage(_ETAPE)
    base = _prevoir(scenario, tirage, reseau, sejours)
    parties = []
    for rentree, fin_d_annee in rentrees(scenario):
        debut = np.maximum(base.debut, rentree)
        fin = np.minimum(base.fin, fin_d_annee)
        part = base.garder(debut <= fin)
        part.debut, part.fin = debut[debut <= fin], fin[debut <= fin]
        part.section = _sections(reseau, part, sejours_naissance(sejours, part))
        parties.append(part)
    contrats = _reunir(parties)
    contrats = _reunir([contrats, _seconds_accueils(scenario, tirage, reseau, contrats, lots)])
    partout = np.ones(len(contrats), dtype=bool)
    contrats = _couper(contrats, partout, ordinal(scenario.profil.bascule))
    contrats = _raccourcir(reseau, contrats)
    utiles = contrats.fin >= ordinal(scenario.profil.premier_jour)
    contrats = contrats.garder(utiles & (contrats.debut <= ordinal(scenario.profil.fin)))
    return contrats.garder(np.lexsort((contrats.debut, contrats.enfant, contrats.etablissement)))


def _couper(contrats: Contrats, admis: Tableau, jour: int) -> Contrats:
    """Coupe en deux, ce jour-là, les contrats admis qui le traversent."""
    a_cheval = admis & (contrats.debut < jour) & (contrats.fin >= jour)
    reprises = contrats.garder(a_cheval)
    reprises.debut = np.full(len(reprises), jour)
    contrats.fin = np.where(a_cheval, jour - 1, contrats.fin)
    return _reunir([contrats, reprises])


def _raccourcir(reseau: list[Etablissement], contrats: Contrats) -> Contrats:
    """Les contrats plus courts des effets plantés : un départ plus tôt, au quart d'heure."""
    for rang, etablissement in enumerate(reseau):
        effet = etablissement.effet
        if effet is None or effet.facteur != CONTRATS:
            continue
        contrats = _couper(contrats, contrats.etablissement == rang, ordinal(effet.du))
        touches = (contrats.etablissement == rang) & (contrats.debut >= ordinal(effet.du))
        moins = effet.taille * (contrats.fin_min - contrats.debut_min)
        moins = (15 * np.round(moins / 15)).astype(contrats.fin_min.dtype)
        contrats.fin_min = np.where(touches, contrats.fin_min - moins, contrats.fin_min)
    return contrats


def sejours_naissance(sejours: Sejours, contrats: Contrats) -> Tableau:
    """Naissance de l'enfant de chaque contrat, en numéro de jour."""
    par_enfant = np.zeros(sejours.enfant.max() + 1, dtype=np.int64)
    par_enfant[sejours.enfant] = sejours.naissance
    return par_enfant[contrats.enfant]


def _prevoir(
    scenario: Scenario,
    tirage: np.random.Generator,
    reseau: list[Etablissement],
    sejours: Sejours,
) -> Contrats:
    nombre = len(sejours)
    repartition = scenario.reglages["accueil"]["jours_par_semaine"]
    combien = tirage.choice(
        list(repartition), size=nombre, p=np.array(list(repartition.values()), dtype=float)
    )
    occasionnel = sejours.genre == OCCASIONNEL
    combien = np.where(occasionnel, tirage.integers(1, 3, nombre), combien)
    # Le mercredi est le jour le plus souvent laissé, le lundi et le vendredi ensuite.
    envie = tirage.random((nombre, 5)) * np.array([1.0, 1.25, 0.7, 1.25, 0.95])
    rang_du_jour = (-envie).argsort(axis=1).argsort(axis=1)
    jours = rang_du_jour < combien[:, None]
    bornes = np.array([e.bornes for e in reseau])[sejours.etablissement]
    arrivee = bornes[:, 0] + 30 * tirage.choice(6, nombre, p=[0.14, 0.18, 0.30, 0.24, 0.10, 0.04])
    depart = bornes[:, 3] - 30 * tirage.choice(6, nombre, p=[0.16, 0.22, 0.26, 0.20, 0.10, 0.06])
    demi = occasionnel & (tirage.random(nombre) < 0.7)
    apres_midi = demi & (tirage.random(nombre) < 0.4)
    arrivee = np.where(demi, np.where(apres_midi, 810, 510), arrivee)
    depart = np.where(demi, np.where(apres_midi, 1020, 750), depart)
    return Contrats(
        enfant=sejours.enfant,
        etablissement=sejours.etablissement,
        debut=sejours.entree,
        fin=sejours.sortie,
        genre=sejours.genre,
        jours=jours,
        debut_min=arrivee.astype(np.int32),
        fin_min=depart.astype(np.int32),
        section=np.zeros(nombre, dtype=np.int8),
        adaptation=np.where(sejours.nouveau, sejours.entree, 0),
        semaines=tirage.integers(43, 46, nombre, endpoint=True),
    )


def _sections(reseau: list[Etablissement], contrats: Contrats, naissance: Tableau) -> Tableau:
    age_mois = (contrats.debut - naissance) / 30.44
    section = np.digitize(age_mois, [13, 24])
    multi = np.array([e.multi_age for e in reseau])[contrats.etablissement]
    return np.where(multi, SECTIONS.index("U"), section).astype(np.int8)


def _seconds_accueils(
    scenario: Scenario,
    tirage: np.random.Generator,
    reseau: list[Etablissement],
    contrats: Contrats,
    lots: list[list[int]],
) -> Contrats:
    """Un second établissement, d'autres jours, pour une petite part des enfants."""
    admis = [[k for k in lot if not reseau[k].recopie and not reseau[k].fermeture] for lot in lots]
    lot_de = np.full(len(reseau), -1)
    for rang, lot in enumerate(admis):
        lot_de[lot] = rang
    partiel = (contrats.jours.sum(axis=1) <= 3) & (contrats.genre == REGULIER)
    premiers = np.flatnonzero(partiel & (lot_de[contrats.etablissement] >= 0))
    enfants = np.unique(contrats.enfant[premiers])
    part = scenario.profil.double_accueil * len(np.unique(contrats.enfant)) / max(len(enfants), 1)
    choisis = enfants[tirage.random(len(enfants)) < part]
    seconds = contrats.garder(premiers[np.isin(contrats.enfant[premiers], choisis)])
    ailleurs = dict(zip(choisis.tolist(), tirage.random(len(choisis)).tolist(), strict=True))
    cibles = []
    for enfant, ici in zip(seconds.enfant.tolist(), seconds.etablissement.tolist(), strict=True):
        autres = [k for k in admis[lot_de[ici]] if k != ici]
        cibles.append(autres[int(ailleurs[enfant] * len(autres))] if autres else -1)
    cible = np.array(cibles, dtype=np.int64)
    ouverture = np.array([ordinal(e.ouverture) for e in reseau])
    possible = (cible >= 0) & (ouverture[cible] <= seconds.debut)
    seconds, cible = seconds.garder(possible), cible[possible]
    libres = ~seconds.jours
    # Deux jours au plus : les deux premiers laissés libres par le premier établissement.
    seconds.jours = libres & (libres.cumsum(axis=1) <= 2)
    seconds.etablissement = cible
    bornes = np.array([e.bornes for e in reseau])[cible]
    seconds.debut_min = np.maximum(seconds.debut_min, bornes[:, 0])
    seconds.fin_min = np.minimum(seconds.fin_min, bornes[:, 3])
    return seconds
