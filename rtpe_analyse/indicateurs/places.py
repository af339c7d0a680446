"""Famille « places » : ce qui est autorisé, et ce qui est réellement ouvert."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.agregation import calculer
from rtpe_analyse.indicateurs.calendrier import capacites
from rtpe_analyse.indicateurs.historique import AVANT_LE_DETAIL, ajouter, lire_historique
from rtpe_analyse.indicateurs.modele import (
    Additif,
    Indicateur,
    RatioDeSommes,
    SommeDeMoyennes,
)
from rtpe_analyse.indicateurs.parts import en_parts
from rtpe_analyse.indicateurs.presences import mois_attendus

STOCK_PLACES = SommeDeMoyennes("capacite_max", "jours")

_AGREMENT = "agrements, ouvertures"
_JOURS_COMPTES = (
    "Jours prévus au calendrier annoncé ; les fermetures annuelles, fériés, ponts et journées "
    "pédagogiques n'en sont pas, une fermeture subie (personnel, travaux) en reste."
)

INDICATEURS = (
    Indicateur(
        code="P1",
        libelle="Places agréées",
        unite="places",
        agregation=STOCK_PLACES,
        numerateur="capacité maximale autorisée du jour",
        champ=_JOURS_COMPTES,
        definition="Capacité maximale autorisée, en moyenne sur les jours d'ouverture prévus de "
        "chaque établissement ; une zone additionne ses établissements.",
        source=_AGREMENT + AVANT_LE_DETAIL,
        limites="Un établissement ouvert une partie de la période compte pour sa moyenne sur ses "
        "propres jours d'ouverture. Fermé toute la période : non calculable.",
    ),
    Indicateur(
        code="P1m",
        libelle="Places agréées, équivalent modulé",
        unite="places",
        agregation=SommeDeMoyennes("agrees_min", "amplitude_min"),
        numerateur="heures-places agréées / amplitude",
        champ=_JOURS_COMPTES,
        definition="Heures-places autorisées rapportées à l'amplitude d'ouverture : la capacité "
        "moyenne d'un agrément modulé selon l'heure et le jour.",
        source=_AGREMENT,
        limites="Égal à P1 si l'agrément n'est pas modulé.",
        decimales=1,
    ),
    Indicateur(
        code="P2",
        libelle="Places ouvertes",
        unite="places",
        agregation=SommeDeMoyennes("places_ouvertes", "jours"),
        numerateur="places réellement offertes du jour, dans la limite de l'agrément",
        champ=_JOURS_COMPTES,
        definition="Places réellement offertes, en moyenne sur les mêmes jours que P1 ; zéro un "
        "jour prévu mais fermé.",
        source=_AGREMENT,
        limites="Non calculable si les places ouvertes d'un jour ouvert ne sont pas déclarées : "
        "elles ne sont jamais supposées égales à l'agrément.",
        sens="hausse_favorable",
    ),
    Indicateur(
        code="P3",
        libelle="Taux d'ouverture",
        unite="%",
        agregation=RatioDeSommes("ouverts_min", "agrees_min"),
        numerateur="heures-places ouvertes",
        denominateur="heures-places agréées",
        champ=_JOURS_COMPTES,
        definition="Pour chaque plage prévue, le plus petit des places autorisées et des places "
        "ouvertes, multiplié par la durée ; rapporté aux heures-places autorisées.",
        source=_AGREMENT,
        limites="Ne dit pas si les places ouvertes ont été attribuées.",
        decimales=1,
        sens="hausse_favorable",
    ),
    Indicateur(
        code="H0",
        libelle="Capacité théorique",
        unite="h",
        agregation=Additif("h0_min"),
        numerateur="heures-places autorisées des jours prévus",
        champ=_JOURS_COMPTES,
        definition="Somme, sur les jours prévus, des places autorisées de chaque plage "
        "multipliées par sa durée.",
        source=_AGREMENT + AVANT_LE_DETAIL,
        limites="Lecture du réseau : une fermeture subie ne la diminue pas.",
    ),
    Indicateur(
        code="H0c",
        libelle="Capacité théorique, jours réellement ouverts (lecture Caf)",
        unite="h",
        agregation=Additif("h0c_min"),
        numerateur="heures-places autorisées des jours réellement ouverts",
        champ="Jours réellement ouverts, prévus ou non.",
        definition="Comme H0, sur les jours réellement ouverts.",
        source=_AGREMENT,
        limites="Diminue quand un établissement ferme : le taux qui s'y rapporte en profite.",
    ),
)


def parts_de_capacite(lieux: Lieux, le: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Capacités du jour, et la même table où un mois sans calendrier est inconnu.

    Returns:
        La table de `calendrier.capacites`, puis ses mesures prêtes pour `en_parts`, avec une
        ligne vide au premier de chaque mois où un établissement actif n'a pas de calendrier.
    """
    table = capacites(lieux, le)
    sans = mois_attendus(lieux, le, table).filter(pl.col("attendus").is_null())
    mesures = table.drop("ouvert")
    return table, pl.concat([mesures, sans.select("etablissement", date="mois")], how="diagonal")


def calculer_places(lieux: Lieux, le: date) -> pl.DataFrame:
    """Indicateurs de la famille, toutes mailles, mois et trimestres échus au jour `le`."""
    _, mesures = parts_de_capacite(lieux, le)
    passe = lire_historique(lieux, le)
    toutes = ajouter(mesures, passe, ["jours", "capacite_max", "h0_min"])
    return calculer(INDICATEURS, en_parts([toutes], lieux, le))
