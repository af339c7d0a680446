"""Ce que les demandes esquissent (en examen) et planifient (acceptées), dans le temps."""

from datetime import date, timedelta

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.engagements import TIERS, bornes, cumuler, jours_agrees
from rtpe_analyse.propres import lire_admis
from rtpe_analyse.reglementation import valeur

ESQUISSE, PLANIFIE = "esquisse", "planifie"
_JOUR = ["etablissement", "date"]
_COLONNES = ["etat", "etablissement", "unite", "debut", "apres", "hebdo_tuh"]


def fenetres(lieux: Lieux, le: date, fin: date, engages: pl.DataFrame) -> pl.DataFrame:
    """Quand chaque demande pèse sur l'occupation, et de combien d'heures par semaine.

    Esquissée : en examen, à partir de l'entrée souhaitée (ou du dépôt, s'il est plus
    tardif), jusqu'à la décision ou à la demande suivante du même enfant. Planifiée :
    acceptée, à partir de l'entrée souhaitée (ou de la décision), pendant au plus
    `conventions.attribution_sans_contrat_jours` jours ou jusqu'à l'acceptation suivante. Dès
    qu'un contrat de l'enfant dans l'établissement couvre ce début ou le suit, la demande
    n'est plus ni l'une ni l'autre : elle est confirmée.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté ; une décision postérieure n'est pas connue. Au-delà de cette date,
            chaque demande garde l'état qu'elle y avait.
        fin: dernier jour de l'horizon.
        engages: table de `engagements.contrats`.

    Returns:
        `etat` (`esquisse`, `planifie`), `etablissement, unite` (l'enfant ; à défaut la
        demande), `debut, apres` (exclu), `hebdo_tuh` (vide : heures ou entrée inconnues). Une
        demande sans établissement, ou dont la décision n'est pas datée, n'y est pas.
    """
    decidee = pl.col("decision").is_not_null() & (pl.col("date_decision") <= le)
    datee = pl.col("decision").is_null() | pl.col("date_decision").is_not_null()
    demandes = (
        lire_admis(lieux, "demandes")
        .filter(pl.col("depot") <= le, datee, pl.col("etablissement").is_not_null())
        .select(
            "demande",
            "etablissement",
            "depot",
            "entree_souhaitee",
            unite=pl.coalesce("appariement", "demande"),
            decision=pl.when(decidee).then("decision"),
            date_decision=pl.when(decidee).then("date_decision"),
            hebdo_tuh=pl.when(pl.col("entree_souhaitee").is_not_null()).then(
                (pl.col("heures_hebdo_h") * TIERS).round().cast(pl.Int64)
            ),
        )
        .sort("unite", "depot", "demande")
        .collect()
    )
    attente = timedelta(days=int(valeur("conventions", "attribution_sans_contrat_jours", le)))
    lendemain = pl.lit(fin) + timedelta(days=1)
    esquisses = demandes.with_columns(
        etat=pl.lit(ESQUISSE),
        debut=pl.max_horizontal("entree_souhaitee", "depot"),
        apres=pl.min_horizontal(
            "date_decision", pl.col("depot").shift(-1).over("unite"), lendemain
        ),
    )
    acceptees = demandes.filter(pl.col("decision") == "acceptee").sort(
        "unite", "date_decision", "demande"
    )
    debut = pl.max_horizontal("entree_souhaitee", "date_decision")
    planifiees = acceptees.with_columns(
        etat=pl.lit(PLANIFIE),
        debut=debut,
        apres=pl.min_horizontal(
            debut + attente, pl.col("date_decision").shift(-1).over("unite"), lendemain
        ),
    )
    toutes = pl.concat([esquisses.select(_COLONNES), planifiees.select(_COLONNES)]).filter(
        pl.col("debut") < pl.col("apres")
    )
    return _sans_contrat(toutes, engages)


def _sans_contrat(demandes: pl.DataFrame, engages: pl.DataFrame) -> pl.DataFrame:
    """Retire les demandes d'un enfant dont un contrat, au même endroit, couvre ou suit le début."""
    cle = ["etablissement", "unite"]
    derniers = engages.group_by(cle).agg(jusqu_a=pl.col("apres").max())
    return (
        demandes.join(derniers, on=cle, how="left")
        .filter(pl.col("jusqu_a").is_null() | (pl.col("jusqu_a") <= pl.col("debut")))
        .select(_COLONNES)
        .sort(_COLONNES[:4])
    )


def promesses(lieux: Lieux, le: date, engages: pl.DataFrame) -> pl.DataFrame:
    """Acceptations qui tiennent une place, jusqu'au premier jour d'un contrat de l'enfant.

    Mêmes bornes que l'état planifié de `fenetres`, mais jugées au jour : un contrat signé
    pour plus tard n'est pas encore en vigueur, et la place lui est pourtant gardée.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté.
        engages: table de `engagements.contrats`.

    Returns:
        `etablissement, unite, debut, apres` (exclu).
    """
    cle = ["etablissement", "unite"]
    acceptees = fenetres(lieux, le, le, engages.clear()).filter(pl.col("etat") == PLANIFIE)
    return (
        acceptees.join(engages.select(*cle, contrat="debut", fini="apres"), on=cle, how="left")
        .group_by(*cle, "debut", "apres")
        .agg(contrat=pl.col("contrat").filter(pl.col("fini") > pl.col("debut")).min())
        .with_columns(apres=pl.min_horizontal("apres", "contrat"))
        .filter(pl.col("debut") < pl.col("apres"))
        .select(*cle, "debut", "apres")
        .sort(*cle, "debut")
    )


def heures_attendues(
    lieux: Lieux, en_attente: pl.DataFrame, comptes: pl.DataFrame, mesure: str
) -> pl.DataFrame:
    """Heures des demandes d'un état, jour prévu par jour prévu.

    Les heures demandées par semaine se répartissent également sur les jours agréés de
    l'établissement : les jours de semaine souhaités ne sont pas connus.

    Args:
        lieux: dossiers du jeu.
        en_attente: lignes de `fenetres`, d'un seul état.
        comptes: `etablissement, date` des jours prévus, sans doublon.
        mesure: nom de la mesure rendue.

    Returns:
        `etablissement, date`, la mesure (tiers de millionième d'heure), `demandes` et
        `manquants` (demandes en attente ce jour-là, et celles dont les heures manquent).
    """
    evenements = bornes(
        en_attente.with_columns(
            demandes=pl.lit(1, pl.Int64),
            manquants=pl.col("hebdo_tuh").is_null().cast(pl.Int64),
            hebdo=pl.col("hebdo_tuh").fill_null(0),
        ),
        ["etablissement"],
        ["hebdo", "demandes", "manquants"],
    )
    return (
        cumuler(evenements, comptes, ["etablissement"], ["hebdo", "demandes", "manquants"])
        .join(jours_agrees(lieux, comptes), on=_JOUR, how="left")
        .select(
            *_JOUR,
            "demandes",
            "manquants",
            (pl.col("hebdo") // pl.col("jours_agrees")).fill_null(0).alias(mesure),
        )
        .sort(_JOUR)
    )
