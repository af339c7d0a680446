"""Banc des prévisions : justesse mesurée sur des séries réelles, fausses alertes sur du calme.

Battre les données d'exemple ne prouverait rien : elles sont fabriquées ici. Les panels sont
ceux de villes qui publient leurs séries, absentes du dépôt ; sans elles, seules les fausses
alertes se mesurent. Lancer : `python -m bancs previsions DOSSIER_DES_DONNEES_PUBLIQUES`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rtpe_analyse.methodes.entonnoir import ajuster_entonnoir
from rtpe_analyse.methodes.prevision import perte_quantile, retro_test
from rtpe_analyse.methodes.surveillance import retenir_les_alertes

Matrice = NDArray[np.float64]
YOKOHAMA = "etranger-yokohama/inscrits_attente_2023-04_2025-02.csv"
NEW_YORK = "etranger-new-york/presence_quotidienne_2013-06_2016-06.csv"
CNAF = "caf/caf_taux_couverture_communes_94_2017-2022.csv"
NIVEAUX = (0.8, 0.9)


@dataclass(frozen=True)
class Epreuve:
    """Un panel réel à prévoir date après date.

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


@dataclass(frozen=True)
class Bilan:
    """Ce qu'une épreuve donne à un niveau.

    Attributes:
        couverture: part des valeurs connues restées dans l'intervalle.
        perte: perte quantile moyenne, bornes et centre.
        perte_naive: celle de la naïve, encadrée par les écarts annuels de la même série.
        perte_naive_du_panel: celle de la naïve, encadrée par les écarts annuels de tout le
            panel : une naïve plus forte quand l'histoire est courte.
        jugees: nombre de valeurs jugées.
    """

    couverture: float
    perte: float
    perte_naive: float
    perte_naive_du_panel: float
    jugees: int


def epreuves(dossier: Path) -> list[Epreuve]:
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
    ]


def juger(epreuve: Epreuve, niveau: float) -> Bilan:
    """Refait toutes les prévisions et les confronte à la suite."""
    contenues: list[NDArray[np.bool_]] = []
    pertes: list[Matrice] = []
    naives: list[Matrice] = []
    du_panel: list[Matrice] = []
    passees = retro_test(epreuve.valeurs, epreuve.cycle, epreuve.horizon, niveau, epreuve.premiere)
    for connues, p in passees:
        if connues < epreuve.jugee:
            continue
        reel = epreuve.valeurs[:, connues : connues + epreuve.horizon]
        h = reel.shape[1]
        juge = np.isfinite(reel) & np.isfinite(p.bas[:, :h])
        contenues.append(((p.bas[:, :h] <= reel) & (reel <= p.haut[:, :h]))[juge])
        pertes.append(_perte(reel, p.bas, p.centre, p.haut, niveau)[juge])
        for liste, ecarts in zip(
            (naives, du_panel), _ecarts(epreuve, connues, niveau), strict=True
        ):
            bas, haut = p.naive + ecarts[0], p.naive + ecarts[1]
            liste.append(_perte(reel, bas, p.naive, haut, niveau)[juge])
    return Bilan(
        couverture=float(np.concatenate(contenues).mean()),
        perte=float(np.concatenate(pertes).mean()),
        perte_naive=float(np.concatenate(naives).mean()),
        perte_naive_du_panel=float(np.concatenate(du_panel).mean()),
        jugees=sum(map(len, contenues)),
    )


def fausses_alertes(
    reseaux: int = 400,
    unites: int = 75,
    *,
    taux: float = 0.05,
    ecart_ordinaire: float = 0.0,
    graine: int = 1,
) -> float:
    """Part de réseaux calmes où l'entonnoir et son contrôle lèvent au moins une alerte.

    Tout y est ordinaire : chaque alerte est fausse, et leur part attendue est au plus `taux`.

    Args:
        reseaux: réseaux simulés.
        unites: établissements de chacun, de 300 à 6 000 places-jours.
        taux: part de fausses alertes demandée.
        ecart_ordinaire: écart type entre établissements que rien d'anormal n'explique.
        graine: du tirage.
    """
    alea = np.random.default_rng(graine)
    alertes = 0
    for _ in range(reseaux):
        tirages = alea.integers(300, 6000, unites)
        vrais = np.clip(0.65 + alea.normal(0, ecart_ordinaire, unites), 0.05, 0.95)
        valeurs = alea.binomial(tirages, vrais) / tirages
        moyenne = float(np.average(valeurs, weights=tirages))
        entonnoir = ajuster_entonnoir(valeurs, np.sqrt(moyenne * (1 - moyenne) / tirages))
        if entonnoir is not None:
            alertes += bool(retenir_les_alertes(entonnoir.probabilites(), taux).any())
    return alertes / reseaux


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
    return _matrice(table, lambda du, au: [str(a) for a in range(int(du), int(au) + 1)])


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


def _mois(du: str, au: str) -> list[str]:
    tous = [f"{a}-{m:02d}" for a in range(int(du[:4]), int(au[:4]) + 1) for m in range(1, 13)]
    return [m for m in tous if du <= m <= au]


def _semaines(du: str, au: str) -> list[str]:
    debut, fin = date.fromisoformat(du), date.fromisoformat(au)
    total = (fin - debut).days // 7 + 1
    return [(debut + timedelta(weeks=n)).isoformat() for n in range(total)]


def _perte(reel: Matrice, bas: Matrice, centre: Matrice, haut: Matrice, niveau: float) -> Matrice:
    h = reel.shape[1]
    queue = (1 - niveau) / 2
    bornes = ((bas, queue), (centre, 0.5), (haut, 1 - queue))
    pertes = [perte_quantile(reel, q[:, :h], n) for q, n in bornes]
    return pertes[0] + pertes[1] + pertes[2]


def _ecarts(epreuve: Epreuve, connues: int, niveau: float) -> list[tuple[Matrice, Matrice]]:
    """Quantiles des écarts annuels passés : de chaque série, puis de tout le panel."""
    ecarts = (
        epreuve.valeurs[:, epreuve.cycle : connues] - epreuve.valeurs[:, : connues - epreuve.cycle]
    )
    vues = np.isfinite(ecarts).any(axis=1)
    queue = (1 - niveau) / 2
    propres = [np.zeros((len(ecarts), 1)) for _ in range(2)]
    communs = []
    for borne, n in zip(propres, (queue, 1 - queue), strict=True):
        borne[vues, 0] = np.nanquantile(ecarts[vues], n, axis=1)
        communs.append(np.full((1, 1), np.nanquantile(ecarts[vues], n)))
    return [(propres[0], propres[1]), (communs[0], communs[1])]


def mesurer(dossier: Path) -> dict[str, object]:
    """Toutes les mesures du banc.

    Args:
        dossier: dossier des données publiques ; absent, seules les fausses alertes y sont.

    Returns:
        `fausses_alertes` (part de réseaux calmes qui alertent) et `panels` : une ligne par
        panel et niveau, champs de `Bilan`.
    """
    panels = [
        {
            "panel": epreuve.nom,
            "niveau": niveau,
            **{nom: round(v, 3) for nom, v in vars(juger(epreuve, niveau)).items()},
        }
        for epreuve in (epreuves(dossier) if dossier.is_dir() else [])
        for niveau in NIVEAUX
    ]
    calmes = {
        "réseau calme": fausses_alertes(),
        "réseau calme et divers": fausses_alertes(ecart_ordinaire=0.06),
    }
    return {"fausses_alertes": calmes, "panels": panels}
