"""Établissements : répertoires tirés de la table propre `etablissements`."""

import polars as pl

from rtpe_analyse.nomenclatures.reperage import SIMPLIFICATIONS_ETABLISSEMENTS, Repertoire

COLONNES_REPEREES = ("etablissement", "nom", "dossier_afc")


def repertoire_etablissements(etablissements: pl.DataFrame) -> Repertoire:
    """Index des établissements par code et par nom.

    Args:
        etablissements: table propre, une ligne par établissement × validité ; un nom ancien
            reste trouvable. Une ligne sans nom ne sert qu'à retrouver un dossier.
    """
    couples = etablissements.select("etablissement", "nom").drop_nulls().iter_rows()
    return Repertoire(couples, SIMPLIFICATIONS_ETABLISSEMENTS)


def repertoire_dossiers(etablissements: pl.DataFrame) -> Repertoire:
    """Index des établissements par numéro de dossier Caf ; un numéro partagé est ambigu."""
    uniques = (
        etablissements.select("etablissement", "dossier_afc")
        .drop_nulls()
        .unique()
        .filter(pl.col("dossier_afc").is_unique())
    )
    dossiers = {dossier: code for code, dossier in uniques.iter_rows()}
    return Repertoire((), (), dossiers)
