"""Un dossier d'indicateurs dessiné à la main, au schéma des indicateurs.

Deux territoires, quatre établissements, cinq trimestres : assez pour un écart sur un an, un
secret, une absence. Les valeurs sont celles de l'appelant, jamais celles du calcul.
"""

import json
from pathlib import Path

import polars as pl

from rtpe_analyse.indicateurs.modele import SCHEMA_INDICATEURS

PERIODE = "2026-T3"
AN_DERNIER = "2025-T3"
TRIMESTRES = ("2025-T3", "2025-T4", "2026-T1", "2026-T2", "2026-T3")

DEFINITIONS = {
    "P1": ("Places agréées", "places", 0, "places"),
    "P1m": ("Places agréées, équivalent modulé", "places", 1, "places"),
    "P2": ("Places ouvertes", "places", 0, "places"),
    "P3": ("Taux d'ouverture", "%", 1, "places"),
    "H0": ("Capacité théorique", "h", 0, "places"),
    "H0c": ("Capacité des jours ouverts", "h", 0, "places"),
    "H1": ("Heures réalisées", "h", 0, "occupation"),
    "H2": ("Heures facturées", "h", 0, "occupation"),
    "T1": ("Taux d'occupation réel", "%", 1, "occupation"),
    "T2": ("Taux d'occupation financier", "%", 1, "occupation"),
    "T3": ("Taux de facturation", "%", 1, "occupation"),
    "T4": ("Occupation des places ouvertes", "%", 1, "occupation"),
    "T1c": ("Taux d'occupation réel, lecture Caf", "%", 1, "occupation"),
    "T2c": ("Taux d'occupation financier, lecture Caf", "%", 1, "occupation"),
    "E1": ("Enfants accueillis", "enfants", 0, "enfants"),
    "E2": ("Enfants par place", "enfants par place", 2, "enfants"),
    "E3": ("Temps contractuel moyen", "h par semaine", 1, "enfants"),
    "ETP": ("Équivalents temps plein", "ETP", 1, "enfants"),
    "D1": ("Demandes actives", "demandes", 0, "demandes"),
    "D2": ("Taux de réponse favorable", "%", 1, "demandes"),
    "Q1": ("Complétude", "%", 1, "qualite"),
    "F1": ("Occupation par jour et demi-heure", "%", 1, "profil"),
    "B1": ("Taux de couverture", "%", 1, "besoins"),
}

ZONES = [
    ("departement", "D", "Département Fictif", None, None, None, None),
    ("territoire", "T1", "Territoire Nord", "D", None, None, None),
    ("territoire", "T2", "Territoire Sud", "D", None, None, None),
    ("commune", "99001", "Bourg-Fictif", "D", None, None, None),
    ("etablissement", "E001", "Les Lutins", "T1", "99001", "collectif", None),
    ("etablissement", "E002", "La Ronde", "T1", "99001", "multi_accueil", "ouvert le 1er août"),
    ("etablissement", "E003", "Pomme d'Api & Cie", "T1", "99001", "familial", None),
    ("etablissement", "E004", "Les Pinsons", "T2", "99001", "collectif", None),
]


def ligne(code: str, maille: str, zone: str, **champs: object) -> dict[str, object]:
    """Une ligne d'indicateur diffusable du trimestre courant, sauf champs donnés."""
    defaut: dict[str, object] = {
        "indicateur": code,
        "maille": maille,
        "zone": zone,
        "pas": "trimestre",
        "periode": PERIODE,
        "ventilation": "",
        "modalite": "",
        "numerateur": None,
        "denominateur": None,
        "valeur": None,
        "effectif": None,
        "statut": "diffusable",
        "millesime": None,
        "source": None,
    }
    return {**defaut, **champs}


def ratio(code: str, maille: str, zone: str, num: float, den: float, **champs: object) -> dict:
    """Une ligne de ratio : la valeur est le quotient."""
    return ligne(code, maille, zone, numerateur=num, denominateur=den, valeur=num / den, **champs)


def nombre(code: str, maille: str, zone: str, valeur: float, **champs: object) -> dict:
    """Une ligne de comptage ou de volume."""
    return ligne(code, maille, zone, numerateur=valeur, valeur=valeur, **champs)


def masque(code: str, maille: str, zone: str, **champs: object) -> dict:
    """Une ligne masquée, dont le nombre sert de leurre : il ne doit apparaître nulle part."""
    leurre = {"numerateur": 987654.0, "denominateur": 876543.0, "effectif": 765432}
    return ligne(code, maille, zone, **{**leurre, "statut": "masque_primaire", **champs})


def ecrire_dossier(
    racine: Path,
    lignes: list[dict],
    *,
    qualite: dict | None = None,
    trace: dict | None = None,
    niveau: str = "interne",
) -> Path:
    """Écrit un dossier d'indicateurs complet et rend son chemin."""
    dossier = racine / "indicateurs"
    (dossier / niveau).mkdir(parents=True, exist_ok=True)
    table = pl.DataFrame(lignes, schema=SCHEMA_INDICATEURS)
    familles = {code: d[3] for code, d in DEFINITIONS.items()}
    for famille in sorted(set(familles.values())):
        codes = [c for c, f in familles.items() if f == famille]
        table.filter(pl.col("indicateur").is_in(codes)).write_parquet(
            dossier / niveau / f"{famille}.parquet"
        )
    noms = ["maille", "zone", "libelle", "parent", "commune", "type_accueil", "evenement"]
    pl.DataFrame(ZONES, schema=dict.fromkeys(noms, pl.String), orient="row").with_columns(
        valide_du=pl.lit(None, pl.Date), valide_au=pl.lit(None, pl.Date)
    ).write_parquet(dossier / "zones.parquet")
    declarations = [
        {
            "code": code,
            "libelle": libelle,
            "unite": unite,
            "decimales": decimales,
            "agregation": "additif" if unite == "h" else "ratio_de_sommes",
            "definition": f"Définition de {code}.",
            "champ": "Établissements du jeu.",
            "source": "Pointages.",
            "limites": "Aucune.",
        }
        for code, (libelle, unite, decimales, _) in DEFINITIONS.items()
    ]
    ecrits = {
        "definitions.json": declarations,
        "qualite.json": qualite or {},
        "trace.json": trace
        or {"version": "0", "jeu": "exemple", "recu_le": "2026-10-12", "bruts": {}, "regles": []},
    }
    for nom, contenu in ecrits.items():
        (dossier / nom).write_text(json.dumps(contenu, ensure_ascii=False), encoding="utf-8")
    return dossier
