"""Le manifeste d'un rapport : de quoi le refaire à l'octet, et de quoi savoir s'il est à jour.

Aucune durée ni heure n'y figure : deux exécutions identiques donnent le même manifeste.
"""

import json
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.diffusion.carnets import Valeur
from rtpe_analyse.erreurs import ErreurDonneesManquantes
from rtpe_analyse.tableaux import ecrire_texte, empreinte_fichier, empreinte_octets

COURTE = 16
PROGRAMME = ("diffusion", "restitution", "nomenclatures", "modeles.py", "tableaux.py", "erreurs.py")
"""Le code dont une page dépend."""


@dataclass(frozen=True)
class Donnees:
    """Les indicateurs lus par un lot, et ce dont ils sont issus.

    Attributes:
        fichiers: chemin relatif au dossier des indicateurs → SHA-256.
        bruts: SHA-256 de chaque fichier reçu (repris de `trace.json`).
        regles_datees: règles datées utilisées (reprises de `trace.json`).
        recu_le: date de la dernière réception, date d'édition par défaut.
    """

    fichiers: dict[str, str] = field(hash=False)
    bruts: tuple[str, ...]
    regles_datees: tuple[dict[str, str], ...] = field(hash=False)
    recu_le: date

    @cached_property
    def regles(self) -> tuple[str, ...]:
        """Les règles datées, une phrase chacune ; écrites seulement si un rapport est à faire."""
        return tuple(map(_phrase, self.regles_datees))

    @cached_property
    def empreinte(self) -> str:
        """SHA-256 de l'ensemble des fichiers d'indicateurs."""
        return empreinte_octets(json.dumps(self.fichiers, sort_keys=True).encode())


@dataclass(frozen=True)
class Manifeste:
    """Un rapport produit (`reussi`) ou un rapport qui n'a pas pu l'être (`echec`).

    Attributes:
        titre: titre du rapport.
        zone: code du territoire ou du département.
        libelle: son nom.
        raison: cause de l'échec, sans valeur ; vide pour un rapport produit.
        empreinte_html: SHA-256 de la page ; vide en cas d'échec.
    """

    statut: Literal["reussi", "echec"]
    carnet: str
    titre: str
    maille: str
    zone: str
    libelle: str
    jeu: str
    version: str
    edition: str
    empreinte_carnet: str
    empreinte_indicateurs: str
    parametres: dict[str, Valeur] = field(hash=False)
    indicateurs: dict[str, str] = field(hash=False)
    bruts: tuple[str, ...] = ()
    regles: tuple[str, ...] = ()
    provisoire: bool = False
    raison: str = ""
    empreinte_html: str = ""

    def ecrire(self, chemin: Path) -> None:
        """Écrit le manifeste en JSON trié."""
        texte = json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True)
        ecrire_texte(chemin, f"{texte}\n")


def lire_manifeste(chemin: Path) -> Manifeste | None:
    """Manifeste d'un rapport, ou rien s'il est absent ou d'une autre version du format."""
    try:
        contenu: dict[str, Any] = json.loads(chemin.read_text(encoding="utf-8"))
        for suite in ("bruts", "regles"):
            contenu[suite] = tuple(contenu[suite])
        return Manifeste(**contenu)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def lire_donnees(lieux: Lieux, niveau: str) -> Donnees:
    """Empreintes de tout ce qu'un carnet peut lire à ce niveau, et sa provenance.

    Raises:
        ErreurDonneesManquantes: si les indicateurs n'ont pas été calculés à ce niveau.
    """
    dossier = lieux.indicateurs
    trace = dossier / "trace.json"
    fichiers = sorted(
        f
        for f in (*dossier.glob("*"), *(dossier / niveau).glob("*"))
        if f.is_file() and not f.name.startswith(".")
    )
    if not trace.exists() or not (dossier / niveau).is_dir():
        raise ErreurDonneesManquantes(
            f"Les indicateurs (niveau {niveau}) ne sont pas calculés.", "Lancer : rtpe calculer"
        )
    contenu = json.loads(trace.read_text(encoding="utf-8"))
    return Donnees(
        {f.relative_to(dossier).as_posix(): empreinte_fichier(f) for f in fichiers},
        tuple(contenu["bruts"]),
        tuple(contenu["regles"]),
        date.fromisoformat(contenu["recu_le"]),
    )


def _phrase(regle: dict[str, str]) -> str:
    from rtpe_analyse.restitution import formats

    effet = formats.jour(date.fromisoformat(regle["effet"]))
    return f"{regle['theme']}, {regle['cle']}, en vigueur depuis le {effet} ({regle['reference']})"
