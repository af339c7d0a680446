"""Des octets au texte : marque d'ordre, sinon UTF-8 strict, sinon cp1252. Jamais de devinette."""

import codecs
from dataclasses import dataclass

from rtpe_analyse.erreurs import ErreurFichier

_MARQUES = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_REMEDE = "Exporter à nouveau en « CSV UTF-8 », ou déclarer l'encodage dans le descripteur."


@dataclass(frozen=True)
class Texte:
    r"""Un fichier texte décodé.

    Attributes:
        contenu: texte, fins de ligne ramenées à `\n`.
        encodage: encodage retenu.
        marque: une marque d'ordre (BOM) a été retirée.
    """

    contenu: str
    encodage: str
    marque: bool


def decoder(octets: bytes, encodage: str = "auto") -> Texte:
    """Décode un texte.

    Args:
        octets: contenu du fichier.
        encodage: `auto`, ou l'encodage que déclare le descripteur.

    Raises:
        ErreurFichier: `fichier_binaire` (octet nul), `fichier_tronque` (UTF-8 coupé au milieu
            du dernier caractère), `fichier_illisible` (octet sans caractère).
    """
    for marque, nom in _MARQUES:
        if octets.startswith(marque):
            return _texte(octets[len(marque) :], nom, marque=True)
    if b"\0" in octets:
        raise ErreurFichier(
            "Le fichier contient des octets nuls : ce n'est pas un texte.",
            "Exporter en CSV ou en .xlsx depuis le logiciel.",
            code="fichier_binaire",
        )
    if encodage != "auto":
        return _texte(octets, encodage, marque=False)
    try:
        return _fins_de_ligne(octets.decode("utf-8"), "utf-8", marque=False)
    except UnicodeDecodeError as erreur:
        if erreur.end == len(octets) and erreur.reason == "unexpected end of data":
            raise _tronque() from None
    return _texte(octets, "cp1252", marque=False)


def _texte(octets: bytes, encodage: str, *, marque: bool) -> Texte:
    try:
        return _fins_de_ligne(octets.decode(encodage), encodage, marque=marque)
    except LookupError as erreur:
        raise ErreurFichier(f"Encodage « {encodage} » inconnu.", _REMEDE) from erreur
    except UnicodeDecodeError as erreur:
        # L'exception d'origine porte les octets du fichier : elle ne doit pas voyager.
        if erreur.reason in ("unexpected end of data", "truncated data"):
            raise _tronque() from None
        raise ErreurFichier(
            f"Octet sans caractère en {encodage} (position {erreur.start + 1}).", _REMEDE
        ) from None


def _fins_de_ligne(contenu: str, encodage: str, *, marque: bool) -> Texte:
    if "\r" in contenu:
        contenu = contenu.replace("\r\n", "\n")
        if "\n" not in contenu:
            contenu = contenu.replace("\r", "\n")
    return Texte(contenu, encodage, marque)


def _tronque() -> ErreurFichier:
    return ErreurFichier(
        "Le fichier s'arrête au milieu d'un caractère : il est coupé.",
        "Le demander ou le télécharger à nouveau.",
        code="fichier_tronque",
    )
