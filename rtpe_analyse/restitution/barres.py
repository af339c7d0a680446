"""Barres comparées : la zone et le département, catégorie par catégorie."""

from collections.abc import Sequence

import polars as pl

from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import Mesure
from rtpe_analyse.restitution.objets import Restitution
from rtpe_analyse.restitution.occupation import echelle, unite
from rtpe_analyse.restitution.planches import planche, sans_figure
from rtpe_analyse.restitution.tableaux import Colonne, Ligne, Tableau, cellule


def barres_comparees(
    titre: str,
    conclusion: str,
    libelles: Sequence[str],
    mesures: dict[str, list[Mesure]],
    entete: str,
    *,
    comptes: dict[str, list[Mesure]] | None = None,
    comptes_en: str = "demandes",
) -> Restitution:
    """Figure : des parts par catégorie, la zone à côté du département.

    Args:
        titre: de quoi parle la figure.
        conclusion: titre qui conclut.
        libelles: catégories, de haut en bas.
        mesures: nom de la série → une part par catégorie.
        entete: intitulé des catégories dans le tableau.
        comptes: nom de la série → un nombre par catégorie, montré au tableau seulement.
        comptes_en: unité de ces nombres.
    """
    connues = [(li, m) for s in mesures.values() for li, m in zip(libelles, s, strict=True)]
    connues = [(libelle, m) for libelle, m in connues if m.lisible]
    if len(connues) < 2:
        dites = [f"{libelle} : {m}." for libelle, m in connues]
        return sans_figure(conclusion, " ".join(["Une seule valeur à montrer.", *dites]))
    from rtpe_analyse.restitution import figures

    lues = [
        (libelle, nom, echelle(m))
        for nom, suite in mesures.items()
        for libelle, m in zip(libelles, suite, strict=True)
    ]
    valeurs = pl.DataFrame(lues, schema=["categorie", "serie", "valeur"], orient="row")
    definition = connues[0][1].definition
    svg = figures.barres(
        valeurs.cast({"valeur": pl.Float64}),
        libelles,
        list(mesures),
        unite(definition),
    )
    groupe = "Part" if definition.unite == "%" else "Rapport"
    colonnes = [Colonne(nom, comptes_en, "Nombre") for nom in (comptes or {})] + [
        Colonne(nom, definition.unite, groupe if comptes else "") for nom in mesures
    ]
    lignes = [
        Ligne(
            libelle,
            [cellule(suite[rang]) for suite in (*(comptes or {}).values(), *mesures.values())],
        )
        for rang, libelle in enumerate(libelles)
    ]
    premier = next(iter(mesures))
    dites = [f"{li} : {m}" for li, m in zip(libelles, mesures[premier], strict=True) if m.lisible]
    alt = f"Barres horizontales. {premier} : {' ; '.join(dites)}."
    donnees = Tableau(f"Chiffres de la figure : {titre}", entete, colonnes, lignes)
    return planche(conclusion, alt, svg, donnees, classe="rtpe-basse")


def noms_des_series(contexte: Contexte) -> dict[str, str]:
    """Nom de la série de chaque maille, la zone en premier."""
    return {
        "departement": "Département",
        contexte.maille: contexte.titre,
    }
