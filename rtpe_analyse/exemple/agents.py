"""Les agents présents par quart d'heure, en agrégé : au dernier trimestre, ou depuis un an.

Tout le réseau les transmet au dernier trimestre. Un territoire a commencé plus tôt : lui seul peut
comparer une semaine à la même de l'an passé. Tout le réseau sur un an alourdirait le jeu d'un
tiers.
"""

import numpy as np
import polars as pl

from rtpe_analyse.exemple.depot import Depot, en_lignes
from rtpe_analyse.exemple.reseau import Etablissement
from rtpe_analyse.exemple.scenario import Scenario
from rtpe_analyse.exemple.textes import date_fr
from rtpe_analyse.modeles import Periode

_ENTETE = "Code établissement;Date;Quart;Qualification;Agents"
_ENFANTS_PAR_AGENT = 5.8
_PART_DIPLOMEE = 0.45
_PRESQUE_PLUS = 3
_BUREAU = (36, 68)  # quarts d'heure de 9 h à 17 h


def ecrire_agents(
    scenario: Scenario, depot: Depot, reseau: list[Etablissement], jours: pl.DataFrame
) -> None:
    """Ajoute les présences d'agents d'un lot, déduites des enfants présents.

    Args:
        scenario: le scénario.
        depot: où écrire.
        reseau: établissements.
        jours: enfants-jours du lot.
    """
    trimestre = Periode.contenant(scenario.profil.fin, "trimestre")
    reglages = scenario.reglages["agents"]
    tot = [rang for rang, e in enumerate(reseau) if e.territoire in reglages["territoires"]]
    presents = jours.filter(
        (pl.col("date") >= trimestre.debut)
        | (pl.col("etablissement").is_in(tot) & (pl.col("date") >= reglages["depuis"])),
        pl.col("ouvert"),
        pl.col("arrivee").is_not_null(),
    )
    if presents.is_empty():
        return
    groupes = presents.select("etablissement", "date").unique().sort("etablissement", "date")
    rang = presents.join(groupes.with_row_index("rang"), on=["etablissement", "date"])
    flux = np.zeros((len(groupes), 97), dtype=np.int32)
    np.add.at(flux, (rang["rang"].to_numpy(), rang["arrivee"].to_numpy() // 15), 1)
    np.add.at(flux, (rang["rang"].to_numpy(), -(-rang["depart"].to_numpy() // 15)), -1)
    enfants = flux.cumsum(axis=1)[:, :96]
    # Un agent de moins qu'il n'en faudrait là où le personnel manque.
    manque = np.array([e.chronique for e in reseau])[groupes["etablissement"].to_numpy()]
    besoin = np.ceil(enfants / _ENFANTS_PAR_AGENT).astype(np.int32)
    # Là aussi, un agent reste seul quand il n'y a presque plus d'enfants.
    minimum = np.where(manque[:, None] & (enfants <= _PRESQUE_PLUS), 1, 2)
    agents = np.where(enfants > 0, np.maximum(minimum, besoin - manque[:, None]), 0)
    # Arrondie au-dessous, la part de diplômés y passe aussi sous le minimum légal.
    part = agents * _PART_DIPLOMEE
    diplomes = np.where(manque[:, None], np.floor(part), np.ceil(part)).astype(np.int32)
    bureau = np.zeros_like(agents)
    bureau[:, slice(*_BUREAU)] = 1
    comptes = {
        "Diplômé": diplomes,
        "Autre qualifié": agents - diplomes,
        "Non encadrant": np.where(agents > 0, bureau, 0),
    }
    table = pl.concat(
        _deplier(groupes, qualification, compte) for qualification, compte in comptes.items()
    ).sort("etablissement", "date", "quart", "qualification")
    texte = table.select(
        pl.Series([e.code for e in reseau]).gather(table["etablissement"]).alias("code"),
        date_fr("date"),
        "quart",
        "qualification",
        "agents",
    )
    mois = table["date"].dt.strftime("%Y-%m")
    for valeur in mois.unique().sort():
        lignes = en_lignes(texte.filter(mois == valeur))
        depot.ajouter(f"presences_agents_{valeur}.csv", _ENTETE, lignes)


def _deplier(groupes: pl.DataFrame, qualification: str, compte: np.ndarray) -> pl.DataFrame:
    lignes, quarts = np.nonzero(compte)
    return pl.DataFrame(
        {
            "etablissement": groupes["etablissement"].gather(lignes),
            "date": groupes["date"].gather(lignes),
            "quart": quarts.astype(np.int16),
            "qualification": pl.repeat(qualification, len(lignes), eager=True),
            "agents": compte[lignes, quarts].astype(np.int16),
        }
    )
