"""Les mêmes publics dans la population : la part à laquelle comparer l'accueil."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.geographie import commune_de, communes_des_zones
from rtpe_analyse.indicateurs.modele import RatioDeSommes
from rtpe_analyse.indicateurs.publics import declarer, sommer
from rtpe_analyse.indicateurs.quartiers import quartiers
from rtpe_analyse.indicateurs.table import ordonner
from rtpe_analyse.indicateurs.valeurs_publiques import sourcer, valeurs_des_lieux

VENTILATION = "public"
MONOPARENTAUX, BAS_REVENUS, QPV = "monoparentaux", "bas_revenus", "qpv"
PUBLICS = (MONOPARENTAUX, BAS_REVENUS, QPV)
_PART_QPV = "S11"

INDICATEUR_POPULATION = declarer(
    "B4p",
    "Public dans la population",
    "%",
    RatioDeSommes("population_du_public", "population_comparee"),
    "Ménages monoparentaux / ménages avec enfants ; habitants sous le seuil de pauvreté (taux "
    "publié × population de la commune) / habitants ; habitants de quartiers prioritaires / "
    "habitants. Dernière année publiée de chacun.",
    numerateur="ménages ou habitants de ce public",
    denominateur="ménages avec enfants, ou habitants",
    decimales=1,
    source="référentiel public communes_annee, qpv",
    limites="Tous âges : la part chez les seuls enfants de moins de 3 ans n'est pas publiée. Un "
    "taux de pauvreté communal non diffusé rend la zone partielle, comme un quartier prioritaire "
    "qui dépasse de la zone.",
)


def publics_de_la_population(lieux: Lieux, le: date) -> pl.DataFrame:
    """B4p des territoires et des départements, à la dernière année publiée avant `le`.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté et géographie.

    Returns:
        Table de calcul, ventilation `public` ; une zone dont rien n'est publié est non
        calculable.

    Raises:
        ErreurDonneesManquantes: référentiel public absent.
    """
    membres = (
        communes_des_zones(lieux, le)
        .filter(pl.col("maille") != "commune")
        .rename({"commune": "lieu"})
    )
    valeurs = valeurs_des_lieux(lieux, le).filter(
        pl.col("annee") <= le.year, pl.col("lieu") == commune_de(pl.col("lieu"))
    )
    comptes = {
        MONOPARENTAUX: valeurs.with_columns(
            population_du_public="menages_monoparentaux", population_comparee="menages_avec_enfants"
        ),
        BAS_REVENUS: _pauvres(valeurs),
    }
    sources = {
        MONOPARENTAUX: ["menages_monoparentaux", "menages_couples_avec_enfants"],
        BAS_REVENUS: ["taux_pauvrete_pct"],
    }
    tables = [
        sourcer(
            sommer(INDICATEUR_POPULATION, membres, table, lieux).with_columns(
                modalite=pl.lit(public), annee=pl.col("periode").cast(pl.Int64)
            ),
            lieux,
            sources[public],
            nom="_source",
        )
        .with_columns(source="_source")
        .drop("annee", "_source")
        for public, table in comptes.items()
    ]
    tables += [
        t.filter(pl.col("indicateur") == _PART_QPV).with_columns(
            indicateur=pl.lit(INDICATEUR_POPULATION.code), modalite=pl.lit(QPV)
        )
        for t in quartiers(membres, valeurs, lieux, le)
    ]
    derniere = pl.col("periode") == pl.col("periode").max().over("maille", "modalite")
    recentes = pl.concat(tables).filter(derniere).with_columns(ventilation=pl.lit(VENTILATION))
    return ordonner(recentes)


def _pauvres(valeurs: pl.DataFrame) -> pl.DataFrame:
    """Habitants sous le seuil de pauvreté : le taux d'une année × la population qui la précède."""
    habitants = valeurs.select("lieu", recensement="annee", habitants="population").drop_nulls()
    return (
        valeurs.select("lieu", "annee", "taux_pauvrete")
        .drop_nulls()
        .join(habitants, on="lieu")
        .filter(pl.col("recensement") <= pl.col("annee"))
        .sort("recensement")
        .unique(["lieu", "annee"], keep="last", maintain_order=True)
        .select(
            "lieu",
            "annee",
            population_du_public=pl.col("taux_pauvrete") * pl.col("habitants"),
            population_comparee="habitants",
        )
    )
