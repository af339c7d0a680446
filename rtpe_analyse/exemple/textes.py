"""Écrire dates, heures, durées et montants comme les exports français."""

import unicodedata

import numpy as np
import polars as pl

_MINUTES = np.arange(24 * 60 + 1)
_HEURES = pl.Series([f"{m // 60:02d}:{m % 60:02d}" for m in _MINUTES])
_CENTIEMES = pl.Series([f"{m / 60:.2f}".replace(".", ",") for m in _MINUTES])


def date_fr(colonne: str | pl.Expr) -> pl.Expr:
    """`jj/mm/aaaa`, vide si la date est absente."""
    expr = pl.col(colonne) if isinstance(colonne, str) else colonne
    return expr.dt.strftime("%d/%m/%Y")


def heure(minutes: pl.Series) -> pl.Series:
    """`hh:mm` d'un nombre de minutes depuis minuit, vide si absent."""
    return _HEURES.gather(minutes.fill_null(0)).set(minutes.is_null(), None)


def duree(minutes: pl.Series) -> pl.Series:
    """Heures et centièmes, virgule décimale (`8,50`), vide si absent."""
    return _CENTIEMES.gather(minutes.fill_null(0)).set(minutes.is_null(), None)


def decimal_fr(centiemes: pl.Expr) -> pl.Expr:
    """Nombre entier de centièmes écrit avec une virgule (`123456` → `1234,56`)."""
    entiers = (centiemes // 100).cast(pl.String)
    reste = (centiemes % 100).cast(pl.String).str.zfill(2)
    return pl.concat_str(entiers, reste, separator=",")


def oui_non(colonne: str) -> pl.Expr:
    """`oui` ou `non`, vide si inconnu."""
    return (
        pl.when(pl.col(colonne).is_null())
        .then(None)
        .when(pl.col(colonne))
        .then(pl.lit("oui"))
        .otherwise(pl.lit("non"))
        .alias(colonne)
    )


def sans_accents(texte: str) -> str:
    """Capitales sans accents, comme les écrivent les vieux logiciels."""
    formes = unicodedata.normalize("NFKD", texte)
    return "".join(c for c in formes if not unicodedata.combining(c)).upper()
