"""Les fichiers présentés à la réception : parcours, lecture prudente, nom sûr."""

import errno
import stat
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from rtpe_analyse.erreurs import ErreurFichier

_RAISONS = {
    errno.EACCES: "droits insuffisants",
    errno.EPERM: "droits insuffisants",
    errno.EROFS: "disque en lecture seule",
    errno.ENOSPC: "plus de place sur le disque",
    errno.ENAMETOOLONG: "nom trop long",
    errno.ELOOP: "liens en boucle",
}


def parcourir(chemins: Sequence[Path]) -> Iterator[Path]:
    """Fichiers à recevoir, chacun une fois ; un dossier donne ses fichiers, triés."""
    vus: set[Path] = set()
    for chemin in chemins:
        trouves = [chemin]
        if _est_un_dossier(chemin):
            trouves = sorted(
                f for f in chemin.rglob("*") if not f.is_dir() and not _cache(f.relative_to(chemin))
            )
        for fichier in trouves:
            if (absolu := fichier.absolute()) not in vus:
                vus.add(absolu)
                yield fichier


def _est_un_dossier(chemin: Path) -> bool:
    try:
        return chemin.is_dir()
    except OSError:
        # Nom démesuré, droits manquants : la lecture dira pourquoi, fichier par fichier.
        return False


def raison(erreur: OSError) -> str:
    """Pourquoi un fichier ne s'ouvre pas ou ne se copie pas, en français."""
    return _RAISONS.get(erreur.errno or 0, "erreur du système de fichiers")


def _cache(relatif: Path) -> bool:
    return any(partie.startswith((".", "~$")) for partie in relatif.parts)


def lire_octets(chemin: Path) -> bytes:
    """Le contenu d'un fichier ordinaire (ou d'un lien qui y mène).

    Raises:
        ErreurFichier: absent, lien rompu, ou pas un fichier ordinaire.
        OSError: droits insuffisants, boucle de liens.
    """
    try:
        if not stat.S_ISREG(chemin.stat().st_mode):
            raise ErreurFichier("Ce n'est pas un fichier ordinaire.", "Donner un fichier.")
        return chemin.read_bytes()
    except FileNotFoundError:
        lien = chemin.is_symlink()
        raise ErreurFichier(
            "Le lien ne mène à aucun fichier." if lien else "Le fichier n'existe pas.",
            "Vérifier le chemin.",
        ) from None


def nom_sur(nom: str) -> str:
    """Le nom, sous une forme unique (accents composés) et sans caractère de contrôle."""
    compose = unicodedata.normalize("NFC", nom)
    return "".join("_" if unicodedata.category(c).startswith("C") else c for c in compose)
