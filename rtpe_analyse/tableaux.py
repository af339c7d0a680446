"""Gestes communs sur les tables : rapport sûr, arrondi, écriture sûre, empreinte, pont pandas."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    import pandas as pd


def rapport(numerateur: pl.Expr, denominateur: pl.Expr) -> pl.Expr:
    """Quotient absent quand le dénominateur est nul ou inconnu, jamais infini ni NaN."""
    return pl.when(denominateur != 0).then(numerateur / denominateur)


def arrondir(valeur: pl.Expr, decimales: int) -> pl.Expr:
    """Arrondi usuel (le demi s'éloigne de zéro), réservé à l'affichage."""
    return valeur.round(decimales, mode="half_away_from_zero")


def vers_pandas(table: pl.DataFrame) -> "pd.DataFrame":
    """Le seul passage de polars à pandas (seaborn et great_expectations l'exigent)."""
    return table.to_pandas()


def empreinte_octets(contenu: bytes) -> str:
    """SHA-256 hexadécimal d'un contenu."""
    return hashlib.sha256(contenu).hexdigest()


def empreinte_fichier(chemin: Path) -> str:
    """SHA-256 hexadécimal d'un fichier, lu par morceaux."""
    with chemin.open("rb") as flux:
        return hashlib.file_digest(flux, "sha256").hexdigest()


def ecrire_octets(chemin: Path, contenu: bytes, *, droits: int | None = None) -> None:
    """Écrit à côté puis renomme : un lecteur ne voit jamais un fichier à moitié écrit.

    Args:
        chemin: destination ; son dossier est créé au besoin.
        contenu: octets à écrire.
        droits: droits Unix du fichier (`0o600` pour ce qui touche aux rejets).
    """
    chemin.parent.mkdir(parents=True, exist_ok=True)
    voisin = _voisin(chemin)
    try:
        voisin.write_bytes(contenu)
        if droits is not None:
            voisin.chmod(droits)
        voisin.replace(chemin)
    finally:
        voisin.unlink(missing_ok=True)


def ecrire_texte(chemin: Path, contenu: str, *, droits: int | None = None) -> None:
    """`ecrire_octets` pour un texte, en UTF-8."""
    ecrire_octets(chemin, contenu.encode(), droits=droits)


def ecrire_parquet(
    chemin: Path, table: pl.DataFrame | pl.LazyFrame, *, droits: int | None = None
) -> None:
    """Écrit une table en parquet à côté puis renomme (en flux si elle est paresseuse)."""
    chemin.parent.mkdir(parents=True, exist_ok=True)
    voisin = _voisin(chemin)
    try:
        if isinstance(table, pl.LazyFrame):
            table.sink_parquet(voisin)
        else:
            table.write_parquet(voisin)
        if droits is not None:
            voisin.chmod(droits)
        voisin.replace(chemin)
    finally:
        voisin.unlink(missing_ok=True)


def lire_parquets(chemins: Iterable[Path]) -> pl.DataFrame:
    """Lit des fichiers parquet de même schéma, dans l'ordre des noms ; vide s'il n'y en a pas."""
    presents = sorted(c for c in chemins if c.exists())
    return pl.read_parquet(presents) if presents else pl.DataFrame()


def _voisin(chemin: Path) -> Path:
    return chemin.with_name(f".{chemin.name}.{os.getpid()}.partiel")
