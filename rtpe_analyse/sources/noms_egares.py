"""Une personne saisie dans une colonne de texte (section, nom…) : la ligne ne passe pas la porte.

Un numéro, un courriel, une date de naissance y suffisent, dans toute table. Une liste fermée
arrête déjà les noms ; une colonne de texte sans liste les laisserait passer. Un prénom ou un nom
seul n'y suffit pas, sauf celui de l'enfant de la ligne : bien des sections s'appellent Rose ou
Marguerite.
"""

import polars as pl

from rtpe_analyse.schemas import TABLES
from rtpe_analyse.sources.descripteur_colonnes import TableSource
from rtpe_analyse.sources.grille import Grille
from rtpe_analyse.sources.libres import COORDONNEES, compter_noms, repertoire_de_noms

NOM_EGARE = "_nom_egare"
CODE = "nom_dans_un_code"


def noms_egares(nom: str, source: TableSource, lignes: pl.DataFrame, grille: Grille) -> pl.Series:
    """Lignes dont une cellule de texte nomme quelqu'un, ou porte ses coordonnées.

    Args:
        nom: table propre.
        source: ce que le descripteur en dit.
        lignes: lignes de données, cellules brutes.
        grille: d'où l'en-tête dit où sont les colonnes.

    Returns:
        Un booléen par ligne, dans l'ordre.
    """
    porte = grille.entete.porte
    rangs = [
        str(rang)
        for propre, trouves in grille.entete.simples[nom].items()
        if _texte_sans_liste(nom, propre, source)
        for rang in trouves
    ]
    if not rangs:
        return pl.repeat(False, lignes.height, dtype=pl.Boolean, eager=True).alias(NOM_EGARE)
    coordonnees = lignes.select(
        pl.any_horizontal(pl.col(r).fill_null("").str.contains(COORDONNEES) for r in rangs)
    ).to_series()
    if "nom" not in porte:
        return coordonnees.alias(NOM_EGARE)
    personnes = [
        pl.col(str(porte[role])).fill_null("") if role in porte else pl.lit("")
        for role in ("nom", "prenom")
    ]
    cellules = [pl.col(rang).fill_null("") for rang in rangs]
    vues = lignes.select(
        pl.struct(
            pl.concat_str(cellules, separator=" | ").alias("texte"),
            personnes[0].alias("nom"),
            personnes[1].alias("prenom"),
        ).alias("vue")
    )
    distinctes = vues.unique().unnest("vue")
    complets = distinctes.select("nom", "prenom").unique().filter(pl.col("prenom") != "").rows()
    repertoire = repertoire_de_noms(f"{a} {b}" for n, p in complets for a, b in ((n, p), (p, n)))
    nommees = [
        compter_noms(texte, repertoire) > 0 or compter_noms(texte, repertoire_de_noms([sien])) > 0
        for texte, sien, _ in distinctes.iter_rows()
    ]
    coupables = distinctes.filter(pl.Series(nommees, dtype=pl.Boolean)).to_struct()
    return (vues["vue"].is_in(coupables.implode()) | coordonnees).alias(NOM_EGARE)


def _texte_sans_liste(nom: str, propre: str, source: TableSource) -> bool:
    colonne = TABLES[nom].colonnes[propre]
    declaree = source.colonnes[propre]
    return colonne.type == "texte" and colonne.nomenclature is None and not declaree.valeurs
