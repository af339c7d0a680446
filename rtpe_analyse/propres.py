"""Lire les tables propres : la seule entrée des étages qui calculent ou contrôlent."""

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.schemas import TABLES
from rtpe_analyse.tableaux import ecrire_texte

_lues: ContextVar[set[str] | None] = ContextVar("tables_lues", default=None)


@contextmanager
def tables_lues() -> Iterator[set[str]]:
    """Note le nom de chaque table propre lue dans le bloc : de quoi un calcul dépend."""
    noms: set[str] = set()
    jeton = _lues.set(noms)
    try:
        yield noms
    finally:
        _lues.reset(jeton)


def lire_propre(lieux: Lieux, table: str) -> pl.LazyFrame:
    """Table propre entière, paresseuse ; vide mais au bon schéma si rien n'a été reçu.

    Args:
        lieux: dossiers du jeu.
        table: nom déclaré dans `schemas.TABLES`.
    """
    if (lues := _lues.get()) is not None:
        lues.add(table)
    schema = pl.Schema(TABLES[table].schema)
    fichiers = partitions(lieux, table)
    if not fichiers:
        return pl.LazyFrame(schema=schema)
    return pl.scan_parquet(list(fichiers.values())).select(schema.names())


def partitions(lieux: Lieux, table: str) -> dict[str, Path]:
    """Fichiers d'une table propre, par nom de partition (`2026-07`, `2025`, `tout`)."""
    return {f.stem: f for f in sorted((lieux.propre / table).glob("*.parquet"))}


def lire_admis(lieux: Lieux, table: str) -> pl.LazyFrame:
    """Table propre sans les lignes des fichiers qu'un contrôle critique a arrêtés.

    C'est ce que lisent les indicateurs : ce qui manque alors est inconnu, jamais nul.

    Args:
        lieux: dossiers du jeu.
        table: nom déclaré dans `schemas.TABLES`.
    """
    lignes = lire_propre(lieux, table)
    arretes = fichiers_arretes(lieux)
    return lignes.filter(~pl.col("_fichier").is_in(arretes)) if arretes else lignes


def fichiers_arretes(lieux: Lieux) -> list[str]:
    """Empreintes courtes des fichiers arrêtés par le dernier contrôle ; vide le plus souvent."""
    chemin = chemin_arrets(lieux)
    return list(json.loads(chemin.read_text())) if chemin.exists() else []


def arreter(lieux: Lieux, fichiers: Collection[str]) -> None:
    """Retient les fichiers arrêtés (empreintes courtes) ; aucun efface la liste."""
    if fichiers:
        ecrire_texte(chemin_arrets(lieux), json.dumps(sorted(fichiers)))
    else:
        chemin_arrets(lieux).unlink(missing_ok=True)


def chemin_arrets(lieux: Lieux) -> Path:
    """Où la liste des fichiers arrêtés est gardée."""
    return lieux.travail / "arrets.json"
