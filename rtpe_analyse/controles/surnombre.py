"""Surnombre : combien d'enfants à la fois, comparé à la capacité permise à cet instant."""

import polars as pl

from rtpe_analyse.controles.modele import en_constats
from rtpe_analyse.reglementation import capacite_simultanee

_JOUR = ["etablissement", "date"]


def presences_simultanees(pointages: pl.DataFrame) -> pl.DataFrame:
    """Nombre d'enfants présents, instant par instant (balayage des arrivées et départs).

    Une présence couvre [arrivée, départ) : un enfant qui part à 12 h ne compte plus à 12 h.
    Les passages chevauchants d'un même enfant sont réunis : il ne compte qu'une fois.

    Args:
        pointages: table propre, une ou plusieurs partitions. Un pointage sans arrivée ou
            sans départ n'est pas placé dans la journée, donc pas compté.

    Returns:
        Une ligne par établissement × date × palier : `debut_min`, `fin_min` (exclue),
        `presents` (au moins 1).
    """
    passages = _reunir(
        pointages.filter(pl.col("arrivee_min") < pl.col("depart_min")).select(
            *_JOUR, "enfant", "arrivee_min", "depart_min"
        )
    )
    mouvements = pl.concat(
        passages.select(*_JOUR, debut_min=pl.col(borne), delta=pl.lit(delta, pl.Int64))
        for borne, delta in (("arrivee_min", 1), ("depart_min", -1))
    )
    return (
        mouvements.group_by(*_JOUR, "debut_min")
        .agg(pl.col("delta").sum())
        .sort(*_JOUR, "debut_min")
        # Chaque jour finit à zéro présent : les sommes n'ont pas à repartir jour par jour.
        .with_columns(presents=pl.col("delta").cum_sum(), fin_min=pl.col("debut_min").shift(-1))
        .filter(pl.col("presents") > 0)
        .select(*_JOUR, "debut_min", "fin_min", "presents")
    )


def _reunir(passages: pl.DataFrame) -> pl.DataFrame:
    enfant_jour = [*_JOUR, "enfant"]
    plusieurs = pl.len().over(enfant_jour) > 1
    nouveau = pl.col("arrivee_min") > pl.col("depart_min").cum_max().shift(1).over(enfant_jour)
    reunis = (
        passages.filter(plusieurs)
        .sort(*enfant_jour, "arrivee_min", "depart_min")
        .with_columns(groupe=nouveau.fill_null(True).cum_sum())
        .group_by(*enfant_jour, "groupe")
        .agg(pl.col("arrivee_min").min(), pl.col("depart_min").max())
        .select(passages.columns)
    )
    return pl.concat([passages.filter(~plusieurs), reunis])


def plages_du_jour(jours: pl.DataFrame, agrements: pl.DataFrame) -> pl.DataFrame:
    """Plages d'agrément en vigueur, un jour donné dans un établissement donné.

    Args:
        jours: `etablissement`, `date`, sans doublon.
        agrements: table propre ; bornes de validité incluses, `valide_au` vide = en cours.

    Returns:
        `etablissement`, `date`, `debut_min`, `fin_min`, `places` ; aucun rang pour un jour
        sans agrément.
    """
    return (
        jours.with_columns(jour_semaine=pl.col("date").dt.weekday().cast(pl.Int64))
        .join(agrements, on=["etablissement", "jour_semaine"])
        .filter(
            (pl.col("valide_du") <= pl.col("date"))
            & (pl.col("valide_au").is_null() | (pl.col("valide_au") >= pl.col("date")))
        )
        .select(*_JOUR, "debut_min", "fin_min", "places")
    )


def maxima_simultanes(pointages: pl.DataFrame, agrements: pl.DataFrame) -> pl.DataFrame:
    """Le plus grand nombre d'enfants à la fois, jour par jour, et la capacité admise.

    Occupation simultanée exacte à la minute : article R. 2324-27 du code de la santé
    publique (valeur datée de la capacité admise). Hors de toute plage, aucune capacité n'est
    connue et rien n'est retenu, non plus que d'une plage sans places dites ; si deux plages
    se recouvrent, chacune est opposée aux présents (voir le constat `agrement_chevauchant`).

    Args:
        pointages: table propre, ou tout tableau portant `etablissement`, `date`, `enfant`,
            `arrivee_min`, `depart_min` ; sans l'une des deux heures, un passage ne compte pas.
        agrements: table propre.

    Returns:
        Une ligne par établissement × date × places : `presents`, le plus grand nombre
        d'enfants à la fois sur ces plages, et `admis`, la capacité simultanée permise.

    Raises:
        ErreurReglementation: un jour antérieur au premier barème de surnombre.
    """
    paliers = presences_simultanees(pointages)
    plages = plages_du_jour(paliers.select(_JOUR).unique(), agrements)
    maxima = (
        paliers.join(plages, on=_JOUR, suffix="_plage")
        .filter(
            (pl.col("debut_min") < pl.col("fin_min_plage"))
            & (pl.col("fin_min") > pl.col("debut_min_plage"))
            & pl.col("places").is_not_null()
        )
        .group_by(*_JOUR, "places")
        .agg(pl.col("presents").max())
    )
    couples = maxima.select("places", "date").unique()
    admis = [capacite_simultanee(places, jour) for places, jour in couples.iter_rows()]
    return maxima.join(
        couples.with_columns(pl.Series("admis", admis, dtype=pl.Int64)), on=["places", "date"]
    ).sort(*_JOUR, "places")


def surnombre(pointages: pl.DataFrame, agrements: pl.DataFrame) -> pl.DataFrame:
    """Jours où les présents dépassent, à un instant, la capacité simultanée permise.

    Args:
        pointages: table propre.
        agrements: table propre.

    Returns:
        Constats `surnombre`, un par établissement × date (voir `maxima_simultanes`).
    """
    en_trop = maxima_simultanes(pointages, agrements).filter(pl.col("presents") > pl.col("admis"))
    lieu = pl.concat_str("etablissement", pl.col("date").cast(pl.String), separator="|")
    jours = en_trop.select(*_JOUR, lieu=lieu).unique().sort(_JOUR)
    return en_constats(jours, "pointages", "surnombre")
