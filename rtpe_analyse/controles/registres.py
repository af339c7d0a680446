"""Constats tirés des factures, des agréments et des zonages."""

import polars as pl

from rtpe_analyse.controles.modele import en_constats
from rtpe_analyse.controles.surnombre import plages_du_jour

TOLERANCE_H = 0.01
_BRUIT = 1e-6  # celui des nombres flottants : un écart d'un centième juste est toléré


def facture_inferieur_realise(factures: pl.DataFrame, pointages: pl.DataFrame) -> pl.DataFrame:
    """Factures d'un mois dont les heures sont inférieures aux heures réalisées.

    Grain : enfant × établissement × mois ; heures réalisées = somme de `realise_min` / 60,
    les durées vides ne comptant pas. Tolérance 0,01 h (arrondi des exports au centième). Un
    mois facturé en plusieurs lignes se compare en somme, et chacune est constatée.

    Args:
        factures: table propre d'un mois.
        pointages: table propre du même mois.
    """
    cle = ["enfant", "etablissement", "mois"]
    realise = pointages.group_by(
        "enfant", "etablissement", mois=pl.col("date").dt.truncate("1mo")
    ).agg(realise_h=pl.col("realise_min").sum() / 60)
    trouves = (
        factures.with_columns(facture_h=pl.col("heures_facturees_h").sum().over(cle))
        .join(realise, on=cle)
        .filter(pl.col("realise_h") - pl.col("facture_h") > TOLERANCE_H + _BRUIT)
    )
    return en_constats(
        trouves.select("_fichier", "_ligne", "etablissement", "mois"),
        "factures",
        "facture_inferieur_realise",
    )


def agrement_chevauchant(agrements: pl.DataFrame) -> pl.DataFrame:
    """Plages d'agrément d'un même établissement et jour de semaine qui se recouvrent.

    Les validités se recouvrent (bornes incluses, vide = sans fin) et les heures aussi (fin
    exclue). Les deux lignes sont constatées.
    """
    cle = ["etablissement", "jour_semaine"]
    plages = agrements.with_columns(
        valide_au=pl.col("valide_au").fill_null(pl.date(9999, 12, 31))
    ).with_row_index("rang")
    trouves = (
        plages.join(plages, on=cle, suffix="_autre")
        .filter(
            (pl.col("rang") != pl.col("rang_autre"))
            & (pl.col("valide_du") <= pl.col("valide_au_autre"))
            & (pl.col("valide_du_autre") <= pl.col("valide_au"))
            & (pl.col("debut_min") < pl.col("fin_min_autre"))
            & (pl.col("debut_min_autre") < pl.col("fin_min"))
        )
        .unique(subset="rang")
        .sort("rang")
    )
    return en_constats(
        trouves.select("_fichier", "_ligne", "etablissement"), "agrements", "agrement_chevauchant"
    )


def agrement_absent(ouvertures: pl.DataFrame, agrements: pl.DataFrame) -> pl.DataFrame:
    """Jours prévus ouverts sans aucune plage d'agrément en vigueur ce jour de semaine.

    Args:
        ouvertures: table propre, une ou plusieurs partitions.
        agrements: table propre ; bornes de validité incluses, fin vide = en cours.
    """
    prevus = ouvertures.filter(pl.col("prevu"))
    jour = ["etablissement", "date"]
    agrees = plages_du_jour(prevus.select(jour).unique(), agrements)
    trouves = prevus.join(agrees, on=jour, how="anti")
    return en_constats(
        trouves.select("_fichier", "_ligne", "etablissement", "date"),
        "ouvertures",
        "agrement_absent",
    )


def iris_introuvable(zonages: pl.DataFrame, connus: pl.Series) -> pl.DataFrame:
    """Lignes de zonage dont l'IRIS n'est nommé par aucun chiffre public, ni par un passage.

    Args:
        zonages: table propre ; une ligne sans IRIS désigne une commune.
        connus: codes IRIS connus ; sans aucun, rien ne peut être dit introuvable.
    """
    cites = zonages.drop_nulls("iris") if len(connus) else zonages.clear()
    trouves = cites.filter(~pl.col("iris").is_in(connus.implode()))
    return en_constats(trouves.select("_fichier", "_ligne"), "zonages", "iris_introuvable")
