"""Fabriquer le jeu fictif : du scénario aux fichiers bruts, lot après lot."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.erreurs import ErreurUsage
from rtpe_analyse.exemple import effets
from rtpe_analyse.exemple.activite import en_verite, enfants_vrais, places_vraies
from rtpe_analyse.exemple.agents import ecrire_agents
from rtpe_analyse.exemple.annuels import cumuler, ecrire_filoue, ecrire_historique
from rtpe_analyse.exemple.berceau import GESTES_DE_CLASSEUR, TITRE, ecrire_classeurs
from rtpe_analyse.exemple.calendrier import Calendrier, etablir, lister_jours
from rtpe_analyse.exemple.contrats import Contrats, contractualiser
from rtpe_analyse.exemple.declarations import compter, ecrire_declarations
from rtpe_analyse.exemple.demandes import demander
from rtpe_analyse.exemple.depot import Depot
from rtpe_analyse.exemple.directions import ecrire_directions
from rtpe_analyse.exemple.ecarts import ECARTS, ecarter
from rtpe_analyse.exemple.enfants import accueillir
from rtpe_analyse.exemple.factures import facturer
from rtpe_analyse.exemple.faits import Plantation, planter
from rtpe_analyse.exemple.fautes import fauter
from rtpe_analyse.exemple.incidents import accidenter
from rtpe_analyse.exemple.mensuels import Mensuels
from rtpe_analyse.exemple.personnes import peupler
from rtpe_analyse.exemple.pilotage import ecrire_pilotage
from rtpe_analyse.exemple.pointages import fragmenter
from rtpe_analyse.exemple.presences import simuler
from rtpe_analyse.exemple.refus import ecrire_refuses
from rtpe_analyse.exemple.registres import ecrire_reseau
from rtpe_analyse.exemple.registres_familles import coder, ecrire_familles
from rtpe_analyse.exemple.reseau import Etablissement, dessiner
from rtpe_analyse.exemple.salissures import DOUBLONS, GESTES, monter, salir
from rtpe_analyse.exemple.salissures_registres import ecrire_sali
from rtpe_analyse.exemple.scenario import Scenario, charger, sans_bascule
from rtpe_analyse.tableaux import ecrire_parquet, ecrire_texte

GRAINE = 2026
_PAR_LOT = 14
_FAITS = (
    "surnombre",
    "presence_jour_ferme",
    "double_presence",
    "quasi_doublon",
    "donnee_personnelle",
    "facture_inferieur_realise",
    "tarif_ecart",
)
_LISEZMOI = """Données FICTIVES, fabriquées par « rtpe exemple ».

Aucun enfant, aucune famille, aucun établissement de ces fichiers n'existe. Seuls sont vrais
les noms des communes et les chiffres publics de l'Insee dont les familles sont inspirées.
Des défauts y sont plantés exprès ; verite.parquet en donne la liste, que la chaîne ne lit pas.
Quelques établissements portent un effet connu, dont verite_effets.parquet donne la taille.

Graine {graine}, {etablissements} établissements, du {debut:%d/%m/%Y} au {fin:%d/%m/%Y}.
"""
Progres = Callable[[str, int, int], None]


@dataclass(frozen=True)
class BilanExemple:
    """Ce qui a été fabriqué.

    Attributes:
        etablissements: nombre d'établissements.
        enfants_jours: nombre d'enfants-jours simulés.
        fichiers: nombre de fichiers du dépôt.
        octets: taille du dépôt.
    """

    etablissements: int
    enfants_jours: int
    fichiers: int
    octets: int

    @property
    def phrase(self) -> str:
        """Le bilan en une phrase."""
        return (
            f"Jeu fictif : {self.etablissements} établissements, {self.enfants_jours} "
            f"enfants-jours, {self.fichiers} fichiers ({self.octets / 1e6:.0f} Mo)."
        )


def fabriquer(
    lieux: Lieux,
    *,
    petit: bool = False,
    graine: int = GRAINE,
    echelle: int = 1,
    annees: int = 3,
    formats: str = "tous",
    progres: Progres | None = None,
) -> BilanExemple:
    """Fabrique le jeu fictif dans `lieux.depot`, sa vérité et son LISEZMOI dans `lieux.racine`.

    La vérité : les défauts plantés, les faits de l'activité, et les effets plantés.

    Même graine et mêmes options : mêmes octets. Le dépôt précédent n'est remplacé que quand le
    nouveau est complet. La mémoire est bornée par un lot d'établissements.

    Args:
        lieux: dossiers du jeu d'exemple.
        petit: quelques établissements sur cinq trimestres, tous les défauts compris.
        graine: graine de tous les tirages.
        echelle: multiplicateur du nombre d'établissements.
        annees: années d'activité avant la fin du jeu (sans effet avec `petit`).
        formats: `tous`, ou `csv` (un seul logiciel ; ni classeurs, ni Filoué, ni historique).
        progres: appelée avec (étape, fait, total).

    Raises:
        ErreurUsage: si une option n'a pas de sens.
    """
    if formats not in ("tous", "csv"):
        raise ErreurUsage(f"Formats « {formats} » inconnus.", "Choisir « tous » ou « csv ».")
    scenario = charger(petit=petit, graine=graine, echelle=echelle, annees=annees)
    if formats == "csv":
        scenario = sans_bascule(scenario)
    chantier = lieux.racine / ".depot-en-cours"
    shutil.rmtree(chantier, ignore_errors=True)
    chantier.mkdir(parents=True)
    try:
        fabrique = _Fabrique(scenario, Depot(chantier), complet=formats == "tous")
        total = fabrique.tout_ecrire(progres)
        _remplacer(chantier, lieux.depot)
    finally:
        shutil.rmtree(chantier, ignore_errors=True)
    ecrire_parquet(lieux.racine / "verite.parquet", fabrique.depot.verite())
    ecrire_parquet(
        lieux.racine / "verite_activite.parquet", en_verite(fabrique.reseau, fabrique.activite)
    )
    plantes = [(e.code, e.effet) for e in fabrique.reseau if e.effet]
    ecrire_parquet(lieux.racine / "verite_effets.parquet", effets.en_verite(plantes))
    ecrire_texte(
        lieux.racine / "LISEZMOI.txt",
        _LISEZMOI.format(
            graine=graine,
            etablissements=scenario.profil.etablissements,
            debut=scenario.profil.premier_jour,
            fin=scenario.profil.fin,
        ),
    )
    fichiers = list(lieux.depot.iterdir())
    return BilanExemple(
        scenario.profil.etablissements,
        total,
        len(fichiers),
        sum(f.stat().st_size for f in fichiers),
    )


def _remplacer(chantier: Path, depot: Path) -> None:
    ancien = depot.with_name(".depot-ancien")
    shutil.rmtree(ancien, ignore_errors=True)
    if depot.exists():
        depot.rename(ancien)
    chantier.rename(depot)
    shutil.rmtree(ancien, ignore_errors=True)


class _Fabrique:
    """Tient ce qui est commun aux lots pendant une fabrication."""

    def __init__(self, scenario: Scenario, depot: Depot, *, complet: bool) -> None:
        self.scenario, self.depot, self.complet = scenario, depot, complet
        self.reseau: list[Etablissement] = dessiner(scenario)
        nombre = len(self.reseau)
        self.lots = [list(range(k, min(k + _PAR_LOT, nombre))) for k in range(0, nombre, _PAR_LOT)]
        self.calendrier: Calendrier = etablir(scenario, self.reseau, lister_jours(scenario))
        accidenter(scenario, self.reseau, self.calendrier)
        sejours = accueillir(scenario, self.reseau)
        self.contrats: Contrats = contractualiser(scenario, self.reseau, sejours, self.lots)
        enfants, familles = peupler(scenario, self.reseau, sejours)
        self.enfants, self.familles = coder(scenario, self.contrats, enfants, familles)
        self.mensuels = Mensuels(scenario, depot, self.reseau)
        profil = scenario.profil
        self.plantation = Plantation(
            dict.fromkeys(_FAITS, profil.faits)
            | dict.fromkeys(ECARTS, profil.ecarts)
            | dict.fromkeys((*GESTES, *DOUBLONS, "espace_milliers"), profil.salete)
            | dict.fromkeys((f"classeur_{g}" for g in GESTES_DE_CLASSEUR), profil.faits)
            | {f"classeur_{TITRE}": 1},
            [],
        )
        self.atelier = monter(self.reseau)
        self.cumuls: list[pl.DataFrame] = []
        self.comptes: list[pl.DataFrame] = []
        self.ecrits = fauter(scenario, self.reseau, self.contrats)
        self.activite = [places_vraies(scenario, self.reseau, self.calendrier)]

    def tout_ecrire(self, progres: Progres | None) -> int:
        """Écrit tous les fichiers ; rend le nombre d'enfants-jours."""
        ecrire_reseau(self.scenario, self.depot, self.reseau, self.calendrier)
        ecrire_directions(self.scenario, self.depot, self.reseau, self.calendrier)
        ecrire_pilotage(self.scenario, self.depot, self.reseau)
        ecrire_familles(
            self.scenario,
            self.depot,
            self.reseau,
            self.ecrits,
            self.enfants,
            self.familles,
        )
        demandes = demander(self.scenario, self.reseau, self.contrats, self.enfants, self.familles)
        ecrire_sali(
            self.scenario,
            self.depot,
            "demandes.csv",
            "demandes",
            demandes,
            encodage="utf-8",
            doublons=1,
        )
        total = 0
        for lot in range(len(self.lots)):
            if progres:
                progres("lots d'établissements", lot, len(self.lots))
            total += self._ecrire_lot(lot)
        self.mensuels.fermer()
        ecrire_declarations(
            self.scenario, self.depot, self.reseau, self.calendrier, pl.concat(self.comptes)
        )
        for code, lieu in self.plantation.etablissements:
            self.depot.noter("", 0, "pointages", code, lieu)
        if self.complet:
            ecrire_filoue(
                self.scenario,
                self.depot,
                self.reseau,
                pl.concat(self.cumuls),
                self.enfants,
                self.familles,
            )
            ecrire_historique(self.scenario, self.depot, self.reseau)
        ecrire_refuses(self.scenario, self.depot, [e.code for e in self.reseau])
        return total

    def _ecrire_lot(self, lot: int) -> int:
        restants = len(self.lots) - lot
        contrats = self.contrats.garder(np.isin(self.contrats.etablissement, self.lots[lot]))
        jours = simuler(self.scenario, self.reseau, self.calendrier, contrats, lot)
        jours = planter(
            self.scenario,
            self.reseau,
            self.calendrier,
            contrats,
            jours,
            lot,
            self.plantation,
            restants,
        )
        jours = ecarter(
            self.scenario, self.calendrier, contrats, jours, lot, self.plantation, restants
        )
        factures = facturer(
            self.scenario, jours, self.enfants, self.familles, lot, self.plantation, restants
        )
        self._ecrire_mensuels(jours, factures, lot, restants)
        signes = self.ecrits.contrats
        signes = signes.garder(np.isin(signes.etablissement, self.lots[lot]))
        self.activite.append(enfants_vrais(self.calendrier, signes, jours))
        self.comptes.append(compter(jours, factures))
        ecrire_agents(self.scenario, self.depot, self.reseau, jours)
        if self.complet:
            self.cumuls.append(cumuler(factures, contrats))
            ecrire_classeurs(
                self.scenario,
                self.depot,
                self.reseau,
                jours,
                self.enfants,
                lot,
                self.plantation,
                restants,
            )
        return len(jours)

    def _ecrire_mensuels(
        self, jours: pl.DataFrame, factures: pl.DataFrame, lot: int, restants: int
    ) -> None:
        fragments = fragmenter(self.scenario, self.reseau, jours, self.enfants, lot)
        salir(self.scenario, fragments, self.atelier, lot, self.plantation, restants)
        self.mensuels.pointer(fragments, premier_lot=lot == 0)
        milliers = self.plantation.part("espace_milliers", restants)
        self.plantation.reste["espace_milliers"] -= self.mensuels.facturer(
            factures, self.enfants, self.familles, milliers
        )
