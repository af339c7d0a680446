"""L'offre d'accueil publiée et ce qu'elle laisse : couverture, enfants sans place, publication."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.geographie import a_jour, commune_de, lire_passages
from rtpe_analyse.indicateurs.modele import Additif, Indicateur, RatioDeSommes
from rtpe_analyse.indicateurs.offre_situee import places_du_reseau
from rtpe_analyse.indicateurs.parts import etat
from rtpe_analyse.indicateurs.presences import CONNU, EN_PARTIE, INCONNU
from rtpe_analyse.indicateurs.publics import CLE, PARTIEL, declarer, ranger
from rtpe_analyse.indicateurs.rattachement import rattacher
from rtpe_analyse.indicateurs.valeurs_publiques import ENFANTS, provenance, sourcer

MODES = (
    "eaje_psu",
    "eaje_hors_psu",
    "assistantes_maternelles",
    "garde_domicile",
    "prescolarisation",
)
_PLACES = "places_total"

COUVERTURE: tuple[Indicateur, ...] = (
    declarer(
        "B1",
        "Taux de couverture",
        "%",
        RatioDeSommes(_PLACES, ENFANTS),
        "Places de tous les modes d'accueil / enfants de moins de 3 ans : des places "
        "simultanées pour 100 enfants. Par mode : la part de chaque mode dans ce taux.",
        numerateur="places de tous les modes d'accueil",
        denominateur="enfants de moins de 3 ans",
        decimales=1,
        limites="Le nombre d'enfants est retrouvé du taux publié (arrondi). " + PARTIEL,
    ),
    declarer(
        "S14",
        "Places d'accueil offertes",
        "places",
        Additif(_PLACES),
        "Places théoriques de tous les modes d'accueil ; par mode, celles de chacun.",
        limites="Une place offerte n'est pas un enfant accueilli. " + PARTIEL,
    ),
    declarer(
        "B1u",
        "Enfants de moins de 3 ans sans place",
        "enfants",
        Additif("enfants_sans_place"),
        "Enfants de moins de 3 ans moins places de tous les modes d'accueil, commune par commune.",
        limites="Ce n'est pas un besoin : des familles gardent elles-mêmes leur enfant, et une "
        "place sert souvent à plusieurs enfants. Négatif s'il y a plus de places que d'enfants. "
        + PARTIEL,
    ),
)
PUBLICATION = declarer(
    "S17",
    "Communes dont l'offre est publiée",
    "%",
    RatioDeSommes("publiees", "communes"),
    "Communes de la zone pour lesquelles la source publie des places / communes de la zone.",
    numerateur="communes dont les places sont publiées",
    denominateur="communes de la zone",
    limites="Une commune que la source ne nomme pas a souvent des places.",
)
RESEAU = declarer(
    "B1r",
    "Places du réseau suivi pour 100 enfants",
    "%",
    RatioDeSommes("places_reseau", ENFANTS),
    "Capacité maximale autorisée des établissements suivis de la zone, au 31 décembre de l'année "
    "des enfants / enfants de moins de 3 ans de la zone.",
    numerateur="places autorisées des établissements suivis",
    denominateur="enfants de moins de 3 ans",
    source="agrements, etablissements, territoires ; référentiel public communes_annee",
    decimales=1,
    limites="Ce n'est pas l'offre totale de la zone : les autres crèches, les assistantes "
    "maternelles et l'école n'y sont pas. Un agrément antérieur au suivi est le premier connu. "
    "Un zonage qui ne prend qu'une partie d'une commune n'est pas calculé. " + PARTIEL,
)


def publication(membres: pl.DataFrame, valeurs: pl.DataFrame, lieux: Lieux) -> pl.DataFrame:
    """S17 : communes de chaque zone dont l'offre est publiée, même absentes de toute source.

    Args:
        membres: `maille, zone, lieu` ; un IRIS compte pour la commune qu'il découpe.
        valeurs: `lieu, annee` et `places_total`.
        lieux: dossiers du jeu, pour la provenance.
    """
    publiees = valeurs.drop_nulls(_PLACES).select("lieu", "annee", publiee=pl.lit(1.0))
    zones = (
        membres.with_columns(lieu=commune_de(pl.col("lieu")))
        .unique()
        .join(publiees.select("annee").unique(), how="cross")
        .join(publiees, on=["lieu", "annee"], how="left")
        .group_by(CLE)
        .agg(numerateur=pl.col("publiee").fill_null(0).sum(), denominateur=pl.len())
        .with_columns(pl.lit(CONNU).alias(etat("ensemble")))
    )
    return ranger(PUBLICATION, sourcer(zones, lieux, [_PLACES]), "")


def reseau(membres: pl.DataFrame, valeurs: pl.DataFrame, lieux: Lieux, le: date) -> pl.DataFrame:
    """B1r : l'offre du réseau suivi, à la dernière année où des enfants sont connus.

    Un territoire a les places de ses établissements ; toute autre zone, celles qui sont dans
    ses communes.

    Args:
        membres: `maille, zone, lieu`.
        valeurs: `lieu, annee` et les enfants de moins de 3 ans.
        lieux: dossiers du jeu.
        le: date d'arrêté, à laquelle le découpage est lu.
    """
    enfants = valeurs.drop_nulls(ENFANTS).filter(pl.col("annee") == pl.col("annee").max())
    if enfants.is_empty():
        return ranger(RESEAU, _sans_zone(), "")
    annee = int(enfants["annee"][0])
    ouverts = places_du_reseau(lieux, date(annee, 12, 31)).drop("commune")
    places = a_jour(
        rattacher(ouverts.with_columns(date=pl.lit(le)), lieux), lire_passages(lieux), "commune", le
    )
    par_commune = places.group_by(lieu="commune").agg(pl.col("places").sum())
    par_territoire = places.group_by(zone="territoire").agg(siennes=pl.col("places").sum())
    connus = pl.col(ENFANTS).is_not_null()
    entiere = pl.col("lieu") == commune_de(pl.col("lieu"))
    zones = (
        membres.join(enfants.select("lieu", ENFANTS), on="lieu", how="left")
        .join(par_commune, on="lieu", how="left")
        .group_by("maille", "zone")
        .agg(
            places=pl.col("places").fill_null(0).sum(),
            denominateur=pl.when(connus.any()).then(pl.col(ENFANTS).sum()),
            entiere=entiere.all(),
            tous=connus.all(),
        )
        .join(par_territoire, on="zone", how="left")
        .with_columns(
            annee=pl.lit(annee),
            numerateur=pl.when(pl.col("maille") == "territoire")
            .then(pl.col("siennes").fill_null(0))
            .when("entiere")
            .then("places"),
        )
        .with_columns(
            pl.when(pl.col("numerateur").is_null() | pl.col("denominateur").is_null())
            .then(INCONNU)
            .when("tous")
            .then(CONNU)
            .otherwise(EN_PARTIE)
            .alias(etat("ensemble"))
        )
    )
    return ranger(RESEAU, zones, "réseau suivi ; " + provenance(lieux, [ENFANTS], annee=annee))


def _sans_zone() -> pl.DataFrame:
    textes = dict.fromkeys(("maille", "zone"), pl.String())
    return pl.DataFrame(
        schema={
            **textes,
            "annee": pl.Int64(),
            "numerateur": pl.Float64(),
            etat("ensemble"): pl.Int64(),
        }
    )
