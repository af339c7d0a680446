"""Ce que d'autres ont publié pour la même zone et la même année, à côté de nos totaux."""

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.modele import Indicateur, NonAgregeable
from rtpe_analyse.indicateurs.parts import etat
from rtpe_analyse.indicateurs.presences import CONNU
from rtpe_analyse.indicateurs.publics import declarer, ranger
from rtpe_analyse.nomenclatures.publiees import lire_publiees

_SUFFIXE = "p"


def _publie(code: str, libelle: str, unite: str) -> Indicateur:
    return declarer(
        code + _SUFFIXE,
        libelle,
        unite,
        NonAgregeable("valeur_publiee"),
        f"Valeur publiée de {code}, telle quelle, arrondie par celui qui la publie.",
        source="référentiel public valeurs_publiees",
        limites="Sert à vérifier nos totaux : un écart vient des communes que la source "
        "détaillée ne nomme pas, ou de l'arrondi.",
    )


PUBLIEES: tuple[Indicateur, ...] = (
    _publie("B1", "Taux de couverture publié", "%"),
    _publie("S2", "Naissances domiciliées publiées", "naissances"),
    _publie("S14", "Places d'accueil publiées", "places"),
)


def valeurs_publiees(lieux: Lieux) -> list[pl.DataFrame]:
    """Les valeurs publiées des zones citées au référentiel, aux années qu'il dit."""
    lues = lire_publiees(lieux)
    tables = []
    for indicateur in PUBLIEES:
        facteur = 100 if indicateur.unite == "%" else 1
        siennes = lues.filter(
            pl.col("indicateur") == indicateur.code.removesuffix(_SUFFIXE)
        ).select(
            "maille",
            "zone",
            "annee",
            pl.lit(CONNU).alias(etat("ensemble")),
            numerateur=pl.col("valeur") / facteur,
            source=pl.format("{}, {}", "producteur", "reference"),
        )
        tables.append(ranger(indicateur, siennes, ""))
    return tables
