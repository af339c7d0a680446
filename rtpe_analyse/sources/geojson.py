"""Un GeoJSON ramené au tableau que lit le lecteur de textes : une ligne par objet.

Norme : RFC 7946 (anneau extérieur d'abord, trous ensuite ; longitude puis latitude, WGS84).
"""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

from rtpe_analyse.erreurs import ErreurFichier

LATITUDE, LONGITUDE = "latitude_centre", "longitude_centre"
_DECIMALES = 6
_LATITUDE_MAX, _LONGITUDE_MAX = 90, 180
_MARQUE = b'"FeatureCollection"'


def est_geojson(octets: bytes) -> bool:
    """Le fichier se présente comme une collection d'objets géographiques."""
    return octets.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and _MARQUE in octets


def mettre_en_table(octets: bytes) -> bytes:
    """Les propriétés de chaque objet et le centre de sa forme, en texte à points-virgules.

    Le centre est le centre de gravité des surfaces, ou le point lui-même ; vide pour une
    forme sans surface. Le rang d'un objet dans le fichier, plus un, est son numéro de ligne.

    Args:
        octets: contenu du fichier.

    Raises:
        ErreurFichier: `fichier_tronque` si le texte n'est pas du JSON complet ;
            `fichier_illisible` si les coordonnées ne sont pas des degrés.
    """
    try:
        objets = json.loads(octets.decode("utf-8-sig"))["features"]
        proprietes = [dict(o.get("properties") or {}) for o in objets]
        centres = [centre(o.get("geometry") or {}) for o in objets]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as erreur:
        raise ErreurFichier(
            "Le fichier géographique est coupé ou mal formé.",
            "Le demander ou le télécharger à nouveau.",
            code="fichier_tronque",
        ) from erreur
    if any(
        c is not None and (abs(c[0]) > _LATITUDE_MAX or abs(c[1]) > _LONGITUDE_MAX) for c in centres
    ):
        raise ErreurFichier(
            "Les coordonnées du fichier géographique ne sont pas des degrés.",
            "L'exporter en longitude et latitude (WGS84, RFC 7946), puis le recevoir.",
        )
    noms = list(dict.fromkeys(nom for p in proprietes for nom in p))
    texte = io.StringIO()
    lignes = csv.writer(texte, delimiter=";", lineterminator="\n")
    lignes.writerow([*noms, LATITUDE, LONGITUDE])
    for p, position in zip(proprietes, centres, strict=True):
        lignes.writerow([*(p.get(nom) for nom in noms), *(position or ("", ""))])
    return texte.getvalue().encode()


def centre(geometrie: dict[str, Any]) -> tuple[float, float] | None:
    """Latitude et longitude du centre d'une forme GeoJSON ; absent si elle n'a pas de surface."""
    if geometrie.get("type") == "Point":
        longitude, latitude = geometrie["coordinates"][:2]
        return latitude, longitude
    surface = x = y = 0.0
    for aire, gx, gy in _anneaux(geometrie) if geometrie else ():
        surface, x, y = surface + aire, x + aire * gx, y + aire * gy
    if surface <= 0:
        return None
    return round(y / surface, _DECIMALES), round(x / surface, _DECIMALES)


def _anneaux(geometrie: dict[str, Any]) -> Iterator[tuple[float, float, float]]:
    """Aire (négative pour un trou) et centre de chaque anneau."""
    coordonnees = geometrie.get("coordinates", [])
    polygones = {"Polygon": [coordonnees], "MultiPolygon": coordonnees}.get(geometrie["type"], [])
    for polygone in polygones:
        for rang, anneau in enumerate(polygone):
            aire, x, y = _aire_et_centre(anneau)
            if aire:
                yield (aire if rang == 0 else -aire), x, y


def _aire_et_centre(anneau: Sequence[Sequence[float]]) -> tuple[float, float, float]:
    # Rapporté au premier point : sans cela, l'arrondi des grandes coordonnées domine.
    x0, y0 = anneau[0][:2]
    double = x = y = 0.0
    for (xa, ya, *_), (xb, yb, *_) in zip(anneau, [*anneau[1:], anneau[0]], strict=True):
        produit = (xa - x0) * (yb - y0) - (xb - x0) * (ya - y0)
        double += produit
        x += produit * (xa + xb - 2 * x0)
        y += produit * (ya + yb - 2 * y0)
    if not double:
        return 0.0, 0.0, 0.0
    return abs(double) / 2, x0 + x / (3 * double), y0 + y / (3 * double)
