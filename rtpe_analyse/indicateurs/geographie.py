"""De quoi une zone est faite, et comment les anciens codes passent aux nouveaux.

Un lieu est une commune ou un IRIS. Les changements de géographie ne se devinent pas : sans
table de passage, un ancien code reste ce qu'il est, et le nouveau n'a pas de chiffre d'avant.
"""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.erreurs import ErreurDonneesManquantes
from rtpe_analyse.indicateurs.rattachement import SANS_COMMUNE, SANS_TERRITOIRE, rattacher
from rtpe_analyse.nomenclatures.communes import commune_du_code, communes_au, departement_de
from rtpe_analyse.propres import lire_admis

_NON_DECOUPEE = "0000"


def commune_de(lieu: pl.Expr) -> pl.Expr:
    """Commune d'un lieu : lui-même, ou celle de l'IRIS."""
    return commune_du_code(lieu)


def communes_des_zones(lieux: Lieux, le: date) -> pl.DataFrame:
    """Communes de chaque commune, territoire et département du réseau.

    Returns:
        `maille, zone, commune`. Le département a toutes ses communes en vigueur au jour
        `le` ; un territoire celles de ses établissements, à la même date (`hors_commune` si
        la commune de l'un d'eux n'est pas connue : le territoire est partiel, pas plus petit).
        Une commune que remplace une autre à cette date y est sous son nouveau code. Sans
        référentiel, seules les communes des établissements sont connues.
    """
    registre = lire_admis(lieux, "etablissements").select("etablissement").unique().collect()
    situes = rattacher(registre.with_columns(date=pl.lit(le)), lieux)
    situes = a_jour(situes, lire_passages(lieux), "commune", le)
    departements = situes["departement"].unique().to_list()
    connues = _communes_publiees(lieux, le)
    citees = situes.select("commune", zone=departement_de(pl.col("commune")))
    du_departement = (
        pl.concat([connues, citees])
        .filter(pl.col("zone").is_in(departements))
        .unique("commune", keep="first", maintain_order=True)
    )
    du_territoire = situes.filter(pl.col("territoire") != SANS_TERRITOIRE)
    return pl.concat(
        [
            du_departement.select(
                pl.lit("commune").alias("maille"), zone="commune", commune="commune"
            ),
            du_territoire.select(
                pl.lit("territoire").alias("maille"), zone="territoire", commune="commune"
            ).unique(),
            du_departement.select(pl.lit("departement").alias("maille"), "zone", "commune"),
        ]
    )


def _communes_publiees(lieux: Lieux, le: date) -> pl.DataFrame:
    try:
        return communes_au(lieux, le).select(commune="code", zone="departement")
    except ErreurDonneesManquantes:
        return pl.DataFrame(schema={"commune": pl.String, "zone": pl.String})


def lieux_des_zones(lieux: Lieux, le: date) -> pl.DataFrame:
    """Lieux de chaque commune, territoire, département et zonage.

    Returns:
        `maille, zone, lieu` : un code de commune ou d'IRIS, une seule fois par zone.
    """
    communes = communes_des_zones(lieux, le).rename({"commune": "lieu"})
    return pl.concat([communes, lieux_des_zonages(lieux, le)])


def lieux_des_zonages(lieux: Lieux, le: date) -> pl.DataFrame:
    """Lieux de chaque zonage défini par l'utilisateur, en vigueur au jour `le`.

    Un IRIS d'une commune que le zonage contient déjà n'y compte pas deux fois ; l'IRIS d'une
    commune non découpée (`…0000`) est sa commune. Un lieu inconnu du référentiel y reste
    (`hors_commune` si son code n'a pu être lu) : il rend la zone partielle au lieu de la
    réduire en silence. Un ancien code y devient le
    nouveau : le zonage qui cite une partie d'une commune fusionnée prend la commune entière.

    Returns:
        `maille, zone, lieu`.
    """
    lieu = pl.coalesce("iris", "commune", pl.lit(SANS_COMMUNE))
    entiere = pl.col("iris").str.ends_with(_NON_DECOUPEE)
    cites = (
        lire_admis(lieux, "zonages")
        .filter(
            pl.col("valide_du") <= le,
            pl.col("valide_au").is_null() | (pl.col("valide_au") >= le),
        )
        .select(
            pl.lit("zonage").alias("maille"),
            zone="zonage",
            lieu=pl.when(entiere).then(commune_de(pl.col("iris"))).otherwise(lieu),
        )
        .collect()
    )
    uniques = a_jour(cites, lire_passages(lieux), "lieu", le).unique().sort("zone", "lieu")
    iris = uniques.with_columns(commune=commune_de(pl.col("lieu"))).filter(
        pl.col("commune") != pl.col("lieu")
    )
    contenus = iris.join(uniques, left_on=["zone", "commune"], right_on=["zone", "lieu"])
    return uniques.join(contenus, on=["zone", "lieu"], how="anti")


def composition_des_zonages(lieux: Lieux, le: date) -> dict[str, list[str]]:
    """Code de chaque zonage → codes de ses communes et IRIS au jour `le`, triés."""
    membres = lieux_des_zonages(lieux, le).sort("zone", "lieu")
    groupes = membres.group_by("zone", maintain_order=True).agg("lieu")
    return dict(groupes.iter_rows())


def lire_passages(lieux: Lieux) -> pl.DataFrame:
    """Changements de géographie reçus, par date d'effet.

    Returns:
        `ancien, nouveau, effet, part` ; la part (0 à 1) vaut 1 si elle n'est pas dite.
    """
    return (
        lire_admis(lieux, "passages")
        .select("ancien", "nouveau", "effet", pl.col("part").fill_null(1.0))
        .unique()
        .sort("effet", "ancien", "nouveau")
        .collect()
    )


def a_jour(table: pl.DataFrame, passages: pl.DataFrame, colonne: str, le: date) -> pl.DataFrame:
    """Remplace dans une colonne chaque ancien code par le nouveau, en vigueur au jour `le`.

    Args:
        table: table qui porte `colonne`.
        passages: résultat de `lire_passages`.
        colonne: codes de communes ou d'IRIS.
        le: date à laquelle lire la géographie.

    Returns:
        La table ; une ligne dont le code est partagé entre plusieurs se répète pour chacun.
    """
    for effet in passages.filter(pl.col("effet") <= le)["effet"].unique().sort():
        du_jour = passages.filter(pl.col("effet") == effet).select("ancien", "nouveau")
        table = (
            table.join(du_jour, left_on=colonne, right_on="ancien", how="left")
            .with_columns(pl.coalesce("nouveau", colonne).alias(colonne))
            .drop("nouveau")
        )
    return table


def passer(
    valeurs: pl.DataFrame, passages: pl.DataFrame, additives: list[str], le: date
) -> pl.DataFrame:
    """Recompose dans la géographie du jour `le` les chiffres d'années antérieures.

    Pour les années avant celle d'un passage, l'effectif d'un nouveau code est la somme des
    effectifs des anciens, chacun pour sa part. Un code publié en même temps que ceux qu'il
    absorbe (une commune nouvelle garde celui d'une ancienne) est l'un d'eux. S'il en manque
    un, l'effectif est absent, jamais plus petit. Une source qui parle déjà la nouvelle
    géographie pour ces années garde ses chiffres. Une médiane ou un taux ne se recompose pas.

    Args:
        valeurs: `lieu, annee` et des colonnes de chiffres.
        passages: résultat de `lire_passages`.
        additives: colonnes qui s'additionnent.
        le: date à laquelle lire la géographie.

    Returns:
        La table, les anciens codes remplacés avant leur passage ; les autres lignes inchangées.
    """
    for effet in passages.filter(pl.col("effet") <= le)["effet"].unique().sort():
        avant = valeurs.filter(pl.col("annee") < effet.year)
        du_jour = passages.filter(pl.col("effet") == effet).select("ancien", "nouveau", "part")
        liens = pl.concat([du_jour, _codes_gardes(avant, du_jour, additives)])
        touches = pl.col("lieu").is_in(liens["ancien"].implode())
        anciennes = avant.filter(touches)
        grille = liens.join(anciennes.select("annee").unique(), how="cross")
        recomposees = (
            grille.join(
                anciennes, left_on=["ancien", "annee"], right_on=["lieu", "annee"], how="left"
            )
            .group_by(lieu="nouveau", annee="annee")
            .agg(
                pl.when(pl.col(c).null_count() == 0).then((pl.col(c) * pl.col("part")).sum())
                for c in additives
            )
        )
        intactes = valeurs.filter((pl.col("annee") >= effet.year) | ~touches)
        valeurs = (
            pl.concat([intactes, recomposees], how="diagonal")
            .group_by("lieu", "annee", maintain_order=True)
            .agg(pl.all().drop_nulls().first())
        )
    return valeurs.sort("lieu", "annee")


def _codes_gardes(avant: pl.DataFrame, liens: pl.DataFrame, additives: list[str]) -> pl.DataFrame:
    """Nouveaux codes publiés la même année qu'un ancien qu'ils remplacent : anciens eux aussi."""
    ensemble = liens.join(avant, left_on="ancien", right_on="lieu").join(
        avant, left_on=["nouveau", "annee"], right_on=["lieu", "annee"], suffix="_neuf"
    )
    communs = [pl.col(c).is_not_null() & pl.col(f"{c}_neuf").is_not_null() for c in additives]
    return (
        ensemble.filter(pl.any_horizontal(communs))
        .select("nouveau")
        .unique()
        .join(liens, left_on="nouveau", right_on="ancien", how="anti")
        .select(ancien="nouveau", nouveau="nouveau", part=pl.lit(1.0))
    )
