"""Objectifs et actions : fabriqués, reçus et nettoyés ; aucune note libre ne passe la porte."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from rtpe_analyse.exemple.depot import Depot
from rtpe_analyse.exemple.pilotage import ecrire_pilotage
from rtpe_analyse.exemple.reseau import dessiner
from rtpe_analyse.exemple.scenario import charger
from rtpe_analyse.indicateurs import indicateurs_declares
from rtpe_analyse.nettoyage import nettoyer
from rtpe_analyse.nomenclatures import liste_fermee
from rtpe_analyse.sources import recevoir
from tests.unites.essais_nettoyage import Essai

NOTE = "compte rendu"


class Recu:
    """Les deux registres de l'exemple, reçus et nettoyés, et leur vérité."""

    def __init__(self, dossier: Path) -> None:
        self.essai = Essai(dossier)
        self.depot = Depot(dossier / "depot")
        self.depot.dossier.mkdir()
        self.scenario = charger(petit=True, graine=2026, echelle=1, annees=1)
        self.reseau = dessiner(self.scenario)
        ecrire_pilotage(self.scenario, self.depot, self.reseau)
        lignes = [f"{e.code};{e.nom};95219;01/01/2020" for e in self.reseau]
        self.essai.recevoir_registre(["Code;Nom;Commune;Valide du", *lignes], "reseau.csv")
        self.retours = recevoir([self.depot.dossier], self.essai.lieux, recu_le=date(2026, 10, 5))
        nettoyer(self.essai.lieux)

    def propre(self, table: str) -> pl.DataFrame:
        return pl.read_parquet(self.essai.lieux.propre / table / "*.parquet")


@pytest.fixture(scope="module")
def recu(tmp_path_factory: pytest.TempPathFactory) -> Recu:
    return Recu(tmp_path_factory.mktemp("pilotage"))


def test_les_deux_registres_sont_reconnus_a_leurs_colonnes(recu: Recu) -> None:
    assert {r.etat for r in recu.retours} == {"recu"}
    assert len(recu.propre("objectifs")) == recu.depot.lignes["objectifs.csv"] - 2
    assert len(recu.propre("actions")) == recu.depot.lignes["actions.csv"] - 3


def test_ce_qui_est_seme_est_trouve_et_rien_d_autre(recu: Recu) -> None:
    """Un établissement inconnu, une action hors liste, une ligne en double."""
    rejets = recu.essai.traces(recu.essai.lieux.rejets)
    trouves = rejets.filter(pl.col("table").is_in(["objectifs", "actions"]))
    semes = recu.depot.verite()
    assert sorted(trouves.select("table", "ligne", "code", "issue").rows()) == sorted(
        semes.select("table", "ligne", "code", "issue").rows()
    )


def test_les_codes_sont_ceux_des_listes_fermees(recu: Recu) -> None:
    assert set(recu.propre("actions")["action"]) <= liste_fermee("actions").keys()
    for table in ("actions", "objectifs"):
        assert set(recu.propre(table)["indicateur"]) <= liste_fermee("indicateurs_pilotes").keys()


def test_une_note_libre_ne_passe_pas_la_porte(recu: Recu) -> None:
    """Ni la colonne « Observations », ni l'action écrite hors liste ne sortent du brut."""
    assert NOTE in (recu.depot.dossier / "actions.csv").read_text(encoding="cp1252")
    lieux = recu.essai.lieux
    dehors = [f for f in lieux.racine.rglob("*") if f.is_file() and lieux.brut not in f.parents]
    tables = [pl.read_parquet(f) for f in dehors if f.suffix == ".parquet"]
    assert tables
    textes = [str(t.to_dicts()) for t in tables]
    textes += [f.read_text(errors="replace") for f in dehors if f.suffix != ".parquet"]
    assert not any(NOTE in t or "voir note" in t for t in textes)


def test_un_objectif_vise_un_etablissement_ou_un_territoire(recu: Recu) -> None:
    vises = recu.propre("objectifs").select(
        (pl.col("etablissement").is_null() != pl.col("territoire").is_null()).alias("un")
    )
    assert vises["un"].all()
    assert set(recu.propre("objectifs")["trimestre"]) <= {1, 2, 3, 4}


def test_les_indicateurs_pilotes_existent() -> None:
    """Piloter un indicateur que personne ne calcule serait une promesse vide."""
    assert liste_fermee("indicateurs_pilotes").keys() <= indicateurs_declares().keys()
