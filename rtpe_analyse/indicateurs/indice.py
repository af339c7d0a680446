"""Famille « indice » : le besoin des communes et des IRIS, et la solidité de son classement."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.erreurs import ErreurDonneesManquantes, ErreurReglementation
from rtpe_analyse.indicateurs.composantes import (
    COMPOSANTES,
    MAILLES_COMPAREES,
    THEME,
    lire_composantes,
)
from rtpe_analyse.indicateurs.lissage import LISSES, taux_lisses
from rtpe_analyse.indicateurs.presences import CONNU, EN_PARTIE
from rtpe_analyse.indicateurs.zones_comparees import assembler, declarer, origine_de, ranger
from rtpe_analyse.methodes.bayes import MINIMUM
from rtpe_analyse.methodes.indice import Indice, calculer_indice
from rtpe_analyse.reglementation import valeur

GRAINE = 20
"""Graine des tirages : mêmes données, mêmes intervalles."""

_ABSENTES = (
    "Une composante inconnue n'est pas remplacée : l'indice est calculé sur les autres, leurs "
    "poids ramenés à cent, et la valeur est à vérifier ; sous la part de poids minimale, "
    "l'indice n'est pas calculé. "
)


_INDICE = (
    declarer(
        "B2",
        "Indice de besoin",
        "Moyenne pondérée de composantes centrées et réduites sur les zones du département : "
        "enfants, emploi des 25-54 ans, familles monoparentales, bas revenus, habitants en "
        "quartier prioritaire, et l'offre d'accueil en sens inverse (à l'IRIS, les quatre "
        "premières). 100 : la zone moyenne ; 110 : un écart type au-dessus. Poids publiés et "
        "datés (thème indice_besoin).",
        _ABSENTES + "Un besoin probable, pas une demande. Les années des composantes diffèrent. "
        "Un quartier prioritaire qui déborde de la commune n'y est pas compté.",
        unite="points",
        decimales=1,
    ),
    declarer(
        "B2b",
        "Rang de besoin, borne basse",
        "Plus petit rang de la zone (1 : le plus fort besoin) quand les poids varient autour des "
        "poids publiés (90 % centraux des tirages) et qu'on retire chaque composante.",
        _ABSENTES + "Ne dit que l'incertitude des poids, non celle des chiffres.",
        unite="rang",
    ),
    declarer(
        "B2h",
        "Rang de besoin, borne haute",
        "Plus grand rang de la zone, dans les mêmes variantes que la borne basse.",
        _ABSENTES + "Ne dit que l'incertitude des poids, non celle des chiffres.",
        unite="rang",
    ),
    declarer(
        "B2c",
        "Composante du besoin",
        "Par composante : le taux publié de la zone, à la dernière année connue. Enfants : "
        "naissances pour 100 habitants de 25 à 54 ans (communes), part des moins de 15 ans "
        "(IRIS).",
        "Une composante que la source ne publie pas pour la zone est absente.",
        unite="%",
        decimales=1,
    ),
)
INDICATEURS = (*_INDICE, *LISSES)
_PAR_CODE = {i.code: i for i in _INDICE}


def calculer_indice_besoin(lieux: Lieux, le: date) -> pl.DataFrame:
    """Indice, intervalle de rang, probabilités et composantes, par commune et par IRIS.

    Returns:
        Table vide si le référentiel public n'a pas été compilé. `periode` est l'année de la
        composante la plus récente ; `millesime` dit celles de toutes.
    """
    tables = []
    for maille in MAILLES_COMPAREES:
        try:
            composantes = lire_composantes(lieux, le, maille)
        except ErreurDonneesManquantes:
            continue
        for _, du_departement in composantes.group_by("departement", maintain_order=True):
            tables += _du_departement(du_departement, maille, le)
    return assembler(tables)


def poids_publies(maille: str, le: date) -> dict[str, float]:
    """Poids des composantes de l'indice à une maille, tels que publiés ou modifiés.

    Raises:
        ErreurReglementation: composante inconnue, poids négatif, ou tous nuls.
    """
    lus: Mapping[str, Any] = valeur(THEME, f"poids_{maille}", le)
    connues = [c.code for c in COMPOSANTES[maille]]
    poids = {code: float(p) for code, p in lus.items()}
    if inconnues := sorted(poids.keys() - set(connues)):
        raise ErreurReglementation(
            f"Composante inconnue de l'indice de besoin ({maille}) : {', '.join(inconnues)}.",
            f"Composantes possibles dans {THEME}.yaml : {', '.join(connues)}.",
        )
    if min(poids.values(), default=0) < 0 or not sum(poids.values()) > 0:
        raise ErreurReglementation(
            f"Les poids de l'indice de besoin ({maille}) sont négatifs ou tous nuls.",
            f"Corriger poids_{maille} dans {THEME}.yaml.",
        )
    return poids


def _du_departement(composantes: pl.DataFrame, maille: str, le: date) -> list[pl.DataFrame]:
    poids = poids_publies(maille, le)
    zones = composantes["zone"].unique().sort().to_list()
    utiles = composantes.filter(pl.col("composante").is_in([c for c, p in poids.items() if p > 0]))
    periode = str(composantes["annee"].max())
    brutes = composantes.select(
        "zone",
        "etat",
        "source",
        ventilation=pl.lit("composante"),
        modalite="composante",
        numerateur="valeur",
        millesime=pl.col("annee").cast(pl.String),
    )
    tables = [ranger(_PAR_CODE["B2c"], brutes, maille, periode)]
    tables += taux_lisses(composantes, maille, periode, le)
    origine = origine_de(utiles)
    indice, etats = _indice(utiles, zones, maille, poids, le)
    echelle = {n: float(v) for n, v in valeur(THEME, "echelle_de_l_indice", le).items()}
    valeurs = {
        "B2": echelle["moyenne"] + echelle["ecart_type"] * indice.scores,
        "B2b": indice.rangs_bas,
        "B2h": indice.rangs_hauts,
    }
    for code, suite in valeurs.items():
        lignes = pl.DataFrame({"zone": zones, "numerateur": suite, "etat": etats}).with_columns(
            ventilation=pl.lit(""),
            modalite=pl.lit(""),
            **origine,
        )
        tables.append(ranger(_PAR_CODE[code], lignes, maille, periode))
    return tables


def _indice(
    utiles: pl.DataFrame, zones: list[str], maille: str, poids: dict[str, float], le: date
) -> tuple[Indice, list[int]]:
    sens = {c.code: c.sens for c in COMPOSANTES[maille]}
    retenues = [c for c, p in poids.items() if p > 0]
    tableau, certitudes = (
        pl.DataFrame({"zone": zones}).join(
            utiles.pivot("composante", index="zone", values=colonne), on="zone", how="left"
        )
        for colonne in ("valeur", "etat")
    )
    valeurs = np.column_stack(
        [
            tableau[c].cast(pl.Float64).fill_null(float("nan")).to_numpy()
            if c in tableau.columns
            else np.full(len(zones), np.nan)
            for c in retenues
        ]
    )
    minimale = float(valeur(THEME, "part_connue_minimale_pct", le)) / 100
    connus = np.array([poids[c] for c in retenues])
    parts = np.isfinite(valeurs) @ (connus / connus.sum())
    # Comparer une zone à trois autres ne dit rien de son besoin.
    if (parts >= minimale).sum() < MINIMUM:
        valeurs = np.full_like(valeurs, np.nan)
    indice = calculer_indice(
        valeurs,
        connus,
        np.array([sens[c] for c in retenues], dtype=float),
        part_minimale=minimale,
        concentration=float(valeur(THEME, "concentration_des_poids", le)),
        tirages=int(valeur(THEME, "tirages_des_poids", le)),
        graine=GRAINE,
    )
    presentes = [c for c in retenues if c in certitudes.columns]
    surs = certitudes.select(
        pl.all_horizontal(*(pl.col(c) == CONNU for c in presentes)).fill_null(False).alias("sur")
    )["sur"]
    complets = surs if len(presentes) == len(retenues) else surs & False
    return indice, [CONNU if sur else EN_PARTIE for sur in complets]
