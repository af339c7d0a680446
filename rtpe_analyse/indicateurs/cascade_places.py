"""Cascade, première partie : de la place agréée à la place ouverte, jour par jour."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.calendrier import (
    causes_hors_calendrier,
    duree_offerte,
    jours,
    minutes_ouvertes,
    plages_du_jour,
)
from rtpe_analyse.indicateurs.presences import activite, mois_attendus
from rtpe_analyse.propres import lire_admis

_JOUR = ["etablissement", "date"]

AGREE, PREVU, OUVERT = "agree", "prevu", "ouvert"
PREVU_SANS_CAUSE, CALENDRIER_ABSENT = "prevu_sans_cause", "calendrier_absent"
HORS_CALENDRIER, SUBIE_SANS_CAUSE = "ouverture_hors_calendrier", "subie_sans_cause"


def places_du_jour(lieux: Lieux, le: date, capacites: pl.DataFrame) -> pl.DataFrame:
    """Minutes-places de chaque jour agréé, et ce qu'une fermeture en retire.

    Les jours sont tous ceux où l'agrément en vigueur a une plage et où l'établissement est en
    activité, dans les mois dont le calendrier est connu, que ce jour y soit écrit ou non ; et
    ceux qui y sont écrits hors de cette activité.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté.
        capacites: table de `calendrier.capacites`.

    Returns:
        Une ligne par établissement × date : `agree_min`, `place_min` (durée d'une place
        agréée), `prevu_min`, `ouvert_min` (jours ouverts hors calendrier compris ; vide si les
        places ouvertes ne sont pas déclarées), `ouvert` (vrai un jour ouvert), `ligne` (la
        cause qui explique l'écart du jour, vide s'il n'y en a pas) et `hors_min` (places
        ouvertes hors calendrier).
    """
    dates = _jours_agreables(lieux, le, capacites)
    calendrier = jours(lieux, le)
    plages = (
        plages_du_jour(lieux, dates)
        .join(calendrier, on=_JOUR, how="left")
        .with_columns(pl.col("compte", "ouvert").fill_null(False))
    )
    duree = pl.col("plage_fin") - pl.col("plage_debut")
    ouvertes = minutes_ouvertes()
    par_jour = plages.group_by(_JOUR).agg(
        pl.col("compte", "ouvert").first(),
        agree_min=(pl.col("places") * duree).sum(),
        place_min=duree.sum(),
        offert_min=pl.when(ouvertes.null_count() == 0).then(ouvertes.sum()),
    )
    connus = calendrier.select(*_JOUR, ecrit=pl.lit(True))
    compte, ouvert = pl.col("compte"), pl.col("ouvert")
    return (
        par_jour.join(connus, on=_JOUR, how="left")
        .join(_causes(lieux, le), on=_JOUR, how="left")
        .with_columns(
            prevu_min=pl.when(compte).then("agree_min").otherwise(0),
            ouvert_min="offert_min",
            hors_min=pl.when(~compte & ouvert).then("offert_min").otherwise(0),
            ligne=pl.when(pl.col("ecrit").is_null())
            .then(pl.lit(CALENDRIER_ABSENT))
            .when(~compte)
            .then(pl.col("sortie").fill_null(PREVU_SANS_CAUSE))
            .when(pl.col("offert_min") != pl.col("agree_min"))
            .then(pl.col("subie").fill_null(SUBIE_SANS_CAUSE)),
        )
        .select(
            *_JOUR,
            "agree_min",
            "place_min",
            "prevu_min",
            "ouvert_min",
            "hors_min",
            "ouvert",
            "ligne",
        )
        .sort(_JOUR)
    )


def places_attribuees(
    lieux: Lieux, le: date, ouverts: pl.DataFrame, titulaires: pl.DataFrame
) -> pl.DataFrame:
    """Minutes-places tenues par un enfant, plage par plage des jours ouverts.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté.
        ouverts: `etablissement, date` des jours ouverts.
        titulaires: `etablissement, date, titulaires` (nombre d'enfants).

    Returns:
        `etablissement, date, attribue_min` : somme sur les plages de min(places offertes,
        titulaires) × durée offerte ; vide si les places ouvertes ne sont pas déclarées.
    """
    tenues = pl.min_horizontal("places", "places_ouvertes", "titulaires")
    tenues = pl.when(pl.col("places_ouvertes").is_not_null()).then(tenues)
    return (
        plages_du_jour(lieux, ouverts)
        .join(jours(lieux, le), on=_JOUR)
        .join(titulaires, on=_JOUR, how="left")
        .with_columns(pl.col("titulaires").fill_null(0))
        .group_by(_JOUR)
        .agg(
            attribue_min=pl.when(tenues.null_count() == 0).then((tenues * duree_offerte()).sum()),
        )
        .sort(_JOUR)
    )


def _jours_agreables(lieux: Lieux, le: date, capacites: pl.DataFrame) -> pl.DataFrame:
    """Toutes les dates des mois au calendrier connu, dans la vie de l'établissement.

    Un jour écrit au calendrier compte même hors de cette vie : H0 le compte aussi.
    """
    mois = (
        mois_attendus(lieux, le, capacites)
        .drop_nulls("attendus")
        .join(activite(lieux).collect(), on="etablissement", how="left")
    )
    vecus = (
        mois.select(
            "etablissement",
            date=pl.date_ranges(
                pl.max_horizontal("mois", "debut"),
                pl.min_horizontal(pl.col("mois").dt.month_end(), "fin", pl.lit(le)),
                "1d",
            ),
        )
        .explode("date")
        .drop_nulls()
    )
    return pl.concat([vecus, capacites.select(_JOUR)]).unique().sort(_JOUR)


def _causes(lieux: Lieux, le: date) -> pl.DataFrame:
    """`sortie` (cause qui sort du dénominateur) et `subie` (cause qui y reste), par jour."""
    regles = causes_hors_calendrier()
    dites = (
        lire_admis(lieux, "ouvertures")
        .filter(pl.col("date") <= le, pl.col("cause").is_not_null())
        .sort(*_JOUR, "_ligne")
        .unique(_JOUR, keep="last", maintain_order=True)
        .select(*_JOUR, "cause")
        .collect()
    )
    en_vigueur = dites.join(regles, on="cause").filter(
        pl.col("date") >= pl.col("valide_du"), pl.col("date") < pl.col("valide_au")
    )
    return en_vigueur.select(
        *_JOUR,
        sortie=pl.when("sort").then("cause"),
        subie=pl.when(~pl.col("sort")).then("cause"),
    )
