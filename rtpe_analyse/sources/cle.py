"""La clé des pseudonymes : publique pour l'exemple, locale et secrète pour le réel."""

import os
import secrets
import stat
from pathlib import Path

from rtpe_analyse.chemins import RACINE_PROJET, Lieux
from rtpe_analyse.erreurs import ErreurRtpe
from rtpe_analyse.tableaux import ecrire_texte, empreinte_octets

CLE_EXEMPLE = b"cle publique du jeu d'exemple : donnees fictives, rien a proteger"
VARIABLE = "RTPE_CLE"
_OCTETS = 32


def cle_du_jeu(lieux: Lieux, *, creer: bool = True) -> bytes:
    """La clé du jeu ; créée au premier usage pour le réel.

    Args:
        lieux: dossiers du jeu.
        creer: créer la clé si elle n'existe pas encore ; sinon son absence est une erreur.

    Raises:
        ErreurRtpe: clé perdue, différente de celle des pseudonymes déjà écrits (les séries
            seraient rompues), lisible par d'autres, ou rangée dans le projet.
    """
    if lieux.jeu == "exemple":
        return CLE_EXEMPLE
    chemin = _chemin()
    temoin = lieux.travail / "empreinte_cle"
    connue = temoin.read_text().strip() if temoin.exists() else ""
    if not chemin.exists():
        if connue or not creer:
            raise ErreurRtpe(
                "La clé des pseudonymes est introuvable."
                if connue
                else "La clé des pseudonymes n'existe pas encore.",
                f"Restaurer sa sauvegarde dans {chemin} : sans elle, les enfants déjà connus "
                "seraient comptés comme nouveaux."
                if connue
                else "Elle sera créée au premier nettoyage.",
            )
        _fabriquer(chemin)
    cle = _lire(chemin)
    empreinte = empreinte_octets(cle)[:16]
    if connue and connue != empreinte:
        raise ErreurRtpe(
            "La clé des pseudonymes n'est plus celle des données déjà lues : séries rompues.",
            f"Remettre l'ancienne clé dans {chemin} ; ou effacer donnees/travail pour tout "
            "relire avec la nouvelle.",
        )
    if creer and not connue:
        ecrire_texte(temoin, empreinte, droits=0o600)
    return cle


def _chemin() -> Path:
    declare = os.environ.get(VARIABLE)
    chemin = Path(declare) if declare else Path.home() / ".config" / "rtpe_analyse" / "cle"
    chemin = chemin.expanduser().resolve()
    if chemin.is_relative_to(RACINE_PROJET):
        raise ErreurRtpe(
            "La clé des pseudonymes ne doit pas être rangée dans le projet.",
            f"Donner à {VARIABLE} un chemin hors du dépôt.",
        )
    return chemin


def _fabriquer(chemin: Path) -> None:
    chemin.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descripteur = os.open(chemin, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descripteur, "w") as flux:
        flux.write(secrets.token_hex(_OCTETS) + "\n")


def _lire(chemin: Path) -> bytes:
    if os.name == "posix" and stat.S_IMODE(chemin.stat().st_mode) & 0o077:
        raise ErreurRtpe(
            "La clé des pseudonymes peut être lue par d'autres personnes.",
            f"Restreindre ses droits : chmod 600 {chemin}",
        )
    try:
        cle = bytes.fromhex(chemin.read_text())
    except ValueError:
        cle = b""
    if len(cle) < _OCTETS:
        raise ErreurRtpe(
            "La clé des pseudonymes est abîmée.", f"Restaurer sa sauvegarde dans {chemin}."
        )
    return cle
