"""De quoi est faite une table propre : colonnes, types logiques, grain, partition."""

from dataclasses import dataclass, field
from typing import Literal

import polars as pl

TypeColonne = Literal["texte", "entier", "reel", "date", "booleen"]

TYPES_POLARS: dict[TypeColonne, pl.DataType] = {
    "texte": pl.String(),
    "entier": pl.Int64(),
    "reel": pl.Float64(),
    "date": pl.Date(),
    "booleen": pl.Boolean(),
}


@dataclass(frozen=True)
class Colonne:
    """Une colonne propre.

    Attributes:
        type: type logique.
        obligatoire: une valeur absente fait rejeter la ligne.
        nomenclature: référence à résoudre (`etablissements`, `communes`) ou liste fermée.
        futur: une date postérieure à la réception est admise (fin de contrat…).
        forme: expression que toute la valeur suit ; vide : un texte quelconque.
        longueur: caractères d'un code ; un nombre à qui il en manque un reprend le zéro de tête
            qu'un tableur lui a ôté.
        description: ce que porte la colonne, unité comprise.
    """

    type: TypeColonne
    description: str
    obligatoire: bool = False
    nomenclature: str | None = None
    futur: bool = False
    forme: str = ""
    longueur: int = 0


@dataclass(frozen=True)
class Table:
    """Une table propre : une ligne par `grain`, répartie en fichiers par `partition`.

    Attributes:
        grain: colonnes qui désignent une ligne.
        colonnes: déclaration de chaque colonne.
        partition: colonne qui répartit les lignes en fichiers ; None : un seul fichier.
        publique: chiffres publics.
        description: ce que porte la table.
        remplacable: un export plus récent remplace ce qu'un plus ancien disait ; faux pour des
            évènements relevés un à un (deux pointages peuvent être vrais tous les deux).
        ensemble: colonnes qui désignent ce qu'un export redonne en entier ; le grain par défaut
            (le planning d'un contrat se remplace d'un bloc, sinon l'ancienne plage resterait).
    """

    grain: tuple[str, ...]
    colonnes: dict[str, Colonne]
    partition: str | None = None
    publique: bool = False
    description: str = field(default="", compare=False)
    remplacable: bool = True
    ensemble: tuple[str, ...] = ()

    @property
    def cle_version(self) -> tuple[str, ...]:
        """Colonnes à égalité desquelles l'export le plus récent l'emporte ; vide : jamais."""
        return (self.ensemble or self.grain) if self.remplacable else ()

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """Schéma polars complet, provenance comprise."""
        colonnes = {nom: TYPES_POLARS[c.type] for nom, c in self.colonnes.items()}
        return {**colonnes, "_fichier": pl.String(), "_ligne": pl.Int64()}
