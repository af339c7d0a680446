"""Petits jeux de contrats : enfants, naissances, plannings ; et un réseau tiré au hasard."""

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.specifications.outils import Jeu, avec_presences, reseau_aleatoire

NAISSANCE = date(2025, 1, 1)


def contrat(enfant: str, code: str, **reste: Any) -> dict[str, Any]:
    """Un contrat régulier de 30 h depuis janvier 2026, sans fin connue."""
    return {
        "contrat": f"{enfant}-{code}-{reste.get('debut', '')}",
        "enfant": enfant,
        "etablissement": code,
        "type_accueil": "regulier",
        "debut": date(2026, 1, 5),
        "heures_hebdo_h": 30.0,
        **reste,
    }


def planning(numero: str, *jours: int, debut_h: float = 8, fin_h: float = 18) -> list[Any]:
    return [
        {
            "contrat": numero,
            "jour_semaine": jour,
            "debut_min": int(debut_h * 60),
            "fin_min": int(fin_h * 60),
        }
        for jour in jours
    ]


def avec_contrats(
    dossier: Path,
    *contrats: dict[str, Any],
    naissances: dict[str, date | None] | None = None,
    plannings: list[Any] | None = None,
) -> Jeu:
    """Les deux crèches de `avec_presences` (A dans T1, B dans T2, juin 2026) et ces contrats.

    Un enfant naît en janvier 2025, sauf précision.
    """
    jeu = avec_presences(dossier)
    enfants = {c["enfant"]: NAISSANCE for c in contrats} | (naissances or {})
    jeu.ecrire("contrats", contrats)
    jeu.ecrire("enfants", [{"enfant": e, "mois_naissance": n} for e, n in enfants.items()])
    jeu.ecrire("plannings", plannings or [])
    return jeu


def contrats_aleatoires(dossier: Path, graine: int = 7) -> Jeu:
    """`reseau_aleatoire`, avec naissances, plannings, types et contrats qui se suivent."""
    hasard = random.Random(graine)
    jeu = reseau_aleatoire(dossier, graine)
    naissances = [
        hasard.choice([None, date(2022 + hasard.randrange(5), 1 + hasard.randrange(12), 1)])
        for _ in range(40)
    ]
    jeu.ecrire(
        "enfants",
        [
            {
                "enfant": f"e{n}",
                "appariement": f"p{n // 2}" if n % 3 else None,
                "mois_naissance": naissances[n // 2],
            }
            for n in range(40)
        ],
    )
    contrats, plannings = [], []
    for n in range(120):
        debut = date(2025, 11, 1) + timedelta(hasard.randrange(240))
        duree = hasard.choice([-2, 0, 10, 40, 90, 150])
        fin = hasard.choice([None, debut + timedelta(duree), date(2026, 8, 31)])
        contrats.append(
            {
                "contrat": f"k{n}",
                "enfant": f"e{hasard.randrange(40)}",
                "etablissement": hasard.choice("ABCD"),
                "type_accueil": hasard.choice(["regulier", "regulier", "occasionnel", "urgence"]),
                "debut": debut,
                "fin": fin,
                "heures_hebdo_h": hasard.choice([None, 10.5, 20.0, 42.25]),
            }
        )
        if hasard.random() < 0.6:
            jours = hasard.sample(range(1, 7), hasard.randint(1, 6))
            plannings += planning(f"k{n}", *jours, fin_h=hasard.choice([12, 16.25]))
    jeu.ecrire("contrats", contrats)
    jeu.ecrire("plannings", plannings)
    return jeu
