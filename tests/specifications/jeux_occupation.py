"""Petits mondes des familles « alertes » et « etats »."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from tests.specifications.outils import (
    LUNDI,
    Jeu,
    agrement,
    etablissement,
    ouvertures,
    pointage,
    territoire,
)

LE_JUIN = date(2026, 6, 30)


def une_creche(dossier: Path, places: int, amplitude_h: int = 10, jours: int = 22) -> Jeu:
    """Une crèche A ouverte de 8 h à 8 h + amplitude, du lundi 1er juin 2026, `jours` jours."""
    jeu = Jeu(dossier)
    jeu.ecrire("etablissements", [etablissement("A")])
    jeu.ecrire("territoires", [territoire("A", "T1")])
    jeu.ecrire("agrements", agrement("A", places, 8, 8 + amplitude_h))
    jeu.ecrire("ouvertures", ouvertures("A", LUNDI, jours, places))
    return jeu


def ensemble(n: int, jour: date, debut_h: float = 9, fin_h: float = 10) -> list[dict[str, Any]]:
    """`n` enfants présents aux mêmes heures."""
    return [pointage(f"e{k}", "A", jour, debut_h, fin_h) for k in range(n)]


def semaine_pleine(n: int, debut_h: float, fin_h: float, lundi: date = LUNDI) -> list[Any]:
    """`n` enfants présents aux mêmes heures les cinq jours d'une semaine."""
    return [p for i in range(5) for p in ensemble(n, lundi + timedelta(i), debut_h, fin_h)]


def contrat(nom: str, enfant: str, debut: date, **reste: Any) -> dict[str, Any]:
    """Un contrat régulier chez A."""
    return {
        "contrat": nom,
        "enfant": enfant,
        "etablissement": "A",
        "type_accueil": "regulier",
        "debut": debut,
        **reste,
    }


def plages(nom: str, debut_h: float, fin_h: float, jours: range = range(1, 6)) -> list[Any]:
    """Le planning d'un contrat, les mêmes heures chaque jour de semaine donné."""
    return [
        {
            "contrat": nom,
            "jour_semaine": jour,
            "debut_min": int(debut_h * 60),
            "fin_min": int(fin_h * 60),
        }
        for jour in jours
    ]


def demande(nom: str, **reste: Any) -> dict[str, Any]:
    """Une demande chez A, déposée en janvier, entrée souhaitée au 1er juin, 40 h par semaine."""
    return {
        "demande": nom,
        "appariement": f"p{nom}",
        "depot": date(2026, 1, 5),
        "entree_souhaitee": LUNDI,
        "etablissement": "A",
        "heures_hebdo_h": 40.0,
        **reste,
    }


def dates_de(table: pl.DataFrame, code: str, ventilation: str = "date") -> dict[str, float]:
    """Les alertes datées d'un mois de juin : date → valeur."""
    lignes = table.filter(
        pl.col("indicateur") == code,
        pl.col("ventilation") == ventilation,
        pl.col("pas") == "mois",
    )
    return dict(lignes.select("modalite", "valeur").iter_rows())
