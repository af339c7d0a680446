"""Le vocabulaire commun des lectures de cellules.

Une lecture reçoit les écritures distinctes d'une colonne (texte, sans blancs autour) et rend
une table `brut`, `valeur`, `erreur`, `correction` : la valeur typée, sinon le motif de rejet.
Travailler sur les écritures distinctes rend le typage d'un gros fichier presque gratuit.
"""

import polars as pl

# L'ordre départage les motifs d'une ligne qui a plusieurs défauts : elle n'est rejetée qu'une fois.
MOTIFS_REJET: tuple[str, ...] = (
    "date_impossible",
    "date_future",
    "heure_illisible",
    "heure_ambigue",
    "depart_avant_arrivee",
    "nombre_illisible",
    "code_inconnu",
    "valeur_inconnue",
    "forme_inattendue",
    "valeur_absente",
)
ENUM_REJET = pl.Enum(MOTIFS_REJET)
ENUM_CORRECTION = pl.Enum(
    ("espace_milliers", "heure_en_h", "code_tronque", "nom_de_lieu", "bourrage")
)

# Un tiret veut dire « rien » partout ; « nc » ou « nd » se déclarent (`absents` du descripteur).
_ABSENTES = ("-", "–", "—")

BLANCS = "[ \u00a0\u2009\u202f]"
MILLIERS = rf"^[+-]?\d{{1,3}}(?:{BLANCS}\d{{3}})+(?:[,.]\d+)?$"


def absente(texte: pl.Expr) -> pl.Expr:
    """Vrai si la cellule écrit « rien » (vide ou tiret)."""
    return texte.is_null() | (texte == "") | texte.is_in(_ABSENTES)


def erreur(code: str) -> pl.Expr:
    """Motif de rejet constant."""
    return pl.lit(code, ENUM_REJET)


def correction(code: str) -> pl.Expr:
    """Code de correction constant."""
    return pl.lit(code, ENUM_CORRECTION)


def lecture(
    bruts: pl.Series, valeur: pl.Expr, faute: pl.Expr, corrige: pl.Expr | None = None
) -> pl.DataFrame:
    """Assemble le résultat d'une lecture à partir d'expressions sur la colonne `brut`.

    Args:
        bruts: écritures distinctes, sans blancs autour.
        valeur: valeur typée ; absente si illisible.
        faute: motif de rejet, évalué seulement là où la cellule n'est pas vide et où `valeur`
            manque, ou partout s'il est déjà conditionnel.
        corrige: code de correction, gardé seulement là où la cellule a été lue.
    """
    corrige = pl.lit(None, ENUM_CORRECTION) if corrige is None else corrige
    vide = absente(pl.col("brut"))
    return (
        bruts.alias("brut")
        .to_frame()
        .lazy()
        .with_columns(valeur=pl.when(~vide).then(valeur))
        .with_columns(
            erreur=pl.when(~vide & pl.col("valeur").is_null()).then(faute),
            correction=pl.when(pl.col("valeur").is_not_null()).then(corrige),
        )
        .collect()
    )
