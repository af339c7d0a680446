"""Famille « pilotage » : les objectifs fixés, les actions menées ; ni l'un ni l'autre au secret."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.modele import Indicateur, NonAgregeable
from rtpe_analyse.indicateurs.parts import PERIODE, etat, periodes
from rtpe_analyse.indicateurs.presences import CONNU
from rtpe_analyse.indicateurs.rattachement import rattacher
from rtpe_analyse.indicateurs.table import CLE_ZONE, ordonner, parents_de, poser
from rtpe_analyse.propres import lire_admis

OBJECTIF, ACTION = "objectif", "action"
SEPARATEUR = ":"

INDICATEURS = (
    Indicateur(
        code="J1",
        libelle="Cible d'un objectif",
        unite="",
        agregation=NonAgregeable("cible"),
        numerateur="valeur visée, dans l'unité affichée de son indicateur",
        champ="Objectifs du registre ; un établissement ou un territoire, un trimestre.",
        definition="Ventilation `objectif` : le code de l'indicateur visé.",
        source="objectifs",
        limites="Un objectif se discute ; il ne se somme ni ne se déduit d'un autre.",
        decimales=1,
    ),
    Indicateur(
        code="J2",
        libelle="Jours d'une action dans la période",
        unite="jours",
        agregation=NonAgregeable("jours_action"),
        numerateur="jours de la période où l'action est en cours, tous jours comptés",
        champ="Actions du registre, jusqu'à la date d'arrêté ; établissements.",
        definition="Ventilation `action` : code de l'action, de l'indicateur visé, premier et "
        "dernier jour, séparés par des deux-points ; sans dernier jour, elle continue.",
        source="actions",
        limites="Le registre dit qu'une action est menée, pas avec quels moyens.",
    ),
)


def calculer_pilotage(lieux: Lieux, le: date) -> pl.DataFrame:
    """J1 (trimestres, à venir compris) et J2 (mois et trimestres échus).

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté.

    Returns:
        Table de calcul avant secret ; vide si aucun registre n'est reçu.
    """
    objectifs, actions = _objectifs(lieux), _actions(lieux, le)
    table = pl.concat(
        [poser(INDICATEURS[0], objectifs), poser(INDICATEURS[1], actions)], how="vertical"
    )
    parents = parents_de(
        actions.select("pas", "periode", "etablissement", "commune", "territoire", "departement")
    )
    return ordonner(table, parents)


def _objectifs(lieux: Lieux) -> pl.DataFrame:
    etablissement = pl.col("etablissement").is_not_null()
    return (
        lire_admis(lieux, "objectifs")
        .select(
            maille=pl.when(etablissement)
            .then(pl.lit("etablissement"))
            .otherwise(pl.lit("territoire")),
            zone=pl.coalesce("etablissement", "territoire"),
            pas=pl.lit("trimestre"),
            periode=pl.format("{}-T{}", "annee", "trimestre"),
            ventilation=pl.lit(OBJECTIF),
            modalite="indicateur",
            numerateur="cible",
        )
        .with_columns(_sans_secret())
        .collect()
    )


def _actions(lieux: Lieux, le: date) -> pl.DataFrame:
    """Une ligne par action et période où elle est en cours, avec ses quatre zones."""
    jour = pl.col("debut").dt.to_string("%Y-%m-%d")
    dernier = pl.col("fin").dt.to_string("%Y-%m-%d").fill_null("")
    jours = (
        lire_admis(lieux, "actions")
        .filter(pl.col("debut") <= le)
        .select(
            "etablissement",
            modalite=pl.concat_str("action", "indicateur", jour, dernier, separator=SEPARATEUR),
            date=pl.date_ranges("debut", pl.min_horizontal("fin", pl.lit(le))),
        )
        .explode("date")
        .drop_nulls("date")
        .with_columns(ventilation=pl.lit(ACTION))
        .collect()
    )
    situes = periodes(rattacher(jours, lieux), le)
    zones = ["etablissement", "commune", "territoire", "departement"]
    return (
        situes.sort("date")
        .group_by(*PERIODE, "etablissement")
        .agg(*(pl.col(z).last() for z in zones[1:]), numerateur=pl.len().cast(pl.Float64))
        .with_columns(maille=pl.lit("etablissement"), zone=pl.col("etablissement"))
        .with_columns(_sans_secret())
        .select(*CLE_ZONE, *zones, "numerateur", "denominateur", "effectif", etat("ensemble"))
    )


def _sans_secret() -> list[pl.Expr]:
    return [
        pl.lit(None, pl.Float64).alias("denominateur"),
        pl.lit(None, pl.Int64).alias("effectif"),
        pl.lit(CONNU).alias(etat("ensemble")),
    ]
