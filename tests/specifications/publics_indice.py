"""Six communes et douze IRIS d'un département, que seules quelques composantes distinguent."""

from datetime import date
from pathlib import Path

import polars as pl

from rtpe_analyse.nomenclatures.communes import SCHEMA_COMMUNES
from rtpe_analyse.nomenclatures.publiques import FICHIERS_REFERENTIEL
from tests.specifications.outils import Jeu, etablissement, reseau, territoire

CODES = [f"9900{n}" for n in range(1, 7)]
# Familles monoparentales pour 1 000 ménages avec enfants : moyenne 300, variance 10 000 / 6 × 10.
MONOPARENTAUX = [100, 200, 300, 400, 500, 300]


def commune(code: str, monoparentaux: float | None, **reste: float | None) -> dict:
    """Une commune identique aux autres, hors familles monoparentales et valeurs données."""
    return {
        "commune": code,
        "annee": 2022,
        "population": 20000,
        "naissances": 240,
        "population_25_54": 8000,
        "emploi_25_54": 6400,
        "menages_monoparentaux": monoparentaux,
        "menages_couples_avec_enfants": None if monoparentaux is None else 1000 - monoparentaux,
        "taux_pauvrete_pct": 15,
        "places_total": 400,
        "places_eaje": 240,
        "places_accueil_individuel": 140,
        "enfants_moins_3_estimes": 800,
        "chomeurs_15_64": 1000,
        "actifs_15_64": 10000,
        **reste,
    }


def iris(code: str, monoparentales_pct: float, **reste: float | None) -> dict:
    """Un IRIS de 2 500 habitants et 1 000 ménages, dont 400 avec enfants."""
    return {
        "iris": code,
        "commune": code[:5],
        "annee": 2022,
        "population": 2500,
        "menages": 1000,
        "population_moins_15_pct": 20,
        "population_25_54_pct": 40,
        "familles_monoparentales_pct": monoparentales_pct,
        "couples_avec_enfants_pct": 40 - monoparentales_pct,
        "taux_emploi_25_54_pct": 80,
        "taux_chomage_pct": 10,
        "logements_sociaux_pct": 30,
        "taux_pauvrete_pct": 15,
        **reste,
    }


COMMUNES = [commune(c, n) for c, n in zip(CODES, MONOPARENTAUX, strict=True)]
IRIS = [iris(f"{c}010{n}", 6 + 2 * r + 4 * n) for r, c in enumerate(CODES) for n in (1, 2)]
QUARTIERS = [
    {
        "qpv": "QP099001",
        "libelle": "Le Quartier",
        "communes": "Commune 99005",
        "annee": 2022,
        "population": 5000,
        "population_communes_du_quartier": 20000,
    }
]


def ecrire(jeu: Jeu, nom: str, lignes: list[dict]) -> None:
    schema = FICHIERS_REFERENTIEL[nom].schema
    pl.DataFrame(lignes, schema=schema).write_csv(jeu.lieux.referentiel / f"{nom}.csv")


def avec_indice(
    dossier: Path,
    communes: list[dict] | None = None,
    lignes_iris: list[dict] | None = None,
    quartiers: list[dict] | None = None,
) -> Jeu:
    """Un réseau dans les communes 1 et 2, et le référentiel public du département 99."""
    jeu = reseau(dossier)
    jeu.ecrire("etablissements", [etablissement("A", "99001"), etablissement("B", "99002")])
    jeu.ecrire("territoires", [territoire("A", "T1"), territoire("B", "T2")])
    jeu.lieux.referentiel.mkdir(parents=True)
    communes = COMMUNES if communes is None else communes
    codes = sorted({c["commune"] for c in communes} | {"99001", "99002"})
    nomenclature = [
        {
            "code": code,
            "nom": f"Commune {code}",
            "departement": code[:2],
            "valide_du": date(1943, 1, 1),
        }
        for code in codes
    ]
    pl.DataFrame(nomenclature, schema=SCHEMA_COMMUNES).write_csv(
        jeu.lieux.referentiel / "communes.csv"
    )
    ecrire(jeu, "communes_annee", communes)
    ecrire(jeu, "iris_annee", IRIS if lignes_iris is None else lignes_iris)
    ecrire(jeu, "qpv", QUARTIERS if quartiers is None else quartiers)
    return jeu
