"""Assembler les tables propres, partition par partition, à partir des tables typées.

La mémoire est bornée par la plus grosse partition. Une partition n'est réécrite que si l'une
de ses entrées a changé ; celle que plus aucun fichier n'alimente disparaît.
"""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.etapes import empreinte_code, marquer, raisons_de_refaire
from rtpe_analyse.nettoyage.doublons import separer_doublons
from rtpe_analyse.nettoyage.etats import DROITS, EtatFichier, dossier_lus
from rtpe_analyse.nettoyage.fichier import en_ecarts, partition_de
from rtpe_analyse.nettoyage.versions import separer_versions
from rtpe_analyse.propres import partitions
from rtpe_analyse.schemas import TABLES
from rtpe_analyse.tableaux import ecrire_parquet

ENTRE_FICHIERS = "entre_fichiers"
_CODE = (
    *(f"nettoyage/{m}.py" for m in ("assemblage", "doublons", "versions")),
    *("schemas.py", "schema_modele.py"),
)


def assembler(lieux: Lieux, table: str, etats: Sequence[EtatFichier]) -> list[str]:
    """Assemble une table propre à partir de tous les fichiers qui l'alimentent.

    Une donnée qu'un fichier plus récent redit autrement est écartée (`version_anterieure`).
    Les doublons exacts entre fichiers le sont aussi : la première ligne selon (millésime, nom,
    ligne) est gardée.

    Args:
        lieux: dossiers du jeu.
        table: nom de la table propre.
        etats: états de tous les fichiers du jeu, dans un ordre quelconque.

    Returns:
        Les partitions écrites ou effacées.
    """
    entrees: dict[str, list[EtatFichier]] = defaultdict(list)
    for etat in sorted(etats, key=lambda e: e.ordre):
        if table in etat.tables:
            for partition in etat.tables[table].partitions:
                entrees[partition].append(etat)
    changees = _effacer_les_orphelines(lieux, table, set(entrees))
    programme = empreinte_code(*_CODE)
    for partition, fichiers in sorted(entrees.items()):
        temoin = lieux.travail / "assemblage" / table / f"{partition}.json"
        ingredients = {
            e.fichier: f"{rang}:{e.recu_le}:{e.tables[table].empreinte}"
            for rang, e in enumerate(fichiers)
        } | {"programme": programme}
        destination = lieux.propre / table / f"{partition}.parquet"
        if not raisons_de_refaire(temoin, ingredients) and destination.exists():
            continue
        temoin.unlink(missing_ok=True)
        _ecrire_partition(lieux, table, partition, fichiers)
        marquer(temoin, ingredients)
        changees.append(partition)
    return changees


def chemin_ecarts(lieux: Lieux, table: str, partition: str) -> Path:
    """Lignes d'une partition écartées parce qu'un autre fichier les redit."""
    return lieux.rejets / ENTRE_FICHIERS / f"{table}.{partition}.parquet"


def _ecrire_partition(
    lieux: Lieux, table: str, partition: str, fichiers: Sequence[EtatFichier]
) -> None:
    morceaux = [
        pl.scan_parquet(dossier_lus(lieux, e.fichier) / f"{table}.parquet").filter(
            pl.lit(True)
            if len(e.tables[table].partitions) == 1
            else partition_de(table) == partition
        )
        for e in fichiers
    ]
    par_recence = sorted(fichiers, key=lambda e: e.recence)
    recences = {e.fichier: rang for rang, e in enumerate(par_recence)}
    courantes, anterieures = separer_versions(table, pl.concat(morceaux).collect(), recences)
    gardees, doublons = separer_doublons(table, courantes)
    chemin = chemin_ecarts(lieux, table, partition)
    if gardees.height < courantes.height + anterieures.height:
        ecarts = [
            lignes.select(fichier="_fichier").hstack(en_ecarts(table, lignes, code))
            for lignes, code in (
                (anterieures, "version_anterieure"),
                (doublons, "doublon_entre_fichiers"),
            )
        ]
        ecrire_parquet(chemin, pl.concat(ecarts), droits=DROITS)
    else:
        chemin.unlink(missing_ok=True)
    destination = lieux.propre / table / f"{partition}.parquet"
    ecrire_parquet(destination, gardees.select(*TABLES[table].schema))


def _effacer_les_orphelines(lieux: Lieux, table: str, vivantes: set[str]) -> list[str]:
    mortes = sorted(set(partitions(lieux, table)) - vivantes)
    for partition in mortes:
        (lieux.travail / "assemblage" / table / f"{partition}.json").unlink(missing_ok=True)
        chemin_ecarts(lieux, table, partition).unlink(missing_ok=True)
        (lieux.propre / table / f"{partition}.parquet").unlink()
    return mortes
