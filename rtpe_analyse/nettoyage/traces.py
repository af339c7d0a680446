"""Ce qui reste d'une ligne rejetée, corrigée ou signalée : où, quoi, pourquoi.

Une valeur n'est gardée que pour une liste fermée de colonnes non identifiantes (lieux, heures,
dates de présence), et seulement si elle ne peut pas être un texte libre : un nom saisi dans une
colonne d'heures ne doit pas se retrouver ici. On relit le brut à la ligne dite.
"""

import polars as pl

from rtpe_analyse.nettoyage.cellules import MOTIFS_REJET, absente
from rtpe_analyse.schemas import Table

SCHEMA_REJETS: dict[str, pl.DataType] = {
    "fichier": pl.String(),
    "table": pl.String(),
    "ligne": pl.Int64(),
    "lieu": pl.String(),
    "colonne": pl.String(),
    "code": pl.String(),
    "issue": pl.String(),
    "valeur": pl.String(),
}
SCHEMA_CORRECTIONS: dict[str, pl.DataType] = {
    "fichier": pl.String(),
    "table": pl.String(),
    "ligne": pl.Int64(),
    "lieu": pl.String(),
    "colonne": pl.String(),
    "code": pl.String(),
    "avant": pl.String(),
    "apres": pl.String(),
}
SCHEMA_SIGNALEMENTS: dict[str, pl.DataType] = {
    "fichier": pl.String(),
    "table": pl.String(),
    "ligne": pl.Int64(),
    "lieu": pl.String(),
    "colonne": pl.String(),
    "code": pl.String(),
}

_LIEUX = frozenset({"etablissement", "commune"})
_HEURES = frozenset(
    {"arrivee_min", "depart_min", "debut_min", "fin_min", "reserve_min", "realise_min"}
)
_DATES_DE_PRESENCE = frozenset({"date", "mois"})
_MONTRABLES = _LIEUX | _HEURES | _DATES_DE_PRESENCE
# Une heure ou une date s'écrit avec ces signes ; tout autre texte pourrait être un nom.
_SANS_LETTRES = "^[0-9hH:,./ \u00a0\u202f-]{1,20}$"
_CODE_COURT = r"^[A-Za-z]{0,3}[-_ ]?\d{1,9}[A-Za-z]?$"


def _montrable(nom: str, *, reconnue: bool) -> pl.Expr:
    """La valeur brute d'une cellule, si la règle de confidentialité permet de la garder."""
    brut = pl.col(f"_b_{nom}")
    if nom in _LIEUX:
        return brut if reconnue else pl.when(brut.str.contains(_CODE_COURT)).then(brut)
    if nom in _MONTRABLES:
        return pl.when(brut.str.contains(_SANS_LETTRES)).then(brut)
    return pl.lit(None, pl.String)


def en_rejets(nom: str, table: Table, rejetees: pl.DataFrame) -> pl.DataFrame:
    """Une ligne par ligne rejetée, au premier motif (`SCHEMA_REJETS` sans `fichier`).

    Args:
        nom: nom de la table.
        table: sa déclaration.
        rejetees: état typé des lignes rejetées ; `_rang` est le rang de leur premier motif.
    """
    if rejetees.is_empty():
        return pl.DataFrame(schema={c: t for c, t in SCHEMA_REJETS.items() if c != "fichier"})
    coupables = [
        pl.when(pl.col(f"_e_{c}").to_physical() == pl.col("_rang")).then(pl.lit(c))
        for c in table.colonnes
    ]
    valeurs = [
        pl.when(pl.col("colonne") == c).then(_montrable(c, reconnue=False)) for c in table.colonnes
    ]
    motifs = pl.col("_rang").cast(pl.Int64).replace_strict(dict(enumerate(MOTIFS_REJET)))
    return rejetees.with_columns(colonne=pl.coalesce(coupables)).select(
        table=pl.lit(nom),
        ligne=pl.col("_ligne"),
        lieu=pl.col("_lieu"),
        colonne=pl.col("colonne"),
        code=motifs.cast(pl.String),
        issue=pl.lit("rejete"),
        valeur=pl.coalesce(valeurs),
    )


def en_corrections(
    nom: str, table: Table, gardees: pl.DataFrame, declarees: pl.DataFrame
) -> pl.DataFrame:
    """Une ligne par cellule corrigée d'une ligne gardée (`SCHEMA_CORRECTIONS` sans `fichier`).

    Args:
        nom: nom de la table.
        table: sa déclaration.
        gardees: état typé des lignes gardées.
        declarees: traces des corrections déclarées (voir `declarees.appliquer`).
    """
    morceaux = []
    for c in table.colonnes:
        if gardees[f"_c_{c}"].null_count() == gardees.height:
            continue
        apres = pl.col(c).cast(pl.String) if c in _MONTRABLES else pl.lit(None, pl.String)
        morceaux.append(
            gardees.filter(pl.col(f"_c_{c}").is_not_null()).select(
                table=pl.lit(nom),
                ligne="_ligne",
                lieu="_lieu",
                colonne=pl.lit(c),
                code=pl.col(f"_c_{c}").cast(pl.String),
                avant=_montrable(c, reconnue=True),
                apres=apres,
            )
        )
    if declarees.height:
        retenues = declarees.join(gardees.select("_rang_ligne"), on="_rang_ligne", how="semi")
        montre = pl.col("colonne").is_in(sorted(_MONTRABLES))
        morceaux.append(
            retenues.select(
                table=pl.lit(nom),
                ligne="_ligne",
                lieu="_lieu",
                colonne="colonne",
                code=pl.lit("declaree"),
                avant=pl.when(montre).then("avant"),
                apres=pl.when(montre).then("apres"),
            )
        )
    vide = pl.DataFrame(schema={c: t for c, t in SCHEMA_CORRECTIONS.items() if c != "fichier"})
    return pl.concat([vide, *morceaux])


def en_signalements(nom: str, table: Table, gardees: pl.DataFrame) -> pl.DataFrame:
    """Communes introuvables de lignes gardées (`SCHEMA_SIGNALEMENTS` sans `fichier`)."""
    vide = pl.DataFrame(schema={c: t for c, t in SCHEMA_SIGNALEMENTS.items() if c != "fichier"})
    communes = [c for c, d in table.colonnes.items() if d.nomenclature == "communes"]
    return pl.concat(
        [vide]
        + [
            gardees.filter(
                pl.col(c).is_null() & ~absente(pl.col(f"_b_{c}").str.strip_chars())
            ).select(
                table=pl.lit(nom),
                ligne="_ligne",
                lieu="_lieu",
                colonne=pl.lit(c),
                code=pl.lit("commune_inconnue"),
            )
            for c in communes
        ]
    )
