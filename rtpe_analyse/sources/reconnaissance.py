"""Ce qu'est vraiment un fichier, d'après son contenu et jamais d'après son nom."""

import io
import re
import zipfile
from typing import Literal

from rtpe_analyse.erreurs import ErreurFichier

Nature = Literal["csv", "classeur"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML = re.compile(rb"<\s*(?:!doctype\s+html|html|head|body|table|meta|script)\b", re.IGNORECASE)
_BINAIRES = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b", b"GIF8", b"Rar!", b"7z\xbc\xaf")
_PARQUET = b"PAR1"
_TAILLE_DEPLIEE_MAX = 1 << 30
_XLSX = "Enregistrer au format .xlsx ou .csv depuis le tableur, puis recevoir à nouveau."
_DEMANDER = "Le demander ou le télécharger à nouveau."


def nature(octets: bytes) -> Nature:
    """Texte à séparateurs ou classeur.

    Raises:
        ErreurFichier: `fichier_vide`, `fichier_html`, `fichier_binaire`, `fichier_tronque`
            (archive coupée), `fichier_illisible` (protégé, format non lu) ou
            `source_inconnue` (Parquet).
    """
    debut = octets[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not octets.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0"):
        raise ErreurFichier("Le fichier est vide.", _DEMANDER, code="fichier_vide")
    if octets.startswith(b"PK"):
        _verifier_archive(octets)
        return "classeur"
    if octets.startswith(_OLE):
        return _ancien_classeur(octets)
    if octets.startswith(_PARQUET):
        raise ErreurFichier(
            "C'est un fichier Parquet, qui n'est pas lu.",
            "Recevoir le même en CSV.",
            code="source_inconnue",
        )
    if octets.startswith(_BINAIRES):
        raise ErreurFichier(
            "Ce fichier n'est ni un texte ni un classeur.", _XLSX, code="fichier_binaire"
        )
    if debut.startswith(b"<"):
        raise _page(debut)
    return "csv"


def _page(debut: bytes) -> ErreurFichier:
    if _HTML.search(debut) or _HTML.search(debut.replace(b"\0", b"")):
        return ErreurFichier(
            "C'est une page HTML, pas un tableau (souvent : session expirée, ou faux .xls).",
            "L'ouvrir dans un tableur et l'enregistrer en .xlsx, ou refaire l'export.",
            code="fichier_html",
        )
    return ErreurFichier("C'est un document XML, pas un tableau.", _XLSX)


def _ancien_classeur(octets: bytes) -> Nature:
    if "EncryptedPackage".encode("utf-16-le") in octets:
        raise ErreurFichier(
            "Le classeur est protégé par un mot de passe.",
            "L'ouvrir, retirer la protection, l'enregistrer et le recevoir à nouveau.",
        )
    noms = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
    if not any(nom in octets for nom in noms):
        raise ErreurFichier("Ce document n'est pas un classeur.", _XLSX, code="fichier_binaire")
    return "classeur"


def _verifier_archive(octets: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            noms = set(archive.namelist())
            deplie = sum(membre.file_size for membre in archive.infolist())
    except Exception:
        # Une archive abîmée fait lever n'importe quoi à zipfile.
        raise ErreurFichier(
            "Le classeur est coupé ou abîmé.", _DEMANDER, code="fichier_tronque"
        ) from None
    if "content.xml" in noms or "xl/workbook.bin" in noms:
        raise ErreurFichier("Ce format de classeur (.ods, .xlsb) n'est pas lu.", _XLSX)
    if "xl/workbook.xml" not in noms:
        raise ErreurFichier(
            "Cette archive n'est pas un classeur.",
            "Extraire les fichiers de l'archive et les recevoir.",
            code="fichier_binaire",
        )
    if deplie > _TAILLE_DEPLIEE_MAX:
        raise ErreurFichier("Le classeur, une fois décompressé, est démesuré.", _XLSX)
