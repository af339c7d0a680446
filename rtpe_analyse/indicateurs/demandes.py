"""Famille « demandes » : demandes de place actives, et réponses données."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.ages import modalites_age, tranche_age
from rtpe_analyse.indicateurs.agregation import calculer, compter
from rtpe_analyse.indicateurs.modele import ComptageDistinct, Indicateur, RatioDeSommes
from rtpe_analyse.indicateurs.parts import PERIODE, ZONES, croiser, periodes
from rtpe_analyse.indicateurs.rattachement import (
    SANS_COMMUNE,
    en_vigueur,
    rattacher,
)
from rtpe_analyse.indicateurs.table import vide
from rtpe_analyse.propres import lire_admis

JOURS = ("1", "2", "3", "4", "5", "inconnu")

_MAILLES = (
    "L'établissement et le territoire sont ceux du premier vœu (ou de l'attribution) ; la "
    "commune est celle de résidence."
)
# Une commune de résidence ne contient pas l'établissement demandé.
_LIENS = (
    ("etablissement", "territoire"),
    ("commune", "departement"),
    ("territoire", "departement"),
)

INDICATEURS = (
    Indicateur(
        code="D1",
        libelle="Demandes actives",
        unite="demandes",
        agregation=ComptageDistinct("actives"),
        numerateur="enfants dont une demande attend une décision",
        champ="Demandes déposées et sans décision au dernier jour de la période.",
        definition="Enfants distincts dont au moins une demande est sans réponse ; âge à "
        "l'entrée souhaitée et jours demandés de sa demande la plus récente.",
        source="demandes",
        limites="Ni le besoin ni le recours : une famille qui n'a rien demandé n'y est pas. "
        + _MAILLES,
        contributeur="demandes",
    ),
    Indicateur(
        code="D2",
        libelle="Taux de réponse favorable",
        unite="%",
        agregation=RatioDeSommes("acceptees", "examinees"),
        numerateur="demandes acceptées",
        denominateur="demandes examinées (acceptées ou refusées)",
        champ="Demandes dont la décision est datée de la période ; désistements exclus.",
        definition="Demandes acceptées / demandes examinées.",
        source="demandes",
        limites="Une décision sans date n'y est pas. " + _MAILLES,
        contributeur="examinees",
        part=True,
        decimales=1,
        sens="hausse_favorable",
    ),
)


def calculer_demandes(lieux: Lieux, le: date) -> pl.DataFrame:
    """Indicateurs de la famille, toutes mailles, mois et trimestres échus au jour `le`.

    Un enfant (appariement, à défaut la demande) compte une fois par zone. Sans aucune
    demande reçue, la table est vide ; sinon une zone sans demande en a zéro.
    """
    demandes = (
        lire_admis(lieux, "demandes")
        .filter(pl.col("depot") <= le)
        .with_columns(enfant=pl.coalesce("appariement", "demande"))
        .collect()
    )
    if demandes.is_empty():
        return vide()
    fins = _fins_de_periode(demandes, le)
    actives = _actives(demandes, fins, le)
    examinees = demandes.filter(
        pl.col("decision").is_in(["acceptee", "refusee"]), pl.col("date_decision") <= le
    ).with_columns(date="date_decision", unite="demande")
    actives = _situer(actives, lieux)
    examinees = periodes(_situer(examinees, lieux), le).with_columns(
        ventilation=pl.lit(""), modalite=pl.lit("")
    )
    cadre = _cadre(lieux, fins, demandes, [actives, examinees])
    ages = [("age", m) for m in modalites_age(le)]
    parts = croiser(cadre, [("", ""), *ages, *(("jours", m) for m in JOURS)])
    favorables = examinees.filter(pl.col("decision") == "acceptee")
    comptages = {
        "actives": compter(parts, _ventiler(actives), "actives", None),
        "examinees": compter(cadre, examinees, "examinees", None),
        "acceptees": compter(cadre, favorables, "acceptees", None),
    }
    return calculer(INDICATEURS, parts, comptages, liens=_LIENS)


def _fins_de_periode(demandes: pl.DataFrame, le: date) -> pl.DataFrame:
    """`pas, periode, date` (dernier jour) de chaque période échue depuis le premier dépôt."""
    premier = demandes.select(pl.col("depot").min().dt.truncate("1mo")).to_series()
    mois = pl.DataFrame({"date": pl.date_range(premier[0], le, "1mo", eager=True)})
    fins = periodes(mois, le).with_columns(pl.col("date").dt.month_end())
    return fins.group_by("pas", "periode").agg(pl.col("date").max()).sort("date", "pas")


def _actives(demandes: pl.DataFrame, fins: pl.DataFrame, le: date) -> pl.DataFrame:
    """Demandes sans réponse à chaque fin de période, décrites par la plus récente de l'enfant."""
    jours = pl.col("jours_semaine").cast(pl.String)
    decrites = demandes.filter(
        pl.col("decision").is_null() | pl.col("date_decision").is_not_null()
    ).select(
        "depot",
        "demande",
        "etablissement",
        "commune",
        "date_decision",
        unite="enfant",
        age=tranche_age(pl.col("mois_naissance"), pl.col("entree_souhaitee"), le),
        jours=pl.when(jours.is_in(JOURS)).then(jours).otherwise(pl.lit("inconnu")),
    )
    recente = ("pas", "periode", "unite")
    return (
        decrites.join(fins, how="cross")
        .filter(
            pl.col("depot") <= pl.col("date"),
            pl.col("date_decision").is_null() | (pl.col("date_decision") > pl.col("date")),
        )
        .sort("depot", "demande")
        .with_columns(pl.col("age", "jours").last().over(recente))
        .drop("depot", "demande", "date_decision")
    )


def _situer(table: pl.DataFrame, lieux: Lieux) -> pl.DataFrame:
    """Zones d'une demande : commune de résidence, le reste par l'établissement du vœu."""
    return rattacher(table.rename({"commune": "residence"}), lieux).with_columns(
        commune=pl.col("residence").fill_null(SANS_COMMUNE)
    )


def _cadre(
    lieux: Lieux, fins: pl.DataFrame, demandes: pl.DataFrame, tables: list[pl.DataFrame]
) -> pl.DataFrame:
    """Toutes les zones de chaque période, même sans demande, au format de `en_parts`."""
    registre = lire_admis(lieux, "etablissements").collect()
    en_activite = en_vigueur(
        registre.select("etablissement").unique().join(fins.select("date").unique(), how="cross"),
        registre.filter(
            pl.col("fermeture").is_null() | (pl.col("fermeture") >= pl.col("valide_du"))
        ).with_columns(valide_au=pl.min_horizontal("valide_au", "fermeture")),
        ["etablissement"],
    ).select("etablissement", "date")
    etablissements = rattacher(en_activite, lieux).join(fins, on="date").drop("commune")
    citees = pl.concat([registre.select("commune"), demandes.select("commune")])
    communes = citees.drop_nulls().unique().join(fins, how="cross")
    vues = pl.concat([t.select("pas", "periode", *ZONES) for t in tables])
    return (
        pl.concat(
            [
                vues.drop("commune"),
                vues.select("pas", "periode", "commune", "departement"),
                etablissements.drop("date"),
                communes.drop("date"),
            ],
            how="diagonal",
        )
        .unique()
        .select("pas", "periode", *ZONES, ventilation=pl.lit(""), modalite=pl.lit(""))
    )


def _ventiler(actives: pl.DataFrame) -> pl.DataFrame:
    colonnes = ["unite", *PERIODE, *ZONES]
    return pl.concat(
        actives.with_columns(
            ventilation=pl.lit(nom), modalite=pl.col(nom) if nom else pl.lit("")
        ).select(colonnes)
        for nom in ("", "age", "jours")
    )
