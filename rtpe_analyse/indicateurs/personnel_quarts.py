"""Mesures journalières de l'encadrement : quarts d'heure ouverts, sous le taux, de présence."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.erreurs import ErreurReglementation
from rtpe_analyse.indicateurs.calendrier import jours as calendrier_de
from rtpe_analyse.indicateurs.calendrier import plages_du_jour
from rtpe_analyse.indicateurs.encadrement import (
    ENCADRANTS,
    JOUR,
    agents_par_quart,
    enfants_par_quart,
    regles,
)
from rtpe_analyse.indicateurs.horaires import QUART, etats_horaires
from rtpe_analyse.indicateurs.personnel_jours import MOIS, etats_des_jours, poser_etats
from rtpe_analyse.indicateurs.presences import INCONNU, passages
from rtpe_analyse.indicateurs.rattachement import en_vigueur
from rtpe_analyse.propres import lire_admis
from rtpe_analyse.reglementation import categorie_eaje

_MICRO = "micro_creche"


def quarts_du_jour(
    lieux: Lieux, le: date, capacites: pl.DataFrame, ouverts: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """R1 à R3 par établissement et jour, prêts pour `en_parts`.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté.
        capacites: table de `calendrier.capacites`.
        ouverts: ses seuls jours prévus et ouverts.

    Returns:
        Trois tables. `quarts_ouverts, quarts_sous_taux, quarts_sous_minimum` ; puis
        `diplomes_quarts, encadrants_quarts` (agents × quarts d'heure), avec leurs états ;
        puis `etablissement, date`, et le plus grand nombre d'agents présents au même quart :
        `encadrants`, `diplome`, `autre_qualifie`.
    """
    transmis = agents_par_quart(lieux, le).collect(engine="streaming")
    par_jour = transmis.group_by(JOUR).agg(
        pl.col("lisible").all(),
        pl.col("encadrants", *ENCADRANTS).max(),
        diplomes_quarts=pl.col("diplome").sum(),
        encadrants_quarts=pl.col("encadrants").sum(),
    )
    lisibles = par_jour.filter("lisible")
    agents = ouverts.select(JOUR).join(par_jour.select(*JOUR, "lisible"), on=JOUR, how="left")
    etats = etats_des_jours(
        agents.with_columns(pl.col("lisible").fill_null(False)), lieux, le, capacites
    )
    qualifications = poser_etats(
        lisibles.select(*JOUR, "diplomes_quarts", "encadrants_quarts"), etats
    )
    quarts = _comparer(lieux, le, capacites, ouverts, transmis.join(lisibles, on=JOUR, how="semi"))
    return quarts, qualifications, lisibles.select(*JOUR, "encadrants", *ENCADRANTS)


def _comparer(
    lieux: Lieux,
    le: date,
    capacites: pl.DataFrame,
    ouverts: pl.DataFrame,
    transmis: pl.DataFrame,
) -> pl.DataFrame:
    """Rapproche enfants et agents, quart par quart ; les jours illisibles sortent."""
    pointes = passages(lieux, le)
    recus = pointes.select(JOUR).unique().collect(engine="streaming")
    suivis = ouverts.join(transmis.select(JOUR).unique(), on=JOUR, how="semi").join(
        recus, on=JOUR, how="semi"
    )
    jours = regles(decrire(lieux, suivis)).drop_nulls("minimum")
    enfants = enfants_par_quart(lieux, le, jours)
    cle = [*JOUR, "quart"]
    compares = (
        _quarts_ouverts(lieux, le, jours)
        .join(enfants, on=cle, how="left")
        .join(transmis.select(*cle, "encadrants"), on=cle, how="left")
        .with_columns(
            pl.col("encadrants").fill_null(0),
            pl.col("minimum_du").fill_null(0),
            requis=pl.when(pl.col("enfants").is_null()).then(0).otherwise("requis"),
        )
    )
    mesures = (
        compares.group_by(JOUR)
        .agg(
            quarts_ouverts=pl.len().cast(pl.Int64),
            quarts_sous_taux=(pl.col("encadrants") < pl.col("requis")).sum().cast(pl.Int64),
            quarts_sous_minimum=(pl.col("encadrants") < pl.col("minimum_du")).sum().cast(pl.Int64),
            inconnus=pl.col("requis").null_count(),
        )
        .filter(pl.col("inconnus") == 0)
        .drop("inconnus")
    )
    lus = ouverts.select(JOUR).join(
        mesures.select(*JOUR, lisible=pl.lit(True)), on=JOUR, how="left"
    )
    etats = etats_des_jours(
        lus.with_columns(pl.col("lisible").fill_null(False)), lieux, le, capacites
    )
    heures = etats_horaires(lieux, le, capacites, pointes.filter("present"))
    etats = etats.join(heures.select(*MOIS, heures=pl.col("etat")), on=MOIS, how="left").select(
        *MOIS, etat=pl.max_horizontal("etat", pl.col("heures").fill_null(INCONNU))
    )
    return poser_etats(mesures, etats)


def decrire(lieux: Lieux, jours: pl.DataFrame) -> pl.DataFrame:
    """Ce que la règle d'encadrement demande de savoir d'un établissement, jour par jour.

    Args:
        lieux: dossiers du jeu.
        jours: `etablissement, date, capacite_max` (places autorisées ce jour-là).

    Returns:
        `etablissement, date, mode` (vide s'il n'est pas déclaré) et `micro` (l'établissement
        est une micro-crèche ; faux avant la première règle connue).
    """
    modes = (
        lire_admis(lieux, "etablissements")
        .select("etablissement", "valide_du", "valide_au", mode="mode_encadrement")
        .collect()
    )
    micros = [
        (places, jour)
        for places, jour in jours.select("capacite_max", "date").unique().iter_rows()
        if places and _est_micro(places, jour)
    ]
    connues = pl.DataFrame(
        micros, schema={"capacite_max": pl.Int64, "date": pl.Date}, orient="row"
    ).with_columns(micro=pl.lit(True))
    mode = en_vigueur(jours, modes, ["etablissement"]).select(*JOUR, "mode")
    return (
        jours.select(*JOUR, "capacite_max")
        .join(mode, on=JOUR, how="left")
        .join(connues, on=["capacite_max", "date"], how="left")
        .select(*JOUR, "mode", pl.col("micro").fill_null(False))
    )


def _est_micro(places: int, jour: date) -> bool:
    try:
        return categorie_eaje(places, jour) == _MICRO
    except ErreurReglementation:
        # Avant la première règle connue : le jour est de toute façon écarté.
        return False


def _quarts_ouverts(lieux: Lieux, le: date, jours: pl.DataFrame) -> pl.DataFrame:
    """`etablissement, date, quart` : quarts d'heure que l'ouverture touche."""
    calendrier = calendrier_de(lieux, le).join(jours.select(JOUR), on=JOUR, how="semi")
    debut, fin = pl.col("plage_debut"), pl.col("plage_fin")
    return (
        plages_du_jour(lieux, calendrier)
        .join(calendrier, on=JOUR)
        .select(
            *JOUR,
            debut=pl.max_horizontal(debut, "debut_min"),
            fin=pl.min_horizontal(fin, "fin_min"),
        )
        .filter(pl.col("debut") < pl.col("fin"))
        .select(
            *JOUR,
            quart=pl.int_ranges(pl.col("debut") // QUART, (pl.col("fin") - 1) // QUART + 1),
        )
        .explode("quart")
        .unique()
    )
