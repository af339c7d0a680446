"""Déclarer et ranger un chiffre public : des lieux aux zones, à l'année."""

from typing import Any

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.geographie import commune_de
from rtpe_analyse.indicateurs.modele import (
    Additif,
    Indicateur,
    NonAgregeable,
    RatioDeSommes,
)
from rtpe_analyse.indicateurs.parts import etat
from rtpe_analyse.indicateurs.presences import CONNU, EN_PARTIE, INCONNU
from rtpe_analyse.indicateurs.table import poser
from rtpe_analyse.indicateurs.valeurs_publiques import IRIS, sourcer

CLE = ["maille", "zone", "annee"]
_COMMUNES = (
    "Communes de la zone ; d'un zonage, ses communes et ses IRIS. Un territoire est fait des "
    "communes de ses établissements, dans le découpage en vigueur à la date d'arrêté, quelle que "
    "soit l'année du chiffre."
)
PARTIEL = (
    "Une commune que la source ne nomme pas n'est pas à zéro : la zone est calculée sur les "
    "autres et la valeur est à vérifier. Une commune de deux territoires compte dans chacun."
)


def declarer(
    code: str, libelle: str, unite: str, agregation: Any, definition: str, **reste: Any
) -> Indicateur:
    """Un indicateur public : champ, limites et source par défaut de ces chiffres.

    Args:
        code: code court.
        libelle: nom affiché.
        unite: unité d'affichage.
        agregation: `Additif`, `RatioDeSommes` ou `NonAgregeable` sur des variables publiques.
        definition: la règle, en une ou deux phrases.
        reste: tout autre champ d'`Indicateur`, qui remplace le défaut.
    """
    textes = {
        "numerateur": libelle[:1].lower() + libelle[1:],
        "champ": _COMMUNES,
        "limites": PARTIEL,
        "source": "référentiel public communes_annee",
    }
    return Indicateur(
        code=code,
        libelle=libelle,
        unite=unite,
        agregation=agregation,
        definition=definition,
        **(textes | reste),
    )


def mesures_de(indicateur: Indicateur, modalite: str = "") -> list[str]:
    """Variables publiques d'un indicateur : numérateur, et dénominateur s'il y en a un.

    Raises:
        TypeError: l'agrégation ne se calcule pas sur des lieux.
    """
    agregation = indicateur.agregation
    if isinstance(agregation, RatioDeSommes):
        return [
            f"places_{modalite}" if modalite else agregation.numerateur,
            agregation.denominateur,
        ]
    if not isinstance(agregation, Additif | NonAgregeable):
        raise TypeError(f"{indicateur.code} ne se calcule pas sur des lieux")
    return [f"places_{modalite}" if modalite else agregation.mesure]


def sommer(
    indicateur: Indicateur,
    membres: pl.DataFrame,
    valeurs: pl.DataFrame,
    lieux: Lieux,
    ventilation: str = "",
    modalite: str = "",
) -> pl.DataFrame:
    """Un indicateur public de chaque zone, aux années où la source publie quelque chose.

    Args:
        indicateur: la déclaration.
        membres: `maille, zone, lieu`.
        valeurs: `lieu, annee` et les variables publiques.
        lieux: dossiers du jeu, pour la provenance : celle de l'année, et des IRIS si la zone en a.
        ventilation: nom de la ventilation, vide pour l'ensemble.
        modalite: mode d'accueil de la ventilation.

    Returns:
        Table au schéma des indicateurs. Zone dont aucun lieu n'a de chiffre : non calculable ;
        dont quelques-uns en ont : somme sur ceux-là, à vérifier.
    """
    colonnes = mesures_de(indicateur, modalite)
    if isinstance(indicateur.agregation, NonAgregeable):
        membres = membres.filter(pl.col("maille") == "commune")
    publiees = valeurs.filter(pl.all_horizontal(pl.col(c).is_not_null() for c in colonnes))
    connue = pl.col(colonnes[0]).is_not_null()
    par_iris = pl.col("lieu") != commune_de(pl.col("lieu"))
    zones = (
        membres.join(publiees.select("annee").unique(), how="cross")
        .join(publiees.select("lieu", "annee", *colonnes), on=["lieu", "annee"], how="left")
        .sort(*CLE, "lieu")
        .group_by(CLE, maintain_order=True)
        .agg(
            *(
                pl.when(connue.any()).then(pl.col(c).sum()).alias(nom)
                for c, nom in zip(colonnes, ("numerateur", "denominateur"), strict=False)
            ),
            pl.when(connue.all())
            .then(CONNU)
            .when(connue.any())
            .then(EN_PARTIE)
            .otherwise(INCONNU)
            .alias(etat("ensemble")),
            _iris=(connue & par_iris).any(),
            _communes=(~par_iris).any(),
        )
    )
    # Une année où seules d'autres mailles ont des chiffres n'est pas publiée pour celle-ci.
    publiee = pl.col("numerateur").is_not_null().any().over("maille", "annee")
    dites = sourcer(zones.filter(publiee), lieux, colonnes)
    dites = sourcer(dites, lieux, colonnes, (IRIS,), "_des_iris").with_columns(
        source=pl.when("_iris", "_communes")
        .then(_ensemble("source", "_des_iris"))
        .when("_iris")
        .then("_des_iris")
        .otherwise("source")
    )
    return ranger(indicateur, dites, "", ventilation, modalite)


def _ensemble(*sources: str) -> pl.Expr:
    """Les sources réunies, chacune une fois."""
    toutes = pl.concat_str(sources, separator=" ; ", ignore_nulls=True).str.split(" ; ")
    return (
        toutes.list.eval(pl.element().filter(pl.element() != ""))
        .list.unique(maintain_order=True)
        .list.join(" ; ")
    )


def ranger(
    indicateur: Indicateur,
    zones: pl.DataFrame,
    source: str,
    ventilation: str = "",
    modalite: str = "",
) -> pl.DataFrame:
    """Met au schéma des indicateurs des chiffres publics calculés par zone et par année.

    Args:
        indicateur: la déclaration.
        zones: `maille, zone, annee, numerateur, ensemble__etat`, et s'il y a lieu
            `denominateur` et `millesime` (l'année par défaut).
        source: producteur et jeu, si `zones` n'a pas de colonne `source`.
        ventilation: nom de la ventilation.
        modalite: sa modalité.
    """
    annee = pl.col("annee").cast(pl.String)
    absents: dict[str, pl.Expr] = {
        "denominateur": pl.lit(None, pl.Float64),
        "millesime": annee,
        "source": pl.lit(source),
    }
    return poser(
        indicateur,
        zones.with_columns(
            pl.lit("annee").alias("pas"),
            pl.lit(ventilation).alias("ventilation"),
            pl.lit(modalite).alias("modalite"),
            periode=annee,
            effectif=pl.lit(None, pl.Int64),
            **{nom: expr for nom, expr in absents.items() if nom not in zones.columns},
        ),
    )
