"""Ce que lisent les contrôles : tables propres, bilan du nettoyage, et leurs empreintes."""

from functools import cached_property
from pathlib import Path

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.controles import fichiers
from rtpe_analyse.controles.modele import SCHEMA_CONSTATS
from rtpe_analyse.propres import lire_propre, partitions
from rtpe_analyse.schemas import TABLES
from rtpe_analyse.tableaux import empreinte_fichier, empreinte_octets


class Entrees:
    """Entrées d'une exécution, lues et empreintes une seule fois.

    Attributes:
        lieux: dossiers du jeu.
    """

    def __init__(self, lieux: Lieux) -> None:
        self.lieux = lieux
        self._empreintes: dict[Path, str] = {}
        self._partitions: dict[str, dict[str, Path]] = {}
        self._registres: dict[str, pl.DataFrame] = {}

    def empreinte_de(self, chemin: Path) -> str:
        """Empreinte d'un fichier ; vide s'il n'existe pas."""
        if chemin not in self._empreintes:
            self._empreintes[chemin] = empreinte_fichier(chemin) if chemin.exists() else ""
        return self._empreintes[chemin]

    def empreinte_du_lot(self, chemins: list[Path]) -> str:
        """Empreinte commune de plusieurs fichiers, noms compris."""
        textes = [f"{c.parent.name}/{c.name}:{self.empreinte_de(c)}" for c in sorted(chemins)]
        return empreinte_octets("\n".join(textes).encode())

    def empreintes(self, table: str) -> dict[str, str]:
        """Partition d'une table propre → empreinte de son contenu."""
        if table not in self._partitions:
            self._partitions[table] = partitions(self.lieux, table)
        return {p: self.empreinte_de(c) for p, c in self._partitions[table].items()}

    def registre(self, table: str) -> pl.DataFrame:
        """Une table propre entière, gardée en mémoire (petits registres seulement)."""
        if table not in self._registres:
            self._registres[table] = lire_propre(self.lieux, table).collect()
        return self._registres[table]

    def partition(self, table: str, partition: str) -> pl.DataFrame:
        """Une partition d'une table propre ; vide au bon schéma si elle n'existe pas."""
        schema = pl.Schema(TABLES[table].schema)
        chemin = partitions(self.lieux, table).get(partition)
        if chemin is None:
            return pl.DataFrame(schema=schema)
        return pl.read_parquet(chemin).select(schema.names())

    def fichier_de_constats(self, table: str, partition: str) -> Path:
        """Constats d'une partition propre (le fichier peut ne pas exister)."""
        return self.lieux.constats / table / f"{partition}.parquet"

    def constats(self, table: str, partition: str) -> pl.DataFrame:
        """Constats d'une partition propre ; table vide si aucun n'a été relevé."""
        chemin = self.fichier_de_constats(table, partition)
        if not chemin.exists():
            return pl.DataFrame(schema=SCHEMA_CONSTATS)
        return pl.read_parquet(chemin)

    @cached_property
    def bilan(self) -> pl.DataFrame:
        """Bilan du nettoyage, une ligne par fichier × table."""
        return fichiers.lire_bilan(self.lieux)

    @cached_property
    def par_mois(self) -> pl.DataFrame:
        """Pointages lus dans chaque fichier mensuel (voir `fichiers.lignes_par_mois`)."""
        return fichiers.lignes_par_mois(self.lieux, self.bilan)

    @cached_property
    def reception(self) -> pl.DataFrame:
        """Compteurs de lecture de chaque fichier reçu (voir `fichiers.table_de_reception`)."""
        return fichiers.table_de_reception(self.bilan, self.par_mois)

    @cached_property
    def empreinte_des_signalements(self) -> str:
        """Empreinte commune de tous les signalements du nettoyage."""
        return self.empreinte_du_lot(list((self.lieux.travail / "signalements").glob("*.parquet")))

    @cached_property
    def signalements(self) -> pl.DataFrame:
        """Signalements du nettoyage."""
        return fichiers.lire_signalements(self.lieux)

    def lu(self, fichier: str, table: str) -> Path:
        """Table typée d'un fichier reçu (le fichier peut ne pas exister)."""
        return self.lieux.travail / "lus" / fichier / f"{table}.parquet"
