"""Contours de zones donnés par l'utilisateur : lus d'un GeoJSON, vérifiés, jamais réparés.

Norme : RFC 7946 (degrés WGS84, longitude puis latitude ; anneaux fermés, extérieur d'abord).
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.erreurs import ErreurFichier

Anneau = list[tuple[float, float]]
FICHIERS_CONTOURS = {"commune": "contours_communes.geojson", "iris": "contours_iris.geojson"}
PROPRIETES = {
    "commune": ("code", "insee_com", "code_insee", "codgeo", "code_commune", "insee"),
    "iris": ("code_iris", "dcomiris", "codeiris", "iris", "code"),
}
"""Propriétés où se lit le code, par maille, sans égard à la casse ; la première présente."""
_FORMES = {
    "commune": re.compile(r"(?:\d\d|2[AB])\d{3}"),
    "iris": re.compile(r"(?:\d\d|2[AB])\d{7}"),
}
DECIMALES = 5
"""Un cent-millième de degré fait un mètre : bien assez pour un dessin."""


@dataclass(frozen=True)
class Contours:
    """Ce qu'on a lu d'un fichier de contours.

    Attributes:
        anneaux: code → anneaux fermés, extérieurs dans le sens direct, trous à rebours.
        ecartes: motif → nombre d'objets écartés.
    """

    anneaux: dict[str, list[Anneau]] = field(default_factory=dict)
    ecartes: dict[str, int] = field(default_factory=dict)

    def inconnus(self, connus: Sequence[str]) -> list[str]:
        """Codes du fichier que la nomenclature ne connaît pas, dans l'ordre."""
        return sorted(set(self.anneaux) - set(connus))

    @property
    def ecarts(self) -> str:
        """« 2 objets écartés : anneau non fermé (1), code en double (1) » ; vide sans écart."""
        if not self.ecartes:
            return ""
        total = sum(self.ecartes.values())
        mot = "objet écarté" if total == 1 else "objets écartés"
        motifs = ", ".join(f"{motif} ({n})" for motif, n in sorted(self.ecartes.items()))
        return f"{total} {mot} : {motifs}"


def lire_contours(lieux: Lieux, maille: str) -> Contours:
    """Les contours posés dans le référentiel ; aucun si le fichier n'y est pas.

    Args:
        lieux: dossiers du jeu (le référentiel est commun aux deux jeux).
        maille: `commune` ou `iris`.

    Raises:
        ErreurFichier: le fichier n'est pas un GeoJSON lisible.
    """
    chemin = lieux.referentiel / FICHIERS_CONTOURS[maille]
    return extraire(chemin, maille) if chemin.is_file() else Contours()


def extraire(chemin: Path, maille: str) -> Contours:
    """Les contours d'un fichier GeoJSON.

    Un objet sans code reconnu, à l'anneau ouvert ou hors des degrés n'est pas réparé : il est
    écarté et compté.

    Args:
        chemin: fichier GeoJSON.
        maille: `commune` ou `iris`.

    Raises:
        ErreurFichier: `fichier_tronque` si ce n'est pas une collection d'objets lisible.
    """
    try:
        objets = json.loads(chemin.read_text(encoding="utf-8-sig"))["features"]
    except (ValueError, KeyError, TypeError) as erreur:
        raise ErreurFichier(
            f"Le fichier de contours {chemin.name} est coupé ou n'est pas du GeoJSON.",
            "Le télécharger à nouveau, ou le retirer du référentiel.",
            code="fichier_tronque",
        ) from erreur
    anneaux: dict[str, list[Anneau]] = {}
    ecartes: Counter[str] = Counter()
    for objet in objets:
        code = _code(objet.get("properties") or {}, maille)
        lus = list(_polygones(objet.get("geometry") or {}))
        if motif := _defaut(code, lus, anneaux):
            ecartes[motif] += 1
        else:
            anneaux[code] = [_orienter(a, rang == 0) for p in lus for rang, a in enumerate(p)]
    return Contours(dict(sorted(anneaux.items())), dict(ecartes))


def ecrire(contours: Contours, maille: str) -> str:
    """Le GeoJSON des contours retenus : code et forme seulement, un objet par ligne."""
    propriete = PROPRIETES[maille][0]
    objets = ",\n".join(
        json.dumps(
            {
                "type": "Feature",
                "properties": {propriete: code},
                "geometry": {"type": "MultiPolygon", "coordinates": _regrouper(anneaux)},
            },
            separators=(",", ":"),
        )
        for code, anneaux in contours.anneaux.items()
    )
    return f'{{"type":"FeatureCollection","features":[\n{objets}\n]}}\n'


def _code(proprietes: Mapping[str, Any], maille: str) -> str:
    valeurs = {nom.lower(): valeur for nom, valeur in proprietes.items()}
    code = next((str(valeurs[p]) for p in PROPRIETES[maille] if valeurs.get(p)), "")
    return code if _FORMES[maille].fullmatch(code) else ""


def _polygones(geometrie: Mapping[str, Any]) -> Iterator[list[Anneau]]:
    """Chaque polygone, son anneau extérieur d'abord."""
    coordonnees = geometrie.get("coordinates") or []
    polygones = {"Polygon": [coordonnees], "MultiPolygon": coordonnees}
    for polygone in polygones.get(geometrie.get("type", ""), []):
        yield [
            [(round(x, DECIMALES), round(y, DECIMALES)) for x, y, *_ in anneau]
            for anneau in polygone
        ]


def _defaut(code: str, polygones: list[list[Anneau]], deja: Mapping[str, Any]) -> str:
    anneaux = [a for p in polygones for a in p]
    if not code:
        return "code absent ou mal formé"
    if code in deja:
        return "code en double"
    if not anneaux:
        return "forme sans surface"
    if any(abs(x) > 180 or abs(y) > 90 for a in anneaux for x, y in a):
        return "coordonnées qui ne sont pas des degrés"
    if any(len(a) < 4 or a[0] != a[-1] for a in anneaux):
        return "anneau non fermé"
    return ""


def _aire(anneau: Anneau) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(anneau))


def _orienter(anneau: Anneau, exterieur: bool) -> Anneau:
    return anneau if (_aire(anneau) > 0) == exterieur else anneau[::-1]


def _regrouper(anneaux: Sequence[Anneau]) -> list[list[Anneau]]:
    """Les anneaux rangés par polygone : un anneau direct en ouvre un, les autres sont ses trous."""
    polygones: list[list[Anneau]] = []
    for anneau in anneaux:
        if _aire(anneau) > 0 or not polygones:
            polygones.append([anneau])
        else:
            polygones[-1].append(anneau)
    return polygones
