"""Lire les tables propres : la seule entrée des étages qui calculent ou contrôlent."""

from pathlib import Path

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.schemas import TABLES


def lire_propre(lieux: Lieux, table: str) -> pl.LazyFrame:
    """Table propre entière, paresseuse ; vide mais au bon schéma si rien n'a été reçu.

    Args:
        lieux: dossiers du jeu.
        table: nom déclaré dans `schemas.TABLES`.
    """
    schema = pl.Schema(TABLES[table].schema)
    fichiers = partitions(lieux, table)
    if not fichiers:
        return pl.LazyFrame(schema=schema)
    return pl.scan_parquet(list(fichiers.values())).select(schema.names())


def partitions(lieux: Lieux, table: str) -> dict[str, Path]:
    """Fichiers d'une table propre, par nom de partition (`2026-07`, `2025`, `tout`)."""
    return {f.stem: f for f in sorted((lieux.propre / table).glob("*.parquet"))}
