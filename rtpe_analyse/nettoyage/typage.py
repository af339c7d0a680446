"""De la table texte à la table typée : chaque ligne est propre, ou rejetée une seule fois.

Rien n'est deviné : ce qui ne se lit pas est rejeté avec un motif fermé, ce qui se corrige
sans ambiguïté est corrigé et tracé.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from rtpe_analyse.erreurs import ErreurDescripteur
from rtpe_analyse.nettoyage.cellules import ENUM_CORRECTION, ENUM_REJET, correction, erreur
from rtpe_analyse.nettoyage.declarees import Declaree, appliquer
from rtpe_analyse.nettoyage.facons import (
    Contexte,
    Facon,
    directe,
    est_code,
    lire_colonne,
)
from rtpe_analyse.nettoyage.traces import en_corrections, en_rejets, en_signalements
from rtpe_analyse.schemas import TABLES, TYPES_POLARS, Colonne, Table

_BORNES = (
    ("arrivee_min", "depart_min"),
    ("debut_min", "fin_min"),
    ("valide_du", "valide_au"),
    ("debut", "fin"),
    ("ouverture", "fermeture"),
    ("premier_jour", "dernier_jour"),
)


@dataclass(frozen=True)
class Typage:
    """Une table typée et ce qui en a été retiré.

    Attributes:
        propres: lignes gardées, colonnes du schéma puis `_ligne` et `_lieu`.
        rejets: une ligne par ligne rejetée (`SCHEMA_REJETS` sans `fichier`).
        corrections: une ligne par cellule corrigée d'une ligne gardée.
        signalements: faits gênants d'une ligne gardée (commune introuvable).
        declarees: rangs des corrections déclarées qui ont servi.
    """

    propres: pl.DataFrame
    rejets: pl.DataFrame
    corrections: pl.DataFrame
    signalements: pl.DataFrame
    declarees: frozenset[int]


def typer(
    nom: str,
    lignes: pl.DataFrame,
    facons: Mapping[str, Facon],
    contexte: Contexte,
    declarees: tuple[Declaree, ...] = (),
) -> Typage:
    """Type une table lue.

    Args:
        nom: nom de la table propre.
        lignes: table texte sortie de la porte, avec `_ligne` et `_lieu`.
        facons: ce que le descripteur déclare, par colonne.
        contexte: date de réception et répertoires de lieux.
        declarees: corrections déclarées qui portent sur cette table.

    Raises:
        ErreurDescripteur: si une colonne obligatoire n'est pas décrite par la source.
    """
    table = TABLES[nom]
    manquantes = [c for c, d in table.colonnes.items() if d.obligatoire and c not in lignes.columns]
    if manquantes:
        raise ErreurDescripteur(
            f"La source ne décrit pas les colonnes obligatoires de « {nom} » : "
            f"{', '.join(manquantes)}.",
            "Les ajouter au descripteur de la source.",
        )
    etat = _lire_les_colonnes(table, lignes, facons, contexte)
    etat, servies, traces_declarees = appliquer(nom, etat, declarees)
    etat = etat.with_columns(_coherence(table))
    etat = etat.with_columns(
        _rang=pl.min_horizontal(pl.col(f"_e_{c}").to_physical() for c in table.colonnes)
    )
    rejetees = etat.filter(pl.col("_rang").is_not_null())
    gardees = etat.filter(pl.col("_rang").is_null()) if rejetees.height else etat
    return Typage(
        gardees.select(*table.colonnes, "_ligne", "_lieu"),
        en_rejets(nom, table, rejetees),
        en_corrections(nom, table, gardees, traces_declarees),
        en_signalements(nom, table, gardees),
        servies,
    )


def _lire_les_colonnes(
    table: Table, lignes: pl.DataFrame, facons: Mapping[str, Facon], contexte: Contexte
) -> pl.DataFrame:
    """Valeurs typées, avec par colonne `_b_` (brut), `_e_` (erreur), `_c_` (correction)."""
    n = lignes.height
    series: list[pl.Series] = [
        lignes["_ligne"],
        lignes["_lieu"].fill_null(""),
        pl.int_range(n, eager=True).alias("_rang_ligne"),
    ]
    for nom, colonne in table.colonnes.items():
        brut = lignes[nom] if nom in lignes.columns else _vide(nom, pl.String(), n)
        series += _lire_une_colonne(nom, colonne, brut, facons.get(nom, Facon()), contexte)
    return pl.DataFrame(series)


def _lire_une_colonne(
    nom: str, colonne: Colonne, brut: pl.Series, facon: Facon, contexte: Contexte
) -> list[pl.Series]:
    n = len(brut)
    net = brut.str.strip_chars()
    net = net.set(net == "", None)
    faute, corrige = _vide(nom, ENUM_REJET, n), _vide(nom, ENUM_CORRECTION, n)
    if net.null_count() == n:
        valeur = _vide(nom, TYPES_POLARS[colonne.type], n)
    elif directe(colonne, facon):
        valeur = net
    else:
        distinctes = net.drop_nulls().unique(maintain_order=True)
        lus = lire_colonne(nom, colonne, distinctes, facon, contexte)
        lues = net.alias("brut").to_frame().join(lus, on="brut", how="left", maintain_order="left")
        valeur = lues["valeur"].cast(TYPES_POLARS[colonne.type])
        faute, corrige = lues["erreur"], lues["correction"]
    if est_code(nom, colonne):
        blancs = (brut != net).fill_null(False) & valeur.is_not_null() & corrige.is_null()
        if blancs.any():
            trace = pl.when(blancs).then(correction("bourrage")).otherwise(corrige)
            corrige = pl.select(trace).to_series()
    return [
        valeur.alias(nom),
        brut.alias(f"_b_{nom}"),
        faute.alias(f"_e_{nom}"),
        corrige.alias(f"_c_{nom}"),
    ]


def _vide(nom: str, genre: pl.DataType, n: int) -> pl.Series:
    return pl.Series(nom, [None], genre).new_from_index(0, n)


def _coherence(table: Table) -> list[pl.Expr]:
    """Erreurs qui se jugent une fois la ligne typée : valeur absente, fin avant le début."""
    fautes: dict[str, pl.Expr] = {}
    for nom, colonne in table.colonnes.items():
        # Une commune introuvable n'est pas absente : la ligne reste et la commune est signalée.
        cellule = nom if colonne.nomenclature != "communes" else f"_b_{nom}"
        if colonne.obligatoire:
            absente = pl.col(cellule).is_null() & pl.col(f"_e_{nom}").is_null()
            fautes[nom] = (
                pl.when(absente).then(erreur("valeur_absente")).otherwise(pl.col(f"_e_{nom}"))
            )
    for debut, fin in _BORNES:
        if debut in table.colonnes and fin in table.colonnes:
            fautes[fin] = (
                pl.when(pl.col(fin) < pl.col(debut))
                .then(erreur("depart_avant_arrivee"))
                .otherwise(fautes.get(fin, pl.col(f"_e_{fin}")))
            )
    return [faute.alias(f"_e_{nom}") for nom, faute in fautes.items()]
