"""Heures réalisées et facturées d'un établissement, cumulées depuis le 1er janvier."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.parts import ZONES, en_unites_de_fin, etat
from rtpe_analyse.indicateurs.presences import (
    CONNU,
    EN_PARTIE,
    INCONNU,
    facturation,
    facture,
    frequentation,
    realise,
)
from rtpe_analyse.indicateurs.rattachement import rattacher
from rtpe_analyse.propres import lire_admis
from rtpe_analyse.reglementation import valeur

MESURES = ("facture_uh", "realise_min")
CUMUL, ANNEE = "cumul", "annee"
_MOIS = ["etablissement", "mois"]
_ETATS = [etat(m) for m in MESURES]


def activite_mensuelle(lieux: Lieux, le: date, capacites: pl.DataFrame) -> pl.DataFrame:
    """Heures facturées et réalisées, par établissement et mois.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté.
        capacites: table de `calendrier.capacites`.

    Returns:
        `etablissement, mois, facture_uh, realise_min` et leurs états, triée ; un mois où
        une seule des deux est attendue ou reçue laisse l'autre inconnue. Les mois d'avant le
        premier mois reçu par le réseau manquent : voir `suivi_incomplet`.
    """
    mois = pl.col("date").dt.truncate("1mo")
    realisees = (
        realise(lieux, le, capacites)
        .group_by("etablissement", mois=mois)
        .agg(pl.col("realise_min").sum(), pl.col(etat("realise_min")).max())
    )
    facturees = facture(lieux, le, capacites).rename({"date": "mois"})
    return (
        facturees.join(realisees, on=_MOIS, how="full", coalesce=True)
        .with_columns(pl.col(MESURES).fill_null(0), pl.col(_ETATS).fill_null(INCONNU))
        .select(*_MOIS, *MESURES, *_ETATS)
        .sort(_MOIS)
    )


def suivi_incomplet(mensuelle: pl.DataFrame, lieux: Lieux) -> pl.DataFrame:
    """Établissements ouverts avant le premier mois reçu : leur première année est incomplète.

    Args:
        mensuelle: table de `activite_mensuelle`.
        lieux: dossiers du jeu.

    Returns:
        `etablissement, annee` (civile) ; vide si le suivi commence en janvier.
    """
    if mensuelle.is_empty():
        return pl.DataFrame(schema={"etablissement": pl.String, "annee": pl.Int32})
    depuis = mensuelle.select(pl.col("mois").min()).to_series()[0]
    ouverture = pl.coalesce(pl.col("ouverture").min(), pl.col("valide_du").min())
    return (
        lire_admis(lieux, "etablissements")
        .group_by("etablissement")
        .agg(ouverture=ouverture)
        .filter(pl.col("ouverture") < depuis, pl.lit(depuis.month > 1))
        .select("etablissement", annee=pl.lit(depuis.year, pl.Int32))
        .collect()
    )


def cumuler(mensuelle: pl.DataFrame, lieux: Lieux) -> pl.DataFrame:
    """Cumul de l'année civile, mois après mois.

    Un mois inconnu rend inconnus les cumuls qui le contiennent. L'année où le suivi du réseau
    commence après janvier, le cumul part du premier mois reçu : connu en partie. Un
    établissement fermé en cours d'année garde son cumul, et sa zone, jusqu'en décembre ; rien
    ne se cumule au-delà du dernier mois reçu par le réseau.

    Args:
        mensuelle: table de `activite_mensuelle`.
        lieux: dossiers du jeu (rattachements).

    Returns:
        Les quatre zones (au mois même : un cumul suit son établissement), `date` (premier du
        mois), `facture_uh`, `realise_min` et leurs états.
    """
    cle = ["etablissement", "annee"]
    annee = pl.col("mois").dt.year()
    recu_jusqu_a = mensuelle["mois"].max()
    fin = pl.min_horizontal(pl.date(pl.col("annee"), 12, 1), pl.lit(recu_jusqu_a, pl.Date))
    complets = (
        mensuelle.group_by("etablissement", annee=annee)
        .agg(mois=pl.col("mois").min(), dernier=pl.col("mois").max())
        .with_columns(mois=pl.date_ranges("mois", fin, "1mo"))
        .explode("mois")
        .join(mensuelle, on=_MOIS, how="left")
        .join(
            suivi_incomplet(mensuelle, lieux).with_columns(incomplet=pl.lit(EN_PARTIE)),
            on=cle,
            how="left",
        )
    )
    cumules = complets.with_columns(
        pl.col(MESURES).fill_null(0).cum_sum().over(cle, order_by="mois"),
        *(
            pl.max_horizontal(pl.col(e).fill_null(CONNU), "incomplet")
            .cum_max()
            .over(cle, order_by="mois")
            .alias(e)
            for e in _ETATS
        ),
    )
    return (
        rattacher(cumules.with_columns(date=pl.min_horizontal("mois", "dernier")), lieux)
        .with_columns(date="mois")
        .select(*ZONES, "date", *MESURES, *_ETATS)
        .sort("etablissement", "date")
    )


def enfants_factures(lieux: Lieux, le: date, cumules: pl.DataFrame) -> pl.DataFrame:
    """Enfants facturés depuis le 1er janvier, prêts pour `compter`.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté.
        cumules: table de `cumuler`, qui donne les zones.
    """
    return _unites(_depuis_janvier(facturation(lieux, le)), cumules, le)


def enfants_presents(
    lieux: Lieux, le: date, cumules: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Enfants venus depuis le 1er janvier, et ceux venus assez longtemps pour être accueillis.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté.
        cumules: table de `cumuler`, qui donne les zones.

    Returns:
        Deux tables d'unités, comme `contributeurs.enfants_venus`.
    """
    minimum = valeur("conventions", "presence_minimale_min", le)
    cle = ["etablissement", "unite", "annee"]
    venus = frequentation(lieux, le)
    suivis = (
        _depuis_janvier(venus)
        .join(
            venus.select("etablissement", "unite", "date", "realise_min"),
            on=["etablissement", "unite", "date"],
            how="left",
        )
        .with_columns(pl.col("realise_min").fill_null(0).cum_sum().over(cle, order_by="date"))
    )
    assez = suivis.filter(pl.col("realise_min") >= minimum)
    return _unites(suivis, cumules, le), _unites(assez, cumules, le)


def _depuis_janvier(mensuels: pl.DataFrame) -> pl.DataFrame:
    """Chaque enfant d'un établissement, du premier mois de l'année où il paraît à décembre."""
    annee = pl.col("date").dt.year()
    return (
        mensuels.group_by("etablissement", "unite", annee=annee)
        .agg(date=pl.col("date").min())
        .with_columns(date=pl.date_ranges("date", pl.date(pl.col("annee"), 12, 1), "1mo"))
        .explode("date")
    )


def _unites(enfants: pl.DataFrame, cumules: pl.DataFrame, le: date) -> pl.DataFrame:
    situes = enfants.join(cumules.select(*ZONES, "date"), on=["etablissement", "date"])
    return en_unites_de_fin(
        situes.select(*ZONES, "date", "unite", ventilation=pl.lit(CUMUL), modalite=pl.lit(ANNEE)),
        le,
    )
