"""Petits mondes d'une seule question, pour les cas de la cascade."""

import random
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from tests.specifications.jeux_cascade_juin import juin
from tests.specifications.jeux_occupation import contrat, plages
from tests.specifications.outils import (
    LUNDI,
    Jeu,
    agrement,
    etablissement,
    ouvertures,
    pointage,
    reseau_aleatoire,
    territoire,
)

FERME: dict[str, Any] = {"ouvert": False, "places_ouvertes": None}


def une_creche(dossier: Path, places: int = 10, jours: int = 5) -> Jeu:
    """Une crèche A, 8 h – 18 h du lundi au vendredi, ouverte les `jours` premiers de juin."""
    jeu = Jeu(dossier)
    jeu.ecrire("etablissements", [etablissement("A")])
    jeu.ecrire("territoires", [territoire("A", "T1")])
    jeu.ecrire("agrements", agrement("A", places))
    jeu.ecrire("ouvertures", ouvertures("A", LUNDI, jours, places))
    return jeu


def un_enfant(dossier: Path, *jours_presents: int, **reste: Any) -> Jeu:
    """Une place, cinq jours ouverts de 10 h, Léa sous contrat de 8 h à 18 h.

    Args:
        dossier: où écrire.
        jours_presents: jours de juin où elle vient (les cinq, à défaut).
        reste: autres colonnes de son contrat.
    """
    jeu = une_creche(dossier, places=1)
    jeu.ecrire("contrats", [contrat("k", "lea", LUNDI, **reste)])
    jeu.ecrire("plannings", plages("k", 8, 18))
    jeu.ecrire("pointages", presents("lea", jours_presents or range(1, 6)))
    return jeu


def deux_creches(dossier: Path) -> Jeu:
    """A et B, un territoire chacune ; Léa passe ses matinées chez A, ses après-midi chez B."""
    jeu = une_creche(dossier)
    jeu.ecrire("etablissements", [etablissement("A"), etablissement("B")])
    jeu.ecrire("territoires", [territoire("A", "T1"), territoire("B", "T2")])
    jeu.ecrire("agrements", [*agrement("A", 10), *agrement("B", 10)])
    jeu.ecrire("ouvertures", [x for c in "AB" for x in ouvertures(c, LUNDI, 5, 10)])
    jeu.ecrire(
        "contrats", [contrat("ka", "lea", LUNDI), contrat("kb", "lea", LUNDI, etablissement="B")]
    )
    jeu.ecrire("plannings", [*plages("ka", 8, 13), *plages("kb", 13, 18)])
    jours = [LUNDI + timedelta(i) for i in range(5)]
    matins = [pointage("lea", "A", jour, 8, 13) for jour in jours]
    jeu.ecrire("pointages", [*matins, *(pointage("lea", "B", jour, 13, 18) for jour in jours)])
    return jeu


def modifier_jours(jeu: Jeu, changements: dict[int, dict[str, Any]]) -> None:
    """Change des jours du calendrier de juin, désignés par leur quantième."""
    lignes = _lignes(jeu, "ouvertures")
    jeu.ecrire("ouvertures", [x | changements.get(x["date"].day, {}) for x in lignes])


def absence(enfant: str, le: date, motif: str | None = None, code: str = "A") -> dict[str, Any]:
    return {"enfant": enfant, "etablissement": code, "date": le, "motif_absence": motif}


def presents(enfant: str, jours: Iterable[int], debut_h: float = 8, fin_h: float = 18) -> list[Any]:
    """Un enfant chez A, aux mêmes heures, ces jours de juin."""
    return [pointage(enfant, "A", juin(n), debut_h, fin_h) for n in jours]


def lignes_de(jeu: Jeu, code: str, zone: str = "A", periode: str = "2026-06") -> dict[str, float]:
    """Les valeurs d'une zone, ligne par ligne, sans le préfixe d'ordre, au millionième."""
    return valeurs_de(jeu.calculer("cascade"), code, zone, periode)


def valeurs_de(
    table: pl.DataFrame, code: str, zone: str = "A", periode: str = "2026-06"
) -> dict[str, float]:
    """`lignes_de`, d'une table déjà calculée."""
    lignes = table.filter(
        pl.col("indicateur") == code, pl.col("zone") == zone, pl.col("periode") == periode
    )
    couples = lignes.select("modalite", pl.col("valeur").round(6)).iter_rows()
    return {m.partition("_")[2]: v for m, v in couples}


def non_nulles(jeu: Jeu, code: str) -> dict[str, float]:
    return {ligne: v for ligne, v in lignes_de(jeu, code).items() if v}


def statuts_de(jeu: Jeu, code: str, zone: str = "A") -> set[str]:
    table = jeu.calculer("cascade")
    choisies = table.filter(pl.col("indicateur") == code, pl.col("zone") == zone)
    return set(choisies["statut"])


def monde_aleatoire(dossier: Path, graine: int) -> Jeu:
    """`reseau_aleatoire`, et de quoi faire vivre chaque ligne de la seconde moitié.

    Heures hebdomadaires divisibles par cinq jours : la répartition tombe juste, à la minute.
    """
    hasard = random.Random(graine)
    jeu = reseau_aleatoire(dossier, graine)
    brutes = _lignes(jeu, "contrats")
    types = ["regulier", "regulier", "regulier", "occasionnel", "urgence"]
    jeu.ecrire(
        "contrats",
        [
            x
            | {
                "type_accueil": hasard.choice(types),
                "heures_hebdo_h": hasard.choice([None, 10.0, 25.0, 42.5]),
            }
            for x in brutes
        ],
    )
    jeu.ecrire(
        "plannings",
        [
            {
                "contrat": x["contrat"],
                "jour_semaine": jour,
                "debut_min": (debut := hasard.randrange(450, 900, 15)),
                "fin_min": debut + hasard.randrange(30, 400, 15),
            }
            for x in brutes
            if hasard.random() < 0.6
            for jour in hasard.sample(range(1, 6), hasard.randint(1, 5))
        ],
    )
    jeu.ecrire(
        "demandes",
        [
            x | {"entree_souhaitee": date(2026, 3, 15) + timedelta(hasard.randrange(100))}
            for x in _lignes(jeu, "demandes")
        ],
    )
    jeu.ecrire(
        "pointages",
        [
            x | {"reserve_min": hasard.choice([None, None, 120, 300])} | _duree(x, hasard)
            for x in _lignes(jeu, "pointages")
        ],
    )
    calendrier = [x for x in _lignes(jeu, "ouvertures") if hasard.random() < 0.97]
    jeu.ecrire(
        "ouvertures",
        [
            x
            | {"prevu": hasard.random() < 0.95}
            | (
                {"cause": hasard.choice([None, "personnel", "travaux", "autre"])}
                if x["ouvert"]
                else {}
            )
            for x in calendrier
        ],
    )
    return jeu


def _duree(pointage: dict[str, Any], hasard: random.Random) -> dict[str, Any]:
    venu = pointage["motif_absence"] is None and hasard.random() < 0.04
    return {"depart_min": None, "realise_min": None} if venu else {}


def _lignes(jeu: Jeu, table: str) -> list[dict[str, Any]]:
    return jeu.lire(table).drop("_fichier", "_ligne").to_dicts()
