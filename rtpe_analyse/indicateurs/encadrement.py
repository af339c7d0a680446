"""Quart d'heure par quart d'heure : les enfants présents, l'encadrement requis, les agents.

L'encadrement se lit sur la présence des agents, comptés tous ensemble par qualification ;
aucun agent n'est suivi, aucune fiche d'agent n'est lue. Le personnel hors encadrement, en
formation ou à un autre travail (`non_encadrant`) ne compte pas.
"""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.horaires import QUART, QUARTS
from rtpe_analyse.indicateurs.presences import suivre
from rtpe_analyse.indicateurs.rattachement import en_vigueur
from rtpe_analyse.propres import lire_admis
from rtpe_analyse.reglementation import historique

JOUR = ["etablissement", "date"]
ENCADRANTS = ("diplome", "autre_qualifie")
# Les parts déclarées en centièmes de pour cent : des entiers, dont la somme est exacte.
ENTIER = 10_000
_RATIOS = {
    "enfants_non_marcheurs": "non_marcheurs_par_agent",
    "enfants_marcheurs": "marcheurs_par_agent",
    "enfants_tous_ages": "enfants_par_agent",
    "professionnels_minimum": "minimum",
    "micro_creche_enfants_seul": "seul_jusqu_a",
}


def regles(jours: pl.DataFrame) -> pl.DataFrame:
    """Ajoute à chaque jour les ratios et le minimum alors en vigueur.

    Args:
        jours: table portant `date`.

    Returns:
        La table augmentée de `non_marcheurs_par_agent`, `marcheurs_par_agent`,
        `enfants_par_agent`, `minimum` (agents) et `seul_jusqu_a` (enfants
        qu'un seul agent peut accueillir en micro-crèche) ; vides avant la première règle connue.
    """
    jours = jours.sort("date", maintain_order=True)
    for cle, nom in _RATIOS.items():
        valeurs = pl.DataFrame(
            [(v.effet, int(v.valeur)) for v in historique("encadrement", cle)],
            schema={"effet": pl.Date, nom: pl.Int64},
            orient="row",
        )
        jours = jours.join_asof(valeurs, left_on="date", right_on="effet").drop("effet")
    return jours


def requis(enfants: pl.Expr, marcheurs: pl.Expr, mode: pl.Expr, micro: pl.Expr) -> pl.Expr:
    """Professionnels requis, lecture globale : la fonction `encadrement_requis`, en colonnes.

    Args:
        enfants: enfants présents.
        marcheurs: ceux d'entre eux qui marchent ; vide si on ne le sait pas.
        mode: `5_8` ou `6` ; tout autre texte rend le résultat inconnu.
        micro: l'établissement est une micro-crèche.

    Returns:
        Expression entière, sur une table passée par `regles` ; zéro sans enfant, vide si
        les marcheurs sont inconnus en mode `5_8`. Source : articles R. 2324-43 et 43-1 du
        code de la santé publique.
    """
    n, m = pl.col("non_marcheurs_par_agent"), pl.col("marcheurs_par_agent")
    taux = (
        pl.when(mode == "6")
        .then(_plafond(enfants, pl.col("enfants_par_agent")))
        .when(mode == "5_8")
        .then(_plafond((enfants - marcheurs) * m + marcheurs * n, n * m))
    )
    exempte = micro & (enfants <= pl.col("seul_jusqu_a"))
    au_moins = pl.when(exempte).then(0).otherwise(pl.col("minimum"))
    return (
        pl.when(enfants == 0)
        .then(0)
        .when(taux.is_not_null() & au_moins.is_not_null())
        .then(pl.max_horizontal(taux, au_moins))
    )


def _plafond(numerateur: pl.Expr, denominateur: pl.Expr) -> pl.Expr:
    return -((-numerateur) // denominateur)


def enfants_par_quart(lieux: Lieux, le: date, jours: pl.DataFrame) -> pl.DataFrame:
    """Ce qu'exigent les enfants présents, au pire instant de chaque quart d'heure.

    Les sommes cumulées des arrivées et des départs donnent le nombre exact d'enfants à
    chaque instant ; un départ et une arrivée à la même minute ne se recouvrent pas, et un
    enfant pointé deux fois au même moment compte une fois. Les marcheurs sont la part
    déclarée de la section de chacun, arrondie à l'entier inférieur sur l'établissement
    (dans le doute, un enfant ne marche pas) ; jamais déduits de l'âge.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté.
        jours: `etablissement, date, mode, micro` et les colonnes de `regles`, des seuls
            jours voulus.

    Returns:
        `etablissement, date, quart`, et le maximum du quart pour `enfants`, `minimum_du`
        (agents qu'exige le seul minimum) et `requis` (vide si un instant du quart est
        inconnu) ; un quart sans enfant n'y est pas.
    """
    instants = (
        _evenements(lieux, le, jours)
        .group_by(*JOUR, "minute")
        .agg(pl.col("enfants", "parts", "sans_part").sum())
        .sort(*JOUR, "minute")
        .with_columns(
            pl.col("enfants", "parts", "sans_part").cum_sum().over(JOUR),
            suivante=pl.col("minute").shift(-1).over(JOUR),
        )
        .filter(pl.col("enfants") > 0)
        .collect(engine="streaming")
        .join(jours, on=JOUR)
    )
    marcheurs = pl.when(pl.col("sans_part") == 0).then(pl.col("parts") // ENTIER)
    exempte = pl.col("micro") & (pl.col("enfants") <= pl.col("seul_jusqu_a"))
    return (
        instants.with_columns(
            requis=requis(pl.col("enfants"), marcheurs, pl.col("mode"), pl.col("micro")),
            minimum_du=pl.when(exempte).then(0).otherwise(pl.col("minimum")),
            quart=pl.int_ranges(pl.col("minute") // QUART, (pl.col("suivante") - 1) // QUART + 1),
        )
        .explode("quart")
        .group_by(*JOUR, "quart")
        .agg(
            pl.col("enfants").max(),
            pl.col("minimum_du").max(),
            requis=pl.when(pl.col("requis").null_count() == 0).then(pl.col("requis").max()),
        )
        .sort(*JOUR, "quart")
    )


def _evenements(lieux: Lieux, le: date, jours: pl.DataFrame) -> pl.LazyFrame:
    """Arrivées (+) et départs (−), avec la part de marcheurs de la section."""
    venus = suivre(
        lire_admis(lieux, "pointages")
        .filter(pl.col("date") <= le, pl.col("arrivee_min") < pl.col("depart_min"))
        .join(jours.lazy().select(JOUR), on=JOUR, how="semi"),
        lieux,
    )
    deja = pl.col("depart_min").cum_max().shift(1).over(*JOUR, "enfant")
    venus = (
        venus.sort(*JOUR, "enfant", "arrivee_min", "depart_min", "section")
        .with_columns(arrivee_min=pl.max_horizontal("arrivee_min", deja))
        .filter(pl.col("arrivee_min") < pl.col("depart_min"))
    )
    parts = parts_declarees(lieux, venus)
    situes = venus.join(parts.lazy(), on=[*JOUR, "section"], how="left").select(
        *JOUR,
        "arrivee_min",
        "depart_min",
        parts=pl.col("part").fill_null(0),
        sans_part=pl.col("part").is_null().cast(pl.Int64),
    )
    return pl.concat(
        situes.select(
            *JOUR,
            minute=borne,
            enfants=pl.lit(signe, pl.Int64),
            parts=pl.col("parts") * signe,
            sans_part=pl.col("sans_part") * signe,
        )
        for borne, signe in (("arrivee_min", 1), ("depart_min", -1))
    )


def parts_declarees(lieux: Lieux, venus: pl.LazyFrame) -> pl.DataFrame:
    """Part de marcheurs déclarée de chaque section fréquentée, au jour dit.

    Args:
        lieux: dossiers du jeu.
        venus: `etablissement, date, section` des passages ; une section vide n'a pas de part.

    Returns:
        `etablissement, date, section, part` (en dix-millièmes ; vide si elle n'est pas
        déclarée) ; une section qui n'est pas au registre ce jour-là n'y est pas.
    """
    sections = (
        lire_admis(lieux, "sections")
        .select(
            "etablissement",
            "section",
            "valide_du",
            "valide_au",
            part=(pl.col("part_marcheurs_pct") * ENTIER / 100).round().cast(pl.Int64),
        )
        .collect()
    )
    vues = venus.select(*JOUR, "section").drop_nulls().unique().collect(engine="streaming")
    return en_vigueur(vues, sections, ["etablissement", "section"]).select(*JOUR, "section", "part")


def agents_par_quart(lieux: Lieux, le: date) -> pl.LazyFrame:
    """Agents présents par quart d'heure, en agrégé.

    Returns:
        `etablissement, date, quart, encadrants, diplome, autre_qualifie, lisible` (faux si
        une ligne du quart n'a pas de qualification) ; un quart non transmis n'y est pas.
    """
    comptes = {q: pl.col("agents").filter(pl.col("qualification") == q).sum() for q in ENCADRANTS}
    return (
        lire_admis(lieux, "presences_agents")
        .filter(pl.col("date") <= le, pl.col("quart").is_between(0, QUARTS - 1))
        .group_by(*JOUR, "quart")
        .agg(lisible=pl.col("qualification").null_count() == 0, **comptes)
        .with_columns(encadrants=pl.sum_horizontal(ENCADRANTS))
    )
