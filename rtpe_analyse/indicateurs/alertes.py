"""Famille « alertes » : surnombre simultané et semaines au-delà de la capacité horaire."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.controles.surnombre import maxima_simultanes
from rtpe_analyse.indicateurs.agregation import calculer, compter
from rtpe_analyse.indicateurs.horaires import etats_horaires
from rtpe_analyse.indicateurs.modele import Additif, Indicateur, RatioDeSommes
from rtpe_analyse.indicateurs.parts import en_parts, en_unites, etat, periodes
from rtpe_analyse.indicateurs.places import parts_de_capacite
from rtpe_analyse.indicateurs.presences import CONNU, INCONNU, frequentation, passages, realise
from rtpe_analyse.indicateurs.semaines import enfants_des_semaines, semaines
from rtpe_analyse.indicateurs.table import CLE_ZONE, ordonner, parents_de, poser
from rtpe_analyse.propres import lire_admis
from rtpe_analyse.reglementation import valeur

_JOUR = ["etablissement", "date"]
_MOIS = ["etablissement", "mois"]
_INSTANT = (
    "Enfants présents à la même minute, passages dont l'arrivée et le départ sont connus ; un "
    "enfant ne compte qu'une fois. Hors de toute plage d'agrément, rien n'est compté."
)
_SEMAINE = (
    "Semaines entières, du lundi au dimanche, échues à la date d'arrêté ; une semaine à cheval "
    "sur deux mois est celle de son lundi, et compte tout entière. Présences réelles, un jour "
    "fermé compris ; capacité des jours réellement ouverts."
)
_SEMAINE_LIMITES = (
    "Une semaine sans aucune heure d'ouverture n'a pas de taux ; le mois est alors « à "
    "vérifier ». Une semaine que la date d'arrêté coupe attend l'édition suivante."
)
_DATES = (
    " Ventilation `date`, à l'établissement : le lundi de chaque semaine, et son taux (heures de "
    "présence / heures-places)."
)

INDICATEURS = (
    Indicateur(
        code="A1",
        libelle="Jours de surnombre simultané",
        unite="jours",
        agregation=Additif("jours_surnombre"),
        numerateur="jours où les présents dépassent la capacité simultanée admise",
        champ=_INSTANT,
        definition="Jours d'établissement où, à une minute au moins, les enfants présents sont "
        "plus nombreux que 115 % des places de la plage, arrondi à l'entier supérieur (barème "
        "daté). Ventilations `date` (le jour, et le plus grand nombre d'enfants présents) et "
        "`admis` (le jour, et la capacité admise), à l'établissement.",
        source="pointages, agréments ; article R. 2324-27 du code de la santé publique",
        limites="Non calculable sans heures d'arrivée et de départ, ou sans agrément.",
        contributeur="presents",
        au_trimestre="somme",
        sens="baisse_favorable",
    ),
    Indicateur(
        code="A1o",
        libelle="Jours au-delà des places autorisées, surnombre admis",
        unite="jours",
        agregation=Additif("jours_a_surveiller"),
        numerateur="jours où les présents dépassent les places autorisées sans dépasser l'admis",
        champ=_INSTANT,
        definition="Jours d'établissement où, à une minute au moins, les présents dépassent le "
        "seuil daté simultane_orange_pct des places de la plage, hors jours de A1.",
        source="pointages, agréments ; seuil simultane_orange_pct",
        limites="Admis par la règle si la semaine et l'encadrement la respectent aussi.",
        contributeur="presents",
        au_trimestre="somme",
        sens="baisse_favorable",
    ),
    Indicateur(
        code="A2",
        libelle="Semaines au-delà de la capacité horaire",
        unite="semaines",
        agregation=Additif("semaines_au_dela"),
        numerateur="semaines où les heures de présence dépassent la capacité horaire",
        champ=_SEMAINE,
        definition="Semaines d'établissement où les heures de présence dépassent le seuil daté "
        "hebdo_rouge_pct des heures d'ouverture × places agréées, modulation comprise." + _DATES,
        source="pointages, agréments, ouvertures ; article R. 2324-27 du code de la santé publique",
        limites=_SEMAINE_LIMITES,
        contributeur="presents_semaine",
        denominateur_public=True,
        sens="baisse_favorable",
    ),
    Indicateur(
        code="A2o",
        libelle="Semaines proches de la capacité horaire",
        unite="semaines",
        agregation=Additif("semaines_proches"),
        numerateur="semaines entre le seuil à surveiller et la capacité horaire",
        champ=_SEMAINE,
        definition="Semaines d'établissement au-delà du seuil daté hebdo_orange_pct sans dépasser "
        "hebdo_rouge_pct." + _DATES,
        source="pointages, agréments, ouvertures ; seuil hebdo_orange_pct",
        limites=_SEMAINE_LIMITES,
        contributeur="presents_semaine",
        denominateur_public=True,
        sens="baisse_favorable",
    ),
)
_PAR_CODE = {i.code: i for i in INDICATEURS}


def calculer_alertes(lieux: Lieux, le: date) -> pl.DataFrame:
    """A1, A1o, A2 et A2o, mois et trimestres échus au jour `le`.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté.

    Returns:
        Les comptes à toutes les mailles ; les jours (`date`, `admis`) et les semaines
        (`date`, le lundi) en alerte à la maille établissement, qui reprennent l'état de leur
        mois.

    Raises:
        ErreurReglementation: une présence antérieure au premier barème de surnombre.
    """
    capacites, mesures = parts_de_capacite(lieux, le)
    jours, etats_jours = _jours(lieux, le, capacites, mesures)
    hebdo, etats_semaines = _semaines(lieux, le, capacites, mesures)
    comptes_jours = _avec_etats(jours, etats_jours, ("jours_surnombre", "jours_a_surveiller"))
    comptes_semaines = _avec_etats(hebdo, etats_semaines, ("semaines_au_dela", "semaines_proches"))
    parts = en_parts([comptes_jours, comptes_semaines], lieux, le)
    des_jours = _venus_par_date(lieux, le)
    des_semaines = enfants_des_semaines(lieux, le, hebdo)
    effectifs = {
        "presents": compter(
            parts, en_unites(frequentation(lieux, le), le), "presents", "jours_surnombre"
        ),
        "presents_semaine": compter(
            parts, en_unites(des_semaines, le), "presents_semaine", "semaines_au_dela"
        ),
    }
    par_semaine = des_semaines.group_by(_JOUR).agg(effectif=pl.col("unite").n_unique())
    details = [
        *_details_des_jours(jours, etats_jours, des_jours, le),
        *_details_des_semaines(hebdo, etats_semaines, par_semaine, le),
    ]
    comptes = calculer(INDICATEURS, parts, effectifs=effectifs).drop("parents")
    return ordonner(pl.concat([comptes, *details]), parents_de(parts))


def _jours(
    lieux: Lieux, le: date, capacites: pl.DataFrame, mesures: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Jours au-delà des places, et l'état de chaque établissement × mois.

    Returns:
        `etablissement, date, presents, admis, jours_surnombre, jours_a_surveiller` ;
        puis `etablissement, mois, etat`.
    """
    pointes = passages(lieux, le)
    agrements = lire_admis(lieux, "agrements").collect()
    bornes = (
        pointes.group_by("mois")
        .agg(du=pl.col("date").min(), au=pl.col("date").max())
        .sort("mois")
        .collect(engine="streaming")
    )
    # Un filtre sur la date telle que le fichier l'écrit n'ouvre que la partition du mois.
    par_mois = [pointes.filter(pl.col("date").is_between(*b)) for b in bornes["du", "au"].rows()]
    maxima = [maxima_simultanes(un.collect(), agrements) for un in par_mois or [pointes]]
    rouge = pl.col("presents") > pl.col("admis")
    orange = pl.col("presents") * 100 > pl.col("places") * pl.col("seuil")
    jours = (
        _avec_seuils(pl.concat(maxima), {"seuil": "simultane_orange_pct"})
        .filter(rouge | orange)
        .with_columns(rouge=rouge)
        .sort(*_JOUR, "rouge", pl.col("presents") - pl.col("admis"), "places")
        .group_by(_JOUR, maintain_order=True)
        .last()
        .select(
            *_JOUR,
            "presents",
            "admis",
            jours_surnombre=pl.col("rouge").cast(pl.Int64),
            jours_a_surveiller=(~pl.col("rouge")).cast(pl.Int64),
        )
    )
    horaires = etats_horaires(lieux, le, capacites, pointes.filter("present"))
    return jours, _etats_du_mois(horaires.select(*_MOIS, "etat"), mesures, "h0_min")


def _semaines(
    lieux: Lieux, le: date, capacites: pl.DataFrame, mesures: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Semaines jugées, et l'état de chaque établissement × mois (voir `_jours`)."""
    presences = realise(lieux, le, capacites)
    etats = presences.group_by("etablissement", mois=pl.col("date").dt.truncate("1mo")).agg(
        etat=pl.col(etat("realise_min")).max()
    )
    etats = _etats_du_mois(etats, mesures, "h0c_min")
    part = pl.col("presence_min") * 100
    rouge = part > pl.col("capacite_min") * pl.col("rouge")
    orange = part > pl.col("capacite_min") * pl.col("orange")
    hebdo = _avec_seuils(
        semaines(lieux, le, presences, etats),
        {"orange": "hebdo_orange_pct", "rouge": "hebdo_rouge_pct"},
    )
    jugee = pl.col("capacite_min") > 0
    return hebdo.with_columns(
        semaines_au_dela=(jugee & rouge).cast(pl.Int64),
        semaines_proches=(jugee & orange & ~rouge).cast(pl.Int64),
    ).drop("orange", "rouge"), etats


def _avec_seuils(table: pl.DataFrame, seuils: dict[str, str]) -> pl.DataFrame:
    """Joint à chaque `date` les seuils d'alerte en vigueur ce jour-là (%, entiers)."""
    dates = table["date"].unique().sort()
    lus = {
        nom: [int(valeur("seuils_alerte", cle, jour)) for jour in dates]
        for nom, cle in seuils.items()
    }
    return table.join(
        pl.DataFrame(
            {"date": dates, **lus}, schema={"date": pl.Date, **dict.fromkeys(lus, pl.Int64)}
        ),
        on="date",
        maintain_order="left",
    )


def _etats_du_mois(connus: pl.DataFrame, mesures: pl.DataFrame, capacite: str) -> pl.DataFrame:
    """`etablissement, mois, etat` : inconnu aussi si la capacité d'un jour l'est."""
    sans = mesures.filter(pl.col(capacite).is_null()).select(
        "etablissement", mois=pl.col("date").dt.truncate("1mo"), etat=pl.lit(INCONNU)
    )
    return (
        pl.concat([connus, sans], how="vertical_relaxed")
        .group_by(_MOIS)
        .agg(pl.col("etat").max())
        .sort(_MOIS)
    )


def _avec_etats(table: pl.DataFrame, etats: pl.DataFrame, mesures: Iterable[str]) -> pl.DataFrame:
    """Les comptes, et une ligne par établissement × mois qui porte son état."""
    noms = list(mesures)
    etat_des_lignes = pl.col("etat") if "etat" in table.columns else pl.lit(CONNU)
    lignes = table.select(*_JOUR, *noms, etat=etat_des_lignes)
    mois = etats.select(
        "etablissement",
        *(pl.lit(0, pl.Int64).alias(m) for m in noms),
        date="mois",
        etat="etat",
    )
    return (
        pl.concat([lignes, mois.select(lignes.columns)], how="vertical_relaxed")
        .with_columns(pl.col("etat").alias(etat(m)) for m in noms)
        .drop("etat")
    )


def _venus_par_date(lieux: Lieux, le: date) -> pl.DataFrame:
    """Enfants distincts venus par établissement × date : `effectif`."""
    return (
        passages(lieux, le)
        .filter("present")
        .group_by(_JOUR)
        .agg(effectif=pl.col("enfant").n_unique().cast(pl.Int64))
        .collect(engine="streaming")
    )


def _details_des_jours(
    jours: pl.DataFrame, etats: pl.DataFrame, effectifs: pl.DataFrame, le: date
) -> list[pl.DataFrame]:
    rouges = jours.filter(pl.col("jours_surnombre") == 1).join(effectifs, on=_JOUR, how="left")
    oranges = jours.filter(pl.col("jours_a_surveiller") == 1).join(effectifs, on=_JOUR, how="left")
    return [
        poser(
            _PAR_CODE[code],
            _zones(
                table.with_columns(numerateur=mesure, denominateur=None), ventilation, etats, le
            ),
        )
        for code, table in (("A1", rouges), ("A1o", oranges))
        for ventilation, mesure in (("date", "presents"), ("admis", "admis"))
    ]


def _details_des_semaines(
    hebdo: pl.DataFrame, etats: pl.DataFrame, effectifs: pl.DataFrame, le: date
) -> list[pl.DataFrame]:
    """Semaines en alerte : heures de présence, heures-places, et leur rapport pour valeur."""
    en_taux = RatioDeSommes("presence_min", "capacite_min")
    return [
        poser(
            replace(_PAR_CODE[code], agregation=en_taux),
            _zones(
                hebdo.filter(pl.col(mesure) == 1)
                .join(effectifs, on=_JOUR, how="left")
                .with_columns(
                    numerateur=pl.col("presence_min") / 60,
                    denominateur=pl.col("capacite_min") / 60,
                )
                .drop("etat"),
                "date",
                etats,
                le,
            ),
        )
        for code, mesure in (("A2", "semaines_au_dela"), ("A2o", "semaines_proches"))
    ]


def _zones(table: pl.DataFrame, ventilation: str, etats: pl.DataFrame, le: date) -> pl.DataFrame:
    """Une ligne par établissement × période × date, au format de `table.poser`."""
    return periodes(
        table.with_columns(mois=pl.col("date").dt.truncate("1mo"))
        .join(etats, on=_MOIS, how="left")
        .filter(pl.col("etat") != INCONNU)
        .with_columns(
            maille=pl.lit("etablissement"),
            zone="etablissement",
            ventilation=pl.lit(ventilation),
            modalite=pl.col("date").cast(pl.String),
            **{etat("ensemble"): pl.col("etat")},
        ),
        le,
    ).select(*CLE_ZONE, "numerateur", "denominateur", etat("ensemble"), "effectif")
