"""Doublons exacts : toutes les valeurs propres égales, la provenance exceptée.

La première ligne rencontrée est gardée. Les quasi-doublons ne sont pas touchés : ce sont des
constats, et la ligne reste.
"""

import polars as pl

from rtpe_analyse.schemas import TABLES

# Comptes tirés des champs libres : un commentaire ajouté ne fait pas une autre présence.
_HORS_COMPARAISON = frozenset({"noms_libres", "numeros_libres"})
_RANG = "_rang_doublon"


def separer_doublons(table: str, lignes: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Sépare les lignes gardées des doublons exacts, dans l'ordre donné.

    Args:
        table: nom de la table propre.
        lignes: lignes typées ; les colonnes de provenance ne sont pas comparées.

    Returns:
        Les lignes gardées et les doublons, mêmes colonnes que `lignes`.
    """
    comparees = [c for c in TABLES[table].colonnes if c not in _HORS_COMPARAISON]
    rangs = lignes.select(*comparees, pl.int_range(pl.len()).alias(_RANG))
    gardes = rangs.unique(subset=comparees, keep="first").select(_RANG)
    if gardes.height == lignes.height:
        return lignes, lignes.clear()
    gardee = pl.Series([False]).new_from_index(0, lignes.height).scatter(gardes[_RANG], True)
    return lignes.filter(gardee), lignes.filter(~gardee)
