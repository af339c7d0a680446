"""Les chiffres publics retenus, et la lecture du référentiel qui en est compilé."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from rtpe_analyse.erreurs import ErreurDonneesManquantes

_PREPARER = "Recevoir les fichiers publics puis lancer « rtpe referentiel »."


@dataclass(frozen=True)
class VariablePublique:
    """Un chiffre public retenu.

    Attributes:
        libelle: phrase courte, telle qu'un lecteur la voit.
        unite: unité de la valeur ; « % » pour une part (0 à 100).
        mailles: mailles du référentiel où la variable a une colonne.
        sources: descripteurs qui la publient, du préféré au moins bon.
        calcul: méthode de compilation (`places_sur_taux`, `somme_iris`), vide si lue telle quelle.
    """

    libelle: str
    unite: str
    mailles: tuple[str, ...]
    sources: tuple[str, ...] = ()
    calcul: str = ""


@dataclass(frozen=True)
class FichierReferentiel:
    """Un fichier du référentiel : d'où viennent ses lignes, ce qui les identifie.

    Attributes:
        nom: nom du fichier, sans extension.
        titre: ce qu'il contient.
        table: table propre publique dont il est compilé.
        maille: maille des variables retenues.
        cles: colonnes qui précèdent les variables ; toutes du texte, sauf `annee`.
    """

    nom: str
    titre: str
    table: str
    maille: str
    cles: tuple[str, ...]

    @property
    def variables(self) -> dict[str, VariablePublique]:
        """Variables du fichier, dans l'ordre de ses colonnes."""
        return {n: v for n, v in variables_publiques().items() if self.maille in v.mailles}

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """Schéma polars : clés en texte, `annee` entière, variables réelles."""
        cles = {c: pl.Int64() if c == "annee" else pl.String() for c in self.cles}
        return {**cles, **dict.fromkeys(self.variables, pl.Float64())}


FICHIERS_REFERENTIEL: dict[str, FichierReferentiel] = {
    fichier.nom: fichier
    for fichier in (
        FichierReferentiel(
            "communes_annee",
            "Petite enfance, population et revenus par commune et par année",
            "pub_communes_annee",
            "communes",
            ("commune", "annee"),
        ),
        FichierReferentiel(
            "iris_annee",
            "Familles, emploi et revenus par IRIS et par année",
            "pub_iris_annee",
            "iris",
            ("iris", "commune", "annee"),
        ),
        FichierReferentiel(
            "qpv",
            "Quartiers prioritaires de la politique de la ville, par édition",
            "pub_qpv_annee",
            "qpv",
            ("qpv", "libelle", "communes", "annee"),
        ),
        FichierReferentiel(
            "departements_annee",
            "Offre d'accueil par département et par année",
            "pub_departements_annee",
            "departements",
            ("departement", "annee"),
        ),
    )
}


@cache
def variables_publiques() -> dict[str, VariablePublique]:
    """Variables retenues, par nom, dans l'ordre de présentation."""
    texte = files(__package__).joinpath("variables_publiques.yaml").read_text(encoding="utf-8")
    return {
        nom: VariablePublique(
            libelle=v["libelle"],
            unite=v["unite"],
            mailles=tuple(v["mailles"]),
            sources=tuple(v.get("sources", ())),
            calcul=v.get("calcul", ""),
        )
        for nom, v in yaml.safe_load(texte).items()
    }


def lire_referentiel(dossier: Path, nom: str) -> pl.DataFrame:
    """Un fichier du référentiel : une ligne par zone × année, une colonne par variable.

    Une cellule vide est un chiffre non publié, secret ou non reçu, jamais un zéro ; une zone
    que les sources ne nomment pas n'a pas de ligne.

    Args:
        dossier: dossier du référentiel (`lieux.referentiel`).
        nom: une clé de `FICHIERS_REFERENTIEL`.

    Raises:
        ErreurDonneesManquantes: si le fichier n'a pas été compilé.
    """
    chemin = dossier / f"{nom}.csv"
    if not chemin.exists():
        raise ErreurDonneesManquantes(f"Référentiel « {nom} » absent.", _PREPARER)
    return pl.read_csv(chemin, schema=pl.Schema(FICHIERS_REFERENTIEL[nom].schema))


def lire_fiche(dossier: Path, nom: str) -> dict[str, Any]:
    """La fiche d'un fichier du référentiel : sources, licences, millésimes, limites.

    Sous `variables`, chacune dit ses années et, par source, celles qu'elle donne.

    Raises:
        ErreurDonneesManquantes: si la fiche n'a pas été compilée.
    """
    chemin = dossier / f"{nom}.fiche.yaml"
    if not chemin.exists():
        raise ErreurDonneesManquantes(f"Fiche du référentiel « {nom} » absente.", _PREPARER)
    return _charger_fiche(chemin, chemin.stat().st_mtime_ns)


@cache
def _charger_fiche(chemin: Path, _modifiee: int) -> dict[str, Any]:
    contenu: dict[str, Any] = yaml.safe_load(chemin.read_text(encoding="utf-8"))
    return contenu
