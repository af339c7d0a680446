"""Où et quand compter des demandes : zones, périodes, et ce que la demande décrit."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.ages import tranche_age
from rtpe_analyse.indicateurs.parts import ZONES, periodes
from rtpe_analyse.indicateurs.rattachement import SANS_COMMUNE, en_vigueur, rattacher
from rtpe_analyse.propres import lire_admis

JOURS = ("1", "2", "3", "4", "5", "inconnu")
FAMILLES_DE_DEMANDEURS = ("monoparentale", "autre", "inconnu")
MAILLES_DES_DEMANDES = (
    "L'établissement et le territoire sont ceux du premier vœu (ou de l'attribution) ; la "
    "commune est celle de résidence."
)
# Dans un établissement ou une commune, les décisions d'un trimestre se comptent sur les doigts : on
# n'y lit que les douze mois (D4a, D5), dont un trimestre se déduirait.
MAILLES_DES_DECISIONS = ("territoire", "departement")
PUBLICATION_DES_DECISIONS = "Publié par territoire et département seulement. "
# Une commune de résidence ne contient pas l'établissement demandé.
LIENS_DES_DEMANDES = (
    ("etablissement", "territoire"),
    ("commune", "departement"),
    ("territoire", "departement"),
)


def lire_demandes(lieux: Lieux, le: date) -> pl.DataFrame:
    """Demandes déposées au jour `le`, chacune avec son enfant et ce qu'elle décrit.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté ; les tranches d'âge se lisent à cette date.

    Returns:
        Les colonnes de la table propre, et `enfant` (pseudonyme d'appariement, à défaut la
        demande : sans lui, rien ne dit que deux demandes sont du même enfant), `age` (à
        l'entrée souhaitée), `jours` et `famille` (« inconnu » si la demande ne les dit pas).
    """
    jours = pl.col("jours_semaine").cast(pl.String)
    return (
        lire_admis(lieux, "demandes")
        .filter(pl.col("depot") <= le)
        .with_columns(
            enfant=pl.coalesce("appariement", "demande"),
            age=tranche_age(pl.col("mois_naissance"), pl.col("entree_souhaitee"), le),
            jours=pl.when(jours.is_in(JOURS)).then(jours).otherwise(pl.lit("inconnu")),
            famille=pl.when("monoparentale")
            .then(pl.lit("monoparentale"))
            .when(~pl.col("monoparentale"))
            .then(pl.lit("autre"))
            .otherwise(pl.lit("inconnu")),
        )
        .collect()
    )


def fins_de_periode(demandes: pl.DataFrame, le: date) -> pl.DataFrame:
    """`pas, periode, date` (dernier jour) de chaque période échue depuis le premier dépôt."""
    premier = demandes.select(pl.col("depot").min().dt.truncate("1mo")).to_series()
    mois = pl.DataFrame({"date": pl.date_range(premier[0], le, "1mo", eager=True)})
    fins = periodes(mois, le).with_columns(pl.col("date").dt.month_end())
    return fins.group_by("pas", "periode").agg(pl.col("date").max()).sort("date", "pas")


def situer(table: pl.DataFrame, lieux: Lieux) -> pl.DataFrame:
    """Zones d'une demande : commune de résidence, le reste par l'établissement du vœu."""
    return rattacher(table.rename({"commune": "residence"}), lieux).with_columns(
        commune=pl.col("residence").fill_null(SANS_COMMUNE)
    )


def cadre_des_zones(
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
    vues = pl.concat([t.select("pas", "periode", *ZONES) for t in tables])
    # Une commune est du même département chaque mois, même sans demande ce mois-là : le secret
    # doit savoir qu'elle en est une part.
    siens = vues.select("commune", "departement").drop_nulls().unique()
    communes = (
        citees.drop_nulls().unique().join(siens, on="commune", how="left").join(fins, how="cross")
    )
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


def ventiler(table: pl.DataFrame, ventilations: Sequence[str]) -> pl.DataFrame:
    """Répète des unités pour chaque ventilation ; `""` est l'ensemble.

    Args:
        table: unités situées, avec une colonne du nom de chaque ventilation.
        ventilations: noms voulus.
    """
    return pl.concat(
        table.with_columns(ventilation=pl.lit(nom), modalite=pl.col(nom) if nom else pl.lit(""))
        for nom in ventilations
    )
