"""Constats tirés des contrats, de leurs plannings et des actes d'agrément."""

import polars as pl

from rtpe_analyse.controles.modele import en_constats

_SANS_FIN = pl.date(9999, 12, 31)


def contrat_chevauchant(contrats: pl.DataFrame) -> pl.DataFrame:
    """Contrats d'un même enfant dans un même établissement qui ont des jours communs.

    Grain : contrat ; bornes incluses, fin vide = en cours. Un contrat qui finit avant son
    début ne couvre aucun jour : il n'en chevauche aucun. Un même numéro décrit deux fois
    relève de l'attente d'unicité. Tous les contrats touchés sont constatés.

    Args:
        contrats: table propre.
    """
    couvrants = (
        contrats.with_columns(fin=pl.col("fin").fill_null(_SANS_FIN))
        .filter(pl.col("debut") <= pl.col("fin"))
        .select("_fichier", "_ligne", "contrat", "enfant", "etablissement", "debut", "fin")
    )
    trouves = (
        couvrants.join(couvrants, on=["enfant", "etablissement"], suffix="_autre")
        .filter(
            (pl.col("contrat") != pl.col("contrat_autre"))
            & (pl.col("debut") <= pl.col("fin_autre"))
            & (pl.col("debut_autre") <= pl.col("fin"))
        )
        .select("_fichier", "_ligne", "etablissement")
        .unique()
        .sort("_fichier", "_ligne")
    )
    return en_constats(trouves, "contrats", "contrat_chevauchant")


def planning_hors_ouverture(
    plannings: pl.DataFrame, contrats: pl.DataFrame, agrements: pl.DataFrame
) -> pl.DataFrame:
    """Contrats dont une plage prévue sort des heures agréées de son jour de semaine.

    Grain : ligne du registre. Heures agréées = de la première ouverture à la dernière
    fermeture des agréments en vigueur un jour au moins du contrat (bornes incluses, fin
    vide = en cours). Un établissement sans aucun agrément reçu n'est pas examiné ; un
    planning dont le contrat est inconnu non plus (attente de référence).

    Args:
        plannings: table propre.
        contrats: table propre.
        agrements: table propre.
    """
    sujets = contrats.unique("contrat", keep="any").select(
        "contrat", "etablissement", "debut", fin=pl.col("fin").fill_null(_SANS_FIN)
    )
    prevus = (
        plannings.with_row_index("rang")
        .join(sujets, on="contrat")
        .join(agrements.select("etablissement").unique(), on="etablissement", how="semi")
    )
    plages = agrements.select(
        "etablissement",
        "jour_semaine",
        "valide_du",
        valide_au=pl.col("valide_au").fill_null(_SANS_FIN),
        ouvre="debut_min",
        ferme="fin_min",
    )
    agrees = (
        prevus.join(plages, on=["etablissement", "jour_semaine"])
        .filter((pl.col("valide_du") <= pl.col("fin")) & (pl.col("debut") <= pl.col("valide_au")))
        .group_by("rang")
        .agg(pl.col("ouvre").min(), pl.col("ferme").max())
    )
    dedans = (pl.col("debut_min") >= pl.col("ouvre")) & (pl.col("fin_min") <= pl.col("ferme"))
    trouves = (
        prevus.join(agrees, on="rang", how="left")
        .filter(~dedans.fill_null(False))
        .select("_fichier", "_ligne", "etablissement")
        .unique()
        .sort("_fichier", "_ligne")
    )
    return en_constats(trouves, "plannings", "planning_hors_ouverture")


def agrement_concurrent(agrements: pl.DataFrame) -> pl.DataFrame:
    """Actes d'agrément d'un même établissement en vigueur un même jour.

    Un acte = un établissement et une date d'effet ; bornes incluses, fin vide = sans fin.
    Toutes les lignes des deux actes sont constatées, même si leurs plages ne se recouvrent
    pas (celles qui se recouvrent ont aussi le constat `agrement_chevauchant`).

    Args:
        agrements: table propre.
    """
    actes = agrements.select(
        "etablissement", "valide_du", valide_au=pl.col("valide_au").fill_null(_SANS_FIN)
    ).unique()
    concurrents = (
        actes.join(actes, on="etablissement", suffix="_autre")
        .filter(
            (pl.col("valide_du") != pl.col("valide_du_autre"))
            & (pl.col("valide_du") <= pl.col("valide_au_autre"))
            & (pl.col("valide_du_autre") <= pl.col("valide_au"))
        )
        .select("etablissement", "valide_du")
    )
    trouves = agrements.join(concurrents, on=["etablissement", "valide_du"], how="semi").sort(
        "_fichier", "_ligne"
    )
    return en_constats(
        trouves.select("_fichier", "_ligne", "etablissement"), "agrements", "agrement_concurrent"
    )
