"""Juger beaucoup de petites tables sans payer Great Expectations à chacune.

Chaque attente coûte quelques millisecondes par appel, quel que soit le nombre de lignes. Une
attente qui se juge valeur par valeur est donc posée à un lot d'unités réunies : si le lot la
tient, chacune la tient. Si elle échoue, le lot est coupé en deux jusqu'à l'unité fautive,
jugée seule. Une attente sur la table entière (nombre de lignes, unicité, part tolérée) est
toujours posée unité par unité.
"""

from collections.abc import Callable, Iterator, Sequence

import polars as pl

from rtpe_analyse.controles.jugement import Juge, Resultat
from rtpe_analyse.controles.suites import Attente
from rtpe_analyse.controles.unites import Unite

LIGNES_PAR_LOT = 200_000

Resultats = dict[str, Resultat]
_Cle = tuple[str, str, tuple[str, ...], str]


def juger_unites(
    juge: Juge, unites: Sequence[Unite], avancer: Callable[[Unite, int], None]
) -> Iterator[tuple[Unite, Resultats]]:
    """Juge des unités, réunies en lots de même suite, mêmes colonnes et mêmes bornes.

    Args:
        juge: le juge de l'exécution.
        unites: unités à juger, triées par suite et table.
        avancer: appelée avec chaque unité lue et son rang.

    Yields:
        Chaque unité et ses résultats, une fois et une seule.
    """
    lot: list[tuple[Unite, pl.DataFrame]] = []
    cle_du_lot: _Cle | None = None
    for rang, unite in enumerate(unites):
        avancer(unite, rang)
        table = unite.charger()
        cle = (unite.suite, unite.table, tuple(table.columns), repr(unite.bornes))
        lignes = sum(len(t) for _, t in lot) + len(table)
        if lot and (cle != cle_du_lot or lignes > LIGNES_PAR_LOT):
            yield from _juger_lot(juge, lot)
            lot = []
        cle_du_lot = cle
        lot.append((unite, table))
    if lot:
        yield from _juger_lot(juge, lot)


def _juger_lot(
    juge: Juge, lot: Sequence[tuple[Unite, pl.DataFrame]]
) -> Iterator[tuple[Unite, Resultats]]:
    attentes, bornes = lot[0][0].attentes, lot[0][0].bornes
    entieres = [a for a in attentes if not a.par_valeur]
    par_valeur = [a for a in attentes if a.par_valeur]
    tables = [table for _, table in lot]
    reunis = _descendre(juge, tables, par_valeur, bornes)
    for (unite, table), resultats in zip(lot, reunis, strict=True):
        seuls = juge.juger(table, entieres, bornes) if entieres else {}
        yield unite, resultats | seuls


def _descendre(
    juge: Juge, tables: list[pl.DataFrame], attentes: Sequence[Attente], bornes: dict[str, float]
) -> list[Resultats]:
    if not attentes:
        return [{} for _ in tables]
    ensemble = juge.juger(pl.concat(tables), attentes, bornes)
    if len(tables) == 1:
        return [ensemble]
    par_table: list[Resultats] = [
        {
            ident: Resultat(r.statut, len(table))
            for ident, r in ensemble.items()
            if r.statut != "echec"
        }
        for table in tables
    ]
    en_echec = [a for a in attentes if ensemble[a.id].statut == "echec"]
    milieu = len(tables) // 2
    moities = [
        *_descendre(juge, tables[:milieu], en_echec, bornes),
        *_descendre(juge, tables[milieu:], en_echec, bornes),
    ]
    return [connus | trouves for connus, trouves in zip(par_table, moities, strict=True)]
