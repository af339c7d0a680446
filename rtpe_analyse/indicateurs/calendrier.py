"""Les jours et les places : agréments × calendrier annoncé × calendrier réalisé."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.rattachement import en_vigueur
from rtpe_analyse.propres import lire_admis
from rtpe_analyse.reglementation import cles, historique

_JOUR = ["etablissement", "date"]


def causes_hors_calendrier() -> pl.DataFrame:
    """Pour chaque cause de fermeture et sa période d'effet : sort-elle du dénominateur H0 ?

    Returns:
        `cause, sort, valide_du, valide_au` (le jour d'effet suivant, exclu).
    """
    lignes = []
    for cause in cles("causes_h0"):
        valeurs = historique("causes_h0", cause)
        suivants = [v.effet for v in valeurs[1:]] + [date.max]
        for v, fin in zip(valeurs, suivants, strict=True):
            lignes.append((cause, bool(v.valeur), v.effet, fin))
    return pl.DataFrame(
        lignes,
        schema={"cause": pl.String, "sort": pl.Boolean, "valide_du": pl.Date, "valide_au": pl.Date},
        orient="row",
    )


def jours(lieux: Lieux, le: date) -> pl.DataFrame:
    """Calendrier de chaque établissement, jusqu'au jour `le` inclus.

    Returns:
        Une ligne par établissement × date : `compte` (jour prévu, au dénominateur H0),
        `ouvert`, `places_ouvertes`, `debut_min`, `fin_min` (vides : horaires de l'agrément).
        Un jour fermé pour une cause qui sort du dénominateur (`causes_h0`) n'est pas compté,
        même marqué prévu ; une fermeture subie le reste.
    """
    causes = causes_hors_calendrier().lazy()
    ouvertures = lire_admis(lieux, "ouvertures").filter(pl.col("date") <= le).sort(*_JOUR, "_ligne")
    fermes = ouvertures.filter(~pl.col("ouvert"), pl.col("cause").is_not_null())
    sortis = (
        fermes.join(causes.filter("sort"), on="cause")
        .filter(pl.col("date") >= pl.col("valide_du"), pl.col("date") < pl.col("valide_au"))
        .select(*_JOUR)
        .unique()
        .with_columns(sorti=True)
    )
    return (
        ouvertures.unique(_JOUR, keep="last", maintain_order=True)
        .join(sortis, on=_JOUR, how="left")
        .select(
            *_JOUR,
            compte=pl.col("prevu") & pl.col("sorti").is_null(),
            ouvert="ouvert",
            places_ouvertes="places_ouvertes",
            debut_min="debut_min",
            fin_min="fin_min",
        )
        .sort(_JOUR)
        .collect()
    )


def plages_du_jour(lieux: Lieux, calendrier: pl.DataFrame) -> pl.DataFrame:
    """Plages d'agrément en vigueur, jour par jour.

    Args:
        lieux: dossiers du jeu.
        calendrier: table de `jours`.

    Returns:
        Une ligne par établissement × date × plage : `plage_debut`, `plage_fin` (minutes,
        fin exclue), `places`. L'acte le plus récent en vigueur l'emporte, jour de semaine
        par jour de semaine ; un jour sans agrément en vigueur n'y est pas.
    """
    agrements = lire_admis(lieux, "agrements").collect()
    acte = ["etablissement", "jour_semaine", "valide_du"]
    actes = agrements.select(*acte, "valide_au").unique()
    dates = calendrier.select(*_JOUR, jour_semaine=pl.col("date").dt.weekday().cast(pl.Int64))
    choisis = en_vigueur(
        dates.select("etablissement", "jour_semaine", "date"), actes, acte[:2]
    ).select(*acte, "valide_au", "date")
    return choisis.join(agrements, on=[*acte, "valide_au"], how="inner", nulls_equal=True).select(
        *_JOUR, plage_debut="debut_min", plage_fin="fin_min", places="places"
    )


def duree_offerte() -> pl.Expr:
    """Minutes d'une plage agréée réellement offertes, aux heures d'ouverture du jour."""
    fin = pl.min_horizontal("plage_fin", "fin_min")
    return (fin - pl.max_horizontal("plage_debut", "debut_min")).clip(0)


def minutes_ouvertes() -> pl.Expr:
    """Minutes-places offertes d'une plage : zéro un jour fermé, vide si non déclarées."""
    return (
        pl.when(~pl.col("ouvert"))
        .then(0)
        .when(pl.col("places_ouvertes").is_not_null())
        .then(pl.min_horizontal("places", "places_ouvertes") * duree_offerte())
    )


def capacites(lieux: Lieux, le: date) -> pl.DataFrame:
    """Capacités de chaque jour, en places et en minutes-places.

    H0 passe par la capacité totale de l'acte et du jour de semaine ; les minutes-places
    agréées et ouvertes par les plages du jour, une à une : deux chemins, que l'identité
    T1 = T4 × P3 confronte (voir `identite`).

    Returns:
        Une ligne par établissement × date du calendrier : `jours` (1 si le jour compte),
        `capacite_max` et `places_ouvertes` (places), `amplitude_min`, `h0_min`, `h0c_min`,
        `agrees_min`, `ouverts_min`. Vide : inconnu (jour compté sans agrément, places
        ouvertes non déclarées un jour ouvert). Zéro : connu et nul (jour non compté, fermé).
    """
    calendrier = jours(lieux, le)
    plages = plages_du_jour(lieux, calendrier).join(calendrier, on=_JOUR)
    duree = pl.col("plage_fin") - pl.col("plage_debut")
    ouvertes = minutes_ouvertes()
    du_jour = plages.group_by(_JOUR).agg(
        maximum=pl.col("places").max(),
        amplitude=duree.sum(),
        agrees=(pl.col("places") * duree).sum(),
        ouverts=pl.when(ouvertes.null_count() == 0).then(ouvertes.sum()),
    )
    totaux = capacites_par_acte(lieux, calendrier)
    compte, ouvert = pl.col("compte"), pl.col("ouvert")
    offertes = pl.when(~ouvert).then(0).otherwise(pl.min_horizontal("places_ouvertes", "maximum"))
    offertes = pl.when(ouvert & pl.col("places_ouvertes").is_null()).then(None).otherwise(offertes)
    return (
        calendrier.join(du_jour, on=_JOUR, how="left")
        .join(totaux, on=_JOUR, how="left")
        .select(
            *_JOUR,
            ouvert="ouvert",
            jours=compte.cast(pl.Int64),
            capacite_max=_si(compte, pl.col("maximum")),
            places_ouvertes=_si(compte, offertes),
            amplitude_min=_si(compte, pl.col("amplitude")),
            h0_min=_si(compte, pl.col("total_min")),
            h0c_min=_si(ouvert, pl.col("total_min")),
            agrees_min=_si(compte, pl.col("agrees")),
            ouverts_min=_si(compte, pl.col("ouverts")),
        )
        .sort(_JOUR)
    )


def capacites_par_acte(lieux: Lieux, calendrier: pl.DataFrame) -> pl.DataFrame:
    """Minutes-places autorisées de chaque jour, d'après le total de l'acte en vigueur.

    Returns:
        `etablissement, date, total_min` ; un jour sans agrément en vigueur n'y est pas.
    """
    cle = ["etablissement", "jour_semaine"]
    totaux = (
        lire_admis(lieux, "agrements")
        .group_by(*cle, "valide_du", "valide_au")
        .agg(total_min=(pl.col("places") * (pl.col("fin_min") - pl.col("debut_min"))).sum())
        .collect()
    )
    dates = calendrier.select(*_JOUR, jour_semaine=pl.col("date").dt.weekday().cast(pl.Int64))
    return en_vigueur(dates, totaux, cle).select(*_JOUR, "total_min")


def _si(condition: pl.Expr, valeur: pl.Expr) -> pl.Expr:
    return pl.when(condition).then(valeur).otherwise(0).cast(pl.Int64)
