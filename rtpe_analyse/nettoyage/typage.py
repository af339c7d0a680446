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
from rtpe_analyse.schemas import TABLES, TYPES_POLARS, Table

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
    rang = pl.min_horizontal(pl.col(f"_e_{c}").to_physical() for c in table.colonnes)
    etat = etat.lazy().with_columns(_coherence(table)).with_columns(_rang=rang).collect()
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
    """Valeurs typées, avec par colonne `_b_` (brut), `_e_` (erreur), `_c_` (correction).

    Tout se fait en une seule requête paresseuse : un réseau envoie mille petits classeurs.
    """
    bases = _depouiller(table, lignes)
    etat = bases.lazy()
    for nom, colonne in table.colonnes.items():
        facon, net = facons.get(nom, Facon()), f"_n_{nom}"
        if bases[net].null_count() == bases.height:
            etat = etat.with_columns(_colonne(nom, pl.lit(None, TYPES_POLARS[colonne.type])))
        elif directe(colonne, facon):
            etat = etat.with_columns(_colonne(nom, pl.col(net)))
        else:
            distinctes = bases[net].drop_nulls().unique()
            lus = lire_colonne(nom, colonne, distinctes, facon, contexte).lazy()
            lus = lus.select(
                pl.col("brut").alias(net),
                pl.col("valeur").cast(TYPES_POLARS[colonne.type]).alias(nom),
                pl.col("erreur").alias(f"_e_{nom}"),
                pl.col("correction").alias(f"_c_{nom}"),
            )
            etat = etat.join(lus, on=net, how="left", maintain_order="left")
    codes = [nom for nom, colonne in table.colonnes.items() if est_code(nom, colonne)]
    return (
        etat.with_columns(_bourrage(nom) for nom in codes)
        .drop(f"_n_{nom}" for nom in table.colonnes)
        .collect()
    )


def _depouiller(table: Table, lignes: pl.DataFrame) -> pl.DataFrame:
    """Chaque cellule brute (`_b_`) et sans les blancs qui l'entourent (`_n_`)."""
    bruts = {
        nom: pl.col(nom) if nom in lignes.columns else pl.lit(None, pl.String)
        for nom in table.colonnes
    }
    nets = {nom: brut.str.strip_chars() for nom, brut in bruts.items()}
    return lignes.select(
        "_ligne",
        pl.col("_lieu").fill_null(""),
        pl.int_range(pl.len()).alias("_rang_ligne"),
        *(brut.alias(f"_b_{nom}") for nom, brut in bruts.items()),
        *(pl.when(net != "").then(net).alias(f"_n_{nom}") for nom, net in nets.items()),
    )


def _colonne(nom: str, valeur: pl.Expr) -> list[pl.Expr]:
    return [
        valeur.alias(nom),
        pl.lit(None, ENUM_REJET).alias(f"_e_{nom}"),
        pl.lit(None, ENUM_CORRECTION).alias(f"_c_{nom}"),
    ]


def _bourrage(nom: str) -> pl.Expr:
    trace = pl.col(f"_c_{nom}")
    blancs = (pl.col(f"_b_{nom}") != pl.col(f"_n_{nom}")) & pl.col(nom).is_not_null()
    return (
        pl.when(blancs & trace.is_null())
        .then(correction("bourrage"))
        .otherwise(trace)
        .alias(f"_c_{nom}")
    )


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
