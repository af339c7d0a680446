"""Communes : nomenclature datée lue dans `referentiel/communes.csv`."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.erreurs import ErreurDonneesManquantes
from rtpe_analyse.nomenclatures.reperage import SIMPLIFICATIONS_COMMUNES, Repertoire

SCHEMA_COMMUNES: dict[str, pl.DataType] = {
    "code": pl.String(),
    "nom": pl.String(),
    "departement": pl.String(),
    "latitude": pl.Float64(),
    "longitude": pl.Float64(),
    "population": pl.Int64(),
    "valide_du": pl.Date(),
    "valide_au": pl.Date(),
}
FICHIER_COMMUNES = "communes.csv"


def lire_communes(lieux: Lieux) -> pl.DataFrame:
    """Toutes les communes connues, une ligne par commune × période de validité.

    Args:
        lieux: dossiers du jeu (le référentiel est commun aux deux jeux).

    Returns:
        `code` (Insee), `nom`, `departement`, `latitude` et `longitude` (degrés, WGS84),
        `population` (municipale), `valide_du`, `valide_au` (inclus ; absent si en vigueur).

    Raises:
        ErreurDonneesManquantes: si le référentiel n'est pas là ou n'a pas ces colonnes.
    """
    chemin = lieux.referentiel / FICHIER_COMMUNES
    if not chemin.is_file():
        raise ErreurDonneesManquantes(
            f"Le référentiel des communes manque ({FICHIER_COMMUNES}).",
            "Recevoir le nom et la position des communes (fichier de l'Insee, ou contours) : rtpe "
            f"referentiel DOSSIER ; ou copier le référentiel du projet dans {lieux.donnees}.",
        )
    communes = pl.read_csv(chemin, schema_overrides=SCHEMA_COMMUNES)
    if absentes := sorted(SCHEMA_COMMUNES.keys() - set(communes.columns)):
        raise ErreurDonneesManquantes(
            f"Le référentiel des communes n'a pas les colonnes : {', '.join(absentes)}.",
            "Compiler à nouveau le référentiel.",
        )
    return communes.select(SCHEMA_COMMUNES.keys())


def communes_au(lieux: Lieux, le: date) -> pl.DataFrame:
    """Les communes en vigueur à une date (mêmes colonnes que `lire_communes`)."""
    return lire_communes(lieux).filter(
        pl.col("valide_du") <= le,
        pl.col("valide_au").is_null() | (pl.col("valide_au") >= le),
    )


def departement_de(commune: pl.Expr) -> pl.Expr:
    """Département d'un code Insee de commune : trois caractères outre-mer, deux ailleurs."""
    outre_mer = commune.str.starts_with("97") | commune.str.starts_with("98")
    return pl.when(outre_mer).then(commune.str.head(3)).otherwise(commune.str.head(2))


def repertoire_communes(communes: pl.DataFrame) -> Repertoire:
    """Index des communes par code Insee et par nom.

    Args:
        communes: table de `lire_communes` ; une commune disparue y reste trouvable, car les
            registres parlent aussi du passé.
    """
    return Repertoire(communes.select("code", "nom").iter_rows(), SIMPLIFICATIONS_COMMUNES)
