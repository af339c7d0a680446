"""La vérité d'activité, tirée des faits du générateur ; la chaîne ne la lit jamais."""

import numpy as np
import polars as pl

from rtpe_analyse.exemple.calendrier import CAUSES, Calendrier
from rtpe_analyse.exemple.contrats import Contrats
from rtpe_analyse.exemple.reseau import Etablissement
from rtpe_analyse.exemple.scenario import Scenario

_MOIS = pl.col("date").dt.truncate("1mo").alias("mois")
_JOUR = ["etablissement", "date"]


def places_vraies(
    scenario: Scenario, reseau: list[Etablissement], calendrier: Calendrier
) -> pl.DataFrame:
    """Première moitié de la cascade, par établissement et mois.

    Returns:
        `etablissement` (rang), `mois`, `modalite` (ligne sans préfixe), `minutes` (signées).
    """
    reprise = scenario.reglages["evenements"]["reprise"]
    lignes: list[tuple[int, int, str, int]] = []
    for rang, jour in zip(*np.nonzero(calendrier.actif), strict=True):
        e, date = reseau[rang], calendrier.jours.dates[jour]
        b = e.bornes
        par_plage = e.places_par_plage(e.places_le(date, reprise), date.isoweekday())
        plages = list(zip(b[:3], b[1:], par_plage, strict=True))
        if not e.module:
            plages = [(b[0], b[3], par_plage[1])]
        dernier = int(calendrier.fin_min[rang, jour]) or b[3]
        offertes = int(calendrier.places[rang, jour])
        agree = sum((fin - debut) * places for debut, fin, places in plages)
        ouvert = sum(
            max(0, min(fin, dernier) - debut) * min(places, offertes)
            for debut, fin, places in plages
        )
        prevu, ecrit = calendrier.prevu[rang, jour], calendrier.ecrit[rang, jour]
        cause = CAUSES[calendrier.cause[rang, jour]]
        dits = {"agree": agree, "prevu": agree if prevu else 0, "ouvert": ouvert}
        if not ecrit:
            dits["calendrier_absent"] = -agree
        elif not prevu:
            dits[cause or "prevu_sans_cause"] = -agree
            dits["ouverture_hors_calendrier"] = ouvert
        elif ouvert != agree:
            dits[cause or "subie_sans_cause"] = ouvert - agree
        numero = int(calendrier.jours.ordinaux[jour])
        lignes += [(int(rang), numero, nom, int(minutes)) for nom, minutes in dits.items()]
    schema = {
        "etablissement": pl.Int16,
        "date": pl.Int32,
        "modalite": pl.String,
        "minutes": pl.Int64,
    }
    return _par_mois(pl.DataFrame(lignes, schema=schema, orient="row").cast({"date": pl.Date}))


def enfants_vrais(calendrier: Calendrier, contrats: Contrats, jours: pl.DataFrame) -> pl.DataFrame:
    """Seconde moitié de la cascade, du contractualisé au présent, pour un lot.

    Args:
        calendrier: ouvertures.
        contrats: contrats du lot, tels qu'ils sont écrits.
        jours: enfants-jours du lot, tout planté.

    Returns:
        `etablissement` (rang), `mois`, `modalite` (ligne sans préfixe), `minutes` (signées).
    """
    rangs, colonnes = np.nonzero(calendrier.ouvert & calendrier.ecrit)
    ouverts = pl.DataFrame(
        {
            "etablissement": rangs.astype(np.int16),
            "date": pl.Series(calendrier.jours.ordinaux[colonnes]).cast(pl.Date),
            "semaine": calendrier.jours.semaine[colonnes].astype(np.int64),
        }
    )
    engages = pl.DataFrame(
        {
            "etablissement": contrats.etablissement.astype(np.int16),
            "enfant": contrats.enfant.astype(np.int32),
            "debut": pl.Series(contrats.debut.astype(np.int32)).cast(pl.Date),
            "fin": pl.Series(contrats.fin.astype(np.int32)).cast(pl.Date),
            "de": contrats.debut_min.astype(np.int64),
            "a": contrats.fin_min.astype(np.int64),
            "semaine": [(np.flatnonzero(j) + 1).tolist() for j in contrats.jours],
        }
    )
    cle = [*_JOUR, "enfant"]
    # Deux contrats du même jour n'y ont que la même plage : leur union est leur enveloppe.
    prevus = (
        ouverts.join(engages.explode("semaine"), on=["etablissement", "semaine"])
        .filter(pl.col("date").is_between("debut", "fin"))
        .group_by(cle)
        .agg(prevu=pl.col("a").max() - pl.col("de").min())
    )
    venus = jours.group_by(cle).agg(
        pl.col("realise", "reserve").cast(pl.Int64).sum(),
    )
    couverts = (
        venus.join(engages.select("etablissement", "enfant", "debut", "fin"), on=cle[::2])
        .filter(pl.col("date").is_between("debut", "fin"))
        .select(cle)
        .unique()
        .with_columns(couvert=True)
    )
    ouvert = ouverts.select(*_JOUR, ouvert=True)
    tous = (
        prevus.join(venus, on=cle, how="full", coalesce=True)
        .join(couverts, on=cle, how="left")
        .join(ouvert, on=_JOUR, how="left")
        .with_columns(pl.col("realise").fill_null(0), pl.col("couvert", "ouvert").fill_null(False))
        # Un jour sans planning, la réservation d'un enfant sous contrat en tient lieu.
        .with_columns(
            prevu=pl.when("ouvert")
            .then(pl.coalesce("prevu", pl.when("couvert").then("reserve"), 0))
            .otherwise(0)
        )
    )
    c, r = pl.col("prevu"), pl.col("realise")
    ecarts = tous.with_columns(
        minutes=r - c,
        modalite=pl.when(~pl.col("ouvert"))
        .then(pl.lit("jour_ferme"))
        .when((c > 0) & (r == 0))
        .then(pl.lit("absence"))
        .when(c > r)
        .then(pl.lit("presence_ecourtee"))
        .when(c > 0)
        .then(pl.lit("depassement"))
        .when("couvert")
        .then(pl.lit("hors_planning"))
        .otherwise(pl.lit("sans_contrat")),
    )
    colonnes_vues = [*_JOUR, "modalite", "minutes"]
    totaux = [
        tous.with_columns(modalite=pl.lit(nom), minutes=valeur).select(colonnes_vues)
        for nom, valeur in (("contractualise", c), ("present", r))
    ]
    return _par_mois(pl.concat([ecarts.select(colonnes_vues), *totaux]))


def _par_mois(table: pl.DataFrame) -> pl.DataFrame:
    return (
        table.group_by("etablissement", _MOIS, "modalite")
        .agg(pl.col("minutes").sum())
        .filter(pl.col("minutes") != 0)
        .sort("etablissement", "mois", "modalite")
    )


def en_verite(reseau: list[Etablissement], tables: list[pl.DataFrame]) -> pl.DataFrame:
    """Réunit les lignes : `etablissement`, `mois`, `grandeur`, `modalite`, `valeur` (heures)."""
    toutes = pl.concat(tables)
    codes = pl.Series([e.code for e in reseau])
    return toutes.select(
        codes.gather(toutes["etablissement"]).alias("etablissement"),
        "mois",
        grandeur=pl.lit("cascade"),
        modalite="modalite",
        valeur=pl.col("minutes") / 60,
    ).sort("etablissement", "mois", "modalite")
