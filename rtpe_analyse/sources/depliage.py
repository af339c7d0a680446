"""Plusieurs colonnes deviennent plusieurs lignes : plannings, jours d'un classeur, variables."""

import polars as pl

from rtpe_analyse.sources.descripteur_colonnes import Deplier
from rtpe_analyse.sources.grille import Grille


def deplier(donnees: pl.DataFrame, regle: Deplier, nom_table: str, grille: Grille) -> pl.DataFrame:
    """Une ligne par (ligne du fichier × groupe de colonnes).

    Args:
        donnees: lignes du fichier : colonnes de la table déjà remplies, cellules brutes
            (« 0 », « 1 »…) et `_ligne`.
        regle: le dépliage déclaré.
        nom_table: la table remplie.
        grille: d'où viennent les groupes et l'adresse des cellules.

    Returns:
        Les lignes dépliées, dans l'ordre du fichier puis des colonnes. Une ligne dont toutes
        les valeurs sont absentes n'existe pas, sauf `garder_vides`.
    """
    valeurs = tuple(regle.valeurs) or (regle.valeur or "",)
    morceaux = []
    for rang, groupe in enumerate(grille.entete.groupes[nom_table]):
        colonnes = [
            pl.col(str(groupe.colonnes[nom])).alias(nom)
            if nom in groupe.colonnes
            else pl.lit(None, pl.String).alias(nom)
            for nom in valeurs
        ]
        colonnes.append(pl.lit(groupe.valeur).alias(regle.colonne))
        if regle.annee:
            colonnes.append(pl.lit(groupe.annee, pl.String).alias(regle.annee))
        lieu = grille.lieu(min(groupe.colonnes.values()))
        morceaux.append(donnees.with_columns(*colonnes, lieu, pl.lit(rang).alias("_groupe")))
    lignes = pl.concat(morceaux)
    if not regle.garder_vides:
        lignes = lignes.filter(~pl.all_horizontal(pl.col(valeurs).is_null()))
    return lignes.sort("_ligne", "_groupe").drop("_groupe")
