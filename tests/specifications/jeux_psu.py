"""Petits jeux pour la Psu : deux mois d'activité, des déclarations, un fichier Filoué."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.specifications.outils import (
    Jeu,
    avec_presences,
    etablissement,
    facture,
    ouvertures,
    pointage,
)

JUILLET = date(2026, 7, 6)
CUMUL = {"modalite": "annee", "ventilation": "cumul"}


def avec_suivi_complet(dossier: Path) -> Jeu:
    """`avec_presences`, deux crèches ouvertes en juin 2026 : l'année est suivie en entier.

    A : 200 h réalisées, 220 facturées (110 %). B : 48 h réalisées, 60 facturées (125 %).
    """
    jeu = avec_presences(dossier)
    ouverte = date(2026, 6, 1)
    jeu.ecrire(
        "etablissements",
        [
            etablissement("A", "99001", ouverture=ouverte, dossier_afc="700"),
            etablissement("B", "99002", ouverture=ouverte),
        ],
    )
    return jeu


def avec_juillet(dossier: Path) -> Jeu:
    """`avec_suivi_complet`, puis en juillet un enfant chez A : 40 h réalisées, 40 facturées."""
    jeu = avec_suivi_complet(dossier)
    jeu.ajouter("ouvertures", *ouvertures("A", JUILLET, 5, 20), *ouvertures("B", JUILLET, 5, 10))
    semaine = [JUILLET + timedelta(i) for i in range(5)]
    jeu.ajouter("pointages", *(pointage("a0", "A", jour) for jour in semaine))
    jeu.ajouter("pointages", *(pointage("b0", "B", jour) for jour in semaine[:3]))
    juillet = date(2026, 7, 1)
    jeu.ajouter("factures", facture("a0", "A", 40, juillet), facture("b0", "B", 30, juillet))
    return jeu


def declaration(code: str, **reste: Any) -> dict[str, Any]:
    """Une déclaration actualisée de 2026, juste pour A à fin juin."""
    return {
        "etablissement": code,
        "annee": 2026,
        "nature": "actualise",
        "arrete_au": date(2026, 6, 30),
        "heures_facturees_h": 220.0,
        "heures_realisees_h": 200.0,
        "enfants": 5,
        **reste,
    }


def usager(numero: str | None, code: str, **reste: Any) -> dict[str, Any]:
    return {
        "appariement_caf": numero,
        "etablissement": code,
        "annee": 2026,
        "heures_facturees_h": 44.0,
        "heures_realisees_h": 40.0,
        **reste,
    }
