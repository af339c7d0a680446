"""Les déclarations d'activité faites à la Caf : prévisionnel, actualisé, réel."""

from datetime import date

import numpy as np
import polars as pl

from rtpe_analyse.exemple.calendrier import Calendrier, en_table
from rtpe_analyse.exemple.depot import Depot, ecrire_registre
from rtpe_analyse.exemple.reseau import Etablissement
from rtpe_analyse.exemple.scenario import Scenario
from rtpe_analyse.exemple.textes import date_fr, decimal_fr

_ETAPE = 19
_CLE = ["etablissement", "mois"]
_LIBELLES = {"previsionnel": "Prévisionnel", "actualise": "Actualisé", "reel": "Réel"}


def compter(jours: pl.DataFrame, factures: pl.DataFrame) -> pl.DataFrame:
    """Activité d'un lot, par établissement, mois et enfant, après sous-facturation.

    Returns:
        `etablissement`, `mois`, `enfant`, `heures` (centièmes facturés), `realise` (minutes),
        `montant` (centimes) ; zéro sans facture ou sans présence.
    """
    realise = jours.group_by(
        "etablissement", pl.col("date").dt.truncate("1mo").alias("mois"), "enfant"
    ).agg(pl.col("realise").cast(pl.Int64).sum())
    return (
        factures.select(*_CLE, "enfant", "heures", "montant")
        .join(realise, on=[*_CLE, "enfant"], how="full", coalesce=True)
        .with_columns(pl.col("heures", "realise", "montant").fill_null(0))
        .sort(*_CLE, "enfant")
    )


def ecrire_declarations(
    scenario: Scenario,
    depot: Depot,
    reseau: list[Etablissement],
    calendrier: Calendrier,
    comptes: pl.DataFrame,
) -> None:
    """Écrit `declarations_caf.csv`.

    Chaque année : un prévisionnel (arrondi à la centaine d'heures), un actualisé arrêté en
    milieu d'année (activité déclarée jusque-là), et un réel pour une année échue. Quelques
    déclarations s'écartent des faits (`declarations.ecartees`, part et ampleur).

    Args:
        scenario: le scénario, dont `declarations`.
        depot: où écrire.
        reseau: établissements.
        calendrier: ouvertures.
        comptes: résultats de `compter`, réunis.
    """
    fin = scenario.profil.fin
    annees = range(scenario.profil.premier_jour.year, fin.year + 1)
    lignes = []
    for annee in annees:
        dernier = date(annee, 12, 31)
        lignes.append((annee, "previsionnel", date(annee, 1, 15), min(dernier, fin)))
        milieu = date(annee, 8, 31)
        lignes.append((annee, "actualise", milieu, min(milieu, fin)))
        if dernier <= fin:
            lignes.append((annee, "reel", dernier, dernier))
    ouverts = en_table(calendrier, reseau).filter("ouvert").select("etablissement", "date")
    codes = pl.Series([e.code for e in reseau])
    faits = comptes.with_columns(codes.gather(comptes["etablissement"]).alias("etablissement"))
    table = pl.concat(_declarer(faits, ouverts, *ligne) for ligne in lignes)
    tirage = scenario.tirage(_ETAPE)
    reglages = scenario.reglages["declarations"]
    ecart = np.where(tirage.random(len(table)) < reglages["ecartees"], reglages["ampleur"], 0)
    facteur = 1 + pl.Series(ecart)
    ecrire_registre(
        depot,
        "declarations_caf.csv",
        table.with_columns((pl.col("heures") * facteur).round().cast(pl.Int64)).select(
            pl.col("etablissement").alias("Code établissement"),
            pl.col("annee").alias("Année"),
            pl.col("nature").replace_strict(_LIBELLES).alias("Nature"),
            date_fr("arrete_au").alias("Arrêté au"),
            decimal_fr(pl.col("heures")).alias("Heures facturées"),
            decimal_fr(pl.col("realise")).alias("Heures réalisées"),
            decimal_fr(pl.col("montant")).alias("Montant"),
            pl.col("enfants").alias("Enfants"),
            pl.col("jours").alias("Jours d'ouverture"),
        ),
    )


def _declarer(
    faits: pl.DataFrame, ouverts: pl.DataFrame, annee: int, nature: str, arrete: date, fin: date
) -> pl.DataFrame:
    bornes = (date(annee, 1, 1), fin)
    activite = (
        faits.filter(pl.col("mois").is_between(*bornes))
        .group_by("etablissement")
        .agg(
            pl.col("heures").sum(),
            (pl.col("realise").sum() * 100 / 60).round().cast(pl.Int64),
            pl.col("montant").sum(),
            pl.col("enfant").n_unique().alias("enfants"),
        )
    )
    jours = ouverts.filter(pl.col("date").is_between(*bornes)).group_by("etablissement")
    table = activite.join(jours.agg(jours=pl.len()), on="etablissement").sort("etablissement")
    if nature == "previsionnel":
        # Une prévision s'annonce en centaines d'heures.
        ronds = [
            (pl.col(c) / 10_000).round().cast(pl.Int64) * 10_000 for c in ("heures", "realise")
        ]
        table = table.with_columns(ronds)
    return table.with_columns(annee=pl.lit(annee), nature=pl.lit(nature), arrete_au=pl.lit(arrete))
