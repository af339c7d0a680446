"""Famille « profil » : l'occupation selon le jour de semaine et la demi-heure."""

from collections.abc import Iterator
from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.agregation import calculer, compter
from rtpe_analyse.indicateurs.calendrier import capacites, plages_du_jour
from rtpe_analyse.indicateurs.modele import Indicateur, RatioDeSommes
from rtpe_analyse.indicateurs.parts import ZONES, etat, periodes, rassembler
from rtpe_analyse.indicateurs.presences import (
    INCONNU,
    etats_mensuels,
    mois_attendus,
    passages,
)
from rtpe_analyse.indicateurs.rattachement import rattacher
from rtpe_analyse.indicateurs.table import vide

DEMI_HEURE = 30
_CRENEAUX = 24 * 60 // DEMI_HEURE
_JOUR = ["etablissement", "date"]
_TRIMESTRE = ["segment", "trimestre", "jour"]

INDICATEURS = (
    Indicateur(
        code="F1",
        libelle="Occupation par jour de semaine et demi-heure",
        unite="%",
        agregation=RatioDeSommes("presence_min", "capacite_min"),
        numerateur="heures de présence du créneau",
        denominateur="heures-places autorisées du créneau",
        champ="Passages dont l'arrivée et le départ sont connus ; jours prévus au dénominateur.",
        definition="Pour chaque jour de semaine et chaque demi-heure du trimestre, durée de "
        "présence rapportée aux places autorisées.",
        source="pointages, agréments, ouvertures",
        limites="Non calculable sans heures d'arrivée et de départ.",
        contributeur="presents_creneau",
        denominateur_public=True,
    ),
)


def calculer_profil(lieux: Lieux, le: date) -> pl.DataFrame:
    """F1 à toutes les mailles, trimestres échus au jour `le`.

    Returns:
        Une ligne par zone × trimestre × créneau où une place est autorisée ou un enfant
        présent ; ventilation `jour_heure`, modalité `1-08:30` (1 = lundi).
    """
    table = capacites(lieux, le)
    venus = passages(lieux, le).filter("present")
    ou = _segments(lieux, table, venus)
    places = _capacite(lieux, table, ou)
    if places.is_empty():
        return vide()
    minutes = _presence(_situer(venus, ou))
    creneaux = pl.concat([places, minutes], how="diagonal").select("jour", "creneau").unique()
    cadre = ou.select("segment", trimestre=pl.col("date").dt.truncate("1q")).unique()
    complet = (
        cadre.join(creneaux, how="cross")
        .join(places, on=[*_TRIMESTRE, "creneau"], how="left")
        .join(minutes, on=[*_TRIMESTRE, "creneau"], how="left")
        .join(ou.select("segment", *ZONES).unique(), on="segment")
        .join(_etats(lieux, le, table, venus), on=["etablissement", "trimestre"], how="left")
        .with_columns(
            pl.col("presence_min", "capacite_min").fill_null(0),
            pl.col("etat").fill_null(INCONNU).alias(etat("presence_min")),
        )
        .drop("etat", "segment")
    )
    parts = rassembler([_nommer(complet, le)])
    presents = [
        compter(
            parts.filter(pl.col("periode") == unites["periode"][0]),
            unites,
            "presents_creneau",
            "presence_min",
        )
        for unites in _enfants_par_creneau(venus, ou, le)
    ]
    effectifs = {"presents_creneau": pl.concat(presents)} if presents else {}
    return calculer(INDICATEURS, parts, effectifs=effectifs).filter(
        (pl.col("numerateur") > 0) | (pl.col("denominateur") > 0) | pl.col("denominateur").is_null()
    )


def _segments(lieux: Lieux, table: pl.DataFrame, venus: pl.LazyFrame) -> pl.DataFrame:
    """Rattachement de chaque établissement × date, numéroté : `segment` et les quatre zones."""
    pointes = venus.select(_JOUR).unique().collect(engine="streaming")
    jours = pl.concat([table.select(_JOUR), pointes]).unique().sort(_JOUR)
    return rattacher(jours, lieux).with_columns(segment=pl.struct(ZONES).rank("dense"))


def _situer(venus: pl.LazyFrame, ou: pl.DataFrame) -> pl.LazyFrame:
    return (
        venus.filter(pl.col("arrivee_min") < pl.col("depart_min"))
        .join(ou.lazy(), on=_JOUR)
        .select(
            "segment",
            "enfant",
            "arrivee_min",
            "depart_min",
            trimestre=pl.col("date").dt.truncate("1q"),
            jour=pl.col("date").dt.weekday(),
        )
    )


def _presence(heures: pl.LazyFrame) -> pl.DataFrame:
    """Minutes de présence par créneau.

    Chaque arrivée apporte au créneau où elle tombe le reste de ce créneau, et 30 minutes à
    chacun des suivants ; chaque départ retire autant. Deux sommes cumulées suffisent.
    """
    bornes = pl.concat(
        heures.group_by(*_TRIMESTRE, creneau=pl.col(borne) // DEMI_HEURE).agg(
            n=pl.len().cast(pl.Int64) * signe, instants=pl.col(borne).sum() * signe
        )
        for borne, signe in (("arrivee_min", 1), ("depart_min", -1))
    )
    par_creneau = bornes.group_by(*_TRIMESTRE, "creneau").sum().collect(engine="streaming")
    creneaux = pl.DataFrame({"creneau": range(_CRENEAUX)}, schema={"creneau": pl.Int64})
    n = pl.col("n")
    cumul = n.cum_sum().over(_TRIMESTRE, order_by="creneau") - n
    reste = (pl.col("creneau") + 1) * DEMI_HEURE * n - pl.col("instants")
    return (
        par_creneau.select(_TRIMESTRE)
        .unique()
        .join(creneaux, how="cross")
        .join(par_creneau, on=[*_TRIMESTRE, "creneau"], how="left")
        .with_columns(pl.col("n", "instants").fill_null(0))
        .select(*_TRIMESTRE, "creneau", presence_min=cumul * DEMI_HEURE + reste)
        .filter(pl.col("presence_min") > 0)
    )


def _capacite(lieux: Lieux, table: pl.DataFrame, ou: pl.DataFrame) -> pl.DataFrame:
    """Minutes-places autorisées par créneau, sur les jours comptés."""
    comptes = table.filter(pl.col("jours") == 1).select(_JOUR)
    plage = ["plage_debut", "plage_fin", "places"]
    debut = pl.col("creneau") * DEMI_HEURE
    commun = pl.min_horizontal("plage_fin", debut + DEMI_HEURE) - pl.max_horizontal(
        "plage_debut", debut
    )
    return (
        plages_du_jour(lieux, comptes)
        .join(ou, on=_JOUR)
        .group_by(
            "segment",
            *plage,
            trimestre=pl.col("date").dt.truncate("1q"),
            jour=pl.col("date").dt.weekday(),
        )
        .agg(n=pl.len().cast(pl.Int64))
        .with_columns(
            creneau=pl.int_ranges(
                pl.col("plage_debut") // DEMI_HEURE,
                (pl.col("plage_fin") - 1) // DEMI_HEURE + 1,
                dtype=pl.Int64,
            )
        )
        .explode("creneau")
        .group_by(*_TRIMESTRE, "creneau")
        .agg(capacite_min=(commun * pl.col("places") * pl.col("n")).sum())
    )


def _etats(lieux: Lieux, le: date, table: pl.DataFrame, venus: pl.LazyFrame) -> pl.DataFrame:
    """État de chaque établissement × trimestre : celui de son mois le moins bien connu."""
    manque = pl.col("arrivee_min").is_null() | pl.col("depart_min").is_null()
    par_mois = (
        venus.group_by("etablissement", "mois")
        .agg(presents=pl.len().cast(pl.Int64), manquants=manque.sum().cast(pl.Int64))
        .collect(engine="streaming")
    )
    sans_agrement = table.filter(pl.col("h0_min").is_null()).select(
        "etablissement",
        trimestre=pl.col("date").dt.truncate("1q"),
        etat=pl.lit(INCONNU),
    )
    mensuels = etats_mensuels(par_mois, mois_attendus(lieux, le, table), le).select(
        "etablissement", trimestre=pl.col("mois").dt.truncate("1q"), etat="etat"
    )
    return (
        pl.concat([mensuels, sans_agrement], how="vertical_relaxed")
        .group_by("etablissement", "trimestre")
        .agg(pl.col("etat").max())
    )


def _nommer(table: pl.DataFrame, le: date) -> pl.DataFrame:
    """Range au trimestre, avec la modalité `1-08:30`."""
    minute = pl.col("creneau") * DEMI_HEURE
    heure, reste = (e.cast(pl.String).str.zfill(2) for e in (minute // 60, minute % 60))
    return periodes(
        table.with_columns(
            ventilation=pl.lit("jour_heure"),
            modalite=pl.format("{}-{}:{}", pl.col("jour"), heure, reste),
        ).rename({"trimestre": "date"}),
        le,
        ["trimestre"],
    ).drop("jour", "creneau")


def _enfants_par_creneau(venus: pl.LazyFrame, ou: pl.DataFrame, le: date) -> Iterator[pl.DataFrame]:
    """Enfants distincts de chaque créneau, un trimestre à la fois pour borner la mémoire.

    Les créneaux où un enfant est venu se réunissent bit à bit (un bit par demi-heure) avant
    d'être dépliés.
    """
    bit = pl.lit(2, pl.Int64)
    fin = (pl.col("depart_min") - 1) // DEMI_HEURE + 1
    creneaux = bit.pow(fin) - bit.pow(pl.col("arrivee_min") // DEMI_HEURE)
    frequentes = (
        _situer(venus, ou)
        .group_by(*_TRIMESTRE, unite="enfant")
        .agg(creneaux=creneaux.bitwise_or())
        .collect(engine="streaming")
        .with_columns(pl.col("unite").cast(pl.Categorical).to_physical())
    )
    zones = ou.select("segment", *ZONES).unique()
    tous = pl.DataFrame({"creneau": range(_CRENEAUX)}, schema={"creneau": pl.Int64})
    for du_trimestre in frequentes.partition_by("trimestre"):
        presents = (
            du_trimestre.join(tous, how="cross")
            .filter(pl.col("creneaux") // bit.pow(pl.col("creneau")) % 2 == 1)
            .drop("creneaux")
        )
        unites = _nommer(presents.join(zones, on="segment").drop("segment"), le)
        if len(unites):
            yield unites
