"""Lire un fichier reçu : ce qui sort d'ici ne nomme plus personne."""

import re
from dataclasses import dataclass

import polars as pl

from rtpe_analyse.erreurs import ErreurFichier
from rtpe_analyse.sources.contenu import Contenu, Ouverture
from rtpe_analyse.sources.depliage import deplier
from rtpe_analyse.sources.descripteur_colonnes import INGREDIENTS, ColonneSource, TableSource
from rtpe_analyse.sources.descripteur_modele import Descripteur
from rtpe_analyse.sources.ecarts import Tri, trier
from rtpe_analyse.sources.fiches import Fiche
from rtpe_analyse.sources.grille import Grille
from rtpe_analyse.sources.noms_egares import CODE as NOM_DANS_UN_CODE
from rtpe_analyse.sources.noms_egares import NOM_EGARE, noms_egares
from rtpe_analyse.sources.porte import NAISSANCE_ILLISIBLE, espace_du_fichier, passer
from rtpe_analyse.tableaux import empreinte_octets

SCHEMA_ISSUES = {
    "table": pl.String(),
    "ligne": pl.Int64(),
    "lieu": pl.String(),
    "colonne": pl.String(),
    "code": pl.String(),
    "issue": pl.String(),
}
SCHEMA_CORRECTIONS = {
    "table": pl.String(),
    "ligne": pl.Int64(),
    "lieu": pl.String(),
    "colonne": pl.String(),
    "code": pl.String(),
    "avant": pl.String(),
    "apres": pl.String(),
}


@dataclass(frozen=True)
class Lecture:
    """Ce qu'un fichier donne, une fois la porte passée.

    Attributes:
        tables: table → lignes en texte, colonnes propres déclarées par le descripteur, plus
            `_ligne` (ligne physique, 1 = première) et `_lieu` (« Feuille!AB12 », vide en CSV).
        issues: lignes qui n'arrivent pas dans `tables`, avec leur motif (`SCHEMA_ISSUES`).
        corrections: corrections faites à la lecture (`SCHEMA_CORRECTIONS`).
        lues: table → lignes de données lues ; égal aux lignes rendues plus les issues.
        colonnes_ignorees: intitulés que le descripteur ne connaît pas, jamais transmis.
    """

    tables: dict[str, pl.DataFrame]
    issues: pl.DataFrame
    corrections: pl.DataFrame
    lues: dict[str, int]
    colonnes_ignorees: tuple[str, ...] = ()


def lire(fiche: Fiche, descripteur: Descripteur, cle: bytes) -> Lecture:
    """Lit un fichier brut et le pseudonymise.

    Args:
        fiche: le fichier reçu.
        descripteur: comment le lire.
        cle: clé des pseudonymes du jeu (ignorée pour une source publique).

    Raises:
        ErreurFichier: purgé, modifié depuis sa réception, ou refusé en entier (`code`).
    """
    try:
        octets = fiche.chemin.read_bytes()
    except OSError as erreur:
        raise ErreurFichier(
            f"Le fichier brut {fiche.nom} n'est plus là (purgé ?).",
            "Ses tables propres restent valables ; pour le relire, le recevoir à nouveau.",
        ) from erreur
    if empreinte_octets(octets) != fiche.empreinte:
        raise ErreurFichier(
            f"Le fichier brut {fiche.nom} a été modifié depuis sa réception.",
            "Remettre l'original, ou effacer le fichier et sa fiche puis le recevoir à nouveau.",
        )
    return assembler(Contenu(octets).ouvrir(descripteur), fiche, descripteur, cle)


def assembler(ouverture: Ouverture, fiche: Fiche, descripteur: Descripteur, cle: bytes) -> Lecture:
    """Trie, pseudonymise et met en tables les grilles d'un fichier."""
    parties: dict[str, list[pl.DataFrame]] = {nom: [] for nom in descripteur.tables}
    issues: list[pl.DataFrame] = []
    for grille in ouverture.grilles:
        tri = trier(grille, descripteur)
        issues.append(_issues_du_tri(tri, grille, next(iter(descripteur.tables))))
        espace = espace_du_fichier(descripteur, fiche.nom) if descripteur.produits else ""
        produits = passer(tri.donnees, grille, descripteur, espace, cle)
        lignes = tri.donnees.hstack(produits)
        for nom, source in descripteur.tables.items():
            egares = noms_egares(nom, source, lignes, grille)
            table = _table(nom, source, lignes.with_columns(egares), grille, fiche, descripteur)
            refus = [(NOM_EGARE, "", NOM_DANS_UN_CODE)]
            if _depend_de_la_naissance(source):
                refus.append((NAISSANCE_ILLISIBLE, "naissance", "date_impossible"))
            for marque, colonne, code in refus:
                issues.append(_refusees(table, nom, marque, colonne, code))
                table = table.filter(~pl.col(marque))
            parties[nom].append(table.select(*source.noms, "_ligne", "_lieu"))
    tables = {nom: pl.concat(morceaux) for nom, morceaux in parties.items()}
    toutes = pl.concat(issues)
    comptes = dict(toutes.group_by("table").len().iter_rows())
    ignorees = [nom for grille in ouverture.grilles for nom in grille.entete.ignorees]
    ignorees += [f"feuille « {nom} »" for nom in ouverture.autres_feuilles]
    return Lecture(
        tables,
        toutes,
        _corrections(ouverture, next(iter(descripteur.tables))),
        {nom: table.height + comptes.get(nom, 0) for nom, table in tables.items()},
        tuple(dict.fromkeys(ignorees)),
    )


def _table(
    nom: str,
    source: TableSource,
    lignes: pl.DataFrame,
    grille: Grille,
    fiche: Fiche,
    descripteur: Descripteur,
) -> pl.DataFrame:
    simples = grille.entete.simples[nom]
    fixes = valeurs_fixes(source, grille, fiche.nom, fiche.millesime)
    colonnes = [
        _origine(colonne, simples.get(propre, ()), fixes.get(propre)).alias(propre)
        for propre, colonne in source.colonnes.items()
        if colonne.origines
    ]
    gardees = ["_ligne", NAISSANCE_ILLISIBLE, NOM_EGARE]
    if source.deplier is None:
        premiere = next((r for r, nom in enumerate(grille.entete.intitules) if nom), 0)
        table = lignes.select(*colonnes, *gardees, grille.lieu(premiere))
    else:
        rangs = {r for g in grille.entete.groupes[nom] for r in g.colonnes.values()}
        table = lignes.select(*colonnes, *gardees, *(str(rang) for rang in sorted(rangs)))
        table = deplier(table, source.deplier, nom, grille)
    if descripteur.absents:
        # Un texte « absent » n'est pas une valeur : le dépliage garde alors la ligne, vide.
        vides = [absent.casefold() for absent in descripteur.absents]
        lues = [c for c in source.noms if source.colonnes.get(c, _VIDE).porte is None]
        table = table.with_columns(
            pl.when(~pl.col(c).str.strip_chars().str.to_lowercase().is_in(vides)).then(pl.col(c))
            for c in lues
        )
    return table


_VIDE = ColonneSource()


def valeurs_fixes(
    source: TableSource, grille: Grille, nom_fichier: str, millesime: str
) -> dict[str, str]:
    """Colonnes propres qui valent la même chose dans tout le fichier.

    Raises:
        ErreurFichier: `colonne_cle_absente` si le titre ou le nom du fichier ne les dit pas.
    """
    trouvees: dict[str, str | None] = {}
    for propre, colonne in source.colonnes.items():
        if colonne.constante is not None:
            trouvees[propre] = colonne.constante
        elif colonne.contexte:
            trouvees[propre] = grille.contexte.get(colonne.contexte)
        elif colonne.nom_fichier:
            trouvees[propre] = _capture(colonne.nom_fichier, nom_fichier)
        elif colonne.millesime:
            motif = "(.*)" if colonne.millesime is True else colonne.millesime
            trouvees[propre] = _capture(motif, millesime)
    if manquantes := [propre for propre, valeur in trouvees.items() if valeur is None]:
        raise ErreurFichier(
            f"Ni les lignes de titre ni le nom du fichier ne disent : {', '.join(manquantes)}.",
            "Rendre au fichier son nom et ses titres d'export, ou compléter le descripteur.",
            code="colonne_cle_absente",
        )
    return {propre: valeur for propre, valeur in trouvees.items() if valeur is not None}


def _origine(colonne: ColonneSource, rangs: tuple[int, ...], fixe: str | None) -> pl.Expr:
    if colonne.porte:
        return pl.col(colonne.porte)
    cellules = pl.coalesce([*(pl.col(str(rang)) for rang in rangs), pl.lit(fixe, pl.String)])
    if colonne.extraire is None:
        return cellules
    return pl.coalesce(cellules.str.extract(colonne.extraire, 1), cellules)


def _capture(motif: str, texte: str) -> str | None:
    trouve = re.search(motif, texte, re.IGNORECASE)
    return trouve[1] if trouve else None


def _depend_de_la_naissance(source: TableSource) -> bool:
    produits = [c.porte for c in source.colonnes.values() if c.porte]
    return any("naissance" in INGREDIENTS[produit] for produit in produits)


def _issues_du_tri(tri: Tri, grille: Grille, table: str) -> pl.DataFrame:
    return tri.ecarts.select(
        pl.lit(table).alias("table"),
        pl.col("_ligne").alias("ligne"),
        grille.lieu(0).alias("lieu"),
        pl.lit("").alias("colonne"),
        "code",
        "issue",
    )


def _refusees(table: pl.DataFrame, nom: str, marque: str, colonne: str, code: str) -> pl.DataFrame:
    return table.filter(marque).select(
        pl.lit(nom).alias("table"),
        pl.col("_ligne").alias("ligne"),
        pl.col("_lieu").alias("lieu"),
        pl.lit(colonne).alias("colonne"),
        pl.lit(code).alias("code"),
        pl.lit("rejete").alias("issue"),
    )


def _corrections(ouverture: Ouverture, table: str) -> pl.DataFrame:
    lignes = [(table, 0, "", "", "bom", None, None)] if ouverture.marque else []
    return pl.DataFrame(lignes, schema=SCHEMA_CORRECTIONS, orient="row")
