"""Les lignes qui ne sont pas des données : totaux, notes de pied, en-tête répété."""

import re
from dataclasses import dataclass

import polars as pl

from rtpe_analyse.sources.descripteur_modele import Descripteur, RegleEcart
from rtpe_analyse.sources.grille import Grille
from rtpe_analyse.sources.textes import plier, sans_accents


@dataclass(frozen=True)
class Tri:
    """Une grille triée.

    Attributes:
        donnees: les lignes de données.
        ecarts: `_ligne`, `code`, `issue` de ce qui n'en est pas.
    """

    donnees: pl.DataFrame
    ecarts: pl.DataFrame


def code_ecart(cellule: str, descripteur: Descripteur) -> str | None:
    """Code d'écart d'une première cellule ; None si aucune règle ne la reconnaît."""
    for regle in descripteur.ecarter:
        if regle.colonne is regle.intitule is None and _reconnait(regle, cellule):
            return regle.code
    return None


def trier(grille: Grille, descripteur: Descripteur) -> Tri:
    """Sépare les lignes de données du reste, sans en perdre aucune."""
    cellules = grille.cellules
    rangs = [c for c in cellules.columns if c != "_ligne"]
    code = _code_entete_repete(grille)
    premiere = cellules.select(pl.coalesce(rangs)).to_series()
    for regle in descripteur.ecarter:
        for colonne in _colonnes_examinees(regle, grille, premiere):
            vus = [v for v in colonne.unique().to_list() if v and _reconnait(regle, v)]
            if vus:
                code = pl.coalesce(code, pl.when(colonne.is_in(vus)).then(pl.lit(regle.code)))
    avec_code = cellules.select("_ligne", code.alias("code"))
    marque = avec_code["code"].is_not_null()
    autres = [
        (ligne, ecart or "ligne_malformee", "ecarte" if ecart else "rejete")
        for ligne, cellule in grille.malformees
        for ecart in [code_ecart(cellule, descripteur)]
    ]
    schema = {"_ligne": pl.Int64(), "code": pl.String(), "issue": pl.String()}
    ecartees = avec_code.filter(marque).with_columns(issue=pl.lit("ecarte"))
    return Tri(
        cellules.filter(~marque),
        pl.concat([ecartees, pl.DataFrame(autres, schema=schema, orient="row")]).sort("_ligne"),
    )


def _reconnait(regle: RegleEcart, cellule: str) -> bool:
    return re.match(regle.motif, sans_accents(cellule.strip())) is not None


def _code_entete_repete(grille: Grille) -> pl.Expr:
    """Une ligne dont toutes les colonnes clés redisent leur intitulé."""
    redites = [
        pl.col(str(rang)).str.strip_chars() == grille.entete.intitules[rang]
        for rang in grille.entete.cles
        if grille.entete.intitules[rang]
    ]
    if not redites:
        return pl.lit(None, pl.String)
    return pl.when(pl.all_horizontal(redites)).then(pl.lit("entete_repetee"))


def _colonnes_examinees(regle: RegleEcart, grille: Grille, premiere: pl.Series) -> list[pl.Series]:
    if regle.intitule is not None:
        noms = [plier(nom) for nom in grille.entete.intitules]
        rang = noms.index(plier(regle.intitule)) if plier(regle.intitule) in noms else None
        return [] if rang is None else [grille.cellules[str(rang)]]
    if regle.colonne is None:
        return [premiere]
    rangs = {
        table[regle.colonne][0]
        for table in grille.entete.simples.values()
        if regle.colonne in table
    }
    return [grille.cellules[str(rang)] for rang in sorted(rangs)]
