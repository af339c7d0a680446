"""Famille « profil » : présence et places selon le jour de semaine et le quart d'heure."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.agregation import calculer
from rtpe_analyse.indicateurs.calendrier import jours as calendrier_de
from rtpe_analyse.indicateurs.calendrier import plages_du_jour
from rtpe_analyse.indicateurs.horaires import (
    QUART,
    QUARTS,
    etats_horaires,
    minutes_par_quart,
)
from rtpe_analyse.indicateurs.modele import Indicateur, RatioDeSommes, SommeDeMoyennes
from rtpe_analyse.indicateurs.parts import PERIODE, ZONES, etat, periodes, rassembler
from rtpe_analyse.indicateurs.places import parts_de_capacite
from rtpe_analyse.indicateurs.presences import CONNU, INCONNU, passages
from rtpe_analyse.indicateurs.profil_effectifs import compter_par_quart
from rtpe_analyse.indicateurs.rattachement import rattacher
from rtpe_analyse.indicateurs.table import vide
from rtpe_analyse.reglementation import valeur

_JOUR = ["etablissement", "date"]
_GROUPE = ["segment", "trimestre", "jour"]
_MESURES = (
    "presence_min",
    "capacite_min",
    "ouverts_min",
    "duree_min",
    "jours_ouverts",
    "jours_satures",
    "jours_creux",
)
_CRENEAU = (
    "Chaque jour de semaine et chaque quart d'heure du trimestre où une place est autorisée "
    "ou un enfant présent."
)
_OUVERTS = (
    "Jours prévus où le créneau est ouvert et où l'établissement a transmis au moins un "
    "pointage ; une zone compte des jours d'établissement."
)
_HEURES = "Non calculable sans heures d'arrivée et de départ, ou sans places ouvertes déclarées."

INDICATEURS = (
    Indicateur(
        code="F1",
        libelle="Occupation par jour de semaine et quart d'heure",
        unite="%",
        agregation=RatioDeSommes("presence_min", "capacite_min"),
        numerateur="heures de présence du créneau",
        denominateur="heures-places autorisées du créneau",
        champ="Passages dont l'arrivée et le départ sont connus ; jours prévus au dénominateur.",
        definition="Pour chaque jour de semaine et chaque quart d'heure du trimestre, durée de "
        "présence rapportée aux places autorisées.",
        source="pointages, agréments, ouvertures",
        limites="Non calculable sans heures d'arrivée et de départ. Pas à la commune.",
        contributeur="presents_creneau",
        entraine_par="T1",
        denominateur_public=True,
    ),
    Indicateur(
        code="F2",
        libelle="Places autorisées par jour de semaine et quart d'heure",
        unite="places",
        agregation=SommeDeMoyennes("capacite_min", "duree_min"),
        numerateur="places autorisées du créneau, en moyenne sur les jours prévus",
        champ=_CRENEAU,
        definition="Minutes-places autorisées du créneau / minutes du créneau, jours prévus de "
        "chaque établissement ; une zone additionne ses établissements.",
        source="agréments, ouvertures",
        limites="Suit l'agrément modulé : zéro hors de toute plage. Pas à la commune.",
        decimales=1,
    ),
    Indicateur(
        code="F3",
        libelle="Places ouvertes par jour de semaine et quart d'heure",
        unite="places",
        agregation=SommeDeMoyennes("ouverts_min", "duree_min"),
        numerateur="places réellement offertes du créneau, en moyenne sur les jours prévus",
        champ=_CRENEAU,
        definition="Comme F2, avec le plus petit des places autorisées et des places ouvertes, "
        "entre l'ouverture et la fermeture réelles ; zéro un jour prévu mais fermé.",
        source="agréments, ouvertures",
        limites="Non calculable si les places ouvertes d'un jour ouvert ne sont pas déclarées. "
        "Pas à la commune.",
        decimales=1,
    ),
    Indicateur(
        code="F4",
        libelle="Part des jours où le créneau est saturé",
        unite="%",
        agregation=RatioDeSommes("jours_satures", "jours_ouverts"),
        numerateur="jours où la présence du créneau atteint les places ouvertes",
        denominateur="jours où le créneau est ouvert",
        champ=_OUVERTS,
        definition="Saturé : sur le quart d'heure, minutes de présence ≥ minutes-places "
        "ouvertes. Jours saturés / jours ouverts.",
        source="pointages, agréments, ouvertures",
        limites=_HEURES + " Pas à la commune.",
        contributeur="presents_creneau",
        entraine_par="T1",
        denominateur_public=True,
    ),
    Indicateur(
        code="F5",
        libelle="Part des jours où le créneau est creux",
        unite="%",
        agregation=RatioDeSommes("jours_creux", "jours_ouverts"),
        numerateur="jours où la présence du créneau est sous le seuil daté creneau_creux_pct",
        denominateur="jours où le créneau est ouvert",
        champ=_OUVERTS,
        definition="Creux : sur le quart d'heure, minutes de présence < seuil × minutes-places "
        "ouvertes. Jours creux / jours ouverts.",
        source="pointages, agréments, ouvertures ; seuil creneau_creux_pct",
        limites=_HEURES + " Pas à la commune. Le seuil est un choix local, à valider.",
        contributeur="presents_creneau",
        entraine_par="T1",
        denominateur_public=True,
    ),
)


@dataclass(frozen=True)
class _Jours:
    """Les établissements × jours, rattachés, et les plages de leur agrément.

    Attributes:
        ou: `etablissement, date, segment, trimestre, jour` et les quatre zones.
        plages: plages d'agrément des jours comptés, avec ce qui y est ouvert.
        recus: établissements × dates où au moins un pointage est reçu.
    """

    ou: pl.DataFrame
    plages: pl.DataFrame
    recus: pl.DataFrame


def calculer_profil(lieux: Lieux, le: date) -> pl.DataFrame:
    """F1 à F5 à l'établissement, au territoire et au département, trimestres échus.

    Une commune n'a souvent qu'un établissement : elle n'a pas de profil.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté ; le seuil de créneau creux est lu ce jour-là.

    Returns:
        Une ligne par zone × trimestre × créneau où une place est autorisée ou un enfant
        présent ; ventilation `jour_heure`, modalité `1-08:15` (1 = lundi).
    """
    capacites, mesures = parts_de_capacite(lieux, le)
    pointes = passages(lieux, le)
    venus = pointes.filter("present")
    jours = _situer(lieux, le, mesures, pointes)
    if jours.plages.is_empty():
        return vide()
    seuil = int(valeur("seuils_alerte", "creneau_creux_pct", le))
    tables = []
    for du_trimestre in jours.ou.sort("segment", "jour", *_JOUR).partition_by("trimestre"):
        tables.append(_quarts(du_trimestre.with_row_index("rang"), jours, venus, seuil))
    etats = _etats(capacites, mesures, etats_horaires(lieux, le, capacites, venus))
    parts = _en_parts(pl.concat(tables), jours.ou, etats, le)
    connus = jours.ou.join(
        etats.filter(pl.col("presence") == INCONNU), on=["etablissement", "trimestre"], how="anti"
    )
    effectifs = compter_par_quart(parts, connus, venus)
    return calculer(INDICATEURS, parts, effectifs={"presents_creneau": effectifs}).filter(
        pl.col("maille") != "commune"
    )


def _situer(lieux: Lieux, le: date, mesures: pl.DataFrame, pointes: pl.LazyFrame) -> _Jours:
    """Rattache chaque jour du calendrier ou pointé, et lui joint ses plages."""
    recus = pointes.select(_JOUR).unique().collect(engine="streaming")
    lignes = pl.concat([mesures.select(_JOUR), recus]).unique().sort(_JOUR)
    ou = rattacher(lignes, lieux).with_columns(
        segment=pl.struct(ZONES).rank("dense"),
        trimestre=pl.col("date").dt.truncate("1q"),
        jour=pl.col("date").dt.weekday().cast(pl.Int64),
    )
    calendrier = calendrier_de(lieux, le).filter("compte")
    debut, fin = pl.col("plage_debut"), pl.col("plage_fin")
    plages = (
        plages_du_jour(lieux, calendrier)
        .join(calendrier, on=_JOUR)
        .with_columns(
            offertes=pl.when("ouvert")
            .then(pl.min_horizontal("places", pl.col("places_ouvertes").fill_null(0)))
            .otherwise(0),
            ouvert_debut=pl.max_horizontal(debut, pl.col("debut_min").fill_null(debut)),
            ouvert_fin=pl.min_horizontal(fin, pl.col("fin_min").fill_null(fin)),
        )
    )
    return _Jours(ou, plages, recus)


def _quarts(ou: pl.DataFrame, jours: _Jours, venus: pl.LazyFrame, seuil: int) -> pl.DataFrame:
    """Mesures d'un trimestre : une ligne par segment × jour de semaine × quart non nul."""
    du, au = ou["date"].min(), ou["date"].max()
    rangs = ou.select(*_JOUR, "rang")
    heures = (
        venus.filter(
            pl.col("date").is_between(du, au), pl.col("arrivee_min") < pl.col("depart_min")
        )
        .select(*_JOUR, debut="arrivee_min", fin="depart_min", poids=pl.lit(1))
        .join(rangs.lazy(), on=_JOUR)
        .collect(engine="streaming")
    )
    plages = jours.plages.join(rangs, on=_JOUR)
    agrees = plages.select("rang", debut="plage_debut", fin="plage_fin", poids="places")
    offertes = plages.select("rang", debut="ouvert_debut", fin="ouvert_fin", poids="offertes")
    presence = minutes_par_quart(heures, len(ou))
    capacite = minutes_par_quart(agrees, len(ou))
    ouverts = minutes_par_quart(offertes.filter(pl.col("debut") < pl.col("fin")), len(ou))
    suivi = rangs.join(jours.recus, on=_JOUR, how="semi")["rang"].to_numpy()
    ouvert = np.zeros_like(ouverts, dtype=bool)
    ouvert[suivi] = ouverts[suivi] > 0
    comptes = np.zeros((len(ou), QUARTS), dtype=np.int64)
    comptes[plages["rang"].unique().to_numpy()] = QUART
    mesures = (
        presence,
        capacite,
        ouverts,
        comptes,
        ouvert,
        ouvert & (presence >= ouverts),
        ouvert & (presence * 100 < seuil * ouverts),
    )
    groupes = ou.with_row_index("ligne").group_by(_GROUPE, maintain_order=True).first()
    debuts = groupes["ligne"].to_numpy()
    sommes = {
        nom: np.add.reduceat(m.astype(np.int64), debuts, axis=0).ravel()
        for nom, m in zip(_MESURES, mesures, strict=True)
    }
    quarts = pl.DataFrame({"creneau": range(QUARTS)}, schema={"creneau": pl.Int64})
    return (
        groupes.select(_GROUPE)
        .join(quarts, how="cross", maintain_order="left_right")
        .with_columns(pl.Series(nom, valeurs) for nom, valeurs in sommes.items())
        .filter((pl.col("capacite_min") > 0) | (pl.col("presence_min") > 0))
    )


def _etats(capacites: pl.DataFrame, mesures: pl.DataFrame, horaires: pl.DataFrame) -> pl.DataFrame:
    """État de chaque établissement × trimestre : celui de son mois le moins bien connu.

    Returns:
        `etablissement, trimestre` et l'état des présences (`presence`), de l'agrément
        (`capacite`) et des places ouvertes (`ouverts`).
    """
    cle = ["etablissement", "trimestre"]
    trimestre = pl.col("date").dt.truncate("1q")
    places = mesures.group_by("etablissement", trimestre=trimestre).agg(
        capacite=pl.when(pl.col("h0_min").null_count() > 0).then(INCONNU).otherwise(CONNU),
        ouverts=pl.when(pl.col("ouverts_min").null_count() > 0).then(INCONNU).otherwise(CONNU),
    )
    presence = horaires.group_by("etablissement", trimestre=pl.col("mois").dt.truncate("1q")).agg(
        presence=pl.col("etat").max()
    )
    return presence.join(places, on=cle, how="full", coalesce=True).with_columns(
        pl.col("presence", "capacite", "ouverts").fill_null(INCONNU)
    )


def _en_parts(table: pl.DataFrame, ou: pl.DataFrame, etats: pl.DataFrame, le: date) -> pl.DataFrame:
    """Parts par segment et créneau ; un segment inconnu figure à tous les créneaux vus."""
    cadre = (
        ou.select("segment", "trimestre", *ZONES)
        .unique()
        .join(etats, on=["etablissement", "trimestre"], how="left")
        .with_columns(pl.col("presence", "capacite", "ouverts").fill_null(INCONNU))
    )
    inconnus = cadre.filter(pl.max_horizontal("presence", "capacite", "ouverts") == INCONNU)
    vus = table.select("jour", "creneau").unique()
    cle = [*_GROUPE, "creneau"]
    vides = (
        inconnus.select("segment", "trimestre")
        .join(vus, how="cross")
        .join(table, on=cle, how="anti")
        .with_columns(pl.lit(0, pl.Int64).alias(m) for m in _MESURES)
    )
    jours_connus = pl.max_horizontal("presence", "ouverts")
    complet = (
        pl.concat([table, vides.select(table.columns)])
        .join(cadre, on=["segment", "trimestre"])
        .with_columns(
            **{etat("presence_min"): "presence"},
            **{etat(m): pl.col("capacite") for m in ("capacite_min", "duree_min")},
            **{etat("ouverts_min"): pl.max_horizontal("capacite", "ouverts")},
            **{etat(m): jours_connus for m in ("jours_ouverts", "jours_satures", "jours_creux")},
        )
        .join(_modalites(), on=["jour", "creneau"])
        .with_columns(ventilation=pl.lit("jour_heure"))
        .rename({"trimestre": "date"})
        .drop("segment", "jour", "creneau", "presence", "capacite", "ouverts")
    )
    return rassembler([periodes(complet, le, ["trimestre"])]).sort(*PERIODE, *ZONES)


def _modalites() -> pl.DataFrame:
    """`jour, creneau, modalite` (`1-08:15`) de la semaine entière."""
    jours = pl.DataFrame({"jour": range(1, 8)}, schema={"jour": pl.Int64})
    quarts = pl.DataFrame({"creneau": range(QUARTS)}, schema={"creneau": pl.Int64})
    minute = pl.col("creneau") * QUART
    heure, reste = (e.cast(pl.String).str.zfill(2) for e in (minute // 60, minute % 60))
    return jours.join(quarts, how="cross").with_columns(
        modalite=pl.format("{}-{}:{}", pl.col("jour"), heure, reste)
    )
