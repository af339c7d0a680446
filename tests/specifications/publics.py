"""Un référentiel public minuscule : quatre communes, dont une que la Cnaf ne nomme pas."""

from datetime import date
from pathlib import Path

import polars as pl

from rtpe_analyse.nomenclatures.communes import SCHEMA_COMMUNES
from rtpe_analyse.nomenclatures.publiques import FICHIERS_REFERENTIEL
from tests.specifications.outils import Jeu, etablissement, reseau, territoire

# 99001 et 99002 : T1 ; 99003 : T2 ; 99004 : sans établissement, absente de la Cnaf.
VALEURS = [
    {
        "commune": "99001",
        "annee": 2022,
        "places_total": 300,
        "places_eaje_psu": 120,
        "places_assistantes_maternelles": 180,
        "enfants_moins_3_estimes": 500,
        "naissances": 160,
        "population": 9000,
        "menages_monoparentaux": 300,
        "menages_couples_avec_enfants": 700,
        "emploi_25_54": 3200,
        "population_25_54": 4000,
        "chomeurs_15_64": 500,
        "actifs_15_64": 5000,
        "allocataires_enfants_moins_3": 410,
        "niveau_vie_median_eur": 21000,
        "taux_pauvrete_pct": 18,
    },
    {
        "commune": "99002",
        "annee": 2022,
        "places_total": 50,
        "places_eaje_psu": 20,
        "places_assistantes_maternelles": 30,
        "enfants_moins_3_estimes": 250,
        "naissances": 80,
        "population": 4000,
        "menages_monoparentaux": 100,
        "menages_couples_avec_enfants": 400,
        "emploi_25_54": 1700,
        "population_25_54": 2000,
        "chomeurs_15_64": 150,
        "actifs_15_64": 2500,
        "allocataires_enfants_moins_3": 200,
        "niveau_vie_median_eur": 25000,
        "taux_pauvrete_pct": 9,
    },
    {
        "commune": "99003",
        "annee": 2022,
        "places_total": 90,
        "places_eaje_psu": 90,
        "places_assistantes_maternelles": 0,
        "enfants_moins_3_estimes": 100,
        "naissances": None,
        "population": 2000,
        "menages_monoparentaux": 50,
        "menages_couples_avec_enfants": 150,
        "emploi_25_54": 900,
        "population_25_54": 1000,
        "chomeurs_15_64": 60,
        "actifs_15_64": 1200,
        "allocataires_enfants_moins_3": 60,
        "niveau_vie_median_eur": None,
        "taux_pauvrete_pct": None,
    },
]


def ecrire_valeurs(jeu: Jeu, valeurs: list[dict]) -> None:
    schema = FICHIERS_REFERENTIEL["communes_annee"].schema
    pl.DataFrame(valeurs, schema=schema).write_csv(jeu.lieux.referentiel / "communes_annee.csv")


def avec_referentiel(dossier: Path) -> Jeu:
    jeu = reseau(dossier)
    jeu.ecrire(
        "etablissements",
        [etablissement("A", "99001"), etablissement("B", "99002"), etablissement("C", "99003")],
    )
    jeu.ecrire("territoires", [territoire("A", "T1"), territoire("B", "T1"), territoire("C", "T2")])
    jeu.lieux.referentiel.mkdir(parents=True)
    communes = [
        {
            "code": code,
            "nom": f"Commune {code}",
            "departement": code[:2],
            "valide_du": date(1943, 1, 1),
        }
        for code in ("99001", "99002", "99003", "99004", "98001")
    ]
    pl.DataFrame(communes, schema=SCHEMA_COMMUNES).write_csv(jeu.lieux.referentiel / "communes.csv")
    ecrire_valeurs(jeu, VALEURS)
    return jeu
