"""La grille : ce que tout lecteur rend, qu'il ait lu un texte ou une feuille de classeur."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from rtpe_analyse.erreurs import ErreurFichier
from rtpe_analyse.sources.descripteur_modele import Descripteur
from rtpe_analyse.sources.entetes import Entete


@dataclass(frozen=True)
class Grille:
    """Un tableau brut, son en-tête trouvé, avant tout tri et toute pseudonymisation.

    Attributes:
        entete: intitulés, et où est chaque colonne déclarée.
        cellules: colonnes « 0 », « 1 »… en texte (cellule blanche = null) et `_ligne`.
        malformees: (ligne physique, première cellule non vide) de ce qui n'a pas le bon
            nombre de champs ; la cellule ne sert qu'à reconnaître un total ou une note.
        contexte: ce que disent les lignes de titre.
        feuille: nom de la feuille, vide pour un texte.
        premiere_colonne: rang dans le classeur de la colonne « 0 » (0 = A).
    """

    entete: Entete
    cellules: pl.DataFrame
    contexte: dict[str, str]
    malformees: list[tuple[int, str]] = field(default_factory=list)
    feuille: str = ""
    premiere_colonne: int = 0

    def lettre(self, colonne: int) -> str:
        """Lettre de colonne du classeur (`AB`)."""
        rang, lettres = self.premiere_colonne + colonne + 1, ""
        while rang:
            rang, reste = divmod(rang - 1, 26)
            lettres = chr(65 + reste) + lettres
        return lettres

    def lieu(self, colonne: int) -> pl.Expr:
        """Adresse « Feuille!AB12 » de la cellule de chaque ligne ; vide pour un texte."""
        if not self.feuille:
            return pl.lit("").alias("_lieu")
        debut = pl.lit(f"{self.feuille}!{self.lettre(colonne)}")
        return pl.concat_str(debut, pl.col("_ligne")).alias("_lieu")


def sans_blancs(colonnes: Sequence[str]) -> list[pl.Expr]:
    """Cellules blanches → null ; les autres restent telles quelles, blancs compris."""
    return [
        pl.when(pl.col(c).str.strip_chars().str.len_bytes() > 0).then(pl.col(c)) for c in colonnes
    ]


def lire_contexte(titres: Sequence[str], descripteur: Descripteur) -> dict[str, str]:
    """Ce que les lignes de titre disent, par motif déclaré (sans casse)."""
    trouves: dict[str, str] = {}
    for nom, motif in descripteur.contextes.items():
        for titre in titres:
            if trouve := re.search(motif, titre, re.IGNORECASE):
                trouves.setdefault(nom, trouve[1].strip())
    return trouves


def tableau_introuvable(manquantes: Sequence[str]) -> ErreurFichier:
    """Refus d'un fichier où l'en-tête, ou une colonne clé, manque."""
    if manquantes:
        noms = ", ".join(f"« {nom} »" for nom in manquantes)
        message = f"Colonne clé absente : {noms}."
    else:
        message = "En-tête introuvable : aucune ligne ne porte les intitulés attendus."
    return ErreurFichier(
        message,
        "Refaire l'export avec cette colonne ; si elle a changé de nom, compléter les alias "
        "du descripteur.",
        code="colonne_cle_absente",
    )
