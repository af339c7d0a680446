"""Famille « besoins » : la couverture et le portrait public des zones, à l'année."""

from collections.abc import Iterator
from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.erreurs import ErreurDonneesManquantes
from rtpe_analyse.indicateurs.couverture import (
    COUVERTURE,
    MODES,
    PUBLICATION,
    RESEAU,
    publication,
    reseau,
)
from rtpe_analyse.indicateurs.geographie import lieux_des_zones
from rtpe_analyse.indicateurs.modele import Additif, Indicateur
from rtpe_analyse.indicateurs.portrait import PORTRAIT
from rtpe_analyse.indicateurs.publics import declarer, sommer
from rtpe_analyse.indicateurs.publiees import PUBLIEES, valeurs_publiees
from rtpe_analyse.indicateurs.quartiers import QUARTIERS, quartiers
from rtpe_analyse.indicateurs.table import ordonner, vide
from rtpe_analyse.indicateurs.valeurs_publiques import valeurs_des_lieux
from rtpe_analyse.nomenclatures.publiques import lire_referentiel

_PAR_MODE = ("B1", "S14")
DEPARTEMENTALES: tuple[Indicateur, ...] = (
    declarer(
        "S15",
        "Assistantes maternelles agréées en exercice",
        "personnes",
        Additif("assistants_maternels_agrees"),
        "Assistants maternels agréés en exercice au 31 décembre, d'après la PMI.",
        source="référentiel public departements_annee",
        limites="Publié par département seulement ; agréées ne veut pas dire disponibles.",
    ),
    declarer(
        "S16",
        "Places d'établissement d'accueil (PMI)",
        "places",
        Additif("places_eaje_drees"),
        "Places des établissements autorisés, d'après l'enquête de la Drees auprès de la PMI.",
        source="référentiel public departements_annee",
        limites="Publié par département seulement ; ne couvre pas les mêmes établissements que "
        "les places de la Cnaf.",
    ),
)
INDICATEURS = (
    *COUVERTURE,
    RESEAU,
    PUBLICATION,
    *PORTRAIT,
    *QUARTIERS,
    *DEPARTEMENTALES,
    *PUBLIEES,
)


def calculer_besoins(lieux: Lieux, le: date) -> pl.DataFrame:
    """Couverture et portrait public, par commune, territoire, département et zonage, à l'année.

    Returns:
        Table vide si le référentiel public n'a pas été compilé. `millesime` porte l'année,
        `source` les producteurs ; seules les années où la source publie quelque chose.
    """
    try:
        valeurs = valeurs_des_lieux(lieux, le)
    except ErreurDonneesManquantes:
        return vide()
    membres = lieux_des_zones(lieux, le)
    tables = [
        sommer(indicateur, membres, valeurs, lieux, ventilation, modalite)
        for indicateur, ventilation, modalite in _variantes()
    ]
    tables += [publication(membres, valeurs, lieux), reseau(membres, valeurs, lieux, le)]
    tables += quartiers(membres, valeurs, lieux, le)
    tables += _departementales(membres, lieux)
    tables += valeurs_publiees(lieux)
    sans_parents = pl.DataFrame(
        schema={
            **dict.fromkeys(("maille", "zone", "pas", "periode"), pl.String()),
            "parents": pl.List(pl.String()),
        }
    )
    return ordonner(pl.concat(tables), sans_parents)


def _variantes() -> Iterator[tuple[Indicateur, str, str]]:
    for indicateur in (*COUVERTURE, *PORTRAIT):
        yield indicateur, "", ""
        if indicateur.code in _PAR_MODE:
            yield from ((indicateur, "mode", mode) for mode in MODES)


def _departementales(membres: pl.DataFrame, lieux: Lieux) -> list[pl.DataFrame]:
    try:
        publiees = lire_referentiel(lieux.referentiel, "departements_annee")
    except ErreurDonneesManquantes:
        return []
    siens = membres.filter(pl.col("maille") == "departement").select("maille", "zone").unique()
    valeurs = publiees.rename({"departement": "lieu"})
    return [sommer(i, siens.with_columns(lieu="zone"), valeurs, lieux) for i in DEPARTEMENTALES]
