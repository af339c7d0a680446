"""Les nomenclatures dont dépend le typage d'un fichier, et leurs empreintes."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.nettoyage.facons import Contexte
from rtpe_analyse.nomenclatures.communes import lire_communes, repertoire_communes
from rtpe_analyse.nomenclatures.etablissements import (
    COLONNES_REPEREES,
    repertoire_dossiers,
    repertoire_etablissements,
)
from rtpe_analyse.nomenclatures.reperage import Repertoire, plier
from rtpe_analyse.propres import lire_propre
from rtpe_analyse.schemas import TABLES
from rtpe_analyse.tableaux import empreinte_octets

_VIDE = Repertoire((), ())


@dataclass
class References:
    """Répertoires des établissements et des communes, construits une fois par passage.

    Attributes:
        lieux: dossiers du jeu.
        etablissements: colonnes de repérage de la table propre.
    """

    lieux: Lieux
    etablissements: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema=dict.fromkeys(COLONNES_REPEREES, pl.String))
    )

    @classmethod
    def propres(cls, lieux: Lieux) -> "References":
        """D'après la table propre `etablissements`, qui fait foi.

        Un nom ou un numéro de dossier qu'une version antérieure du registre donnait désigne
        toujours l'établissement dans les fichiers de l'époque, sauf s'il en désigne un autre
        aujourd'hui.
        """
        propres = lire_propre(lieux, "etablissements").select(COLONNES_REPEREES).collect()
        lus = sorted((lieux.travail / "lus").glob("*/etablissements.parquet"))
        morceaux = [propres]
        if lus:
            versions = pl.scan_parquet(lus).select(COLONNES_REPEREES).collect()
            connues = versions.join(propres, on="etablissement", how="semi")
            morceaux += [_retires(connues, propres, c) for c in ("nom", "dossier_afc")]
        ensemble = pl.concat(morceaux, how="diagonal")
        return cls(lieux, ensemble.unique().sort(COLONNES_REPEREES, nulls_last=True))

    @cached_property
    def _communes(self) -> pl.DataFrame:
        return lire_communes(self.lieux)

    @cached_property
    def _repertoires(self) -> tuple[Repertoire, Repertoire]:
        connus = self.etablissements
        return repertoire_etablissements(connus), repertoire_dossiers(connus)

    @cached_property
    def _repertoire_communes(self) -> Repertoire:
        return repertoire_communes(self._communes)

    @cached_property
    def _empreinte_etablissements(self) -> str:
        return _empreinte(self.etablissements)

    @cached_property
    def _empreinte_communes(self) -> str:
        return _empreinte(self._communes.select("code", "nom"))

    def contexte(self, tables: set[str], recu_le: date, *, classeur: bool) -> Contexte:
        """Contexte de typage d'un fichier ; le référentiel n'est lu que s'il sert."""
        par_code, par_dossier = self._repertoires
        communes = self._repertoire_communes if _utilise(tables, "communes") else _VIDE
        return Contexte(recu_le, par_code, par_dossier, communes, classeur)

    def empreintes(self, tables: set[str]) -> dict[str, str]:
        """Ingrédients d'étape : seulement les nomenclatures dont ces tables dépendent."""
        ingredients = {}
        if _utilise(tables, "etablissements"):
            ingredients["établissements"] = self._empreinte_etablissements
        if _utilise(tables, "communes"):
            ingredients["communes"] = self._empreinte_communes
        return ingredients


def _retires(versions: pl.DataFrame, propres: pl.DataFrame, colonne: str) -> pl.DataFrame:
    """Écritures d'une colonne qu'aucune ligne en vigueur n'emploie plus."""
    en_vigueur = {plier(valeur) for valeur in propres[colonne].drop_nulls()}
    anciennes = versions.select("etablissement", colonne).drop_nulls().unique()
    retiree = [plier(valeur) not in en_vigueur for valeur in anciennes[colonne]]
    return anciennes.filter(pl.Series(retiree, dtype=pl.Boolean))


def _utilise(tables: set[str], nomenclature: str) -> bool:
    return any(c.nomenclature == nomenclature for t in tables for c in TABLES[t].colonnes.values())


def _empreinte(table: pl.DataFrame) -> str:
    return empreinte_octets(table.write_csv().encode())
