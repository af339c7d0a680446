"""Les contours du référentiel : les formes des fichiers reçus, vérifiées, pour les cartes."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.nomenclatures.contours import FICHIERS_CONTOURS, Contours, ecrire, extraire
from rtpe_analyse.propres import lire_propre
from rtpe_analyse.sources import Fiche
from rtpe_analyse.tableaux import ecrire_texte

_TABLES = {"commune": "pub_contours", "iris": "pub_iris"}


def compiler_contours(lieux: Lieux, dossier: Path, fiches: Sequence[Fiche]) -> list[str]:
    """Écrit `contours_communes.geojson` et `contours_iris.geojson` d'après les fichiers reçus.

    Une zone que plusieurs fichiers dessinent garde la forme du plus récent. Une forme
    défectueuse n'est pas réparée : elle est écartée et comptée.

    Args:
        lieux: jeu où les fichiers publics ont été reçus et nettoyés.
        dossier: dossier du référentiel.
        fiches: fichiers reçus, du plus récent au plus ancien.

    Returns:
        Une phrase par fichier écrit ; aucune si aucun contour n'a été reçu (rien n'est touché).
    """
    dites = []
    for maille, table in _TABLES.items():
        propres = lire_propre(lieux, table).select("_fichier", code=maille).collect()
        siens = propres["_fichier"].unique().to_list()
        recus = [
            extraire(f.chemin, maille)
            for f in fiches
            if f.empreinte_courte in siens and f.chemin.is_file()
        ]
        if not recus:
            continue
        # Du plus ancien au plus récent : le dernier posé l'emporte.
        reunis = Contours(
            dict(sorted((c, a) for lu in reversed(recus) for c, a in lu.anneaux.items())),
            {motif: n for lu in recus for motif, n in lu.ecartes.items()},
        )
        ecrire_texte(dossier / FICHIERS_CONTOURS[maille], ecrire(reunis, maille))
        dites.append(_phrase(FICHIERS_CONTOURS[maille], reunis, _connus(dossier, maille)))
    return dites


def _connus(dossier: Path, maille: str) -> list[str]:
    nom, colonne = {"commune": ("communes", "code"), "iris": ("iris", "iris")}[maille]
    chemin = dossier / f"{nom}.csv"
    if not chemin.is_file():
        return []
    return pl.read_csv(chemin, columns=[colonne], infer_schema=False)[colonne].to_list()


def _phrase(nom: str, contours: Contours, connus: list[str]) -> str:
    """« contours_communes.geojson (47 formes), 1 objet écarté : …, codes inconnus : 94999 »."""
    dites = [f"{nom} ({len(contours.anneaux)} formes)"]
    dites += [contours.ecarts] if contours.ecarts else []
    if connus and (inconnus := contours.inconnus(connus)):
        cites = ", ".join(inconnus[:5]) + (" …" if len(inconnus) > 5 else "")
        dites.append(f"codes absents de la nomenclature ({len(inconnus)}) : {cites}")
    return ", ".join(dites)
