"""La fiche de chaque fichier du référentiel : d'où il vient, comment il a été fait, ses limites."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from rtpe_analyse.nomenclatures.publiques import FichierReferentiel, lire_fiche
from rtpe_analyse.sources import Fiche, descripteur_de
from rtpe_analyse.sources.fiches import SUFFIXE_FICHE
from rtpe_analyse.tableaux import ecrire_texte

_DECIMALES = 1
_DECIMALES_POSITION = 5
_TRANSFORMATIONS = (
    "Lu, typé et dédoublonné par la chaîne du projet (recevoir, nettoyer) ; "
    "les fichiers d'origine ne sont pas modifiés.",
    "Mis au format large : une ligne par zone et par année, une colonne par variable.",
    "Quand plusieurs fichiers publient le même chiffre : celui de la source préférée, puis du "
    "fichier le plus récent ; jamais de somme ni de moyenne.",
    "Nombres arrondis à une décimale.",
)
_CALCULS = {
    "places_sur_taux": "Enfants de moins de 3 ans : places offertes ÷ taux de couverture × 100, "
    "tous modes d'accueil ; les bornes basse et haute sont l'intersection des intervalles que "
    "donnent tous les modes, places et taux étant arrondis à leur dernier chiffre publié.",
    "somme_iris": "Effectifs communaux sommés depuis iris_annee.csv, faute de chiffre publié : "
    "absents s'il manque un IRIS habité, sauf les enfants d'allocataires, sommés sur les IRIS "
    "diffusés, avec le nombre d'IRIS qui manquent.",
}
_LIMITES = (
    "Une cellule vide est un chiffre non publié, couvert par le secret ou non reçu ; ce n'est "
    "jamais un zéro. Une zone que les sources ne nomment pas n'a pas de ligne.",
)
_LIMITES_CALCULS = {
    "places_sur_taux": "Les enfants de moins de 3 ans sont estimés, non recensés.",
    "somme_iris": "La somme des enfants d'allocataires est un minorant quand des IRIS manquent.",
}


class _EnLigne(list[int]):
    """Liste écrite sur une ligne du YAML."""


class _Ecrivain(yaml.SafeDumper):
    """Écrit les listes d'années sur une ligne."""


_Ecrivain.add_representer(
    _EnLigne,
    lambda ecrivain, liste: ecrivain.represent_sequence("tag:yaml.org,2002:seq", liste, True),
)


def composer_fiche(
    fichier: FichierReferentiel,
    large: pl.DataFrame,
    fiches: Sequence[Fiche],
    bilan: pl.DataFrame,
    annees: Mapping[str, tuple[int, int]],
    provenances: pl.DataFrame,
    desaccords: int,
) -> dict[str, Any]:
    """Contenu de la fiche, dans un ordre fixe (mêmes fichiers reçus, même fiche à l'octet).

    Args:
        fichier: fichier du référentiel.
        large: table écrite dans le CSV.
        fiches: fiches des fichiers reçus dont viennent ses lignes.
        bilan: bilan de nettoyage (lignes lues, propres, rejetées, écartées par fichier et table).
        annees: première et dernière année que décrit chaque fichier (empreinte courte).
        provenances: `variable, annee, source` de chaque chiffre gardé ou calculé.
        desaccords: chiffres publiés deux fois avec des valeurs différentes.
    """
    calculs = [
        calcul
        for calcul in _CALCULS
        if any(calcul == v.calcul and large[n].count() for n, v in fichier.variables.items())
        and fichier.maille == "communes"
    ]
    sources, limites = decrire_sources(fiches, fichier.table, bilan, annees)
    fiche: dict[str, Any] = {
        "titre": fichier.titre,
        "fichier": f"{fichier.nom}.csv",
        "lignes": large.height,
        "zones": large[fichier.cles[0]].n_unique(),
        "annees": _EnLigne(large["annee"].unique().sort()),
        "sources": sources,
        "variables": {
            nom: {
                "libelle": v.libelle,
                "unite": v.unite,
                "annees": publiees,
                "sources": _sources_par_annee(provenances, nom),
            }
            for nom, v in fichier.variables.items()
            if (publiees := _annees(large, nom))
        },
        "transformations": [*_TRANSFORMATIONS, *(_CALCULS[c] for c in calculs)],
        "limites": [*_LIMITES, *(_LIMITES_CALCULS[c] for c in calculs), *dict.fromkeys(limites)],
    }
    if desaccords:
        sujet = "1 chiffre est publié" if desaccords == 1 else f"{desaccords} chiffres sont publiés"
        fiche["limites"].append(
            f"{sujet} deux fois avec des valeurs différentes : la première dans l'ordre de "
            "préférence des sources est gardée."
        )
    return fiche


def decrire_sources(
    fiches: Sequence[Fiche],
    table: str,
    bilan: pl.DataFrame,
    annees: Mapping[str, tuple[int, int]],
) -> tuple[list[dict[str, Any]], list[str]]:
    """Ce que la fiche dit de chaque source, et les limites qu'elles déclarent.

    Args:
        fiches: fichiers reçus qui alimentent la table.
        table: table propre publique.
        bilan: bilan de nettoyage.
        annees: années décrites par chaque fichier, s'il en porte.
    """
    sources: list[dict[str, Any]] = []
    limites: list[str] = []
    for code in sorted({f.source for f in fiches}):
        siennes = sorted((f for f in fiches if f.source == code), key=lambda f: f.nom)
        descripteur = descripteur_de(siennes[0])
        limites += descripteur.limites
        sources.append(
            {
                "source": code,
                "libelle": descripteur.libelle,
                "producteur": descripteur.producteur,
                "jeu": descripteur.jeu,
                "licence": descripteur.droits,
                "fichiers": [_fichier(f, table, bilan, annees) for f in siennes],
            }
        )
    return sources, limites


def decrire(dossier: Path) -> list[str]:
    """Une phrase par fichier du référentiel : ce qu'il contient, ses années, ses producteurs."""
    dites = []
    for chemin in sorted(dossier.glob(f"*{SUFFIXE_FICHE}")):
        fiche = lire_fiche(dossier, chemin.name.removesuffix(SUFFIXE_FICHE))
        annees = fiche.get("annees") or []
        quand = f", de {annees[0]} à {annees[-1]}" if annees else ""
        qui = list(
            dict.fromkeys(
                s["producteur"].split(",")[0] for s in fiche["sources"] if "producteur" in s
            )
        )
        de = f" ; {', '.join(qui)}" if qui else ""
        dites.append(
            f"{fiche['fichier']} : {fiche['titre']} ({fiche['lignes']} lignes{quand}){de}."
        )
    return dites


def ecrire_table(dossier: Path, nom: str, table: pl.DataFrame, fiche: dict[str, Any]) -> None:
    """Écrit le CSV (UTF-8, virgule, absent = vide) et sa fiche, chacun d'un seul geste."""
    reelles = [c for c, genre in table.schema.items() if genre == pl.Float64]
    textes = table.with_columns(_ecriture(c) for c in reelles)
    ecrire_texte(dossier / f"{nom}.csv", textes.write_csv())
    entete = "# Écrite par « rtpe referentiel » ; ne pas modifier à la main.\n"
    corps = yaml.dump(fiche, Dumper=_Ecrivain, allow_unicode=True, sort_keys=False, width=100)
    ecrire_texte(dossier / f"{nom}{SUFFIXE_FICHE}", entete + corps)


def _ecriture(colonne: str) -> pl.Expr:
    """Sans zéro inutile : « 12 », « 12.5 »."""
    position = colonne in ("latitude", "longitude")
    arrondi = pl.col(colonne).round(_DECIMALES_POSITION if position else _DECIMALES)
    entier = arrondi.cast(pl.Int64, strict=False)
    texte = pl.when(arrondi == entier).then(entier.cast(pl.String))
    return texte.otherwise(arrondi.cast(pl.String)).alias(colonne)


def _annees(large: pl.DataFrame, variable: str) -> _EnLigne:
    return _EnLigne(large.filter(pl.col(variable).is_not_null())["annee"].unique().sort())


def _sources_par_annee(provenances: pl.DataFrame, variable: str) -> dict[str, _EnLigne]:
    siennes = provenances.filter(pl.col("variable") == variable).sort("source", "annee")
    groupes = siennes.group_by("source", maintain_order=True).agg("annee")
    return {source: _EnLigne(annees) for source, annees in groupes.iter_rows()}


def _fichier(
    fiche: Fiche, table: str, bilan: pl.DataFrame, annees: Mapping[str, tuple[int, int]]
) -> dict[str, Any]:
    comptes = bilan.filter(
        pl.col("fichier") == fiche.empreinte_courte, pl.col("table") == table
    ).select("lues", "propres", "rejetees", "ecartees")
    decrites = annees.get(fiche.empreinte_courte)
    # Un fichier qui ne dit pas son millésime a celui de sa réception : les années le datent mieux.
    date_de_reception = fiche.millesime == f"{fiche.recu_le:%Y-%m}"
    return {
        "nom": fiche.nom,
        **({} if date_de_reception and decrites else {"millesime": fiche.millesime}),
        **({"annees": "-".join(map(str, dict.fromkeys(decrites)))} if decrites else {}),
        "recu_le": fiche.recu_le,
        "empreinte": fiche.empreinte,
        "lignes": comptes.row(0, named=True) if comptes.height else {},
    }
