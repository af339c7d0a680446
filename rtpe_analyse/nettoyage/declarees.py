"""Corrections déclarées par une personne : clé, avant, après, motif, date.

Le fichier `corrections_declarees.yaml` du jeu est une liste d'entrées :

    - table: pointages
      cle: {etablissement: E001, date: 2025-03-04, enfant: 1f0c…}
      colonne: depart_min
      avant: "07:10"
      apres: "17:10"
      motif: "heure de départ inversée, confirmée par la directrice"
      date: 2025-04-02

Les valeurs sont des valeurs propres (heures en `HH:MM` ou en minutes, dates ISO, `null` pour
une cellule absente ou illisible) ; la clé peut aussi nommer `ligne` (numéro dans le fichier).
Une entrée qui ne s'applique plus à rien arrête le nettoyage : elle doit être retirée.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.erreurs import ErreurConservation, ErreurUsage
from rtpe_analyse.nettoyage.cellules import ENUM_REJET
from rtpe_analyse.schemas import TABLES, TypeColonne
from rtpe_analyse.sources.yaml_strict import charger_yaml
from rtpe_analyse.tableaux import empreinte_octets

FICHIER = "corrections_declarees.yaml"
_SCHEMA_TRACES = {
    "_rang_ligne": pl.Int64,
    "_ligne": pl.Int64,
    "_lieu": pl.String,
    "colonne": pl.String,
    "avant": pl.String,
    "apres": pl.String,
}

Valeur = date | bool | int | float | str | None


class _Entree(BaseModel):
    model_config = ConfigDict(extra="forbid")
    table: str
    cle: dict[str, Any] = Field(min_length=1)
    colonne: str
    avant: Any
    apres: Any
    motif: str = Field(min_length=1)
    date: date


@dataclass(frozen=True)
class Declaree:
    """Une correction déclarée, valeurs au type de leur colonne.

    Attributes:
        rang: rang de l'entrée dans le fichier, à partir de 1.
        table: table propre.
        cle: colonne → valeur ; `_ligne` pour le numéro de ligne.
        colonne: colonne corrigée.
        avant: valeur attendue avant correction.
        apres: valeur mise à la place.
    """

    rang: int
    table: str
    cle: tuple[tuple[str, Valeur], ...]
    colonne: str
    avant: Valeur
    apres: Valeur


def lire_declarees(lieux: Lieux) -> tuple[Declaree, ...]:
    """Corrections déclarées du jeu ; aucune si le fichier n'existe pas.

    Raises:
        ErreurUsage: fichier mal écrit, table ou colonne inconnue, valeur du mauvais type.
    """
    chemin = lieux.racine / FICHIER
    if not chemin.is_file():
        return ()
    try:
        brutes = charger_yaml(chemin.read_text(encoding="utf-8")) or []
        entrees = TypeAdapter(list[_Entree]).validate_python(brutes)
    except ValidationError as erreur:
        ou = sorted({".".join(str(p) for p in e["loc"]) for e in erreur.errors()})
        raise ErreurUsage(
            f"{FICHIER} : entrées mal écrites ({', '.join(ou)}).",
            "Chaque entrée porte table, cle, colonne, avant, apres, motif et date, rien d'autre.",
        ) from None
    except yaml.YAMLError:
        raise ErreurUsage(
            f"{FICHIER} n'est pas un YAML lisible.", "Vérifier les retraits et les clés en double."
        ) from None
    return tuple(_convertir(rang, entree) for rang, entree in enumerate(entrees, 1))


def empreinte_declarees(declarees: tuple[Declaree, ...], tables: set[str]) -> str:
    """Empreinte des corrections qui touchent ces tables (ingrédient d'une étape)."""
    return empreinte_octets(repr([d for d in declarees if d.table in tables]).encode())


def verifier_utiles(declarees: tuple[Declaree, ...], servies: set[int]) -> None:
    """Garde : chaque correction déclarée doit avoir servi au moins une fois.

    Raises:
        ErreurConservation: si l'une ne s'applique plus.
    """
    inutiles = [d for d in declarees if d.rang not in servies]
    if inutiles:
        quoi = ", ".join(f"n° {d.rang} ({d.table}.{d.colonne})" for d in inutiles)
        raise ErreurConservation(
            f"{FICHIER} : correction sans objet, {quoi}.",
            "La valeur « avant » n'existe plus à cette clé : retirer l'entrée ou la corriger.",
        )


def appliquer(
    table: str, etat: pl.DataFrame, declarees: tuple[Declaree, ...]
) -> tuple[pl.DataFrame, frozenset[int], pl.DataFrame]:
    """Applique les corrections d'une table à son état typé.

    Une cellule corrigée n'est plus en erreur.

    Returns:
        L'état corrigé, les rangs qui ont servi, les traces (une par cellule corrigée).
    """
    servies: set[int] = set()
    traces = [pl.DataFrame(schema=_SCHEMA_TRACES)]
    for d in (d for d in declarees if d.table == table):
        types = {**TABLES[table].schema, "_ligne": pl.Int64()}
        conditions = [pl.col(c).eq_missing(pl.lit(v, types[c])) for c, v in d.cle]
        conditions.append(pl.col(d.colonne).eq_missing(pl.lit(d.avant, types[d.colonne])))
        ou = etat.select(pl.all_horizontal(conditions)).to_series()
        if not ou.any():
            continue
        servies.add(d.rang)
        traces.append(
            etat.filter(ou).select(
                "_rang_ligne",
                "_ligne",
                "_lieu",
                colonne=pl.lit(d.colonne),
                avant=pl.col(d.colonne).cast(pl.String),
                apres=pl.lit(None if d.apres is None else str(d.apres), pl.String),
            )
        )
        faute = f"_e_{d.colonne}"
        etat = etat.with_columns(
            pl.when(ou)
            .then(pl.lit(d.apres, types[d.colonne]))
            .otherwise(d.colonne)
            .alias(d.colonne),
            pl.when(ou).then(pl.lit(None, ENUM_REJET)).otherwise(faute).alias(faute),
        )
    return etat, frozenset(servies), pl.concat(traces)


def _convertir(rang: int, entree: _Entree) -> Declaree:
    ou = f"{FICHIER}, entrée n° {rang}"
    if entree.table not in TABLES:
        raise ErreurUsage(f"{ou} : table inconnue.", f"Tables : {', '.join(TABLES)}.")
    cle = {("_ligne" if c == "ligne" else c): v for c, v in entree.cle.items()}
    connues = {*TABLES[entree.table].colonnes, "_ligne"}
    if inconnues := ({*cle, entree.colonne} - connues) | ({entree.colonne} & {"_ligne"}):
        raise ErreurUsage(
            f"{ou} : colonne inconnue ({', '.join(sorted(inconnues))}).",
            f"Colonnes de {entree.table} : {', '.join(sorted(connues))}.",
        )
    try:
        return Declaree(
            rang,
            entree.table,
            tuple((c, _valeur(entree.table, c, v)) for c, v in sorted(cle.items())),
            entree.colonne,
            _valeur(entree.table, entree.colonne, entree.avant),
            _valeur(entree.table, entree.colonne, entree.apres),
        )
    except (ValueError, TypeError):
        raise ErreurUsage(
            f"{ou} : une valeur n'est pas du type de sa colonne.",
            'Heures en "HH:MM" entre guillemets ou en minutes, dates en AAAA-MM-JJ.',
        ) from None


def _valeur(table: str, colonne: str, valeur: Any) -> Valeur:
    if valeur is None:
        return None
    genre = "entier" if colonne == "_ligne" else TABLES[table].colonnes[colonne].type
    return _CONVERSIONS[genre](valeur)


def _en_date(valeur: Any) -> date:
    return valeur if isinstance(valeur, date) else date.fromisoformat(valeur)


def _en_entier(valeur: Any) -> int:
    if isinstance(valeur, str) and (heure := re.fullmatch(r"(\d{1,4}):([0-5]\d)", valeur)):
        return int(heure[1]) * 60 + int(heure[2])
    return int(valeur)


def _en_booleen(valeur: Any) -> bool:
    if not isinstance(valeur, bool):
        raise TypeError
    return valeur


_CONVERSIONS: dict[TypeColonne, Callable[[Any], Valeur]] = {
    "texte": str,
    "entier": _en_entier,
    "reel": float,
    "date": _en_date,
    "booleen": _en_booleen,
}
