"""Ce que le nettoyage d'un fichier laisse, et où : tables typées, rejets, traces, comptes."""

import json
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.tableaux import ecrire_texte

DROITS = 0o600


@dataclass(frozen=True)
class EtatTable:
    """Comptes d'un fichier pour une table.

    Attributes:
        lues: lignes de données lues.
        rejetees: lignes rejetées, à la lecture ou au typage.
        ecartees: totaux, notes, doublons dans le fichier.
        corrigees: cellules corrigées.
        lignes: lignes typées gardées.
        empreinte: SHA-256 de la table typée écrite.
        partitions: partition → nombre de lignes.
    """

    lues: int
    rejetees: int
    ecartees: int
    corrigees: int
    lignes: int
    empreinte: str
    partitions: dict[str, int]

    @property
    def comptes(self) -> tuple[int, int, int, int, int]:
        """Lues, gardées, rejetées, écartées, corrigées."""
        return self.lues, self.lignes, self.rejetees, self.ecartees, self.corrigees


@dataclass(frozen=True)
class EtatFichier:
    """Résultat du nettoyage d'un fichier.

    Attributes:
        fichier: empreinte courte.
        source: code du descripteur.
        nom: nom du fichier.
        millesime: période annoncée.
        tables: comptes par table.
        declarees: rangs des corrections déclarées qui ont servi.
        refus: code, message et remède si le fichier n'a pas pu être lu.
        recu_le: jour de réception (AAAA-MM-JJ).
    """

    fichier: str
    source: str
    nom: str
    millesime: str
    tables: dict[str, EtatTable] = field(default_factory=dict)
    declarees: tuple[int, ...] = ()
    refus: tuple[str, str, str] | None = None
    recu_le: str = ""

    @property
    def ordre(self) -> tuple[str, str, str, str]:
        """Rang dans l'assemblage : la première ligne selon cet ordre est gardée."""
        return self.millesime, self.nom, self.source, self.fichier

    @property
    def recence(self) -> tuple[str, str, str, str, str]:
        """Rang parmi les versions d'une même donnée : la dernière selon cet ordre l'emporte."""
        return self.recu_le, self.millesime, self.nom, self.source, self.fichier


def dossier_lus(lieux: Lieux, fichier: str) -> Path:
    """Dossier des tables typées d'un fichier."""
    return lieux.travail / "lus" / fichier


def chemin_temoin(lieux: Lieux, fichier: str) -> Path:
    """Témoin de reprise d'un fichier (voir `etapes`)."""
    return dossier_lus(lieux, fichier) / "temoin.json"


def chemin_signalements(lieux: Lieux, fichier: str) -> Path:
    """Faits gênants relevés pendant le typage, lus par les contrôles."""
    return lieux.travail / "signalements" / f"{fichier}.parquet"


def fichiers_connus(lieux: Lieux) -> list[str]:
    """Empreintes courtes des fichiers dont il reste des sorties."""
    return sorted(d.name for d in (lieux.travail / "lus").glob("*") if d.is_dir())


def ecrire_etat(lieux: Lieux, etat: EtatFichier) -> None:
    """Garde l'état d'un fichier, pour la reprise."""
    chemin = dossier_lus(lieux, etat.fichier) / "etat.json"
    ecrire_texte(chemin, json.dumps(asdict(etat), ensure_ascii=False, sort_keys=True))


def lire_etat(lieux: Lieux, fichier: str) -> EtatFichier | None:
    """État gardé d'un fichier, ou None s'il n'a jamais été terminé."""
    try:
        contenu: dict[str, Any] = json.loads(
            (dossier_lus(lieux, fichier) / "etat.json").read_text(encoding="utf-8")
        )
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    refus = contenu.pop("refus")
    return EtatFichier(
        fichier=contenu["fichier"],
        source=contenu["source"],
        nom=contenu["nom"],
        millesime=contenu["millesime"],
        tables={nom: EtatTable(**t) for nom, t in contenu["tables"].items()},
        declarees=tuple(contenu["declarees"]),
        refus=tuple(refus) if refus else None,
        recu_le=contenu.get("recu_le", ""),
    )


def effacer_sorties(lieux: Lieux, fichier: str) -> None:
    """Efface tout ce qu'un fichier a laissé, témoin d'abord (reprise sûre)."""
    chemin_temoin(lieux, fichier).unlink(missing_ok=True)
    for dossier in (lieux.rejets, lieux.corrections):
        for chemin in dossier.glob(f"*/{fichier}.parquet"):
            chemin.unlink()
    chemin_signalements(lieux, fichier).unlink(missing_ok=True)
    shutil.rmtree(dossier_lus(lieux, fichier), ignore_errors=True)
