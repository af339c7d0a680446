"""Les séries du banc des prévisions : villes qui publient, statsmodels, ou un fichier donné."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

Matrice = NDArray[np.float64]
YOKOHAMA = "etranger-yokohama/inscrits_attente_2023-04_2025-02.csv"
NEW_YORK = "etranger-new-york/presence_quotidienne_2013-06_2016-06.csv"
CNAF = "caf/caf_taux_couverture_communes_94_2017-2022.csv"
VILNIUS = "etranger-vilnius/lankomumo_pagal_dienas_2022-11.csv"
# Premier jour du fichier de Vilnius.
_VILNIUS_DEBUT = date(2022, 11, 1)
# Longueur d'une date écrite : son cycle, son horizon.
_PAS = {4: (1, 1), 7: (12, 6), 10: (52, 26)}


@dataclass(frozen=True)
class Epreuve:
    """Un panel à prévoir date après date.

    Attributes:
        nom: ce qu'il mesure.
        valeurs: séries × périodes, NaN là où rien n'est publié.
        cycle: périodes d'une année.
        horizon: échéances prévues.
        premiere: périodes connues à la première prévision.
        jugee: périodes connues à partir desquelles une prévision se juge : un an est passé.
    """

    nom: str
    valeurs: Matrice
    cycle: int
    horizon: int
    premiere: int
    jugee: int


def publiees(dossier: Path) -> list[Epreuve]:
    """Les panels réels, tels que publiés.

    Args:
        dossier: dossier des données publiques.
    """
    semaines, mois = new_york(dossier / NEW_YORK)
    return [
        Epreuve("Yokohama, inscrits par mois", yokohama(dossier / YOKOHAMA), 12, 6, 3, 13),
        Epreuve("New York, présence par mois", mois, 12, 6, 6, 15),
        Epreuve("New York, présence par semaine", semaines, 52, 26, 10, 60),
        Epreuve("Cnaf, couverture par an", cnaf(dossier / CNAF), 1, 1, 2, 3),
        Epreuve("Vilnius, absents par jour", vilnius(dossier / VILNIUS), 5, 5, 3, 11),
    ]


def de_statsmodels() -> list[Epreuve]:
    """Des séries publiques livrées avec statsmodels ; une vingtaine d'erreurs avant de juger."""
    from statsmodels.datasets import co2, elnino, macrodata, nile, sunspots

    mensuel = co2.load_pandas().data["co2"].resample("MS").mean().to_numpy()
    surface = elnino.load_pandas().data.iloc[:, 1:].to_numpy(dtype=float)
    economie = macrodata.load_pandas().data
    niveaux = economie[["realgdp", "realcons", "realinv", "realgovt", "cpi", "m1", "pop"]]
    taux = economie[["tbilrate", "unemp", "infl", "realint"]]
    taches = sunspots.load_pandas().data["SUNACTIVITY"].to_numpy(dtype=float)
    debit = nile.load_pandas().data["volume"].to_numpy(dtype=float)
    return [
        Epreuve("co2, Mauna Loa, par mois", mensuel[None], 12, 6, 3, 36),
        Epreuve("elnino, température de la mer, par mois", surface.reshape(1, -1), 12, 6, 3, 36),
        Epreuve("macrodata, niveaux, par trimestre", niveaux.to_numpy(float).T, 4, 2, 3, 20),
        Epreuve("macrodata, taux, par trimestre", taux.to_numpy(float).T, 4, 2, 3, 20),
        Epreuve("sunspots, taches solaires, par an", taches[None], 1, 1, 3, 20),
        Epreuve("nile, débit, par an", debit[None], 1, 1, 3, 20),
    ]


def du_fichier(fichier: Path, depuis: str | None = None) -> Epreuve:
    """Un panel donné : un CSV à trois colonnes, unité, date, valeur, dans cet ordre.

    Args:
        fichier: dates écrites `2025`, `2025-03` ou `2025-03-31` (alors par semaine, en moyenne) ;
            valeur vide : inconnue, jamais zéro.
        depuis: première date à prévoir, écrite comme dans le fichier ; sinon, on prévoit dès
            qu'une année est connue.

    Raises:
        ValueError: si les dates ne s'écrivent pas toutes d'une de ces façons, si le passé est
            plus court qu'une année, ou si rien ne suit `depuis`.
    """
    table = pl.read_csv(fichier, infer_schema_length=0).select(
        pl.nth(0).alias("unite"), pl.nth(1).alias("temps"), pl.nth(2).cast(pl.Float64).alias("v")
    )
    longueurs = table["temps"].str.len_chars().unique().to_list()
    chiffrees = table["temps"].str.contains(r"^\d{4}(-\d{2}){0,2}$").all()
    if len(longueurs) != 1 or longueurs[0] not in _PAS or not chiffrees:
        raise ValueError("Dates attendues : toutes en AAAA, en AAAA-MM ou en AAAA-MM-JJ.")
    cycle, horizon = _PAS[longueurs[0]]
    if cycle == max(c for c, _ in _PAS.values()):
        lundi = pl.col("temps").str.to_date().dt.truncate("1w").cast(pl.String)
        table = table.with_columns(temps=lundi)
        depuis = depuis and _lundi(depuis)
    table = table.group_by("unite", "temps").agg(valeur=pl.col("v").mean())
    suite = {1: _annees, 12: _mois, 52: _semaines}[cycle]
    valeurs = _matrice(table, suite)
    temps = suite(min(table["temps"].to_list()), max(table["temps"].to_list()))
    jugee = sum(t < depuis for t in temps) if depuis else cycle + 1
    if not cycle < jugee < len(temps):
        raise ValueError("Il faut plus d'une année de passé, et une période au moins à prévoir.")
    return Epreuve(fichier.stem, valeurs, cycle, horizon, min(3, jugee), jugee)


def yokohama(fichier: Path) -> Matrice:
    """Inscrits de tous âges, établissement × mois ; mars n'est pas publié."""
    table = pl.read_csv(fichier, infer_schema_length=0)
    inscrits = [c for c in table.columns if c.startswith("inscrits")]
    total = pl.sum_horizontal((pl.col(c).cast(pl.Float64) for c in inscrits), ignore_nulls=False)
    return _matrice(table.select("etablissement", temps="mois", valeur=total), _mois)


def new_york(fichier: Path) -> tuple[Matrice, Matrice]:
    """Présence moyenne, école × semaine puis école × mois ; vide hors année scolaire."""
    jours = pl.read_csv(fichier, infer_schema_length=0).select(
        "ecole",
        jour=pl.col("date").str.to_date("%Y%m%d"),
        valeur=pl.col("taux_presence_pct").cast(pl.Float64, strict=False),
    )
    par = {
        pas: jours.group_by("ecole", temps=pl.col("jour").dt.truncate(pas).dt.strftime(forme)).agg(
            pl.col("valeur").mean()
        )
        for pas, forme in (("1w", "%Y-%m-%d"), ("1mo", "%Y-%m"))
    }
    return _matrice(par["1w"], _semaines), _matrice(par["1mo"], _mois)


def cnaf(fichier: Path) -> Matrice:
    """Taux de couverture global, commune × année."""
    table = pl.read_csv(fichier, infer_schema_length=0).select(
        "numero_commune",
        temps="date_reference",
        valeur=pl.col("taux_de_couv_global").cast(pl.Float64),
    )
    return _matrice(table, _annees)


def vilnius(fichier: Path) -> Matrice:
    """Absents, établissement × jour ouvré de novembre 2022 ; zéro veut dire fermé."""
    table = pl.read_csv(fichier, separator=";", infer_schema_length=0)
    jours = [
        c for c in table.columns[1:] if (_VILNIUS_DEBUT + timedelta(days=int(c) - 1)).weekday() < 5
    ]
    valeurs = table.select(pl.col(jours).cast(pl.Float64)).to_numpy().copy()
    valeurs[valeurs == 0] = np.nan
    ouverts: Matrice = valeurs[np.isfinite(valeurs).any(axis=1)]
    return ouverts


def _matrice(table: pl.DataFrame, suite: Callable[[str, str], list[str]]) -> Matrice:
    """Série (première colonne) × temps, sans sauter de période."""
    serie = table.columns[0]
    temps = suite(min(table["temps"].to_list()), max(table["temps"].to_list()))
    codes = table[serie].unique().sort().to_list()
    valeurs = np.full((len(codes), len(temps)), np.nan)
    rangs = {c: i for i, c in enumerate(codes)}, {t: j for j, t in enumerate(temps)}
    for code, quand, valeur in table.drop_nulls("valeur").iter_rows():
        valeurs[rangs[0][code], rangs[1][quand]] = valeur
    return valeurs


def _annees(du: str, au: str) -> list[str]:
    return [str(a) for a in range(int(du), int(au) + 1)]


def _mois(du: str, au: str) -> list[str]:
    tous = [f"{a}-{m:02d}" for a in range(int(du[:4]), int(au[:4]) + 1) for m in range(1, 13)]
    return [m for m in tous if du <= m <= au]


def _semaines(du: str, au: str) -> list[str]:
    debut, fin = date.fromisoformat(du), date.fromisoformat(au)
    total = (fin - debut).days // 7 + 1
    return [(debut + timedelta(weeks=n)).isoformat() for n in range(total)]


def _lundi(jour: str) -> str:
    quand = date.fromisoformat(jour)
    return (quand - timedelta(days=quand.weekday())).isoformat()
