"""Ce qui est confirmé par contrat, et ce qu'un jour en porte."""

from datetime import date, timedelta

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.presences import MICRO_HEURES, suivre
from rtpe_analyse.propres import lire_admis

TIERS = 3 * MICRO_HEURES
_JOUR = ["etablissement", "date"]
_ENFANT = ["etablissement", "unite"]
_SANS_FIN = date(9000, 1, 1)
_SANS_HEURES_ADMIS = ("occasionnel", "urgence")
_UN_JOUR = timedelta(days=1)


def contrats(lieux: Lieux) -> pl.DataFrame:
    """Contrats reçus, l'enfant suivi d'un logiciel à l'autre.

    Returns:
        `contrat, etablissement, unite` (l'enfant), `debut, apres` (lendemain du dernier jour),
        `hebdo_tuh` (tiers de millionième d'heure par semaine ; vide si inconnu), `planning`
        (le contrat en a un), `manquant` (ni planning ni heures, et ni occasionnel ni
        urgence). Un contrat qui finit avant son début n'est en vigueur aucun jour.
    """
    avec_planning = lire_admis(lieux, "plannings").select("contrat").unique()
    sans_heures = pl.col("heures_hebdo_h").is_null() & ~pl.col("planning")
    return (
        suivre(lire_admis(lieux, "contrats"), lieux)
        .join(avec_planning.with_columns(planning=True), on="contrat", how="left")
        .with_columns(pl.col("planning").fill_null(False))
        .select(
            "contrat",
            "etablissement",
            "debut",
            "planning",
            unite="enfant",
            apres=pl.col("fin").fill_null(_SANS_FIN) + _UN_JOUR,
            hebdo_tuh=(pl.col("heures_hebdo_h") * TIERS).round().cast(pl.Int64),
            manquant=sans_heures
            & ~pl.col("type_accueil").is_in(_SANS_HEURES_ADMIS).fill_null(False),
        )
        .filter(pl.col("debut") < pl.col("apres"))
        .sort("contrat")
        .collect()
    )


def heures_confirmees(lieux: Lieux, engages: pl.DataFrame, comptes: pl.DataFrame) -> pl.DataFrame:
    """Heures prévues par les contrats en vigueur, jour prévu par jour prévu.

    Avec un planning : la durée de ses plages ce jour de semaine, réunies quand un enfant a
    plusieurs contrats le même jour (il ne compte qu'une fois). Sans planning : les heures de
    la semaine, réparties également sur les jours agréés de l'établissement.

    Args:
        lieux: dossiers du jeu.
        engages: table de `contrats`.
        comptes: `etablissement, date` des jours prévus, sans doublon.

    Returns:
        `etablissement, date, confirme_tuh` (tiers de millionième d'heure, entier),
        `contrats` et `manquants` (contrats en vigueur ce jour-là, et ceux sans heures).
    """
    du_planning = bornes(
        minutes_planifiees(lieux, engages), ["etablissement", "jour_semaine"], ["minutes"]
    )
    jours = comptes.with_columns(jour_semaine=pl.col("date").dt.weekday().cast(pl.Int64))
    planifiees = cumuler(du_planning, jours, ["etablissement", "jour_semaine"], ["minutes"]).select(
        *_JOUR, "minutes"
    )
    evenements = bornes(
        engages.with_columns(
            hebdo=pl.when(~pl.col("planning")).then("hebdo_tuh").fill_null(0),
            contrats=pl.lit(1, pl.Int64),
            manquants=pl.col("manquant").cast(pl.Int64),
        ),
        ["etablissement"],
        ["hebdo", "contrats", "manquants"],
    )
    return (
        cumuler(evenements, comptes, ["etablissement"], ["hebdo", "contrats", "manquants"])
        .join(planifiees, on=_JOUR)
        .join(jours_agrees(lieux, comptes), on=_JOUR, how="left")
        .select(
            *_JOUR,
            "contrats",
            "manquants",
            confirme_tuh=pl.col("minutes") * (TIERS // 60)
            + (pl.col("hebdo") // pl.col("jours_agrees")).fill_null(0),
        )
        .sort(_JOUR)
    )


def bornes(table: pl.DataFrame, cle: list[str], mesures: list[str]) -> pl.DataFrame:
    """Ce que des intervalles ajoutent à leur `debut` et retirent à leur `apres`."""
    return pl.concat(
        table.select(*cle, pl.col(mesures) * signe, date=borne)
        for borne, signe in (("debut", 1), ("apres", -1))
    )


def cumuler(
    evenements: pl.DataFrame, jours: pl.DataFrame, cle: list[str], mesures: list[str]
) -> pl.DataFrame:
    """Ce qui est en vigueur chaque jour : somme des événements jusqu'à lui inclus.

    Args:
        evenements: `cle`, `date` et des mesures entières, signées (voir `bornes`).
        jours: `cle`, `date` et d'autres colonnes, gardées.
        cle: colonnes d'appariement.
        mesures: mesures à cumuler.

    Returns:
        `jours` augmentée des mesures ; zéro avant le premier événement.
    """
    cumuls = (
        evenements.group_by(*cle, "date")
        .agg(pl.col(mesures).sum())
        .sort("date")
        .with_columns(pl.col(mesures).cum_sum().over(cle, order_by="date"))
    )
    return (
        jours.sort("date")
        .join_asof(cumuls, on="date", by=cle, strategy="backward", check_sortedness=False)
        .with_columns(pl.col(mesures).fill_null(0))
    )


def jours_agrees(lieux: Lieux, comptes: pl.DataFrame) -> pl.DataFrame:
    """Nombre de jours de semaine où l'établissement a une plage d'agrément en vigueur.

    Returns:
        `etablissement, date, jours_agrees` ; un jour sans agrément en vigueur n'y est pas.
    """
    agrements = (
        lire_admis(lieux, "agrements")
        .select("etablissement", "jour_semaine", "valide_du", "valide_au")
        .unique()
        .collect()
    )
    return (
        comptes.select(_JOUR)
        .join(agrements, on="etablissement")
        .filter(
            pl.col("date") >= pl.col("valide_du"),
            pl.col("valide_au").is_null() | (pl.col("date") <= pl.col("valide_au")),
        )
        .group_by(_JOUR)
        .agg(jours_agrees=pl.col("jour_semaine").n_unique().cast(pl.Int64))
    )


def minutes_planifiees(lieux: Lieux, engages: pl.DataFrame) -> pl.DataFrame:
    """Minutes prévues par les plannings, enfant par enfant, entre deux changements.

    La vie d'un enfant dans un établissement se coupe aux débuts et fins de ses contrats :
    entre deux coupes, les mêmes contrats sont en vigueur, et leurs plages se réunissent.

    Args:
        lieux: dossiers du jeu.
        engages: table de `contrats`.

    Returns:
        `etablissement, unite, debut, apres` (exclu), `jour_semaine, minutes`.
    """
    cle = [*_ENFANT, "debut", "apres", "jour_semaine"]
    avec = engages.filter("planning")
    dates = pl.concat(avec.select(*_ENFANT, date=borne) for borne in ("debut", "apres"))
    coupes = (
        dates.unique()
        .sort(*_ENFANT, "date")
        .with_columns(suivante=pl.col("date").shift(-1).over(_ENFANT))
        .drop_nulls("suivante")
    )
    plannings = (
        lire_admis(lieux, "plannings")
        .select("contrat", "jour_semaine", "debut_min", "fin_min")
        .filter(pl.col("debut_min") < pl.col("fin_min"))
        .collect()
    )
    plages = (
        coupes.join(avec, on=_ENFANT)
        .filter(pl.col("debut") <= pl.col("date"), pl.col("apres") >= pl.col("suivante"))
        .select(*_ENFANT, "contrat", debut="date", apres="suivante")
        .join(plannings, on="contrat")
        .sort(*cle, "debut_min")
    )
    deja = pl.col("fin_min").cum_max().shift(1).over(cle).fill_null(0)
    nouvelles = (pl.col("fin_min") - pl.max_horizontal("debut_min", deja)).clip(0)
    return (
        plages.with_columns(minutes=nouvelles).group_by(cle).agg(pl.col("minutes").sum()).sort(cle)
    )
