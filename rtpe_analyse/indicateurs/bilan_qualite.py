"""Ce que le rapport de qualité doit savoir : comptes de motifs, verdicts, réception.

Des comptes seulement : ni valeur, ni numéro de ligne, ni enfant.
"""

from typing import Any

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.propres import lire_admis
from rtpe_analyse.tableaux import lire_parquets

_CLES = ["etablissement", "mois", "code"]


def resume_qualite(lieux: Lieux) -> dict[str, list[dict[str, Any]]]:
    """Résume réception, conservation, motifs et verdicts du jeu.

    Args:
        lieux: dossiers du jeu, nettoyés et contrôlés.

    Returns:
        Cinq listes de lignes prêtes pour JSON, triées : `comptes` (établissement × mois ×
        code, l'établissement est absent quand le fichier en mêle plusieurs), `verdicts`,
        `reception` (fichier × table), `refuses` et `recus` (établissement × mois d'activité,
        vrai si au moins un pointage propre est arrivé).
    """
    bilan = lire_parquets([lieux.travail / "bilan_nettoyage.parquet"])
    verdicts = lire_parquets([lieux.travail / "verdicts.parquet"])
    refuses = lire_parquets([lieux.rejets / "fichiers_refuses.parquet"])
    return {
        "comptes": _lignes(_comptes(lieux, bilan), [*_CLES, "n"]),
        "verdicts": _lignes(
            verdicts,
            [
                *("suite", "table", "unite", "id", "libelle", "severite", "remede"),
                *("statut", "n", "n_inattendus"),
            ],
        ),
        "reception": _lignes(
            bilan,
            [
                *("source", "nom", "millesime", "table"),
                *("lues", "propres", "rejetees", "ecartees", "corrigees"),
            ],
        ),
        "refuses": _lignes(refuses, ["fichier", "code", "message"]),
        "recus": _lignes(_recus(lieux), ["etablissement", "mois", "recu"]),
    }


def _lignes(table: pl.DataFrame, colonnes: list[str]) -> list[dict[str, Any]]:
    if table.is_empty():
        return []
    return table.select(colonnes).sort(colonnes, nulls_last=True).to_dicts()


def _comptes(lieux: Lieux, bilan: pl.DataFrame) -> pl.DataFrame:
    """Motifs comptés ; rejets et corrections prennent le mois du millésime de leur fichier."""
    constats = lire_parquets(lieux.constats.glob("*/*.parquet"))
    traces = [
        lire_parquets(dossier.glob("*/*.parquet")) for dossier in (lieux.rejets, lieux.corrections)
    ]
    morceaux = [pl.DataFrame(schema=dict.fromkeys(_CLES, pl.String))]
    if constats.height:
        morceaux.append(
            constats.select("etablissement", pl.col("mois").dt.strftime("%Y-%m"), "code")
        )
    millesimes = bilan.select("fichier", mois="millesime").unique() if bilan.height else None
    for trace in traces:
        if trace.height and millesimes is not None:
            datees = trace.join(millesimes, on="fichier", how="left")
            morceaux.append(
                datees.select(pl.lit(None, pl.String).alias("etablissement"), "mois", "code")
            )
    return pl.concat(morceaux).group_by(_CLES).agg(n=pl.len())


def _recus(lieux: Lieux) -> pl.DataFrame:
    """Établissement × mois : prévu au calendrier, et au moins un pointage propre reçu."""
    mois = pl.col("date").dt.strftime("%Y-%m").alias("mois")
    cle = ["etablissement", "mois"]
    attendus = (
        lire_admis(lieux, "ouvertures").filter(pl.col("ouvert")).select("etablissement", mois)
    )
    arrives = lire_admis(lieux, "pointages").select("etablissement", mois).unique()
    return (
        attendus.unique()
        .join(arrives.with_columns(recu=pl.lit(True)), on=cle, how="left")
        .with_columns(pl.col("recu").fill_null(False))
        .collect()
    )
