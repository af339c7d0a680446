"""Les effets plantés du jeu d'exemple ont la taille dite, là où elle est dite, et là seulement.

Même graine, avec puis sans les effets : la différence est l'effet.
"""

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from rtpe_analyse.exemple.calendrier import CAUSES, Calendrier, etablir, lister_jours
from rtpe_analyse.exemple.contrats import contractualiser
from rtpe_analyse.exemple.depot import Depot
from rtpe_analyse.exemple.effets import (
    CONTRATS,
    PERSONNEL,
    PRESENCE,
    Effet,
    effets_du_scenario,
    en_verite,
)
from rtpe_analyse.exemple.enfants import accueillir
from rtpe_analyse.exemple.pilotage import ecrire_pilotage
from rtpe_analyse.exemple.presences import simuler
from rtpe_analyse.exemple.reseau import Etablissement, dessiner
from rtpe_analyse.exemple.scenario import Scenario, charger
from rtpe_analyse.nomenclatures import liste_fermee

DEPUIS = pl.col("date") >= date(2026, 1, 5)


class Monde:
    """Un petit réseau, avec ou sans ses effets : calendrier et enfants-jours."""

    def __init__(self, *, effets: bool) -> None:
        normal = charger(petit=False, graine=2026, echelle=1, annees=1)
        profil = normal.profil.model_copy(
            update={
                "etablissements": 24,
                "places": 1100,
                "territoires": ["T1", "T2"],
                "debut": date(2025, 9, 1),
                "bascule": date(2025, 9, 1),
                **dict.fromkeys(("fermetures", "fusions", "ouvertures"), 1),
                "effets": effets,
            }
        )
        self.scenario: Scenario = replace(normal, profil=profil)
        self.reseau: list[Etablissement] = dessiner(self.scenario)
        self.calendrier: Calendrier = etablir(
            self.scenario, self.reseau, lister_jours(self.scenario)
        )
        sejours = accueillir(self.scenario, self.reseau)
        # Un établissement par lot : ses tirages ne dépendent pas de ses voisins.
        lots = [[k] for k in range(len(self.reseau))]
        self.contrats = contractualiser(self.scenario, self.reseau, sejours, lots)

    def jours(self, rang: int) -> pl.DataFrame:
        siens = self.contrats.garder(self.contrats.etablissement == rang)
        return simuler(self.scenario, self.reseau, self.calendrier, siens, rang)


@pytest.fixture(scope="module")
def deux() -> tuple[Monde, Monde]:
    return Monde(effets=True), Monde(effets=False)


def rangs(monde: Monde, facteur: str) -> list[tuple[int, Effet]]:
    return [
        (rang, e.effet)
        for rang, e in enumerate(monde.reseau)
        if e.effet and e.effet.facteur == facteur
    ]


def test_chaque_effet_du_scenario_a_son_etablissement(deux: tuple[Monde, Monde]) -> None:
    """Ni fermé, ni ouvert en chemin, ni en manque chronique : rien d'autre ne lui arrive."""
    avec, sans = deux
    touches = [e for e in avec.reseau if e.effet]
    assert [e.effet for e in sans.reseau if e.effet] == []
    poses = sorted(effets_du_scenario(avec.scenario), key=repr)
    assert sorted((e.effet for e in touches if e.effet), key=repr) == poses
    assert len(poses) == 7
    for e in touches:
        assert e.fermeture is None and not e.chronique and not e.recopie
        assert e.ouverture.year == 2012 and e.territoire_suivant is None


def test_les_autres_etablissements_ne_changent_pas(deux: tuple[Monde, Monde]) -> None:
    avec, sans = deux
    autres = [rang for rang, e in enumerate(avec.reseau) if not e.effet]
    for nom in ("ouvert", "places", "cause"):
        a, s = (getattr(m.calendrier, nom)[autres] for m in deux)
        assert (a == s).all()
    for rang in autres[:3]:
        assert avec.jours(rang).equals(sans.jours(rang))


def test_la_presence_perd_la_part_dite_et_seulement_depuis(deux: tuple[Monde, Monde]) -> None:
    avec, sans = deux
    for rang, effet in rangs(avec, PRESENCE):
        ici, la = avec.jours(rang), sans.jours(rang)
        dedans = pl.col("date").is_between(effet.du, effet.au)
        venus = [t.filter(dedans, pl.col("motif") == 0).height for t in (ici, la)]
        # Quatre mille enfants-jours au moins : un point d'écart type.
        assert venus[0] / venus[1] == pytest.approx(1 - effet.taille, abs=0.03)
        assert ici.filter(~dedans).equals(la.filter(~dedans))


def test_les_contrats_perdent_la_part_dite_de_leurs_heures(deux: tuple[Monde, Monde]) -> None:
    avec, sans = deux
    for rang, effet in rangs(avec, CONTRATS):
        prevus = [m.jours(rang).filter(DEPUIS)["reserve"].sum() for m in (avec, sans)]
        # Arrondie au quart d'heure, sur des journées de neuf heures.
        assert prevus[0] / prevus[1] == pytest.approx(1 - effet.taille, abs=0.01)
        avant = [m.jours(rang).filter(~DEPUIS)["reserve"].sum() for m in (avec, sans)]
        assert avant[0] == avant[1]


def test_le_personnel_ferme_la_part_dite_des_jours(deux: tuple[Monde, Monde]) -> None:
    avec, _ = deux
    faute_de_personnel = CAUSES.index("personnel")
    for rang, effet in rangs(avec, PERSONNEL):
        fermes = []
        for monde in deux:
            c = monde.calendrier
            depuis = [k for k, jour in enumerate(c.jours.dates) if jour >= effet.du]
            prevus = c.prevu[rang, depuis]
            subis = ~c.ouvert[rang, depuis] & (c.cause[rang, depuis] == faute_de_personnel)
            fermes.append((subis & prevus).sum() / prevus.sum())
        # Cent soixante jours prévus : trois écarts types d'un tirage de 15 %.
        assert fermes[0] - fermes[1] == pytest.approx(effet.taille, abs=0.09)


def test_l_action_de_l_effet_est_au_registre_depuis_sa_fin(
    deux: tuple[Monde, Monde], tmp_path: Path
) -> None:
    avec, _ = deux
    depot = Depot(tmp_path)
    ecrire_pilotage(avec.scenario, depot, avec.reseau)
    registre = pl.read_csv(tmp_path / "actions.csv", separator=";", encoding="windows-1252")
    [(code, effet)] = [(e.code, e.effet) for e in avec.reseau if e.effet and e.effet.action]
    siennes = registre.filter(pl.col("Code établissement") == code)
    # À côté de la ligne hors liste que le registre porte exprès.
    assert liste_fermee("actions")[effet.action] in siennes["Action"].to_list()
    assert siennes["Début"].unique().to_list() == ["02/02/2026"]
    assert effet.au == date(2026, 2, 1)


def test_la_verite_dit_chaque_effet(deux: tuple[Monde, Monde]) -> None:
    avec, _ = deux
    plantes = [(e.code, e.effet) for e in avec.reseau if e.effet]
    verite = en_verite(plantes)
    assert verite.height == 7
    assert set(verite["facteur"]) <= set(liste_fermee("effets_variation"))
    assert en_verite([]).is_empty()
