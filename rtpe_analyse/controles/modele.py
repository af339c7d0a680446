"""Formes communes des contrôles : constats, verdicts, bilan."""

from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl

from rtpe_analyse.nomenclatures import motifs

SCHEMA_CONSTATS: dict[str, pl.DataType] = {
    "table": pl.String(),
    "fichier": pl.String(),
    "ligne": pl.Int64(),
    "lieu": pl.String(),
    "etablissement": pl.String(),
    "mois": pl.Date(),
    "date": pl.Date(),
    "code": pl.String(),
    "gravite": pl.String(),
}

SCHEMA_VERDICTS: dict[str, pl.DataType] = {
    "suite": pl.String(),
    "source": pl.String(),
    "table": pl.String(),
    "unite": pl.String(),
    "empreinte": pl.String(),
    "id": pl.String(),
    "libelle": pl.String(),
    "severite": pl.String(),
    "remede": pl.String(),
    "reference": pl.String(),
    "statut": pl.String(),
    "n": pl.Int64(),
    "n_inattendus": pl.Int64(),
}


def en_constats(trouves: pl.DataFrame, table: str, code: str) -> pl.DataFrame:
    """Met au schéma des constats ce qu'une règle a trouvé.

    Args:
        trouves: une ligne par constat. Reprend, si elles existent, `fichier` et `ligne` (ou
            `_fichier` et `_ligne`), `lieu`, `etablissement`, `date`, `mois` ; le mois se
            déduit de la date. Aucune autre colonne ne passe : ni enfant, ni valeur.
        table: table propre concernée.
        code: code de constat, déclaré dans `nomenclatures/motifs.yaml`.

    Returns:
        Table au schéma `SCHEMA_CONSTATS`. `fichier` et `lieu` valent "" et `ligne` 0 quand
        le fait ne tient pas à une ligne ; `etablissement`, `mois`, `date` sont alors absents
        s'ils n'ont pas de sens.
    """
    noms = {"_fichier": "fichier", "_ligne": "ligne"}
    table_constats = trouves.rename({a: b for a, b in noms.items() if a in trouves.columns})
    connues = table_constats.columns
    manquantes: dict[str, pl.Expr] = {
        "fichier": pl.lit(""),
        "ligne": pl.lit(0),
        "lieu": pl.lit(""),
        "etablissement": pl.lit(None),
        "date": pl.lit(None),
        "mois": pl.col("date").dt.truncate("1mo") if "date" in connues else pl.lit(None),
    }
    return table_constats.with_columns(
        **{nom: expr for nom, expr in manquantes.items() if nom not in connues},
        table=pl.lit(table),
        code=pl.lit(code),
        gravite=pl.lit(motifs()[code]["gravite"]),
    ).select(pl.col(nom).cast(genre) for nom, genre in SCHEMA_CONSTATS.items())


class Bloquant(NamedTuple):
    """Un contrôle critique en échec.

    Attributes:
        ou: source et fichier reçu, ou table et partition propres.
        message: la règle et le nombre de lignes en cause, sans valeur de ligne.
        remede: quoi demander, et à qui.
    """

    ou: str
    message: str
    remede: str


@dataclass(frozen=True)
class BilanControles:
    """Ce que les contrôles ont trouvé.

    Attributes:
        constats: nombre de constats par code.
        refaites: partitions de constats recalculées.
        jugees: unités (fichiers, partitions) jugées par Great Expectations cette fois-ci.
        reussis: attentes tenues, sur toutes les unités connues.
        avertissements: attentes non critiques en échec (libellé → nombre d'unités).
        impossibles: contrôles qui n'ont pas pu s'exécuter (colonne absente, type imprévu).
        bloquants: contrôles critiques en échec.
        sources_arretees: codes des sources que ces échecs arrêtent.
    """

    constats: dict[str, int]
    refaites: int = 0
    jugees: int = 0
    reussis: int = 0
    avertissements: dict[str, int] = field(default_factory=dict)
    impossibles: int = 0
    bloquants: tuple[Bloquant, ...] = ()
    sources_arretees: tuple[str, ...] = ()

    @property
    def phrase(self) -> str:
        """Résumé en une phrase, sans valeur de ligne."""
        if not (self.refaites or self.jugees):
            return "Contrôles à jour : rien de nouveau à juger."
        return (
            f"{self.jugees} fichier(s) ou partition(s) jugé(s), {sum(self.constats.values())} "
            f"constat(s), {sum(self.avertissements.values())} avertissement(s), "
            f"{self.impossibles} contrôle(s) impossible(s), {len(self.bloquants)} arrêt(s)."
        )
