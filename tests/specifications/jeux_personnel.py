"""Une crèche ouverte un lundi de 8 h à 18 h, ses enfants et ses agents, écrits à la main."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.specifications.outils import (
    LUNDI,
    Jeu,
    agrement,
    etablissement,
    ouvertures,
    pointage,
    territoire,
)

OUVERTS = range(32, 72)  # quarts d'heure de 8 h à 18 h


def agents(comptes: Mapping[str, int], quarts: Iterable[int] = OUVERTS, **ou: Any) -> list[Any]:
    """Une ligne par quart d'heure et qualification (`diplome`, `autre_qualifie`…)."""
    ici = {"etablissement": "A", "date": LUNDI} | ou
    return [
        {**ici, "quart": quart, "qualification": qualification, "agents": nombre}
        for quart in quarts
        for qualification, nombre in comptes.items()
    ]


def enfants(n: int, arrivee_h: float = 8, depart_h: float = 18, **reste: Any) -> list[Any]:
    """`n` enfants de la section U présents aux mêmes heures."""
    nom = reste.pop("nom", "e")
    code, jour = reste.pop("code", "A"), reste.pop("jour", LUNDI)
    return [
        pointage(f"{nom}{rang}", code, jour, arrivee_h, depart_h, **({"section": "U"} | reste))
        for rang in range(n)
    ]


def section(code: str = "U", part: float | None = 0.0, **reste: Any) -> dict[str, Any]:
    return {
        "etablissement": "A",
        "section": code,
        "valide_du": LUNDI.replace(year=2020),
        "part_marcheurs_pct": part,
        **reste,
    }


def creche(dossier: Path, mode: str | None = "5_8", places: int = 20) -> Jeu:
    """La crèche A, sans enfant ni agent ; section U, dont aucun enfant ne marche."""
    jeu = Jeu(dossier)
    jeu.ecrire("etablissements", [etablissement("A", mode_encadrement=mode)])
    jeu.ecrire("territoires", [territoire("A", "T1")])
    jeu.ecrire("agrements", agrement("A", places))
    jeu.ecrire("ouvertures", ouvertures("A", LUNDI, 1, places))
    jeu.ecrire("sections", [section()])
    return jeu
