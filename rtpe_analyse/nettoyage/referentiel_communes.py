"""La nomenclature des communes, complétée par les fichiers publics reçus."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.nettoyage.referentiel_fiches import decrire_sources, ecrire_table
from rtpe_analyse.nomenclatures.communes import (
    FICHIER_COMMUNES,
    SCHEMA_COMMUNES,
    arrondissements_municipaux,
    departement_de,
)
from rtpe_analyse.nomenclatures.publiques import lire_fiche
from rtpe_analyse.propres import lire_propre
from rtpe_analyse.sources import Fiche

_TABLE, _CONTOURS = "pub_communes", "pub_contours"
_DITES = ("nom", "departement", "latitude", "longitude")
_COMBLEES = ("latitude", "longitude", "population")
_NOM = FICHIER_COMMUNES.removesuffix(".csv")
# Origine de l'historique du code officiel géographique : rien n'est daté avant.
_ORIGINE = date(1943, 1, 1)


def completer_nomenclature(
    lieux: Lieux,
    dossier: Path,
    communes_annee: pl.DataFrame | None,
    fiches: Sequence[Fiche],
    bilan: pl.DataFrame,
) -> int:
    """Ajoute à `communes.csv` les communes reçues qui n'y sont pas.

    La nomenclature en place fait foi : une commune connue garde son nom, sa population et ses
    périodes de validité ; seule une position ou une population absente se comble. Une nouvelle
    prend le nom et la position du fichier le plus récent qui les donne (le centre de son contour
    à défaut), sa population la plus récente, et vaut depuis l'origine du code officiel. Une liste
    nationale n'ajoute que les communes des départements dont un chiffre est publié ; un contour,
    qu'une commune dont un chiffre est publié.

    Args:
        lieux: jeu où les fichiers publics ont été nettoyés.
        dossier: dossier du référentiel.
        communes_annee: table large par commune × année, d'où vient la population.
        fiches: fichiers reçus, du plus récent au plus ancien.
        bilan: bilan de nettoyage.

    Returns:
        Le nombre de lignes écrites ; 0 si rien n'est nouveau (rien n'est touché).
    """
    propres = _nommees(lieux, communes_annee)
    en_place = _en_place(dossier)
    ages = {f.empreinte_courte: rang for rang, f in enumerate(fiches)}
    recues = (
        propres.sort("_rang", pl.col("_fichier").replace_strict(ages, default=len(ages)), "_ligne")
        .group_by(code="commune", maintain_order=True)
        .agg(pl.col(_DITES).drop_nulls().first())
        .join(_populations(communes_annee), on="code", how="left")
        .with_columns(valide_du=pl.lit(_ORIGINE), valide_au=pl.lit(None, pl.Date))
        .select(pl.col(nom).cast(genre) for nom, genre in SCHEMA_COMMUNES.items())
    )
    nouvelles = recues.join(en_place, on="code", how="anti")
    anciennes = en_place.join(
        recues.select("code", *_COMBLEES),
        on="code",
        how="left",
        suffix="_recue",
        maintain_order="left",
    ).select(
        pl.coalesce(c, f"{c}_recue").alias(c) if c in _COMBLEES else c for c in SCHEMA_COMMUNES
    )
    if nouvelles.is_empty() and anciennes.equals(en_place):
        return 0
    table = pl.concat([anciennes, nouvelles]).sort("code", "valide_du")
    citees = propres.filter(pl.col("commune").is_in(nouvelles["code"].implode()))
    siennes = [f for f in fiches if f.empreinte_courte in set(citees["_fichier"])]
    ecrire_table(dossier, _NOM, table, _fiche(dossier, table, siennes, bilan))
    return table.height


def _nommees(lieux: Lieux, communes_annee: pl.DataFrame | None) -> pl.DataFrame:
    """`commune, nom, departement, latitude, longitude`, et `_rang` : les contours à défaut."""
    listees = lire_propre(lieux, _TABLE).collect().with_columns(_rang=0)
    contours = (
        lire_propre(lieux, _CONTOURS)
        .with_columns(
            nom=pl.coalesce("nom", "commune"),
            departement=departement_de(pl.col("commune")),
            _rang=1,
        )
        .collect()
    )
    publiees = pl.Series(dtype=pl.String)
    if communes_annee is not None:
        publiees = communes_annee["commune"].unique()
        siens = publiees.to_frame("c").select(departement_de(pl.col("c"))).to_series()
        listees = listees.filter(pl.col("departement").is_in(siens.implode()))
    # La ville et ses arrondissements feraient double compte.
    villes = pl.col("commune").replace(arrondissements_municipaux())
    contours = contours.filter(
        pl.col("commune").is_in(listees["commune"].implode())
        | (
            pl.col("commune").is_in(publiees.implode())
            & ~villes.is_in(listees["commune"].implode())
        )
    )
    return pl.concat([listees, contours], how="diagonal")


def _en_place(dossier: Path) -> pl.DataFrame:
    chemin = dossier / FICHIER_COMMUNES
    if not chemin.exists():
        return pl.DataFrame(schema=SCHEMA_COMMUNES)
    return pl.read_csv(chemin, schema_overrides=SCHEMA_COMMUNES).select(SCHEMA_COMMUNES.keys())


def _populations(communes_annee: pl.DataFrame | None) -> pl.DataFrame:
    if communes_annee is None:
        return pl.DataFrame(schema={"code": pl.String, "population": pl.Int64})
    return (
        communes_annee.drop_nulls("population")
        .sort("annee")
        .group_by("commune")
        .agg(pl.col("population").last().round().cast(pl.Int64))
        .rename({"commune": "code"})
    )


def _fiche(
    dossier: Path, table: pl.DataFrame, fiches: Sequence[Fiche], bilan: pl.DataFrame
) -> dict[str, Any]:
    """La fiche en place, complétée de ce que les communes ajoutées apportent."""
    en_place = lire_fiche(dossier, _NOM) if (dossier / FICHIER_COMMUNES).exists() else {}
    sources, limites = decrire_sources(fiches, _TABLE, bilan, {})
    transformations = [
        "Communes ajoutées : population municipale la plus récente de communes_annee.csv.",
        f"Sans date connue, une commune est valide depuis le {_ORIGINE:%d/%m/%Y}.",
    ]
    return {
        "titre": "Communes : nom, département, position, population, validité",
        "fichier": FICHIER_COMMUNES,
        "lignes": table.height,
        "sources": _a_la_suite(en_place.get("sources", []), sources),
        "transformations": _a_la_suite(en_place.get("transformations", []), transformations),
        "limites": _a_la_suite(en_place.get("limites", []), limites),
    }


def _a_la_suite(anciens: list[Any], nouveaux: list[Any]) -> list[Any]:
    return [*anciens, *(n for n in nouveaux if n not in anciens)]
