"""Les IRIS du référentiel : nom, commune et position, d'après les contours reçus."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.nettoyage.referentiel_fiches import decrire_sources, ecrire_table
from rtpe_analyse.nomenclatures.iris import FICHIER_IRIS, SCHEMA_IRIS
from rtpe_analyse.propres import lire_propre
from rtpe_analyse.sources import Fiche

_TABLE = "pub_iris"


def compiler_iris(lieux: Lieux, dossier: Path, fiches: Sequence[Fiche], bilan: pl.DataFrame) -> int:
    """Écrit `iris.csv` et sa fiche : les IRIS du découpage le plus récent de chaque commune.

    Un IRIS d'un découpage plus ancien n'est gardé que si aucun fichier plus récent ne décrit
    sa commune : deux découpages d'une même commune ne se mêlent pas.

    Args:
        lieux: jeu où les fichiers publics ont été nettoyés.
        dossier: dossier du référentiel.
        fiches: fichiers reçus, du plus récent au plus ancien.
        bilan: bilan de nettoyage.

    Returns:
        Le nombre de lignes écrites ; 0 si aucun contour n'a été reçu (rien n'est touché).
    """
    propres = lire_propre(lieux, _TABLE).collect()
    if propres.is_empty():
        return 0
    ages = {f.empreinte_courte: rang for rang, f in enumerate(fiches)}
    age = pl.col("_fichier").replace_strict(ages, default=len(ages), return_dtype=pl.Int64)
    gardes = propres.with_columns(age=age).filter(
        pl.col("age") == pl.col("age").min().over("commune")
    )
    table = gardes.select(pl.col(nom).cast(genre) for nom, genre in SCHEMA_IRIS.items()).sort(
        "iris"
    )
    siennes = [f for f in fiches if f.empreinte_courte in set(gardes["_fichier"])]
    sources, limites = decrire_sources(siennes, _TABLE, bilan, {})
    nom = FICHIER_IRIS.removesuffix(".csv")
    fiche = {
        "titre": "IRIS : commune, nom, position",
        "fichier": FICHIER_IRIS,
        "lignes": table.height,
        "sources": sources,
        "transformations": [
            "Chaque contour est remplacé par son centre de gravité, en degrés (WGS84).",
            "Une commune décrite par plusieurs fichiers garde le découpage du plus récent.",
        ],
        "limites": list(limites),
    }
    ecrire_table(dossier, nom, table, fiche)
    return table.height
