"""Communes : nomenclature datée lue dans `referentiel/communes.csv`."""

import csv
from datetime import date
from functools import cache
from importlib.resources import files

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
_CODE_COMMUNE = 5


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


@cache
def arrondissements_municipaux() -> dict[str, str]:
    """Commune de chaque arrondissement de Paris, Lyon et Marseille (Insee, code officiel)."""
    chemin = files(__package__).joinpath("arrondissements_municipaux.csv")
    lignes = csv.DictReader(chemin.read_text(encoding="utf-8").splitlines())
    return {ligne["arrondissement"]: ligne["commune"] for ligne in lignes}


def commune_du_code(code: pl.Expr) -> pl.Expr:
    """Commune d'un code de commune (lui-même) ou d'IRIS.

    L'IRIS d'un arrondissement municipal est dans la ville ; le code de l'arrondissement reste un
    lieu à part, pour qui en donne les chiffres et la position.
    """
    d_iris = code.str.head(_CODE_COMMUNE).replace(arrondissements_municipaux())
    return pl.when(code.str.len_chars() > _CODE_COMMUNE).then(d_iris).otherwise(code)


def repertoire_communes(communes: pl.DataFrame) -> Repertoire:
    """Index des communes par code Insee et par nom.

    Le code d'un arrondissement municipal y est celui de sa commune, sauf si la nomenclature
    tient l'arrondissement pour une commune.

    Args:
        communes: table de `lire_communes` ; une commune disparue y reste trouvable, car les
            registres parlent aussi du passé.
    """
    connus = set(communes["code"])
    arrondissements = {
        code: commune
        for code, commune in arrondissements_municipaux().items()
        if commune in connus and code not in connus
    }
    couples = communes.select("code", "nom").iter_rows()
    return Repertoire(couples, SIMPLIFICATIONS_COMMUNES, arrondissements)
