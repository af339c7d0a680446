"""La journée en quarts d'heure : minutes par quart, et ce qu'on sait des heures pointées."""

from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.presences import etats_mensuels, mois_attendus

QUART = 15
QUARTS = 24 * 60 // QUART

Entiers = NDArray[np.int64]


def minutes_par_quart(table: pl.DataFrame, jours: int) -> Entiers:
    """Minutes (pondérées) que des intervalles passent dans chaque quart d'heure.

    Chaque début apporte au quart où il tombe le reste de ce quart, et 15 minutes à chacun
    des suivants ; chaque fin retire autant. Deux sommes cumulées suffisent.

    Args:
        table: `rang` (ligne du résultat, de 0 à `jours` - 1), `debut`, `fin` (minutes depuis
            minuit, fin exclue, au plus 24 h) et `poids` (1 pour un enfant, les places pour
            une plage). Un intervalle vide (`debut` ≥ `fin`) doit en avoir été retiré.
        jours: nombre de lignes du résultat.

    Returns:
        Tableau d'entiers, `jours` lignes × 96 quarts.
    """
    rang, poids = (table[c].to_numpy().astype(np.int64) for c in ("rang", "poids"))
    largeur = QUARTS + 1
    nombre, instants = np.zeros(jours * largeur), np.zeros(jours * largeur)
    for borne, signe in (("debut", 1), ("fin", -1)):
        minute = table[borne].to_numpy().astype(np.int64)
        case = rang * largeur + minute // QUART
        nombre += np.bincount(case, signe * poids, len(nombre))
        instants += np.bincount(case, signe * poids * minute, len(instants))
    # Des entiers bien en deçà de 2^53 : les sommes en flottants sont exactes.
    n = nombre.astype(np.int64).reshape(jours, largeur)
    fin_du_quart = (np.arange(largeur, dtype=np.int64) + 1) * QUART
    minutes: Entiers = (
        (n.cumsum(axis=1) - n) * QUART
        + fin_du_quart * n
        - instants.astype(np.int64).reshape(jours, largeur)
    )
    return minutes[:, :QUARTS]


def etats_horaires(
    lieux: Lieux, le: date, capacites: pl.DataFrame, venus: pl.LazyFrame
) -> pl.DataFrame:
    """Ce qu'on sait des heures d'arrivée et de départ, mois par mois.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté.
        capacites: table de `calendrier.capacites`.
        venus: passages présents (`presences.passages`).

    Returns:
        `etablissement, mois, vide, etat` : voir `presences.etats_mensuels`, où manquent les
        présences sans arrivée ou sans départ.
    """
    manque = pl.col("arrivee_min").is_null() | pl.col("depart_min").is_null()
    par_mois = (
        venus.group_by("etablissement", "mois")
        .agg(presents=pl.len().cast(pl.Int64), manquants=manque.sum().cast(pl.Int64))
        .collect(engine="streaming")
    )
    return etats_mensuels(par_mois, mois_attendus(lieux, le, capacites), le)
