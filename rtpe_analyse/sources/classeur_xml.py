"""Ce que le lecteur de classeurs ne dit pas : cellules fusionnées, et feuilles démesurées."""

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass
from xml.etree import ElementTree

from rtpe_analyse.erreurs import ErreurFichier

# Une cellule isolée tout en bas à droite ferait réserver des centaines de gigaoctets.
CELLULES_MAX = 20_000_000
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CELLULE = re.compile(rb"<(?:\w+:)?c\b[^>]*?\br=\"([A-Z]{1,3})(\d{1,7})\"")
_FUSION = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*?\bref=\"([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)\"")


@dataclass(frozen=True)
class Fusion:
    """Une plage fusionnée, bornes comprises, rangs à partir de 0."""

    haut: int
    gauche: int
    bas: int
    droite: int


def fusions_par_feuille(octets: bytes) -> dict[str, list[Fusion]]:
    """Plages fusionnées de chaque feuille d'un .xlsx.

    Raises:
        ErreurFichier: `fichier_tronque` si l'archive est abîmée, `fichier_illisible` si une
            feuille est démesurée.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            return {
                nom: _fusions(archive.read(membre)) for nom, membre in _feuilles(archive).items()
            }
    except ErreurFichier:
        raise
    except Exception:
        # Une archive abîmée fait lever n'importe quoi à zipfile, zlib ou au lecteur XML.
        raise ErreurFichier(
            "Le classeur est abîmé.",
            "Le demander ou le télécharger à nouveau.",
            code="fichier_tronque",
        ) from None


def _feuilles(archive: zipfile.ZipFile) -> dict[str, str]:
    liens = {
        lien.attrib["Id"]: posixpath.normpath(posixpath.join("/xl", lien.attrib["Target"]))[1:]
        for lien in _arbre(archive, "xl/_rels/workbook.xml.rels")
    }
    return {
        noeud.attrib["name"]: liens[noeud.attrib[_RELATION]]
        for noeud in _arbre(archive, "xl/workbook.xml").iter()
        if noeud.tag.endswith("}sheet") and liens.get(noeud.attrib[_RELATION], "").endswith(".xml")
    }


def _arbre(archive: zipfile.ZipFile, membre: str) -> ElementTree.Element:
    contenu = archive.read(membre)
    # Une déclaration d'entités n'a rien à faire dans un classeur (bombe XML).
    if b"<!ENTITY" in contenu or b"<!DOCTYPE" in contenu:
        raise ElementTree.ParseError
    return ElementTree.fromstring(contenu)


def _fusions(feuille: bytes) -> list[Fusion]:
    adresses = _CELLULE.findall(feuille)
    if adresses:
        lignes = max(int(ligne) for _, ligne in adresses)
        colonnes = max(_rang(lettres) for lettres in {lettres for lettres, _ in adresses}) + 1
        if lignes * colonnes > CELLULES_MAX:
            raise ErreurFichier(
                "Une feuille du classeur est démesurée (souvent une cellule isolée très loin).",
                "Supprimer les lignes et colonnes vides au-delà du tableau, puis enregistrer.",
            )
    return [
        Fusion(int(h) - 1, _rang(g), int(b) - 1, _rang(d))
        for g, h, d, b in _FUSION.findall(feuille)
    ]


def _rang(lettres: bytes) -> int:
    rang = 0
    for lettre in lettres:
        rang = rang * 26 + lettre - 64
    return rang - 1
