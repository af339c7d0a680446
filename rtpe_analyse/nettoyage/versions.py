"""Versions d'une même donnée : un export plus récent remplace ce qu'un plus ancien disait.

Un registre s'exporte en entier chaque trimestre : une fermeture ajoutée, une décision prise, et
la même ligne revient, changée. Seule la dernière version vaut ; les autres sont écartées.
"""

from collections.abc import Mapping

import polars as pl

from rtpe_analyse.schemas import TABLES

_RECENCE = "_recence"
_COURANTE = "_courante"


def separer_versions(
    table: str, lignes: pl.DataFrame, recences: Mapping[str, int]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Sépare la dernière version de chaque donnée des versions antérieures.

    Deux lignes d'un même fichier ne se départagent pas : les deux restent, et le contrôle du
    grain le dira. Une ligne ancienne que le dernier fichier redit à l'identique n'est pas
    antérieure : c'est un doublon. Une donnée mal désignée (clé absente) n'est pas remplacée.

    Args:
        table: nom de la table propre.
        lignes: lignes typées de tous les fichiers, avec `_fichier`.
        recences: fichier → rang, le plus récent ayant le plus grand.

    Returns:
        Les lignes en vigueur et les antérieures, dans l'ordre et aux colonnes de `lignes`.
    """
    cle = TABLES[table].cle_version
    if not cle or len(recences) == 1:
        return lignes, lignes.clear()
    contenu = list(TABLES[table].colonnes)
    rang = pl.col("_fichier").replace_strict(recences, return_dtype=pl.Int64)
    marquees = lignes.select(*contenu, rang.alias(_RECENCE)).select(
        *contenu,
        derniere=pl.col(_RECENCE) == pl.col(_RECENCE).max().over(cle),
        designee=~pl.any_horizontal(pl.col(cle).is_null()),
    )
    courante = marquees.select(
        (pl.col("derniere").any().over(contenu) | ~pl.col("designee")).alias(_COURANTE)
    )[_COURANTE]
    return lignes.filter(courante), lignes.filter(~courante)
