"""Du jour à la période : sommer les mesures par établissement, période et rattachement."""

from collections.abc import Iterable, Sequence
from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.presences import CONNU, INCONNU
from rtpe_analyse.indicateurs.rattachement import rattacher

ZONES = ["etablissement", "commune", "territoire", "departement"]
PERIODE = ["pas", "periode", "ventilation", "modalite"]
PAS = ("mois", "trimestre")
# D'un mois à l'autre, une ventilation de contrats ne change presque pas : elle attend le trimestre.
DETAIL_AU_TRIMESTRE = (pl.col("ventilation") == "") | (pl.col("pas") == "trimestre")
# Une commune croise les territoires : y détailler des enfants ferait masquer, chez ses
# établissements, jusqu'à leurs totaux.
HORS_DETAIL_COMMUNAL = (pl.col("ventilation") == "") | (pl.col("maille") != "commune")


def etat(mesure: str) -> str:
    """Nom de la colonne qui porte l'état d'une mesure (connue, en partie, inconnue)."""
    return f"{mesure}__etat"


def ventiler(decrits: pl.DataFrame, maille: str, ventilations: Iterable[str]) -> pl.DataFrame:
    """Unités à compter (`agregation.compter_par_maille`), une ligne par ventilation.

    Args:
        decrits: `pas, periode, <maille>, unite` et une colonne par ventilation.
        maille: maille comptée.
        ventilations: colonnes à ventiler, au trimestre seulement ; « » pour l'ensemble.
    """
    cle = ("pas", "periode", maille, "unite")
    return pl.concat(
        decrits.select(*cle, ventilation=pl.lit(v), modalite=pl.col(v) if v else pl.lit(""))
        for v in sorted(ventilations)
    ).filter(DETAIL_AU_TRIMESTRE)


def periodes(table: pl.DataFrame, le: date, pas: Sequence[str] = PAS) -> pl.DataFrame:
    """Répète chaque ligne pour chaque pas, avec sa période ; seules restent les échues.

    Args:
        table: table portant `date`.
        le: date d'arrêté ; une période qui finit après n'est pas calculée.
        pas: pas voulus.

    Returns:
        La table augmentée de `pas` et `periode` (`2026-07`, `2026-T3`).
    """
    jour = pl.col("date")
    textes = {
        "mois": (jour.dt.strftime("%Y-%m"), jour.dt.month_end()),
        "trimestre": (
            pl.format("{}-T{}", jour.dt.year(), jour.dt.quarter()),
            jour.dt.truncate("1q").dt.offset_by("2mo").dt.month_end(),
        ),
    }
    return pl.concat(
        table.filter(textes[un][1] <= le).with_columns(
            pl.lit(un).alias("pas"), periode=textes[un][0]
        )
        for un in pas
    )


def en_parts(
    tables: Iterable[pl.DataFrame], lieux: Lieux, le: date, pas: Sequence[str] = PAS
) -> pl.DataFrame:
    """Mesures par établissement × période × rattachement.

    Args:
        tables: chacune porte `etablissement`, `date` et des mesures entières ; une mesure
            vide est inconnue, et `<mesure>__etat`, facultatif, dit si elle ne l'est qu'en
            partie. Une mesure mensuelle se pose au premier du mois. Une ventilation se dit
            par les colonnes `ventilation` et `modalite`. Un établissement sans aucune ligne
            sur la période est inconnu.
        lieux: dossiers du jeu (rattachements).
        le: date d'arrêté.
        pas: pas voulus.

    Returns:
        `pas, periode, ventilation, modalite`, les quatre zones, et pour chaque mesure sa
        somme et son état ; la somme est vide si la mesure est inconnue pour l'établissement.
    """
    return rassembler(periodes(rattacher(table, lieux), le, pas) for table in tables)


def rassembler(tables: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """`en_parts`, pour des tables déjà rattachées et rangées par période."""
    toutes: pl.DataFrame | None = None
    for table in tables:
        parts = _sommer(table)
        toutes = (
            parts
            if toutes is None
            else toutes.join(parts, on=[*PERIODE, *ZONES], how="full", coalesce=True)
        )
    if toutes is None:
        raise ValueError("aucune table de mesures")
    return _completer(toutes)


def _mesures(table: pl.DataFrame) -> list[str]:
    reservees = {*PERIODE, *ZONES, "date"}
    return [c for c in table.columns if c not in reservees and not c.endswith("__etat")]


def _sommer(table: pl.DataFrame) -> pl.DataFrame:
    table = _avec_ventilation(table)
    mesures = _mesures(table)
    etats = [
        pl.max_horizontal(
            pl.col(etat(m)) if etat(m) in table.columns else pl.lit(CONNU),
            pl.when(pl.col(m).is_null()).then(INCONNU).otherwise(CONNU),
        ).alias(etat(m))
        for m in mesures
    ]
    return (
        table.with_columns(etats)
        .group_by(*PERIODE, *ZONES)
        .agg(pl.col(mesures).sum(), pl.col([etat(m) for m in mesures]).max())
    )


def _completer(parts: pl.DataFrame) -> pl.DataFrame:
    """Étend l'état à tout l'établissement ; une part sans ligne vaut zéro s'il est connu."""
    mesures = _mesures(parts)
    partout = [*PERIODE, "etablissement"]
    parts = parts.with_columns(
        pl.col(etat(m)).max().over(partout).fill_null(INCONNU) for m in mesures
    )
    return parts.with_columns(
        pl.when(pl.col(etat(m)) != INCONNU).then(pl.col(m).fill_null(0)) for m in mesures
    ).sort(*PERIODE, *ZONES)


def croiser(parts: pl.DataFrame, modalites: Iterable[tuple[str, str]]) -> pl.DataFrame:
    """Répète des parts d'ensemble pour chaque couple (ventilation, modalité).

    Args:
        parts: table au format de `en_parts`, sans ventilation.
        modalites: couples voulus ; `("", "")` est l'ensemble.

    Returns:
        Une ligne par part et par couple : une modalité sans personne s'y lit zéro.
    """
    couples = pl.DataFrame(
        list(modalites),
        schema={"ventilation": pl.String, "modalite": pl.String},
        orient="row",
    )
    return parts.drop("ventilation", "modalite").join(couples, how="cross").select(parts.columns)


def en_parts_de_fin(tables: Iterable[pl.DataFrame], lieux: Lieux, le: date) -> pl.DataFrame:
    """`en_parts` d'un stock : seul compte le dernier mois de chaque période.

    Args:
        tables: comme `en_parts` ; `date` est dans le mois dont la ligne donne le stock.
        lieux: dossiers du jeu (rattachements).
        le: date d'arrêté.
    """
    return rassembler(periodes_de_fin(rattacher(table, lieux), le) for table in tables)


def periodes_de_fin(table: pl.DataFrame, le: date) -> pl.DataFrame:
    """`periodes` d'un stock : seules restent les lignes du dernier mois de chaque période."""
    return pl.concat(
        periodes(table.filter(filtre), le, [pas]) for pas, filtre in _FINS_DE_PERIODE.items()
    )


_FINS_DE_PERIODE = {"mois": pl.lit(True), "trimestre": pl.col("date").dt.month() % 3 == 0}


def en_unites(unites: pl.DataFrame, le: date, pas: Sequence[str] = PAS) -> pl.DataFrame:
    """Unités à dénombrer (`date`, quatre zones, `unite`), prêtes pour `compter`."""
    return periodes(_avec_ventilation(unites), le, pas)


def en_unites_de_fin(unites: pl.DataFrame, le: date) -> pl.DataFrame:
    """`en_unites` d'un stock : seul compte le dernier mois de chaque période."""
    return periodes_de_fin(_avec_ventilation(unites), le)


def _avec_ventilation(table: pl.DataFrame) -> pl.DataFrame:
    if "ventilation" in table.columns:
        return table
    return table.with_columns(ventilation=pl.lit(""), modalite=pl.lit(""))
