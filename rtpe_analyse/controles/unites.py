"""Ce qui se juge : chaque fichier reçu et chaque partition propre, avec son empreinte."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial

import polars as pl

from rtpe_analyse.controles import fichiers
from rtpe_analyse.controles.derivees import completer, dependances
from rtpe_analyse.controles.entrees import Entrees
from rtpe_analyse.controles.parametres import bornes_au
from rtpe_analyse.controles.suites import RECEPTION, Attente, Suite
from rtpe_analyse.erreurs import ErreurUsage
from rtpe_analyse.etapes import empreinte_code
from rtpe_analyse.modeles import Periode
from rtpe_analyse.tableaux import empreinte_octets

SUITE_DE_RECEPTION = "brut.reception"


@dataclass(frozen=True)
class Unite:
    """Une table à juger d'un seul tenant.

    Attributes:
        suite: nom de la suite.
        source: code de la source (brut) ; vide pour une partition propre.
        table: table jugée.
        cle: empreinte courte du fichier, ou nom de la partition.
        empreinte: change dès que les lignes, les attentes, les bornes ou le code changent.
        attentes: les attentes de la suite pour cette table.
        bornes: bornes datées à injecter.
        charger: lit la table, au moment de la juger.
    """

    suite: str
    source: str
    table: str
    cle: str
    empreinte: str
    attentes: tuple[Attente, ...]
    bornes: dict[str, float]
    charger: Callable[[], pl.DataFrame]


def unites_a_juger(entrees: Entrees, suites: dict[str, Suite]) -> list[Unite]:
    """Tout ce que les suites jugent, dans un ordre stable.

    Args:
        entrees: entrées de l'exécution, constats déjà relevés.
        suites: résultat de `lire_suites`. La suite `brut.reception` vaut pour toute source.
    """
    unites = [*_fichiers_recus(entrees, suites), *_partitions_propres(entrees, suites)]
    return sorted(unites, key=lambda u: (u.suite, u.table, u.cle))


def fin_de_periode(nom: str) -> date | None:
    """Dernier jour d'un mois (AAAA-MM) ou d'une année (AAAA) ; absent pour tout autre nom."""
    if len(nom) == 4 and nom.isdecimal():
        return date(int(nom), 12, 31)
    try:
        return Periode.lire(nom).fin
    except ErreurUsage:
        return None


def table_de_reception(bilan: pl.DataFrame, par_mois: pl.DataFrame) -> pl.DataFrame:
    """Compteurs de lecture d'un fichier reçu, une ligne par fichier.

    Args:
        bilan: bilan du nettoyage.
        par_mois: résultat de `fichiers.lignes_par_mois`.

    Returns:
        `fichier`, `n_lignes` (lues), `n_tables`, et `part_rejetees_pct`,
        `part_ecartees_pct`, `part_corrigees_pct` (sur les lignes lues, absentes si aucune),
        `part_hors_mois_pct` (pointages hors du mois annoncé ; absente hors fichier mensuel).
    """
    annonce = pl.col("mois").dt.strftime("%Y-%m") == pl.col("millesime")
    hors = par_mois.group_by("fichier").agg(
        part_hors_mois_pct=100 * pl.col("n").filter(~annonce).sum() / pl.col("n").sum()
    )
    lues = pl.col("lues").sum()
    parts = {
        f"part_{nom}_pct": pl.when(lues > 0).then(100 * pl.col(nom).sum() / lues)
        for nom in ("rejetees", "ecartees", "corrigees")
    }
    return (
        bilan.group_by("fichier")
        .agg(n_lignes=lues, n_tables=pl.len(), **parts)
        .join(hors, on="fichier", how="left")
        .sort("fichier")
    )


def _fichiers_recus(entrees: Entrees, suites: dict[str, Suite]) -> Iterator[Unite]:
    par_mois = fichiers.lignes_par_mois(entrees.lieux, entrees.bilan)
    reception = table_de_reception(entrees.bilan, par_mois)
    # En une fois : des milliers de fichiers, presque tous déjà jugés.
    compteurs = dict(zip(reception["fichier"], reception.write_ndjson().splitlines(), strict=True))
    recus = entrees.bilan.select("fichier", "source", "millesime").unique().sort("fichier")
    for fichier, source, millesime in recus.iter_rows():
        for nom in (SUITE_DE_RECEPTION, f"brut.{source}"):
            for table in suites[nom].tables if nom in suites else ():
                attentes = suites[nom].pour(table)
                bornes = _bornes(attentes, millesime)
                if table == RECEPTION:
                    lignes = compteurs[fichier]
                    charger = partial(_lignes_du_fichier, reception, fichier)
                else:
                    chemin = entrees.lu(fichier, table)
                    lignes, charger = entrees.empreinte_de(chemin), partial(pl.read_parquet, chemin)
                if lignes:
                    empreinte = _empreinte(attentes, bornes, lignes)
                    yield Unite(nom, source, table, fichier, empreinte, attentes, bornes, charger)


def _lignes_du_fichier(reception: pl.DataFrame, fichier: str) -> pl.DataFrame:
    return reception.filter(pl.col("fichier") == fichier)


def _partitions_propres(entrees: Entrees, suites: dict[str, Suite]) -> Iterator[Unite]:
    for nom, suite in suites.items():
        if not nom.startswith("propre."):
            continue
        for table in suite.tables:
            attentes = suite.pour(table)
            for partition, lignes in entrees.empreintes(table).items():
                bornes = _bornes(attentes, partition)
                constats = entrees.empreinte_de(entrees.fichier_de_constats(table, partition))
                registres = [entrees.empreintes(t).get("tout", "") for t in dependances(table)]
                empreinte = _empreinte(attentes, bornes, lignes, constats, *registres)
                charger = partial(completer, entrees, table, partition)
                yield Unite(nom, "", table, partition, empreinte, attentes, bornes, charger)


def _bornes(attentes: tuple[Attente, ...], periode: str) -> dict[str, float]:
    noms = set().union(*(a.parametres for a in attentes))
    return bornes_au(noms, fin_de_periode(periode)) if noms else {}


def _empreinte(attentes: tuple[Attente, ...], bornes: dict[str, float], *lignes: str) -> str:
    parties = [
        empreinte_code("controles", "schemas.py"),
        *(a.empreinte for a in attentes),
        json.dumps(bornes, sort_keys=True),
        *lignes,
    ]
    return empreinte_octets("\n".join(parties).encode())
