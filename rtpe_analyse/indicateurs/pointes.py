"""La pointe d'une semaine : combien d'enfants ensemble, et de quoi dépend leur encadrement.

Une moyenne n'encadre personne : ce qui compte est l'instant le plus chargé de la semaine.
"""

from datetime import date, timedelta

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.controles.surnombre import presences_simultanees
from rtpe_analyse.indicateurs.calendrier import jours, plages_du_jour
from rtpe_analyse.indicateurs.encadrement import ENTIER, JOUR, parts_declarees
from rtpe_analyse.indicateurs.personnel_quarts import decrire
from rtpe_analyse.indicateurs.presences import passages, suivre
from rtpe_analyse.propres import lire_admis

SEMAINE = timedelta(weeks=1)
AN = 52 * SEMAINE
_DIMANCHE = timedelta(days=6)
_TRIMESTRE = 13 * SEMAINE
_LUNDI = pl.col("date").dt.truncate("1w")


def pointes(lieux: Lieux, le: date) -> pl.DataFrame:
    """Enfants ensemble à la pointe, semaine entière par semaine entière, depuis un an.

    Un jour où une présence n'a pas ses deux heures, tous les présents sont supposés ensemble :
    la pointe est alors une borne haute.

    Returns:
        `etablissement, date` (le lundi), `pointe` (enfants), `moyenne` (enfants présents par
        jour d'ouverture) et `sans_heures` (la pointe est une borne haute). Une semaine sans
        présence, ou sans jour ouvert au calendrier, n'y est pas.
    """
    depuis = _lundi(le) - AN
    venus = passages(lieux, le).filter("present", pl.col("date") >= depuis).collect()
    manque = pl.col("arrivee_min").is_null() | pl.col("depart_min").is_null()
    par_jour = venus.group_by(JOUR).agg(
        presents=pl.len().cast(pl.Int64), distincts=pl.col("enfant").n_unique(), manque=manque.any()
    )
    ensemble = presences_simultanees(venus).group_by(JOUR).agg(pl.col("presents").max())
    pointe = pl.when("manque").then("distincts").otherwise(pl.col("presents_ensemble"))
    semaines = (
        par_jour.join(ensemble, on=JOUR, how="left", suffix="_ensemble")
        .with_columns(pointe=pointe.cast(pl.Int64), date=_LUNDI)
        .group_by(JOUR)
        .agg(pl.col("pointe").max(), pl.col("presents").sum(), sans_heures=pl.col("manque").any())
    )
    ouverts = (
        jours(lieux, le)
        .filter("ouvert", "compte")
        .group_by("etablissement", date=_LUNDI)
        .agg(ouverts=pl.len())
    )
    return (
        semaines.filter(pl.col("date") + _DIMANCHE <= le)
        .join(ouverts, on=JOUR)
        .select(*JOUR, "pointe", "sans_heures", moyenne=pl.col("presents") / pl.col("ouverts"))
        .sort(JOUR)
    )


def rapports_de_pointe(passees: pl.DataFrame, niveau: float) -> pl.DataFrame:
    """De combien la pointe dépasse d'ordinaire la moyenne de sa semaine.

    Args:
        passees: table de `pointes`.
        niveau: part des semaines que la fourchette doit contenir (0,8).

    Returns:
        `etablissement, pointe_bas, pointe_centre, pointe_haut` (quantiles du rapport pointe /
        moyenne ; le centre est la médiane) et `sans_heures`. Une semaine sans heures n'y
        compte que si aucune autre n'est connue.
    """
    rapport = pl.col("pointe") / pl.col("moyenne")
    quantiles = {"bas": (1 - niveau) / 2, "centre": 0.5, "haut": (1 + niveau) / 2}
    return (
        passees.filter(~pl.col("sans_heures") | pl.col("sans_heures").all().over("etablissement"))
        .group_by("etablissement")
        .agg(
            pl.col("sans_heures").any(),
            **{
                f"pointe_{b}": rapport.quantile(q, interpolation="linear")
                for b, q in quantiles.items()
            },
        )
        .sort("etablissement")
    )


def marcheurs(lieux: Lieux, le: date) -> pl.DataFrame:
    """Part des enfants qui marchent, par les sections des treize dernières semaines.

    Returns:
        `etablissement, marcheurs_min` (on sait qu'ils marchent) et `marcheurs_max` (ils
        marchent peut-être : s'y ajoutent les présences sans section, ou d'une section sans
        part déclarée) ; parts, de 0 à 1.
    """
    dernieres = lire_admis(lieux, "pointages").filter(
        pl.col("date").is_between(_lundi(le) - _TRIMESTRE, le), pl.col("motif_absence").is_null()
    )
    venus = suivre(dernieres, lieux)
    parts = parts_declarees(lieux, venus).lazy()
    return (
        venus.join(parts, on=[*JOUR, "section"], how="left")
        .group_by("etablissement")
        .agg(
            marcheurs_min=pl.col("part").sum() / (ENTIER * pl.len()),
            marcheurs_max=pl.col("part").fill_null(ENTIER).sum() / (ENTIER * pl.len()),
        )
        .sort("etablissement")
        .collect(engine="streaming")
    )


def regles_des_semaines(lieux: Lieux, semaines: pl.DataFrame) -> pl.DataFrame:
    """Mode d'encadrement et taille de l'établissement, au lundi de chaque semaine.

    Args:
        lieux: dossiers du jeu.
        semaines: `etablissement, date` (le lundi), sans doublon.

    Returns:
        `etablissement, date, mode` (vide s'il n'est pas déclaré) et `micro` ; les places sont
        les plus nombreuses que l'agrément autorise dans la semaine.
    """
    dates = semaines.select(
        "etablissement", lundi="date", date=pl.date_ranges("date", pl.col("date") + _DIMANCHE)
    ).explode("date")
    places = (
        plages_du_jour(lieux, dates.select(JOUR).unique())
        .group_by("etablissement", date=_LUNDI)
        .agg(capacite_max=pl.col("places").max())
    )
    return decrire(lieux, semaines.select(JOUR).join(places, on=JOUR, how="left"))


def _lundi(le: date) -> date:
    return le - timedelta(days=le.weekday())
