"""Les contrats d'un enfant suivi, et les séjours qu'ils forment."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.presences import (
    CONNU,
    INCONNU,
    TIERS_PAR_MINUTE,
    micro_heures,
    suivre,
)
from rtpe_analyse.propres import lire_admis
from rtpe_analyse.reglementation import valeur

TYPE_INCONNU = "inconnu"
SANS_FIN = date(9000, 1, 1)
_SEJOUR = ["etablissement", "unite"]


def contrats_suivis(lieux: Lieux) -> pl.DataFrame:
    """Tous les contrats reçus, chacun avec son enfant suivi d'un logiciel à l'autre.

    Un contrat dont la fin précède le début n'est en vigueur aucun jour : il n'y est pas (le
    contrôle le relève).

    Args:
        lieux: dossiers du jeu.

    Returns:
        Une ligne par contrat : `etablissement, unite` (l'enfant), `debut`, `fin` (inclus ;
        `SANS_FIN` si elle n'est pas connue), `type_accueil` (« inconnu » à défaut),
        `naissance` (mois ; vide si inconnue), `contrat_tuh` (tiers de millionième d'heure par
        semaine : heures du contrat, à défaut durée de son planning ; vide sans l'un ni
        l'autre), `jours` (jours de semaine du planning, un bit chacun ; vide sans planning).
    """
    duree = pl.col("fin_min") - pl.col("debut_min")
    plannings = (
        lire_admis(lieux, "plannings")
        .filter(duree > 0)
        .group_by("contrat")
        .agg(
            jours=pl.lit(2, pl.Int64).pow(pl.col("jour_semaine") - 1).bitwise_or(),
            planning_tuh=duree.sum() * TIERS_PAR_MINUTE,
        )
    )
    naissances = (
        suivre(lire_admis(lieux, "enfants").select("enfant", "mois_naissance"), lieux)
        .group_by("enfant")
        .agg(naissance=pl.col("mois_naissance").min())
    )
    return (
        suivre(lire_admis(lieux, "contrats"), lieux)
        .with_columns(pl.col("fin").fill_null(SANS_FIN))
        .filter(pl.col("fin") >= pl.col("debut"))
        .join(plannings, on="contrat", how="left")
        .join(naissances, on="enfant", how="left")
        .select(
            "etablissement",
            "debut",
            "fin",
            "naissance",
            "jours",
            pl.col("type_accueil").fill_null(TYPE_INCONNU),
            unite="enfant",
            contrat_tuh=pl.coalesce(micro_heures("heures_hebdo_h") * 3, "planning_tuh"),
        )
        .sort("etablissement", "unite", "debut", "fin")
        .collect()
    )


def par_mois(contrats: pl.DataFrame, depuis: date, le: date) -> pl.DataFrame:
    """Répète chaque contrat pour chaque mois où il est en vigueur un jour au moins.

    Args:
        contrats: table de `contrats_suivis`.
        depuis: premier mois voulu (premier jour).
        le: date d'arrêté.

    Returns:
        La table augmentée de `mois` ; rien hors de la fenêtre.
    """
    return (
        contrats.filter(pl.col("debut") <= le, pl.col("fin") >= depuis)
        .with_columns(
            mois=pl.date_ranges(
                pl.max_horizontal("debut", pl.lit(depuis)).dt.truncate("1mo"),
                pl.min_horizontal("fin", pl.lit(le)).dt.truncate("1mo"),
                "1mo",
            )
        )
        .explode("mois")
    )


def au_dernier_jour(mensuels: pl.DataFrame) -> pl.DataFrame:
    """Les contrats en vigueur au dernier jour de chaque mois.

    Args:
        mensuels: table de `par_mois`.

    Returns:
        Ses lignes retenues, avec `date` (dernier jour) au lieu de `mois`.
    """
    fin_de_mois = pl.col("mois").dt.month_end()
    return (
        mensuels.with_columns(date=fin_de_mois)
        .filter(pl.col("debut") <= pl.col("date"), pl.col("fin") >= pl.col("date"))
        .drop("mois")
    )


def etats_des_contrats(mensuels: pl.DataFrame, attendus: pl.DataFrame) -> pl.DataFrame:
    """Ce qu'on sait des contrats d'un établissement, mois par mois.

    Args:
        mensuels: table de `par_mois`.
        attendus: table de `mois_attendus`.

    Returns:
        `etablissement, mois, etat` : connu si un contrat y est en vigueur, ou si aucun jour
        d'ouverture n'est attendu ; inconnu sinon (aucun contrat reçu n'est pas zéro enfant).
    """
    cle = ["etablissement", "mois"]
    recus = mensuels.select(cle).unique().with_columns(recu=True)
    connu = pl.col("recu").fill_null(False) | (pl.col("attendus") == 0)
    return (
        attendus.join(recus, on=cle, how="full", coalesce=True)
        .select(
            *cle,
            etat=pl.when(connu.fill_null(False)).then(CONNU).otherwise(INCONNU),
        )
        .sort(cle)
    )


def sejours(contrats: pl.DataFrame, le: date) -> pl.DataFrame:
    """Séjours d'un enfant dans un établissement : ses contrats mis bout à bout.

    Deux contrats séparés d'au plus `conventions.interruption_max_jours` jours ne font qu'un
    séjour : renouveler un contrat annuel, ou le rouvrir après la fermeture d'été, n'est ni
    une sortie ni une entrée.

    Args:
        contrats: table de `contrats_suivis`.
        le: date à laquelle lire la convention.

    Returns:
        `etablissement, unite, naissance, debut, fin` (inclus ; `SANS_FIN` si inconnue),
        triée.
    """
    interruption = pl.duration(days=valeur("conventions", "interruption_max_jours", le) + 1)
    derniere = pl.col("fin").cum_max().shift(1).over(_SEJOUR)
    nouveau = (pl.col("debut") > derniere + interruption).fill_null(True)
    return (
        contrats.sort(*_SEJOUR, "debut", "fin")
        .with_columns(rang=nouveau.cum_sum())
        .group_by(*_SEJOUR, "rang")
        .agg(pl.col("naissance").first(), pl.col("debut").min(), pl.col("fin").max())
        .drop("rang")
        .sort(*_SEJOUR, "debut")
    )


def prochaine_rentree(jour: pl.Expr, le: date) -> pl.Expr:
    """Premier jour de l'année d'accueil qui suit `jour` (un jour de rentrée : l'année d'après).

    Args:
        jour: date.
        le: date à laquelle lire `conventions.rentree_mois`.
    """
    mois = int(valeur("conventions", "rentree_mois", le))
    annee = jour.dt.year() + (jour.dt.month() >= mois).cast(pl.Int32)
    return pl.date(annee, mois, 1)
