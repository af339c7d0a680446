"""Un dossier d'indicateurs dessiné à la main, au schéma des indicateurs.

Deux territoires, quatre établissements, cinq trimestres : assez pour un écart sur un an, un
secret, une absence. Les valeurs sont celles de l'appelant, jamais celles du calcul.
"""

import json
import re
from collections.abc import Callable
from inspect import signature
from pathlib import Path

import polars as pl
from bs4 import BeautifulSoup

from rtpe_analyse.indicateurs.modele import SCHEMA_INDICATEURS
from rtpe_analyse.restitution import Rapport, Restitution

Ouvrir = Callable[..., Rapport]

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
    "E3": ("Temps contractuel moyen", "h par semaine", 1, "contrats"),
    "ETP": ("Équivalents temps plein", "ETP", 1, "contrats"),
    "D1": ("Demandes actives", "demandes", 0, "demandes"),
    "D2": ("Taux de réponse favorable", "%", 1, "demandes"),
    "D3": ("Délai médian de réponse", "jours", 0, "demandes"),
    "D3q": ("Délai de réponse de neuf demandes sur dix", "jours", 0, "demandes"),
    "D3e": ("Délai médian d'entrée", "jours", 0, "demandes"),
    "D4a": ("Taux de satisfaction sur douze mois", "%", 1, "demandes"),
    "D5": ("Demandes refusées sur douze mois", "demandes", 0, "demandes"),
    "D6": ("Demandes actives selon les horaires", "demandes", 0, "demandes"),
    "D7": ("Places à attribuer", "journées", 0, "contrats"),
    "D8": ("Demandes à servir", "demandes", 0, "demandes"),
    "D9": ("Places déjà promises", "places", 0, "demandes"),
    "N5": ("Enfants de moins de 3 ans projetés", "enfants", 0, "scenarios"),
    "N6": ("Demandes projetées", "demandes", 0, "scenarios"),
    "Q1": ("Complétude", "%", 1, "qualite"),
    "F1": ("Occupation par jour de semaine et quart d'heure", "%", 0, "profil"),
    "F4": ("Part des jours où le créneau est saturé", "%", 0, "profil"),
    "F5": ("Part des jours où le créneau est creux", "%", 0, "profil"),
    "K1": ("Des places agréées aux places ouvertes", "h", 0, "cascade"),
    "K2": ("Des places ouvertes à l'enfant présent", "h", 0, "cascade"),
    "K1p": ("Des places agréées aux places ouvertes, en places", "places", 1, "cascade"),
    "K2p": ("Des places ouvertes à l'enfant présent, en places", "places", 1, "cascade"),
    "K3": ("Heures contractuelles perdues, par motif", "h", 0, "cascade"),
    "O1": ("Occupation esquissée", "%", 1, "etats"),
    "O2": ("Occupation planifiée", "%", 1, "etats"),
    "O3": ("Occupation confirmée", "%", 1, "etats"),
    "O4": ("Occupation réalisée", "%", 1, "etats"),
    "A1": ("Jours de surnombre simultané", "jours", 0, "alertes"),
    "A2": ("Semaines au-delà de la capacité horaire", "semaines", 0, "alertes"),
    "G1": ("Heures facturées dans la zone dégressive", "h", 0, "psu"),
    "G2": ("Part des heures facturées dans la zone dégressive", "%", 1, "psu"),
    "G3": ("Taux de facturation, cumul de l'année", "%", 1, "psu"),
    "G4": ("Coût de la zone dégressive", "€", 0, "psu"),
    "G5": ("Écart avec la déclaration Caf", "h ou enfants", 0, "psu"),
    "G5n": ("Notre valeur", "h ou enfants", 0, "psu"),
    "G5d": ("Valeur déclarée", "h ou enfants", 0, "psu"),
    "E4": ("Enfants sous contrat", "enfants", 0, "contrats"),
    "E5": ("Enfants sous contrat, par jours", "enfants", 0, "contrats"),
    "E6": ("Enfants sous contrat, par type", "enfants", 0, "contrats"),
    "E7": ("Entrées", "enfants", 0, "contrats"),
    "E8": ("Sorties", "enfants", 0, "contrats"),
    "E9": ("Places libérables, borne basse", "ETP", 1, "contrats"),
    "E9h": ("Places libérables, borne haute", "ETP", 1, "contrats"),
    "R1": ("Quarts d'heure sous le taux d'encadrement", "%", 1, "personnel"),
    "R3": ("Part de professionnels diplômés", "%", 1, "personnel"),
    "R5": ("Jours sans direction ni continuité désignée", "jours", 0, "personnel"),
    "N1": ("Taux d'occupation réel prévu", "%", 1, "previsions"),
    "N3": ("Prévisions passées restées dans leur intervalle", "%", 1, "previsions"),
    "V1": ("Variation de l'occupation réelle sur un an", "points", 1, "variations"),
    "V2c": ("Capacité sans établissement comparable", "%", 0, "variations"),
    "V2": ("Écart d'occupation réelle avec une autre zone", "points", 1, "variations"),
    "B1": ("Taux de couverture", "%", 1, "besoins"),
    "S4": ("Part de familles monoparentales", "%", 1, "besoins"),
    "S5": ("Taux d'emploi des 25-54 ans", "%", 1, "besoins"),
    "S2v": ("Évolution des naissances sur 5 ans", "%", 1, "besoins"),
    "B1u": ("Enfants de moins de 3 ans sans place", "enfants", 0, "besoins"),
    "B1r": ("Places du réseau suivi pour 100 enfants", "%", 1, "besoins"),
    "B1p": ("Taux de couverture publié", "%", 0, "besoins"),
    "S1": ("Enfants de moins de 3 ans", "enfants", 0, "besoins"),
    "S1n": ("Enfants de moins de 3 ans d'après les naissances", "enfants", 0, "besoins"),
    "S2": ("Naissances domiciliées", "naissances", 0, "besoins"),
    "S2c": ("Naissances des communes publiées chaque année", "naissances", 0, "besoins"),
    "S3": ("Population", "habitants", 0, "besoins"),
    "S7": ("Enfants d'allocataires", "enfants", 0, "besoins"),
    "S12": ("Naissances de trois ans pour 100 enfants", "%", 1, "besoins"),
    "S13": ("Enfants d'allocataires pour 100 enfants", "%", 1, "besoins"),
    "S14": ("Places d'accueil offertes", "places", 0, "besoins"),
    "S14p": ("Places d'accueil publiées", "places", 0, "besoins"),
    "S15": ("Assistantes maternelles agréées", "personnes", 0, "besoins"),
    "S17": ("Communes dont l'offre est publiée", "%", 1, "besoins"),
    "B2": ("Indice de besoin", "points", 1, "indice"),
    "B2b": ("Rang de besoin, borne basse", "rang", 0, "indice"),
    "B2h": ("Rang de besoin, borne haute", "rang", 0, "indice"),
    "B3": ("Places de crèche accessibles", "%", 1, "acces"),
    "B3m": ("Places de crèche manquantes", "%", 1, "acces"),
    "S9": ("Taux de pauvreté", "%", 1, "besoins"),
    "B4a": ("Public parmi les enfants accueillis", "%", 1, "publics"),
    "B4p": ("Public dans la population", "%", 1, "publics"),
    "B4": ("Écart de public", "points", 1, "publics"),
    "B4b": ("Écart de public, borne basse", "points", 1, "publics"),
    "B4h": ("Écart de public, borne haute", "points", 1, "publics"),
    "B5": ("Enfants accueillis habitant ailleurs", "%", 1, "flux"),
    "B5s": ("Enfants de la zone accueillis ailleurs", "%", 1, "flux"),
    "M1": ("Enfants accueillis par lieu de résidence", "enfants", 0, "flux"),
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
            "famille": famille,
            "libelle": libelle,
            "unite": unite,
            "decimales": decimales,
            "agregation": "additif" if unite == "h" else "ratio_de_sommes",
            "definition": f"Définition de {code}.",
            "champ": "Établissements du jeu.",
            "source": "Pointages.",
            "limites": "Aucune.",
        }
        for code, (libelle, unite, decimales, famille) in DEFINITIONS.items()
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


def lu(contenu: Restitution) -> str:
    """Le texte d'un contenu, toutes espaces ramenées à la simple."""
    texte = BeautifulSoup(contenu.html, "html.parser").get_text(" ")
    return re.sub(r"\s+", " ", texte)


def appels(rapport: Rapport) -> dict[str, Restitution]:
    """Tous les contenus publics d'un rapport ; un code exigé est T1, un nombre de places 20."""
    methodes = {n: getattr(rapport, n) for n in dir(Rapport) if not n.startswith("_")}
    return {n: m(*_exiges(m)) for n, m in methodes.items()}


def _exiges(methode: Callable[..., Restitution]) -> list[str | int]:
    parametres = signature(methode).parameters.values()
    return [20 if p.annotation is int else "T1" for p in parametres if p.default is p.empty]
