"""Ce qu'on savait, à chaque date, des heures contractuelles à venir.

Une prévision se juge sur ce qu'on savait au moment de la faire : un contrat n'est connu que
depuis l'acceptation de la demande (à défaut, depuis son début), et une fin en cours d'année
que depuis le préavis. Le départ à l'école, l'été de ses trois ans, est connu d'avance.
"""

from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.presences import suivre
from rtpe_analyse.propres import lire_admis
from rtpe_analyse.reglementation import valeur

_ACCEPTEE = "acceptee"
_LOINTAIN = date(9000, 1, 1)
_ETE = (7, 8)


def lire_flux(lieux: Lieux, le: date) -> pl.DataFrame:
    """Contrats et demandes acceptées, avec le jour où chacun est connu.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté ; lit aussi la convention de préavis.

    Returns:
        `etablissement, connu_le, debut, fin, fin_connue_le, ecole, heures` (par semaine) ;
        `ecole` est le 31 août des trois ans de l'enfant, vide si sa naissance est inconnue. Une
        demande acceptée n'y est que si aucun contrat de l'enfant ne la suit. Sans heures :
        absent.
    """
    preavis = pl.duration(days=int(valeur("conventions", "preavis_depart_jours", le)))
    naissances = lire_admis(lieux, "enfants").select("enfant", naissance="mois_naissance")
    contrats = suivre(
        lire_admis(lieux, "contrats").join(naissances, on="enfant", how="left"), lieux
    ).select("etablissement", "debut", "fin", "naissance", unite="enfant", heures="heures_hebdo_h")
    acceptees = (
        lire_admis(lieux, "demandes")
        .filter(
            pl.col("decision") == _ACCEPTEE,
            pl.col("etablissement").is_not_null(),
            pl.col("appariement").is_not_null(),
        )
        .group_by("etablissement", unite="appariement")
        .agg(
            decidee=pl.col("date_decision").min(),
            entree=pl.col("entree_souhaitee").min(),
            demandees=pl.col("heures_hebdo_h").max(),
            naissance=pl.col("mois_naissance").min(),
        )
    )
    cle = ["etablissement", "unite"]
    lies = contrats.join(acceptees.drop("naissance"), on=cle, how="left").with_columns(
        connu_le=pl.min_horizontal("debut", "decidee")
    )
    sans_contrat = acceptees.join(contrats, on=cle, how="anti").select(
        "etablissement",
        connu_le="decidee",
        debut="entree",
        fin=pl.lit(None, pl.Date),
        naissance="naissance",
        heures="demandees",
    )
    colonnes = ["etablissement", "connu_le", "debut", "fin", "naissance", "heures"]
    fin = pl.col("fin").fill_null(_LOINTAIN)
    return (
        pl.concat([lies.select(colonnes), sans_contrat.select(colonnes)])
        .drop_nulls(["connu_le", "debut", "heures"])
        .with_columns(
            fin=fin,
            ecole=pl.date(pl.col("naissance").dt.year() + 3, 8, 31),
            fin_connue_le=pl.when(fin.dt.month().is_in(_ETE))
            .then("connu_le")
            .otherwise(fin - preavis),
        )
        .drop("naissance")
        .sort(pl.all())
        .collect()
    )


def heures_connues(
    flux: pl.DataFrame, codes: list[str], dates: list[date], milieux: list[list[date]]
) -> NDArray[np.float64]:
    """Heures hebdomadaires de chaque établissement, vues de chaque date.

    Args:
        flux: table de `lire_flux`.
        codes: établissements, dans l'ordre voulu.
        dates: dates d'où l'on regarde.
        milieux: pour chaque date, le milieu de chacune des périodes à venir.

    Returns:
        Tableau dates × établissements × échéances. Une fin qu'on ne connaissait pas encore
        est reportée au 31 août des trois ans de l'enfant, à défaut à celui qui suit.
    """
    rangs = flux["etablissement"].replace_strict(
        codes, list(range(len(codes))), default=-1, return_dtype=pl.Int64
    )
    rang = rangs.to_numpy()
    jours = {c: flux[c].cast(pl.Int32).to_numpy() for c in ("connu_le", "debut", "fin")}
    fin_connue = flux["fin_connue_le"].cast(pl.Int32).to_numpy()
    ecole = flux["ecole"].cast(pl.Int32).fill_null(0).to_numpy()
    heures = flux["heures"].to_numpy()
    resultat = np.zeros((len(dates), len(codes), len(milieux[0]) if milieux else 0))
    for i, (vue, echeances) in enumerate(zip(dates, milieux, strict=True)):
        jour = _jour(vue)
        rentree = _jour(date(vue.year + (vue.month > 8), 8, 31))
        attendue = np.where(ecole > jour, ecole, rentree)
        fin = np.where(fin_connue <= jour, jours["fin"], attendue)
        for h, milieu in enumerate(echeances):
            m = _jour(milieu)
            actifs = (rang >= 0) & (jours["connu_le"] <= jour) & (jours["debut"] <= m) & (fin >= m)
            resultat[i, :, h] = np.bincount(
                rang[actifs], weights=heures[actifs], minlength=len(codes)
            )
    return resultat


def _jour(quand: date) -> int:
    return (quand - date(1970, 1, 1)).days
