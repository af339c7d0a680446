"""Famille « publics » : qui est accueilli, comparé à qui habite le territoire."""

from datetime import date
from typing import Any

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.erreurs import ErreurDonneesManquantes
from rtpe_analyse.indicateurs.agregation import calculer, compter
from rtpe_analyse.indicateurs.familles_accueillies import TRIMESTRE, enfants_accueillis
from rtpe_analyse.indicateurs.modele import Indicateur, NonAgregeable, RatioDeSommes
from rtpe_analyse.indicateurs.parts import PERIODE, ZONES, croiser, en_parts
from rtpe_analyse.indicateurs.places import parts_de_capacite
from rtpe_analyse.indicateurs.population_des_publics import (
    INDICATEUR_POPULATION,
    PUBLICS,
    VENTILATION,
    publics_de_la_population,
)
from rtpe_analyse.indicateurs.presences import realise
from rtpe_analyse.indicateurs.table import SCHEMA_CALCUL, vide
from rtpe_analyse.methodes.proportions import difference_de_parts
from rtpe_analyse.reglementation import valeur

_MAILLES = ("territoire", "departement")
_REFERENCE = "realise_min"
_LIMITES = (
    "Définitions voisines, non identiques : des enfants d'un côté, des ménages (monoparentaux) "
    "ou des habitants (bas revenus, quartiers prioritaires) de tous âges de l'autre ; les bas "
    "revenus sont une tranche de ressources mensuelles d'un côté, le seuil de pauvreté par unité "
    "de consommation de l'autre. Un enfant dont la famille n'est pas décrite n'est pas compté. "
    "Les enfants accueillis n'habitent pas tous le territoire (voir B5)."
)


def _declarer(code: str, libelle: str, definition: str, **reste: Any) -> Indicateur:
    textes: dict[str, Any] = {
        "unite": "points",
        "agregation": NonAgregeable("ecart"),
        "numerateur": "part chez les accueillis − part dans la population, en points",
        "champ": "Enfants accueillis (E1) dont la situation de famille est connue au dernier jour "
        "du trimestre.",
        "source": "pointages, enfants, familles ; référentiel public",
        "limites": _LIMITES,
        "contributeur": "connus",
        "entraine_par": "E1",
        "decimales": 1,
    }
    return Indicateur(code=code, libelle=libelle, definition=definition, **(textes | reste))


INDICATEURS = (
    _declarer(
        "B4a",
        "Public parmi les enfants accueillis",
        "Part des enfants accueillis de chaque public : famille monoparentale, bas revenus (borne "
        "haute de la tranche de ressources sous la convention bas_revenus_plafond_eur), résidence "
        "en quartier prioritaire.",
        unite="%",
        agregation=RatioDeSommes("du_public", "connus"),
        numerateur="enfants accueillis de ce public",
        denominateur="enfants accueillis dont on sait s'ils en sont",
        source="pointages, enfants, familles",
        part=True,
    ),
    INDICATEUR_POPULATION,
    _declarer(
        "B4",
        "Écart de public",
        "B4a − B4p, la population étant celle de la dernière année publiée.",
    ),
    _declarer(
        "B4b",
        "Écart de public, borne basse",
        "Borne basse de l'intervalle de B4 (Newcombe 1998, méthode 10), au niveau de la "
        "convention intervalle_public_pct.",
    ),
    _declarer("B4h", "Écart de public, borne haute", "Borne haute du même intervalle."),
)


def calculer_publics(lieux: Lieux, le: date) -> pl.DataFrame:
    """B4a, B4 et ses bornes par territoire et département, au trimestre ; B4p à l'année.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté : trimestres échus, conventions et population de ce jour-là.

    Returns:
        Ventilation `public`, modalités `PUBLICS`. Sans population publiée, B4p n'a pas de
        ligne et les écarts sont non calculables ; sans enfant décrit, B4a ne l'est pas non
        plus. Table vide sans aucun enfant accueilli.
    """
    enfants = enfants_accueillis(lieux, le)
    if enfants.is_empty():
        return vide()
    capacites, _ = parts_de_capacite(lieux, le)
    realises = realise(lieux, le, capacites)
    ensemble = en_parts([realises], lieux, le, [TRIMESTRE])
    parts = croiser(ensemble, [(VENTILATION, p) for p in PUBLICS])
    decrits = pl.concat(
        enfants.select(
            *PERIODE[:2],
            *ZONES,
            "unite",
            du_public=p,
            ventilation=pl.lit(VENTILATION),
            modalite=pl.lit(p),
        )
        for p in PUBLICS
    ).drop_nulls("du_public")
    du_public = decrits.filter("du_public")
    connus = compter(parts, decrits, "connus", _REFERENCE)
    comptages = {
        "connus": connus,
        "du_public": compter(parts, du_public, "du_public", _REFERENCE),
    }
    accueillis = calculer(INDICATEURS[:1], parts, comptages, {"connus": connus}).filter(
        pl.col("maille").is_in(_MAILLES)
    )
    try:
        population = publics_de_la_population(lieux, le)
    except ErreurDonneesManquantes:
        population = pl.DataFrame(schema=SCHEMA_CALCUL)
    return pl.concat([accueillis, population, *_ecarts(accueillis, population, le)])


def _ecarts(accueillis: pl.DataFrame, population: pl.DataFrame, le: date) -> list[pl.DataFrame]:
    confiance = float(valeur("conventions", "intervalle_public_pct", le)) / 100
    cle = ["maille", "zone", "modalite"]
    reference = population.select(
        *cle, "millesime", cas="numerateur", habitants="denominateur", autre="statut", d_ou="source"
    )
    lignes = accueillis.drop("millesime").join(reference, on=cle, how="left", maintain_order="left")
    comptes = lignes.select("numerateur", "denominateur", "cas", "habitants")
    trouves = [
        None
        if a is None or b is None or c is None or d is None
        else difference_de_parts(a, b, c, d, confiance)
        for a, b, c, d in comptes.iter_rows()
    ]
    statut = (
        pl.when(pl.col("valeur").is_null())
        .then(pl.lit("non_calculable"))
        .when(pl.col("autre") == "a_verifier")
        .then(pl.lit("a_verifier"))
        .otherwise("statut")
    )
    return [
        lignes.with_columns(
            pl.Series("valeur", [100 * t[rang] if t else None for t in trouves], pl.Float64),
            indicateur=pl.lit(code),
            denominateur=pl.lit(None, pl.Float64),
            source=pl.col("d_ou").fill_null(""),
            millesime=pl.col("millesime").fill_null(""),
        )
        .with_columns(numerateur=pl.col("valeur"), statut=statut)
        .select(SCHEMA_CALCUL.names())
        for rang, code in enumerate(("B4", "B4b", "B4h"))
    ]
