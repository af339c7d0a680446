"""Famille « variations » : pourquoi l'occupation a changé sur un an, effet par effet.

T1 est la somme, sur les établissements, d'un produit : poids dans la capacité × part ouverte ×
part attribuée × temps contractuel × présence (les paliers de la cascade). L'écart sur un an se
partage exactement entre ces facteurs, par la méthode symétrique de `methodes.decomposition`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.erreurs import ErreurControle
from rtpe_analyse.indicateurs.agregation import compter
from rtpe_analyse.indicateurs.cascade import LIGNES
from rtpe_analyse.indicateurs.cascade_lignes import (
    ATTRIBUE,
    CONTRACTUALISE,
    PRESENT,
    Lignes,
    etablir,
)
from rtpe_analyse.indicateurs.cascade_places import OUVERT, PREVU
from rtpe_analyse.indicateurs.modele import Indicateur, NonAgregeable
from rtpe_analyse.indicateurs.panels import MAILLES_SUIVIES
from rtpe_analyse.indicateurs.parts import en_parts, en_unites, etat
from rtpe_analyse.indicateurs.places import parts_de_capacite
from rtpe_analyse.indicateurs.presences import CONNU, EN_PARTIE, INCONNU, realise
from rtpe_analyse.indicateurs.rattachement import rattacher
from rtpe_analyse.indicateurs.table import TOLERANCE, ordonner, parents_de, poser, vide
from rtpe_analyse.methodes import effets_de_shapley, taux_compose
from rtpe_analyse.modeles import Maille, Periode

VENTILATION = "effet"
COMPOSITION = "composition"
_TRIMESTRE = "trimestre"
_NOMS = [ligne.partition("_")[2] for ligne in LIGNES]
_CAUSES = _NOMS[_NOMS.index(PREVU) + 1 : _NOMS.index(OUVERT)]
_PALIERS = (PREVU, OUVERT, ATTRIBUE, CONTRACTUALISE, PRESENT)
# Le facteur que donne chaque palier rapporté au précédent.
_POIDS, _OUVERTURE = "poids", "ouverture"
_FACTEURS = (_OUVERTURE, "attribution", "temps_contractuel", "presence")
_PROPRES = (*_CAUSES, *_FACTEURS[1:])
_CONNAISSANCE = "cascade_tuh"
_EN_POINTS = 100

INDICATEURS = (
    Indicateur(
        code="V1",
        libelle="Variation de l'occupation réelle sur un an, par effet",
        unite="points",
        agregation=NonAgregeable("effet"),
        numerateur="points de T1 gagnés ou perdus depuis le même trimestre de l'an dernier",
        champ="Trimestres détaillés dont le même trimestre de l'an dernier l'est aussi.",
        definition="T1 est la somme, sur les établissements, du poids dans la capacité × part "
        "ouverte × part attribuée × heures contractuelles par heure attribuée × heures présentes "
        "par heure contractuelle. L'effet d'un facteur est la moyenne, sur tous les ordres, de ce "
        "que change son passage d'une année à l'autre (Shapley ; Das Gupta). L'effet d'ouverture "
        "se partage entre ses causes ; celui des poids est l'effet de composition.",
        source="agréments, ouvertures, contrats, plannings, demandes, pointages",
        limites="La somme des effets est la variation de T1. Un établissement connu d'un seul côté "
        "y prend ses propres taux : son effet est de composition. Non calculable si un facteur "
        "d'un établissement compté dans T1 est inconnu (contrats manquants).",
        contributeur="population",
        decimales=1,
        sens="hausse_favorable",
    ),
)


@dataclass(frozen=True)
class Cote:
    """Un côté de la comparaison : une ligne par établissement, dans le même ordre des deux côtés.

    Attributes:
        paliers: heures de chaque palier, de la place prévue à l'enfant présent ; vide (NaN) si
            la cascade est inconnue.
        causes: heures gagnées ou perdues entre prévu et ouvert, par cause.
        compte: vrai si l'établissement est compté dans T1 de ce côté.
    """

    paliers: NDArray[np.float64]
    causes: NDArray[np.float64]
    compte: NDArray[np.bool_]


def effets(avant: Cote, apres: Cote) -> dict[str, float] | None:
    """Effet de chaque facteur sur la variation de T1, en fraction (0,01 : un point).

    Args:
        avant: premier côté.
        apres: second côté, mêmes établissements dans le même ordre.

    Returns:
        Un effet par cause d'ouverture, par facteur et de composition ; rien si un côté n'a
        pas de capacité, ou si un facteur d'un établissement compté est indéfini. Un
        établissement compté d'un seul côté, ou dont un palier est nul d'un côté, y prend le
        taux de l'autre : tout l'effet va à ce qui a changé.

    Raises:
        ErreurControle: la somme des effets n'est pas la variation, à 1e-9 près.
    """
    capacites = [float(c.paliers[c.compte, 0].sum()) for c in (avant, apres)]
    taux = [_taux(c) for c in (avant, apres)]
    if any(not k > 0 for k in capacites) or any(t is None for t in taux):
        return None
    (premiers, parts_avant), (seconds, parts_apres) = taux  # type: ignore[misc]
    premiers, seconds = _completer(premiers, seconds), _completer(seconds, premiers)
    parts_avant, parts_apres = (
        _completer(parts_avant, parts_apres),
        _completer(parts_apres, parts_avant),
    )
    facteurs = [
        {_POIDS: _poids(c, k), **dict(zip(_FACTEURS, t.T, strict=True))}
        for c, k, t in zip((avant, apres), capacites, (premiers, seconds), strict=True)
    ]
    ensemble = effets_de_shapley(taux_compose, *facteurs)
    resultat = dict.fromkeys(_CAUSES, 0.0)
    for rang in np.flatnonzero((parts_avant != parts_apres).any(axis=0)):
        # T1 est linéaire en la part ouverte, somme de ses causes : chacune a donc son effet.
        resultat[_CAUSES[rang]] = effets_de_shapley(
            taux_compose,
            {**facteurs[0], _OUVERTURE: np.zeros(len(premiers))},
            {**facteurs[1], _OUVERTURE: parts_apres[:, rang] - parts_avant[:, rang]},
        )[_OUVERTURE]
    resultat |= {nom: ensemble[nom] for nom in _FACTEURS[1:]}
    resultat[COMPOSITION] = ensemble[_POIDS]
    presents = [float(c.paliers[c.compte, -1].sum()) for c in (avant, apres)]
    _controler(resultat, presents[1] / capacites[1] - presents[0] / capacites[0])
    return resultat


def calculer_variations(lieux: Lieux, le: date) -> pl.DataFrame:
    """V1 des établissements, territoires et départements, au trimestre.

    Returns:
        Ventilation `effet`, une modalité par effet, en points (`composition` à partir du
        territoire). L'effectif, le même pour toutes, est le plus petit des deux périodes.

    Raises:
        ErreurControle: la somme des effets d'une zone n'est pas la variation de T1.
    """
    lignes = etablir(lieux, le)
    parts = _parts(lignes, lieux, le)
    if parts.is_empty():
        return vide()
    unites = en_unites(rattacher(lignes.population, lieux), le, [_TRIMESTRE])
    population = compter(parts, unites, "population", _CONNAISSANCE)
    zones = [z for maille in MAILLES_SUIVIES for z in _decomposer(parts, maille)]
    if not zones:
        return vide()
    table = pl.DataFrame(zones, schema=_SCHEMA, orient="row").with_columns(
        pas=pl.lit(_TRIMESTRE),
        ventilation=pl.lit(VENTILATION),
        denominateur=pl.lit(None, pl.Float64),
    )
    posee = poser(INDICATEURS[0], _avec_effectif(table, population))
    return ordonner(posee, parents_de(parts))


_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys(("maille", "zone", "periode", "modalite"), pl.String),
    "numerateur": pl.Float64,
    etat("ensemble"): pl.Int32,
}


def _parts(lignes: Lignes, lieux: Lieux, le: date) -> pl.DataFrame:
    """Par établissement et trimestre entièrement détaillé : T1, paliers et causes."""
    if lignes.mois.is_empty():
        return pl.DataFrame()
    noms = [*_PALIERS, *_CAUSES]
    larges = lignes.valeurs.filter(pl.col("ligne").is_in(noms)).pivot(
        on="ligne", on_columns=noms, index=["etablissement", "date"], values="valeur_tuh"
    )
    inconnu = pl.col("enfants__etat") == INCONNU
    cascade = lignes.mois.join(larges, on=["etablissement", "date"], how="left").select(
        "etablissement",
        "date",
        pl.when(~inconnu).then(pl.lit(0, pl.Int64)).alias(_CONNAISSANCE),
        pl.col("enfants__etat").alias(etat(_CONNAISSANCE)),
        *(pl.when(~inconnu).then(pl.col(n).fill_null(0)).alias(f"{n}_tuh") for n in noms),
    )
    capacites, mesures = parts_de_capacite(lieux, le)
    h0 = mesures.select("etablissement", "date", "h0_min")
    parts = en_parts([cascade, h0, realise(lieux, le, capacites)], lieux, le, [_TRIMESTRE])
    premier = min(lignes.mois["date"].to_list())
    debuts = {p: Periode.lire(p).debut for p in parts["periode"].unique()}
    return parts.filter(pl.col("periode").is_in([p for p, d in debuts.items() if d >= premier]))


def _decomposer(
    parts: pl.DataFrame, maille: Maille
) -> Iterator[tuple[str, str, str, str, float | None, int]]:
    """`maille, zone, periode, modalite, effet en points, état` de chaque zone."""
    groupes = {
        cle: groupe
        for cle, groupe in parts.filter(pl.col(maille).is_not_null())
        .partition_by([maille, "periode"], as_dict=True, maintain_order=True)
        .items()
    }
    modalites = _PROPRES if maille == "etablissement" else (*_PROPRES, COMPOSITION)
    for (zone, periode), apres in groupes.items():
        avant = groupes.get((zone, str(Periode.lire(str(periode)).an_dernier)))
        if avant is None:
            continue
        codes = sorted({*avant["etablissement"], *apres["etablissement"]})
        trouves = effets(_cote(avant, codes), _cote(apres, codes))
        connu = CONNU if _pleinement([avant, apres]) else EN_PARTIE
        for modalite in modalites:
            effet = None if trouves is None else _EN_POINTS * trouves[modalite]
            yield maille, str(zone), str(periode), modalite, effet, connu


def _cote(parts: pl.DataFrame, codes: list[str]) -> Cote:
    t1 = pl.max_horizontal(etat("h0_min"), etat("realise_min")) != INCONNU
    noms = [f"{n}_tuh" for n in (*_PALIERS, *_CAUSES)]
    sommes = parts.group_by("etablissement").agg(
        pl.when(pl.col(noms).null_count() == 0).then(pl.col(noms).sum()), compte=t1.all()
    )
    rangs = pl.DataFrame({"etablissement": codes}).join(
        sommes, on="etablissement", how="left", maintain_order="left"
    )
    valeurs = rangs.select(pl.col(noms).cast(pl.Float64)).to_numpy()
    compte = rangs["compte"].fill_null(False).to_numpy()
    return Cote(valeurs[:, : len(_PALIERS)], valeurs[:, len(_PALIERS) :], compte)


def _taux(cote: Cote) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Taux et parts des causes, NaN là où l'autre côté décide ; rien si l'un est indéfini."""
    paliers = np.where(cote.compte[:, None], cote.paliers, 0.0)
    causes = np.where(cote.compte[:, None], cote.causes, 0.0)
    if not np.isfinite(paliers).all():
        return None
    haut, bas = paliers[:, 1:], paliers[:, :-1]
    if ((bas == 0) & (haut != 0)).any():
        return None
    with np.errstate(invalid="ignore"):
        return haut / bas, causes / paliers[:, :1]


def _completer(taux: NDArray[np.float64], autre: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.isfinite(taux), taux, np.where(np.isfinite(autre), autre, 0.0))


def _poids(cote: Cote, capacite: float) -> NDArray[np.float64]:
    return np.where(cote.compte, cote.paliers[:, 0], 0.0) / capacite


def _pleinement(cotes: list[pl.DataFrame]) -> bool:
    """Tous les établissements des deux côtés sont pleinement connus."""
    noms = [etat(n) for n in ("h0_min", "realise_min", _CONNAISSANCE)]
    return all(bool((c.select(pl.max_horizontal(noms)).to_series() == CONNU).all()) for c in cotes)


def _avec_effectif(table: pl.DataFrame, population: pl.DataFrame) -> pl.DataFrame:
    """Le plus petit effectif non nul des deux périodes."""
    cle = ["maille", "zone", "periode"]
    comptes = population.select(*cle, effectif="population")
    textes = table["periode"].unique()
    precedentes = pl.DataFrame(
        {"periode": textes, "an_dernier": [str(Periode.lire(p).an_dernier) for p in textes]}
    )
    avant = comptes.rename({"periode": "an_dernier", "effectif": "avant"})
    joints = (
        table.join(precedentes, on="periode")
        .join(comptes, on=cle, how="left")
        .join(avant, on=["maille", "zone", "an_dernier"], how="left")
    )
    positifs = [pl.when(pl.col(c) > 0).then(pl.col(c)) for c in ("effectif", "avant")]
    return joints.with_columns(
        effectif=pl.coalesce(pl.min_horizontal(positifs), pl.max_horizontal("effectif", "avant"))
    ).drop("an_dernier", "avant")


def _controler(trouves: dict[str, float], variation: float) -> None:
    if abs(sum(trouves.values()) - variation) > TOLERANCE:
        raise ErreurControle(
            "La somme des effets n'est pas la variation du taux d'occupation réel.",
            "Signaler ce message à qui maintient l'outil.",
        )
