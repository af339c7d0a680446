"""Les chiffres publics des lieux (communes et IRIS), complétés de ce qui s'en déduit."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.erreurs import ErreurDonneesManquantes
from rtpe_analyse.indicateurs.geographie import lire_passages, passer
from rtpe_analyse.nomenclatures.effectifs_iris import EFFECTIFS_IRIS, effectif
from rtpe_analyse.nomenclatures.publiques import (
    lire_fiche,
    lire_referentiel,
    variables_publiques,
)

FICHIER = "communes_annee"
IRIS = "iris_annee"
FICHIERS = (FICHIER, IRIS, "departements_annee", "qpv")
ENFANTS = "enfants_moins_3_estimes"
TROIS_ANS = 3
RECUL = 5
"""Années entre les deux termes de l'évolution des naissances (convention éditoriale)."""
# Chaque chiffre déduit, et les variables publiées dont il vient.
DEDUITES: dict[str, tuple[str, ...]] = {
    "menages_avec_enfants": ("menages_monoparentaux", "menages_couples_avec_enfants"),
    "taux_pauvrete": ("taux_pauvrete_pct",),
    "naissances_trois_ans": ("naissances",),
    "naissances_suivies": ("naissances",),
    "naissances_avant": ("naissances",),
    "naissances_variation": ("naissances",),
    "enfants_sans_place": (ENFANTS, "places_total"),
}
# D'où viennent les variables que le référentiel compile sans les lire telles quelles.
_SOURCES_DES_CALCULS = {
    "places_sur_taux": ("cnaf_places_communes", "cnaf_taux_communes"),
    "somme_iris": ("insee_rp_iris",),
}


def valeurs_des_lieux(lieux: Lieux, le: date) -> pl.DataFrame:
    """Chiffres publics de chaque commune et de chaque IRIS, dans la géographie du jour `le`.

    Returns:
        `lieu, annee`, les variables du référentiel et les `DEDUITES`. Vide : non publié pour
        ce lieu, secret, ou perdu par un changement de géographie sans table de passage.

    Raises:
        ErreurDonneesManquantes: si le référentiel des communes n'a pas été compilé.
    """
    communes = lire_referentiel(lieux.referentiel, FICHIER).rename({"commune": "lieu"})
    additives = [c for c in communes.columns if c not in ("lieu", "annee") and _s_additionne(c)]
    publiees = pl.concat([communes, _effectifs_des_iris(lieux)], how="diagonal_relaxed")
    return _deduire(passer(publiees, lire_passages(lieux), additives, le))


def provenance(lieux: Lieux, colonnes: list[str], fichiers: tuple[str, ...] = FICHIERS) -> str:
    """Producteur et jeu des sources d'un chiffre, d'après les fiches du référentiel.

    Args:
        lieux: dossiers du jeu.
        colonnes: variables du référentiel, ou `DEDUITES`.
        fichiers: fichiers où chercher chacune ; le premier qui la publie l'emporte.

    Returns:
        « Cnaf, data.caf.fr… ; … » ; vide si les fiches manquent.
    """
    noms: list[str] = []
    declarees = variables_publiques()
    publiees = [v for c in colonnes for v in DEDUITES.get(c, (c,))]
    for variable in (declarees[c] for c in publiees if c in declarees):
        codes = variable.sources or _SOURCES_DES_CALCULS.get(variable.calcul, ())
        for fichier in fichiers:
            trouvees = [s for s in _sources(lieux, fichier) if s["source"] in codes]
            noms += [f"{s['producteur'].split(',')[0]}, {s['jeu']}" for s in trouvees]
            if trouvees:
                break
    return " ; ".join(dict.fromkeys(noms))


def _s_additionne(variable: str) -> bool:
    unite = variables_publiques()[variable].unite
    return unite != "%" and not unite.startswith(("€", "places pour"))


def _effectifs_des_iris(lieux: Lieux) -> pl.DataFrame:
    try:
        iris = lire_referentiel(lieux.referentiel, IRIS)
    except ErreurDonneesManquantes:
        return pl.DataFrame(schema={"lieu": pl.String, "annee": pl.Int64})
    effectifs = [effectif(noms).alias(nom) for nom, noms in EFFECTIFS_IRIS.items()]
    return iris.with_columns(effectifs).drop("commune").rename({"iris": "lieu"})


def _deduire(valeurs: pl.DataFrame) -> pl.DataFrame:
    naissances = valeurs.select("lieu", "annee", "naissances").drop_nulls()
    for recul, nom in ((1, "_n1"), (2, "_n2"), (RECUL, "naissances_avant")):
        anciennes = naissances.select("lieu", pl.col("annee") + recul, naissances="naissances")
        valeurs = valeurs.join(
            anciennes.rename({"naissances": nom}), on=["lieu", "annee"], how="left"
        )
    nees = pl.col("naissances")
    return valeurs.with_columns(
        menages_avec_enfants=pl.col("menages_monoparentaux")
        + pl.col("menages_couples_avec_enfants"),
        taux_pauvrete=pl.col("taux_pauvrete_pct") / 100,
        naissances_trois_ans=nees + pl.col("_n1") + pl.col("_n2"),
        naissances_suivies=pl.when(
            nees.count().over("lieu") == naissances["annee"].n_unique()
        ).then(nees),
        naissances_variation=nees - pl.col("naissances_avant"),
        enfants_sans_place=pl.col(ENFANTS) - pl.col("places_total"),
    ).drop("_n1", "_n2")


def _sources(lieux: Lieux, fichier: str) -> list[dict[str, str]]:
    try:
        return list(lire_fiche(lieux.referentiel, fichier)["sources"])
    except ErreurDonneesManquantes:
        return []
