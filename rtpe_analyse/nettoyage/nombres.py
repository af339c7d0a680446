"""Nombres à la française : virgule décimale, espace de milliers, « € » ou « % » collé."""

import polars as pl

from rtpe_analyse.nettoyage.cellules import BLANCS, MILLIERS, correction, erreur, lecture

_NOMBRE = r"^[+-]?(?:\d+(?:[,.]\d*)?|[,.]\d+)(?:[eE][+-]?\d+)?$"
_UNITE = r"(?i)\s*(?:€|%|eur|euros?)$"


def lire_nombres(bruts: pl.Series, *, entier: bool = False) -> pl.DataFrame:
    """Lit des nombres ; une partie décimale non nulle est illisible dans une colonne entière.

    `1.234,56` et `1,234.56` sont refusés : deux séparateurs ne disent pas lequel est décimal.

    Returns:
        `valeur` en Float64 ou Int64 ; motif `nombre_illisible` ; correction `espace_milliers`.
    """
    texte = pl.col("brut").str.replace(_UNITE, "")
    milliers = texte.str.contains(MILLIERS)
    net = pl.when(milliers).then(texte.str.replace_all(BLANCS, "")).otherwise(texte)
    reel = (
        pl.when(net.str.contains(_NOMBRE))
        .then(net.str.replace(",", ".", literal=True))
        .cast(pl.Float64, strict=False)
    )
    valeur = (
        pl.when(reel == reel.floor()).then(reel).cast(pl.Int64, strict=False) if entier else reel
    )
    return lecture(
        bruts,
        valeur,
        erreur("nombre_illisible"),
        pl.when(milliers).then(correction("espace_milliers")),
    )
