"""Taux lissés et probabilités de dépassement des petites zones (famille « indice »)."""

from datetime import date

import numpy as np
import polars as pl

from rtpe_analyse.indicateurs.composantes import COMPOSANTES, THEME, Composante
from rtpe_analyse.indicateurs.zones_comparees import declarer, ranger
from rtpe_analyse.methodes.bayes import Lissage, Vecteur, lisser
from rtpe_analyse.reglementation import valeur

_METHODE = (
    "lissage bayésien empirique sur les zones du département, bêta-binomial pour une part, "
    "Poisson-gamma pour les naissances."
)
_LIMITES = (
    "Un effectif du recensement est ramené à la part enquêtée des logements. Un ménage n'est "
    "pas tiré seul (les voisins se ressemblent) : le résultat est un peu trop tranché. Le taux "
    "de pauvreté, publié sans effectif ni variance, n'est pas lissé."
)
LISSES = (
    declarer(
        "B2l",
        "Taux lissé",
        "Par taux : moyenne du vrai taux de la zone et bornes entre lesquelles il se trouve, "
        "une fois ôté le hasard des petits effectifs ; " + _METHODE,
        _LIMITES,
        unite="%",
        decimales=1,
    ),
    declarer(
        "B2p",
        "Probabilité de dépasser le taux du département",
        "Par taux : probabilité que le vrai taux de la zone dépasse celui du département (fois "
        "le seuil daté) ; " + _METHODE,
        _LIMITES,
        unite="%",
        decimales=0,
    ),
)
_TAUX, _PROBABILITE = LISSES


def taux_lisses(
    composantes: pl.DataFrame, maille: str, periode: str, le: date
) -> list[pl.DataFrame]:
    """B2l et B2p des composantes d'un département qui ont une loi.

    Args:
        composantes: lignes de `lire_composantes` d'un même département.
        maille: `commune` ou `iris`.
        periode: année de lecture.
        le: date à laquelle lire les conventions.

    Returns:
        Ventilation `composante` ; les bornes de B2l sont dans `composante_bas` et
        `composante_haut`. Non calculable si moins de cinq zones sont connues.
    """
    tables: list[pl.DataFrame] = []
    for composante in COMPOSANTES[maille]:
        lignes = composantes.filter(pl.col("composante") == composante.code)
        if composante.loi and len(lignes):
            tables += _lisser(lignes, composante, maille, periode, le)
    return tables


def _lisser(
    lignes: pl.DataFrame, composante: Composante, maille: str, periode: str, le: date
) -> list[pl.DataFrame]:
    connues = lignes.filter(pl.col("valeur").is_not_null(), pl.col("denominateur") > 0)
    facteur = 1.0
    if composante.enquetee:
        facteur = float(valeur(THEME, "part_enquetee_recensement_pct", le)) / 100
    hauts, bas = (
        connues[c].to_numpy().astype(np.float64) * facteur for c in ("numerateur", "denominateur")
    )
    assert composante.loi is not None
    lissage = lisser(hauts, bas, composante.loi)
    inconnu = np.full(len(connues), np.nan)
    taux, borne_basse, borne_haute, probabilites = (
        _nombres(lissage, float(hauts.sum() / bas.sum()), le) if lissage else (inconnu,) * 4
    )
    tables = []
    for indicateur, ventilation, suite in (
        (_TAUX, "composante", taux),
        (_TAUX, "composante_bas", borne_basse),
        (_TAUX, "composante_haut", borne_haute),
        (_PROBABILITE, "composante", probabilites),
    ):
        nombres = connues.select("zone", pl.Series("numerateur", suite, pl.Float64))
        rangees = lignes.select(
            "zone",
            "etat",
            "source",
            ventilation=pl.lit(ventilation),
            modalite="composante",
            millesime=pl.col("annee").cast(pl.String),
        ).join(nombres, on="zone", how="left")
        tables.append(ranger(indicateur, rangees, maille, periode))
    return tables


def _nombres(
    lissage: Lissage, du_departement: float, le: date
) -> tuple[Vecteur, Vecteur, Vecteur, Vecteur]:
    niveau = float(valeur(THEME, "intervalle_des_taux_pct", le)) / 100
    seuil = du_departement * float(valeur(THEME, "seuil_des_taux_pct", le)) / 100
    return (lissage.moyennes(), *lissage.intervalles(niveau), lissage.depassements(seuil))
