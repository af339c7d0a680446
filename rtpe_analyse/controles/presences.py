"""Constats tirés d'un pointage, seul ou face aux registres."""

import polars as pl

from rtpe_analyse.controles.modele import en_constats

_LIGNE = ["_fichier", "_ligne", "etablissement", "date"]

PRESENT = pl.col("arrivee_min").is_not_null() | (pl.col("realise_min") > 0).fill_null(False)


def presence_jour_ferme(pointages: pl.DataFrame, ouvertures: pl.DataFrame) -> pl.DataFrame:
    """Présences (arrivée notée ou durée réalisée) un jour où l'établissement était fermé.

    Args:
        pointages: table propre.
        ouvertures: table propre ; un jour qui n'y figure pas n'est pas réputé fermé.
    """
    fermes = ouvertures.filter(~pl.col("ouvert")).select("etablissement", "date").unique()
    trouves = pointages.filter(PRESENT).join(fermes, on=["etablissement", "date"])
    return en_constats(trouves.select(_LIGNE), "pointages", "presence_jour_ferme")


def presence_hors_activite(pointages: pl.DataFrame, etablissements: pl.DataFrame) -> pl.DataFrame:
    """Présences avant l'ouverture ou après le dernier jour d'activité de l'établissement.

    Args:
        pointages: table propre.
        etablissements: table propre ; sur plusieurs périodes de validité, la première
            ouverture et la dernière fermeture valent, et une fermeture vide dit « en activité ».
    """
    activite = etablissements.group_by("etablissement").agg(
        pl.col("ouverture").min(),
        fermeture=pl.when(pl.col("fermeture").is_not_null().all()).then(pl.col("fermeture").max()),
    )
    trouves = (
        pointages.filter(PRESENT)
        .join(activite, on="etablissement")
        .filter((pl.col("date") < pl.col("ouverture")) | (pl.col("date") > pl.col("fermeture")))
    )
    return en_constats(trouves.select(_LIGNE), "pointages", "presence_hors_activite")


def presence_sans_contrat(pointages: pl.DataFrame, contrats: pl.DataFrame) -> pl.DataFrame:
    """Présences d'un enfant qu'aucun contrat ne couvre ce jour-là dans l'établissement.

    Args:
        pointages: table propre.
        contrats: table propre ; bornes incluses, fin vide = en cours. Un établissement dont
            aucun contrat n'a été reçu n'est pas examiné.
    """
    connus = contrats.select("etablissement").unique()
    presents = pointages.filter(PRESENT).join(connus, on="etablissement", how="semi")
    cle = ["enfant", "etablissement", "date"]
    couverts = (
        presents.select(cle)
        .unique()
        .join(contrats.select("enfant", "etablissement", "debut", "fin"), on=cle[:2])
        .filter(
            (pl.col("debut") <= pl.col("date"))
            & (pl.col("fin").is_null() | (pl.col("fin") >= pl.col("date")))
        )
    )
    trouves = presents.join(couverts, on=cle, how="anti")
    return en_constats(trouves.select(_LIGNE), "pointages", "presence_sans_contrat")


def donnee_personnelle(pointages: pl.DataFrame) -> pl.DataFrame:
    """Lignes dont un champ libre portait un nom ou un numéro (le texte n'est pas gardé)."""
    trouves = pointages.filter((pl.col("noms_libres") > 0) | (pl.col("numeros_libres") > 0))
    return en_constats(trouves.select(_LIGNE), "pointages", "donnee_personnelle")


def quasi_doublon(pointages: pl.DataFrame) -> pl.DataFrame:
    """Passages d'un même enfant qui se chevauchent sans être identiques, au même endroit.

    Même enfant, même établissement, même date ; chevauchement strict (se toucher n'est pas
    se chevaucher). Les deux lignes sont constatées.
    """
    trouves = _chevauchements(pointages, ["enfant", "etablissement", "date"]).filter(
        (pl.col("arrivee_min") != pl.col("arrivee_min_autre"))
        | (pl.col("depart_min") != pl.col("depart_min_autre"))
    )
    return en_constats(_lignes_touchees(trouves), "pointages", "quasi_doublon")


def double_presence(pointages: pl.DataFrame, enfants: pl.DataFrame) -> pl.DataFrame:
    """Un même enfant dans deux établissements à la fois, le même jour.

    L'enfant se reconnaît à son pseudonyme d'appariement quand la table des enfants le donne,
    à celui du logiciel sinon. Les deux lignes sont constatées.
    """
    appariements = (
        enfants.select("enfant", "appariement").drop_nulls().unique(subset="enfant", keep="any")
    )
    reconnus = pointages.join(appariements, on="enfant", how="left").with_columns(
        personne=pl.coalesce("appariement", "enfant")
    )
    trouves = _chevauchements(reconnus, ["personne", "date"]).filter(
        pl.col("etablissement") != pl.col("etablissement_autre")
    )
    return en_constats(_lignes_touchees(trouves), "pointages", "double_presence")


def _chevauchements(pointages: pl.DataFrame, cle: list[str]) -> pl.DataFrame:
    """Couples de passages chevauchants d'une même clé, dans les deux sens."""
    passages = (
        pointages.filter(pl.col("arrivee_min") < pl.col("depart_min"))
        .select(*dict.fromkeys([*cle, *_LIGNE]), "arrivee_min", "depart_min")
        .filter(pl.len().over(cle) > 1)
        .with_row_index("rang")
    )
    return passages.join(passages, on=cle, suffix="_autre").filter(
        (pl.col("rang") != pl.col("rang_autre"))
        & (pl.col("arrivee_min") < pl.col("depart_min_autre"))
        & (pl.col("arrivee_min_autre") < pl.col("depart_min"))
    )


def _lignes_touchees(couples: pl.DataFrame) -> pl.DataFrame:
    return couples.unique(subset="rang").sort("rang").select(_LIGNE)
