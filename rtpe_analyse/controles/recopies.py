"""Mois recopié : les pointages d'un mois qui répètent ceux du mois précédent."""

import polars as pl

from rtpe_analyse.controles.modele import en_constats

PART_IDENTIQUE = 0.90
LIGNES_MINIMALES = 30


def mois_recopie(mois: pl.DataFrame, precedent: pl.DataFrame) -> pl.DataFrame:
    """Établissements dont le mois reprend, jour pour jour, le mois précédent.

    Le premier jour pointé se compare au premier, le deuxième au deuxième, etc. : mêmes
    enfants, mêmes arrivées, mêmes départs. Un pointage sans arrivée ne prouve rien et n'est
    pas compté. Constat à partir de 90 % de lignes identiques, sur 30 lignes au moins (seuils
    de vraisemblance du projet, sans source légale).

    Args:
        mois: pointages propres d'un seul mois.
        precedent: pointages propres du mois civil précédent ; vide s'il n'a pas été reçu.

    Returns:
        Constats `mois_recopie`, un par établissement, lieu « établissement|AAAA-MM ».
    """
    cle = ["etablissement", "rang", "enfant", "arrivee_min", "depart_min"]
    reprises = (
        _ordonner(mois)
        .join(
            _ordonner(precedent).select(cle).unique().with_columns(repris=True),
            on=cle,
            how="left",
            nulls_equal=True,
        )
        .group_by("etablissement")
        .agg(
            lignes=pl.len(),
            reprises=pl.col("repris").sum(),
            mois=pl.col("date").min().dt.truncate("1mo"),
        )
        .filter(
            (pl.col("lignes") >= LIGNES_MINIMALES)
            & (pl.col("reprises") >= PART_IDENTIQUE * pl.col("lignes"))
        )
        .sort("etablissement")
    )
    lieu = pl.concat_str("etablissement", pl.col("mois").dt.strftime("%Y-%m"), separator="|")
    return en_constats(
        reprises.select("etablissement", "mois", lieu=lieu), "pointages", "mois_recopie"
    )


def _ordonner(pointages: pl.DataFrame) -> pl.DataFrame:
    return pointages.filter(pl.col("arrivee_min").is_not_null()).select(
        "etablissement",
        "enfant",
        "date",
        "arrivee_min",
        "depart_min",
        rang=pl.col("date").rank("dense").over("etablissement"),
    )
