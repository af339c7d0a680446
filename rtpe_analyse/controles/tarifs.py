"""Tarif horaire facturé, comparé au tarif recalculé au barème national daté."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl

from rtpe_analyse.controles.modele import en_constats
from rtpe_analyse.erreurs import ErreurReglementation
from rtpe_analyse.reglementation import bareme, historique, valeur

TOLERANCE_EUR = 0.01  # les gestionnaires arrondissent au plus proche ou tronquent
TOLERANCE_TAUX_PCT = 0.0005  # des exports écrivent le taux au millième
_BRUIT = 1e-6
_LIGNE = ["_fichier", "_ligne"]
_SERIES = (
    "ressources_plancher_eur",
    "ressources_plafond_eur",
    "taux_effort_collectif_pct",
    "taux_effort_familial_pct",
    "plafond_local_eur",
)
# Types d'établissement que le barème ne nomme pas comme lui.
_BAREME_DU_TYPE = {"collectif": "collectif", "multi_accueil": "collectif", "familial": "familial"}


def bareme_date() -> pl.DataFrame:
    """Le barème des participations déplié, au premier jour de chaque changement.

    Source : `reglementation/participation.yaml`.

    Returns:
        `du` (date d'effet), `bareme` (collectif ou familial), `rang_min` et `rang_max`
        (enfants à charge, bornes incluses ; `rang_max` vide pour la dernière tranche),
        `taux_pct`, `plancher_eur`, `plafond_eur` (ressources mensuelles ; le plafond local,
        s'il est déclaré et plus élevé). Rien avant que plancher et plafond soient connus.
    """
    effets = {v.effet for cle in _SERIES for v in historique("participation", cle)}
    lignes = [ligne for du in sorted(effets) for ligne in _tranches(du)]
    return pl.DataFrame(
        lignes,
        schema={
            "du": pl.Date,
            "bareme": pl.String,
            "rang_min": pl.Int64,
            "rang_max": pl.Int64,
            "taux_pct": pl.Float64,
            "plancher_eur": pl.Float64,
            "plafond_eur": pl.Float64,
        },
        orient="row",
    )


def _tranches(du: date) -> Iterator[tuple[Any, ...]]:
    try:
        plancher, plafond = (
            float(valeur("participation", f"ressources_{b}_eur", du))
            for b in ("plancher", "plafond")
        )
    except ErreurReglementation:
        return
    locaux = [v.valeur for v in historique("participation", "plafond_local_eur") if v.effet <= du]
    plafond = max([plafond, *map(float, locaux[-1:])])
    for nom in dict.fromkeys(_BAREME_DU_TYPE.values()):
        rang = 1
        for tranche in bareme(nom, du):
            yield (du, nom, rang, tranche["jusqu_a"], float(tranche["pct"]), plancher, plafond)
            rang = (tranche["jusqu_a"] or rang) + 1


def tarif_ecart(
    factures: pl.DataFrame,
    enfants: pl.DataFrame,
    familles: pl.DataFrame,
    etablissements: pl.DataFrame,
) -> pl.DataFrame:
    """Factures dont aucun tarif admissible au barème n'approche le tarif à 0,01 €/h près.

    Tarif admissible : ressources bornées × un taux du barème du jour (premier du mois
    facturé). Le taux facturé, s'il est connu, choisit le taux du barème à 0,0005 point près ;
    le nombre d'enfants à charge, s'il est connu, borne les tranches : de la sienne à celle
    qu'on atteint si tous ouvrent droit à l'AEEH, que les données ne disent pas. Un
    établissement de type inconnu admet les deux barèmes. Sans tarif, ressources, ni barème à
    cette date, le recalcul est impossible : pas de constat (voir `avec_recalcul`).
    Source : circulaire Cnaf 2019-005.

    Args:
        factures: table propre d'un mois.
        enfants: registre entier.
        familles: registre entier ; bornes de validité incluses.
        etablissements: registre entier ; bornes de validité incluses.
    """
    jugeables = avec_recalcul(factures).filter("tarif_recalculable")
    situees = _situer(jugeables, enfants, familles, etablissements)
    baremes = bareme_date()
    candidats = (
        situees.join_asof(baremes.select("du").unique().sort("du"), left_on="mois", right_on="du")
        .join(baremes, on="du")
        .filter(
            pl.col("bareme_lieu").is_null() | (pl.col("bareme") == pl.col("bareme_lieu")),
            pl.col("enfants_a_charge").is_null()
            | (
                (pl.col("rang_min") <= 2 * pl.col("enfants_a_charge"))
                & (pl.col("rang_max") >= pl.col("enfants_a_charge")).fill_null(True)
            ),
            _absent_ou_proche("taux_effort_pct", "taux_pct", TOLERANCE_TAUX_PCT),
        )
    )
    attendu = (
        pl.col("ressources_eur").clip("plancher_eur", "plafond_eur") * pl.col("taux_pct") / 100
    )
    admis = candidats.filter((pl.col("tarif_eur") - attendu).abs() <= TOLERANCE_EUR + _BRUIT)
    trouves = jugeables.join(admis.select(_LIGNE).unique(), on=_LIGNE, how="anti")
    return en_constats(trouves.select(*_LIGNE, "etablissement", "mois"), "factures", "tarif_ecart")


def avec_recalcul(factures: pl.DataFrame) -> pl.DataFrame:
    """Les factures, plus `tarif_recalculable` : tarif, ressources et barème sont connus.

    Args:
        factures: table propre.
    """
    premier = bareme_date()["du"].min()
    connus = [pl.col(c).is_not_null() for c in ("tarif_eur", "ressources_eur")]
    return factures.with_columns(
        tarif_recalculable=pl.all_horizontal(*connus, (pl.col("mois") >= premier).fill_null(False))
    )


def _situer(
    factures: pl.DataFrame,
    enfants: pl.DataFrame,
    familles: pl.DataFrame,
    etablissements: pl.DataFrame,
) -> pl.DataFrame:
    bareme_du_type = pl.col("type_accueil").replace_strict(
        _BAREME_DU_TYPE, default=None, return_dtype=pl.String
    )
    situations = enfants.select("enfant", "famille").join(familles, on="famille")
    charges = _du_mois(factures, situations, "enfant", pl.col("enfants_a_charge"))
    lieux = _du_mois(factures, etablissements, "etablissement", bareme_du_type.alias("bareme_lieu"))
    return (
        factures.join(charges, on=["enfant", "mois"], how="left")
        .join(lieux, on=["etablissement", "mois"], how="left")
        .sort("mois")
    )


def _du_mois(
    factures: pl.DataFrame, registre: pl.DataFrame, cle: str, grandeur: pl.Expr
) -> pl.DataFrame:
    # Deux situations pour un même mois : on ne sait pas laquelle vaut, donc aucune.
    nom = grandeur.meta.output_name()
    return (
        factures.select(cle, "mois")
        .unique()
        .join(registre.select(cle, "valide_du", "valide_au", grandeur), on=cle)
        .filter(
            pl.col("valide_du") <= pl.col("mois"),
            pl.col("valide_au").is_null() | (pl.col("valide_au") >= pl.col("mois")),
        )
        .group_by(cle, "mois")
        .agg(pl.when(pl.col(nom).n_unique() == 1).then(pl.col(nom).first()).alias(nom))
    )


def _absent_ou_proche(colonne: str, autre: str, tolerance: float) -> pl.Expr:
    ecart = (pl.col(colonne) - pl.col(autre)).abs()
    return pl.col(colonne).is_null() | (ecart <= tolerance + _BRUIT)
