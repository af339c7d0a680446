"""Valeurs publiées d'un indicateur pour une zone : de quoi confronter nos totaux."""

import polars as pl

from rtpe_analyse.chemins import Lieux

FICHIER_PUBLIEES = "valeurs_publiees.csv"
SCHEMA_PUBLIEES: dict[str, pl.DataType] = {
    "indicateur": pl.String(),
    "maille": pl.String(),
    "zone": pl.String(),
    "annee": pl.Int64(),
    "valeur": pl.Float64(),
    "producteur": pl.String(),
    "reference": pl.String(),
}


def lire_publiees(lieux: Lieux) -> pl.DataFrame:
    """Les valeurs publiées données au référentiel.

    Args:
        lieux: dossiers du jeu (le référentiel est commun aux deux jeux).

    Returns:
        `indicateur` (code comparé), `maille`, `zone`, `annee`, `valeur` (dans l'unité publiée :
        54 pour 54 %), `producteur`, `reference` ; table vide si le fichier n'est pas là.
    """
    chemin = lieux.referentiel / FICHIER_PUBLIEES
    if not chemin.is_file():
        return pl.DataFrame(schema=SCHEMA_PUBLIEES)
    return pl.read_csv(chemin, schema_overrides=SCHEMA_PUBLIEES).select(SCHEMA_PUBLIEES.keys())
