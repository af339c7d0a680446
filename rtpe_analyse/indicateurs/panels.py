"""Les séries hebdomadaires, mensuelles et trimestrielles de chaque maille, rangées en matrices."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.agregation import moyennes, sommer_zones
from rtpe_analyse.indicateurs.historique import ajouter, lire_historique
from rtpe_analyse.indicateurs.modele import RatioDeSommes, SommeDeMoyennes
from rtpe_analyse.indicateurs.parts import ZONES, en_parts, etat, rassembler
from rtpe_analyse.indicateurs.places import parts_de_capacite
from rtpe_analyse.indicateurs.presences import CONNU, realise
from rtpe_analyse.indicateurs.table import CLE_ZONE
from rtpe_analyse.modeles import Maille, Pas, Periode
from rtpe_analyse.tableaux import rapport

Matrice = NDArray[np.float64]
MAILLES_SUIVIES: tuple[Maille, ...] = ("etablissement", "territoire", "departement")
# Taux d'occupation réel (T1) ; enfants présents un jour d'ouverture moyen.
OCCUPATION = RatioDeSommes("realise_min", "h0_min")
PRESENTS = SommeDeMoyennes("presents", "jours_ouverts")
Mesure = RatioDeSommes | SommeDeMoyennes
PasSuivi = Pas | Literal["semaine"]
_VENDREDI = timedelta(days=4)


@dataclass(frozen=True, order=True)
class Semaine:
    """Une semaine, du lundi au dimanche ; s'écrit par son lundi (`2026-10-05`)."""

    debut: date

    @classmethod
    def lire(cls, texte: str) -> "Semaine":
        """Lit le lundi écrit `2026-10-05`."""
        return cls(date.fromisoformat(texte))

    @property
    def fin(self) -> date:
        """Le dimanche."""
        return self.debut + timedelta(days=6)

    def decaler(self, n: int) -> "Semaine":
        """La semaine située `n` semaines plus tard (plus tôt si `n` est négatif)."""
        return Semaine(self.debut + timedelta(weeks=n))

    def __str__(self) -> str:
        return self.debut.isoformat()


@dataclass(frozen=True)
class Panel:
    """Une mesure, une maille, un pas : séries × périodes successives.

    Attributes:
        zones: code de chaque série.
        periodes: périodes, sans trou, jusqu'à la dernière échue.
        valeurs: séries × périodes ; NaN quand la valeur n'est pas pleinement connue.
        membres: établissements de chaque zone à la dernière période où elle en a.
        parents: zones qui contiennent chaque série (`territoire:T1`).
    """

    maille: Maille
    pas: PasSuivi
    zones: tuple[str, ...]
    periodes: tuple[Periode | Semaine, ...]
    valeurs: Matrice
    membres: dict[str, list[str]]
    parents: dict[str, list[str]]


def panels(lieux: Lieux, le: date, mesure: Mesure) -> Iterator[Panel]:
    """Les panels d'une mesure : chaque maille suivie, au mois puis au trimestre.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté ; seules les périodes échues y sont.
        mesure: `OCCUPATION` (prolongée par les agrégats d'avant le détail) ou `PRESENTS`.
    """
    parts = _parts(lieux, le)
    for maille in MAILLES_SUIVIES:
        for pas in ("mois", "trimestre"):
            du_pas = parts.filter(pl.col("pas") == pas)
            if du_pas.height:
                yield _panel(du_pas, maille, pas, mesure)


def panels_des_semaines(jours: pl.DataFrame, mesure: Mesure) -> Iterator[Panel]:
    """Les panels d'une mesure à la semaine, une par maille suivie.

    Args:
        jours: table de `journees.journees`.
        mesure: `OCCUPATION` ou `PRESENTS`.

    Yields:
        Un panel par maille ; rien sans une semaine connue jusqu'à son vendredi.
    """
    lundi = pl.col("date").dt.truncate("1w")
    entieres = jours.filter(lundi + _VENDREDI <= pl.col("date").max()).with_columns(
        pas=pl.lit("semaine"),
        periode=lundi.cast(pl.String),
        ventilation=pl.lit(""),
        modalite=pl.lit(""),
    )
    if entieres.height:
        parts = rassembler([entieres])
        for maille in MAILLES_SUIVIES:
            yield _panel(parts, maille, "semaine", mesure)


def _parts(lieux: Lieux, le: date) -> pl.DataFrame:
    capacites, mesures = parts_de_capacite(lieux, le)
    passe = lire_historique(lieux, le)
    ouverts = capacites.select(
        "etablissement",
        "date",
        jours_ouverts=((pl.col("jours") == 1) & pl.col("ouvert")).cast(pl.Int64),
    )
    return en_parts(
        [
            ajouter(mesures, passe, ["h0_min"]),
            ouverts,
            ajouter(realise(lieux, le, capacites), passe, ["realise_min"]),
        ],
        lieux,
        le,
    )


def _panel(parts: pl.DataFrame, maille: Maille, pas: PasSuivi, mesure: Mesure) -> Panel:
    connues = _connues(parts, mesure).filter(pl.col("maille") == maille)
    periodes = _sans_trou(connues["periode"].unique().to_list(), pas)
    zones = tuple(connues["zone"].unique().sort())
    valeurs = np.full((len(zones), len(periodes)), np.nan)
    rang_zone = {z: i for i, z in enumerate(zones)}
    rang_periode = {str(p): i for i, p in enumerate(periodes)}
    for zone, periode, valeur in connues.select("zone", "periode", "valeur").iter_rows():
        valeurs[rang_zone[zone], rang_periode[periode]] = valeur
    derniers = (
        parts.select("periode", *ZONES, zone=maille)
        .sort("periode")
        .filter(pl.col("periode") == pl.col("periode").max().over("zone"))
    )
    membres = dict(derniers.group_by("zone").agg(pl.col("etablissement").unique().sort()).rows())
    return Panel(maille, pas, zones, periodes, valeurs, membres, _parents(derniers, maille))


def _connues(parts: pl.DataFrame, mesure: Mesure) -> pl.DataFrame:
    """`CLE_ZONE` et `valeur`, là où elle est pleinement connue."""
    if isinstance(mesure, SommeDeMoyennes):
        sommes = moyennes(parts, mesure).rename({"stock": "valeur"})
    else:
        haut, bas = mesure.numerateur, mesure.denominateur
        sommes = sommer_zones(parts, [haut, bas]).with_columns(
            valeur=rapport(pl.col(haut), pl.col(bas))
        )
    connu = (pl.col(etat("ensemble")) == CONNU) & pl.col("valeur").is_not_null()
    return sommes.filter(connu).select(*CLE_ZONE, "valeur")


def _sans_trou(textes: list[str], pas: PasSuivi) -> tuple[Periode | Semaine, ...]:
    if not textes:
        return ()
    lire = Semaine.lire if pas == "semaine" else Periode.lire
    suite = [lire(min(textes))]
    while str(suite[-1]) < max(textes):
        suite.append(suite[-1].decaler(1))
    return tuple(suite)


def _parents(derniers: pl.DataFrame, maille: Maille) -> dict[str, list[str]]:
    contenantes = {"etablissement": ["territoire", "commune"], "territoire": ["departement"]}
    resultat: dict[str, list[str]] = {zone: [] for zone in derniers["zone"].unique()}
    for contenante in contenantes.get(maille, []):
        for zone, parent in derniers.select("zone", contenante).unique().sort(pl.all()).rows():
            resultat[zone].append(f"{contenante}:{parent}")
    return resultat
