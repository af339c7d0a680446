"""Textes, oui/non et valeurs traduites vers les listes fermées."""

from collections.abc import Mapping

import polars as pl

from rtpe_analyse.nettoyage.cellules import (
    ENUM_CORRECTION,
    ENUM_REJET,
    absente,
    correction,
    erreur,
    lecture,
)
from rtpe_analyse.nomenclatures.reperage import Repertoire, plier

_OUI = ("oui", "o", "vrai", "true", "1", "x")
_NON = ("non", "n", "faux", "false", "0")


def lire_textes(
    bruts: pl.Series,
    admises: frozenset[str] | None = None,
    forme: str = "",
    longueur: int = 0,
) -> pl.DataFrame:
    """Textes tels quels ; hors de `admises`, `valeur_inconnue` ; sans la `forme`, elle manque.

    Args:
        bruts: écritures distinctes, sans blancs autour.
        admises: liste fermée, s'il y en a une ; reconnue sans casse ni accents.
        forme: expression que toute la valeur doit suivre (motif `forme_inattendue`), ou vide.
        longueur: caractères attendus d'un code ; un nombre d'un chiffre de moins reprend son
            zéro de tête (correction `code_tronque`). Zéro : tel quel.
    """
    if admises is None:
        ampute = pl.lit(False)
        if longueur > 1:
            ampute = pl.col("brut").str.contains(rf"^[1-9]\d{{{longueur - 2}}}$")
        texte = pl.when(ampute).then("0" + pl.col("brut")).otherwise("brut")
        suivie = texte.str.contains(f"^(?:{forme})$") if forme else pl.lit(True)
        lue = pl.when(suivie).then(texte)
        corrige = pl.when(ampute).then(correction("code_tronque"))
        return lecture(bruts, lue, erreur("forme_inattendue"), corrige)
    par_forme = {plier(valeur): valeur for valeur in sorted(admises)}
    trouvees = _traduire(bruts, par_forme)
    return lecture(bruts, trouvees, erreur("valeur_inconnue"))


def lire_booleens(bruts: pl.Series, vrai: tuple[str, ...], faux: tuple[str, ...]) -> pl.DataFrame:
    """Oui ou non, sans casse ni accents ; motif `valeur_inconnue`.

    Args:
        bruts: écritures distinctes.
        vrai: écritures du oui ; vide, les usuelles (oui, o, vrai, true, 1, x).
        faux: écritures du non ; vide, les usuelles (non, n, faux, false, 0).
    """
    sens = {plier(f): "1" for f in vrai or _OUI} | {plier(f): "0" for f in faux or _NON}
    return lecture(bruts, _traduire(bruts, sens) == "1", erreur("valeur_inconnue"))


def traduire_valeurs(
    bruts: pl.Series, traduction: Mapping[str, str | None], *, stricte: bool
) -> pl.Series:
    """Remplace chaque écriture par sa valeur propre (sans casse ni accents).

    Args:
        bruts: écritures distinctes.
        traduction: écriture → valeur ; une valeur absente ou vide efface la cellule.
        stricte: sinon, une écriture sans traduction passe telle quelle.

    Returns:
        Série alignée sur `bruts` ; absente où la traduction efface, ou manque si `stricte`.
    """
    formes = {plier(cle) or cle: valeur for cle, valeur in traduction.items()}
    admises = {valeur for valeur in traduction.values() if valeur}
    traduites = [
        formes[forme] or None
        if (forme := plier(brut) or brut) in formes
        else (brut if brut in admises or not stricte else None)
        for brut in bruts
    ]
    return pl.Series("brut", traduites, pl.String)


def sans_traduction(bruts: pl.Series, traduction: Mapping[str, str | None]) -> pl.Series:
    """Vrai où une écriture non vide n'a pas de traduction et n'est pas déjà une valeur propre."""
    connues = {plier(cle) or cle for cle in traduction}
    admises = {valeur for valeur in traduction.values() if valeur}
    inconnues = [(plier(b) or b) not in connues and b not in admises for b in bruts]
    return pl.Series("inconnue", inconnues, pl.Boolean)


def lire_lieux(bruts: pl.Series, repertoire: Repertoire, *, rejeter: bool) -> pl.DataFrame:
    """Codes d'un répertoire de lieux, à partir de codes ou de noms.

    Args:
        bruts: écritures distinctes.
        repertoire: établissements ou communes.
        rejeter: un lieu introuvable donne `code_inconnu` ; sinon la valeur reste absente.
    """
    trouvailles = [repertoire.trouver(brut) for brut in bruts]
    codes = pl.Series("code", [t and t.code for t in trouvailles], pl.String)
    corrections = pl.Series("c", [t and t.correction for t in trouvailles], ENUM_CORRECTION)
    faute = erreur("code_inconnu") if rejeter else pl.lit(None, ENUM_REJET)
    table = bruts.alias("brut").to_frame().with_columns(codes, corrections)
    return table.select(
        "brut",
        valeur=pl.col("code"),
        erreur=pl.when(pl.col("code").is_null() & ~absente(pl.col("brut"))).then(faute),
        correction=pl.col("c"),
    )


def _traduire(bruts: pl.Series, formes: Mapping[str, str]) -> pl.Expr:
    return pl.lit(pl.Series([formes.get(plier(brut)) for brut in bruts], dtype=pl.String))
