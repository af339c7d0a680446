"""Les chiffres publics des lieux (communes et IRIS), complétés de ce qui s'en déduit."""

from collections.abc import Sequence
from datetime import date
from typing import Any

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
# Chaque chiffre déduit : les variables publiées dont il vient, et de combien d'années avant.
DEDUITES: dict[str, dict[str, tuple[int, ...]]] = {
    "menages_avec_enfants": {"menages_monoparentaux": (0,), "menages_couples_avec_enfants": (0,)},
    "taux_pauvrete": {"taux_pauvrete_pct": (0,)},
    "naissances_trois_ans": {"naissances": tuple(range(TROIS_ANS))},
    "naissances_suivies": {"naissances": (0,)},
    "naissances_avant": {"naissances": (RECUL,)},
    "naissances_variation": {"naissances": (0, RECUL)},
    "enfants_sans_place": {ENFANTS: (0,), "places_total": (0,)},
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


def provenance(
    lieux: Lieux,
    colonnes: Sequence[str],
    fichiers: Sequence[str] = FICHIERS,
    annee: int | None = None,
) -> str:
    """Producteur et jeu des sources d'un chiffre, d'après les fiches du référentiel.

    Args:
        lieux: dossiers du jeu.
        colonnes: variables du référentiel, ou `DEDUITES`.
        fichiers: fichiers où chercher chacune ; le premier qui la publie l'emporte.
        annee: année du chiffre ; toutes si elle n'est pas donnée.

    Returns:
        « Cnaf, data.caf.fr… ; … » ; « (somme des IRIS) » après une source que la commune n'a
        que par ses IRIS. Vide si les fiches manquent, ou si rien n'est publié cette année-là.
    """
    noms: list[str] = []
    for colonne in colonnes:
        for variable, reculs in DEDUITES.get(colonne, {colonne: (0,)}).items():
            voulues = None if annee is None else {annee - recul for recul in reculs}
            for fichier in fichiers:
                trouvees = _sources(lieux, fichier, variable, voulues)
                noms += trouvees
                if trouvees:
                    break
    return " ; ".join(dict.fromkeys(noms))


def sourcer(
    zones: pl.DataFrame,
    lieux: Lieux,
    colonnes: Sequence[str],
    fichiers: Sequence[str] = FICHIERS,
    nom: str = "source",
) -> pl.DataFrame:
    """Ajoute à des zones la provenance de leur chiffre, année par année.

    Args:
        zones: table qui porte `annee`.
        lieux: dossiers du jeu.
        colonnes: variables du chiffre.
        fichiers: fichiers où les chercher.
        nom: colonne ajoutée.
    """
    annees = zones["annee"].drop_nulls().unique().sort()
    dites = pl.DataFrame(
        {"annee": annees, nom: [provenance(lieux, colonnes, fichiers, a) for a in annees]},
        schema={"annee": zones.schema["annee"], nom: pl.String()},
    )
    return zones.join(dites, on="annee", how="left", maintain_order="left")


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


def _sources(lieux: Lieux, fichier: str, variable: str, annees: set[int] | None) -> list[str]:
    """Les sources d'une variable dans un fichier, à certaines années (toutes si None)."""
    decrites = _fiche(lieux, fichier).get("variables", {})
    lues = EFFECTIFS_IRIS.get(variable, (variable,)) if fichier == IRIS else (variable,)
    codes: list[str] = []
    for lue in (v for v in lues if v in decrites):
        par_annee = decrites[lue].get("sources")
        if par_annee is None:
            # Fiche d'avant le détail par année : les sources que la variable peut avoir.
            citees = _citees(lieux, fichier)
            codes += [c for c in variables_publiques()[lue].sources if c in citees]
        else:
            codes += [c for c, a in par_annee.items() if annees is None or annees & set(a)]
    return [_nommer(lieux, fichier, code) for code in dict.fromkeys(codes)]


def _nommer(lieux: Lieux, fichier: str, code: str) -> str:
    sienne = _citees(lieux, fichier).get(code)
    if sienne is not None:
        return sienne
    sommee = _citees(lieux, IRIS).get(code)
    return f"{sommee} (somme des IRIS)" if sommee else code


def _citees(lieux: Lieux, fichier: str) -> dict[str, str]:
    return {
        s["source"]: f"{s['producteur'].split(',')[0]}, {s['jeu']}"
        for s in _fiche(lieux, fichier).get("sources", [])
    }


def _fiche(lieux: Lieux, fichier: str) -> dict[str, Any]:
    try:
        return lire_fiche(lieux.referentiel, fichier)
    except ErreurDonneesManquantes:
        return {}
