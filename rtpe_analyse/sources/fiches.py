"""La fiche d'identité d'un fichier reçu, écrite à côté de lui et jamais modifiée."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.erreurs import ErreurFichier
from rtpe_analyse.sources.yaml_strict import charger_yaml
from rtpe_analyse.tableaux import ecrire_texte

SUFFIXE_FICHE = ".fiche.yaml"


@dataclass(frozen=True)
class Fiche:
    """Ce qu'on sait d'un fichier brut.

    Attributes:
        source: code du descripteur qui le lit.
        nom: nom sous lequel il est gardé.
        millesime: période que dit son nom (`2026-09`, `2025`…), sinon mois de réception.
        recu_le: date de réception ; aucune donnée ne peut lui être postérieure.
        producteur: logiciel ou organisme.
        empreinte: SHA-256, 64 chiffres hexadécimaux.
        chemin: le fichier ; il peut avoir été purgé, la fiche reste.
        periode: période couverte (le millésime, tant que rien d'autre n'est déclaré).
        taille: octets.
        droits: licence ou condition d'usage.
        descripteur: empreinte du descripteur au moment de la réception.
    """

    source: str
    nom: str
    millesime: str
    recu_le: date
    producteur: str
    empreinte: str
    chemin: Path
    periode: str = ""
    taille: int = 0
    droits: str = ""
    descripteur: str = ""

    @property
    def empreinte_courte(self) -> str:
        """Les 16 premiers chiffres : le nom du fichier dans toute la chaîne."""
        return self.empreinte[:16]

    @property
    def chemin_fiche(self) -> Path:
        """Où la fiche est écrite."""
        return self.chemin.with_name(self.nom + SUFFIXE_FICHE)


_CHAMPS = (
    *("source", "nom", "millesime", "recu_le", "producteur", "periode"),
    *("empreinte", "taille", "droits", "descripteur"),
)


def ecrire_fiche(fiche: Fiche) -> None:
    """Écrit la fiche à côté du fichier brut."""
    contenu = {champ: getattr(fiche, champ) for champ in _CHAMPS}
    texte = yaml.safe_dump(contenu, allow_unicode=True, sort_keys=False)
    ecrire_texte(fiche.chemin_fiche, texte)


def lister_fiches(lieux: Lieux) -> list[Fiche]:
    """Toutes les fiches du jeu, triées par (source, millésime, nom), purgées comprises.

    Raises:
        ErreurFichier: si une fiche a été modifiée au point de ne plus se lire.
    """
    fiches = list(_lire_toutes(lieux.brut))
    return sorted(fiches, key=lambda f: (f.source, f.millesime, f.nom))


def purger(fiche: Fiche) -> None:
    """Efface le fichier brut, nominatif ; la fiche et les tables propres restent."""
    fiche.chemin.unlink(missing_ok=True)


@cache
def _lire(texte: str) -> Any:
    """Une commande relit plusieurs fois les mêmes fiches, par milliers."""
    return charger_yaml(texte)


def _lire_toutes(brut: Path) -> Iterator[Fiche]:
    for chemin in brut.glob(f"*/*/*{SUFFIXE_FICHE}"):
        try:
            contenu = _lire(chemin.read_text(encoding="utf-8"))
            yield Fiche(
                **{champ: contenu[champ] for champ in _CHAMPS},
                chemin=chemin.with_name(contenu["nom"]),
            )
        except (KeyError, TypeError, ValueError, yaml.YAMLError) as erreur:
            raise ErreurFichier(
                f"La fiche {chemin.name} ne se lit plus.",
                "La restaurer, ou effacer le fichier et sa fiche puis le recevoir à nouveau.",
            ) from erreur
