"""Les quartiers prioritaires d'une zone : population, et part de la population."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.erreurs import ErreurDonneesManquantes
from rtpe_analyse.indicateurs.geographie import a_jour, lire_passages
from rtpe_analyse.indicateurs.modele import Additif, Indicateur, RatioDeSommes
from rtpe_analyse.indicateurs.parts import etat
from rtpe_analyse.indicateurs.presences import CONNU, EN_PARTIE, INCONNU
from rtpe_analyse.indicateurs.publics import CLE, declarer, ranger
from rtpe_analyse.indicateurs.valeurs_publiques import sourcer
from rtpe_analyse.nomenclatures.communes import departement_de, lire_communes, repertoire_communes
from rtpe_analyse.nomenclatures.publiques import lire_referentiel

_LIMITES = (
    "Un quartier peut couvrir plusieurs communes : celui qui dépasse de la zone n'y est pas "
    "compté, et la valeur est à vérifier. Géographie prioritaire de l'édition publiée. Un IRIS "
    "ne dit pas quels quartiers il touche."
)
_MAJORITE = 0.5
QUARTIERS: tuple[Indicateur, ...] = (
    declarer(
        "S10",
        "Habitants de quartiers prioritaires",
        "habitants",
        Additif("population_qpv"),
        "Population des quartiers prioritaires (QPV) entièrement situés dans la zone.",
        source="référentiel public qpv",
        limites=_LIMITES,
    ),
    declarer(
        "S11",
        "Part de la population en quartier prioritaire",
        "%",
        RatioDeSommes("population_qpv", "population"),
        "Habitants de quartiers prioritaires / population municipale de la même année de "
        "recensement, retrouvée des populations communales publiées avec les quartiers.",
        numerateur="habitants de quartiers prioritaires",
        denominateur="habitants des communes de la zone",
        source="référentiel public qpv, communes_annee",
        limites=_LIMITES + " Absente si l'année de recensement ne se retrouve pas.",
        decimales=1,
    ),
)


def quartiers(
    membres: pl.DataFrame, valeurs: pl.DataFrame, lieux: Lieux, le: date
) -> list[pl.DataFrame]:
    """S10 et S11 de chaque zone, par édition des quartiers prioritaires.

    Zéro si la source décrit les départements de la zone sans y nommer de quartier ; non
    calculable si elle n'en dit rien, ou si aucun quartier n'est entièrement dans la zone et
    qu'il y en a un en partie.

    Args:
        membres: `maille, zone, lieu`.
        valeurs: `lieu, annee, population`.
        lieux: dossiers du jeu.
        le: date à laquelle lire la géographie.
    """
    try:
        lus = lire_referentiel(lieux.referentiel, "qpv").drop_nulls("population")
    except ErreurDonneesManquantes:
        return []
    situes = _communes_des_quartiers(lus, lieux, le)
    zones = _populations(membres, lus, situes)
    annees = _annees_de_recensement(lus, situes, valeurs)
    habitants = (
        membres.join(annees, how="cross")
        .join(
            valeurs.select("lieu", "population", recensement="annee"),
            on=["lieu", "recensement"],
            how="left",
        )
        .group_by(CLE)
        .agg(
            denominateur=pl.when(pl.col("population").null_count() == 0).then(
                pl.col("population").sum()
            ),
            recensement=pl.col("recensement").first(),
        )
    )
    millesime = pl.format("{} (recensement de {})", "annee", "recensement")
    parts = zones.join(habitants, on=CLE).with_columns(millesime=millesime)
    nombre, part = QUARTIERS
    return [
        ranger(i, sourcer(t, lieux, ["population_communes_du_quartier"], ("qpv",)), "")
        for i, t in ((nombre, zones), (part, parts))
    ]


def _communes_des_quartiers(lus: pl.DataFrame, lieux: Lieux, le: date) -> pl.DataFrame:
    """`qpv, departement, lieu` : une ligne par commune citée ; lieu absent si introuvable."""
    communes = lire_communes(lieux)
    partout = repertoire_communes(communes)
    departement = pl.col("qpv").str.slice(2, 3)
    cites = (
        lus.select("qpv", pl.col("communes").str.split(","))
        .explode("communes")
        .select("qpv", nom=pl.col("communes").str.strip_chars())
        .drop_nulls("nom")
        .unique()
        .with_columns(
            departement=pl.when(departement.str.starts_with("97"))
            .then(departement)
            .otherwise(departement.str.slice(1))
        )
        .sort("qpv", "nom")
    )
    siens = {
        code: repertoire_communes(communes.filter(pl.col("departement") == code))
        for code in cites["departement"].unique()
    }
    trouves = [
        siens[code].trouver(nom) or partout.trouver(nom)
        for nom, code in cites.select("nom", "departement").iter_rows()
    ]
    codes = pl.Series("lieu", [t.code if t else None for t in trouves], dtype=pl.String)
    return a_jour(cites.with_columns(codes), lire_passages(lieux), "lieu", le)


def _populations(membres: pl.DataFrame, lus: pl.DataFrame, situes: pl.DataFrame) -> pl.DataFrame:
    """Population des quartiers contenus dans chaque zone, par édition, et son état."""
    editions = lus.select("annee").unique()
    decrits = (
        lus.select("qpv", "annee")
        .join(situes.select("qpv", "departement").unique(), on="qpv")
        .select("annee", "departement", decrit=pl.lit(value=True))
        .unique()
    )
    du_lieu = membres.with_columns(departement=departement_de(pl.col("lieu")))
    connues = (
        du_lieu.join(editions, how="cross")
        .join(decrits, on=["annee", "departement"], how="left")
        .group_by(CLE)
        .agg(
            decrite=pl.col("decrit").fill_null(value=False).all(),
            entiere=(pl.col("lieu").str.len_chars() == 5).all(),
        )
    )
    dedans = membres.with_columns(dedans=pl.lit(value=True))
    touches = membres.select("maille", "zone").unique().join(situes, how="cross")
    places = (
        touches.join(dedans, on=["maille", "zone", "lieu"], how="left")
        .group_by("maille", "zone", "qpv")
        .agg(
            contenu=pl.col("dedans").fill_null(value=False).all(),
            touche=pl.col("dedans").any(),
        )
        .filter("touche")
        .join(lus.select("qpv", "annee", "population"), on="qpv")
        .group_by(CLE)
        .agg(
            population=pl.col("population").filter("contenu").sum(),
            contenus=pl.col("contenu").sum(),
            partages=(~pl.col("contenu")).sum(),
        )
    )
    calculable = pl.col("decrite") & pl.col("entiere")
    aucun_entier = (pl.col("contenus") == 0) & (pl.col("partages") > 0)
    return (
        connues.join(places, on=CLE, how="left")
        .with_columns(pl.col("population", "contenus", "partages").fill_null(0))
        .with_columns(
            pl.when(~calculable | aucun_entier)
            .then(INCONNU)
            .when(pl.col("partages") > 0)
            .then(EN_PARTIE)
            .otherwise(CONNU)
            .alias(etat("ensemble")),
        )
        .select(
            *CLE,
            etat("ensemble"),
            numerateur=pl.when(pl.col(etat("ensemble")) != INCONNU).then("population"),
        )
    )


def _annees_de_recensement(
    lus: pl.DataFrame, situes: pl.DataFrame, valeurs: pl.DataFrame
) -> pl.DataFrame:
    """`annee, recensement` : l'année dont les populations communales sont celles de l'édition.

    Celles de plus de la moitié des communes suffisent : une commune fusionnée ou révisée depuis
    ne fait pas une autre année.
    """
    seuls = situes.filter(pl.len().over("qpv") == 1).select("qpv", "lieu")
    return (
        lus.join(seuls, on="qpv")
        .select("annee", "lieu", publiee="population_communes_du_quartier")
        .drop_nulls()
        .unique()
        .join(
            valeurs.select("lieu", "population", recensement="annee").drop_nulls(),
            on="lieu",
        )
        .group_by("annee", "recensement")
        .agg(egales=(pl.col("population") == pl.col("publiee")).mean())
        .filter(pl.col("egales") > _MAJORITE)
        .sort("egales", "recensement")
        .group_by("annee", maintain_order=True)
        .agg(pl.col("recensement").last())
    )
