"""Contrôler : relever les constats, juger ce qui est nouveau, garder les verdicts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from rtpe_analyse.chemins import VALIDATIONS, Lieux
from rtpe_analyse.controles.constats import lire_constats, relever_constats
from rtpe_analyse.controles.entrees import Entrees
from rtpe_analyse.controles.jugement import Juge
from rtpe_analyse.controles.lots import Resultats, juger_unites
from rtpe_analyse.controles.modele import SCHEMA_VERDICTS, BilanControles, Bloquant
from rtpe_analyse.controles.suites import lire_suites
from rtpe_analyse.controles.unites import Unite, unites_a_juger
from rtpe_analyse.propres import arreter, partitions
from rtpe_analyse.tableaux import ecrire_parquet

Progres = Callable[[str, int, int], None]

_CLE = ["suite", "table", "unite"]


def controler(
    lieux: Lieux, progres: Progres | None = None, *, validations: Path = VALIDATIONS
) -> BilanControles:
    """Relève les constats puis juge les fichiers et partitions nouveaux ou changés.

    Écrit `constats/<table>/<partition>.parquet` et `travail/verdicts.parquet` (une ligne par
    unité × attente, des comptes seulement). Great Expectations n'est chargé que s'il y a du
    nouveau à juger ; un verdict déjà rendu sur les mêmes lignes est gardé.

    Args:
        lieux: dossiers du jeu.
        progres: appelée avec (étape, fait, total).
        validations: dossier des suites.

    Returns:
        Le bilan. Un contrôle critique en échec y figure parmi les `bloquants`, et arrête ses
        fichiers : les indicateurs ne les lisent plus (`propres.lire_admis`).

    Raises:
        ErreurUsage: suite de contrôles mal écrite.
    """
    entrees = Entrees(lieux)
    refaites = relever_constats(entrees, progres)
    unites = unites_a_juger(entrees, lire_suites(validations))
    anciens = lire_verdicts(lieux)
    gardes, a_juger = _trier(unites, anciens)

    def avancer(unite: Unite, rang: int) -> None:
        if progres:
            progres(f"contrôles, {unite.table} {unite.cle}", rang, len(a_juger))

    nouveaux = [_verdicts(u, r) for u, r in juger_unites(Juge(), a_juger, avancer)]
    verdicts = pl.concat([gardes, *nouveaux]).sort(*_CLE, "id")
    if not verdicts.equals(anciens):
        ecrire_parquet(_chemin(lieux), verdicts)
    return _bilan(entrees, verdicts, refaites, len(a_juger))


def reste_a_juger(lieux: Lieux, *, validations: Path = VALIDATIONS) -> int:
    """Nombre de fichiers et partitions dont le verdict manque ou n'est plus à jour.

    Args:
        lieux: dossiers du jeu.
        validations: dossier des suites.
    """
    unites = unites_a_juger(Entrees(lieux), lire_suites(validations))
    return len(_trier(unites, lire_verdicts(lieux))[1])


def lire_verdicts(lieux: Lieux) -> pl.DataFrame:
    """Verdicts gardés, au schéma `SCHEMA_VERDICTS` ; table vide si rien n'a été jugé."""
    chemin = _chemin(lieux)
    vide = pl.DataFrame(schema=SCHEMA_VERDICTS)
    if not chemin.exists():
        return vide
    gardes = pl.read_parquet(chemin)
    return gardes if gardes.schema == vide.schema else vide


def _chemin(lieux: Lieux) -> Path:
    return lieux.travail / "verdicts.parquet"


def _trier(unites: list[Unite], anciens: pl.DataFrame) -> tuple[pl.DataFrame, list[Unite]]:
    connus = set(anciens.select(*_CLE, "empreinte").unique().iter_rows())
    a_jour = [(u.suite, u.table, u.cle, u.empreinte) in connus for u in unites]
    cles = pl.DataFrame(
        [(u.suite, u.table, u.cle) for u, deja in zip(unites, a_jour, strict=True) if deja],
        schema=dict.fromkeys(_CLE, pl.String),
        orient="row",
    )
    gardes = anciens.join(cles, on=_CLE, how="semi")
    return gardes, [u for u, deja in zip(unites, a_jour, strict=True) if not deja]


def _verdicts(unite: Unite, resultats: Resultats) -> pl.DataFrame:
    lignes = [
        {
            "suite": unite.suite,
            "source": unite.source,
            "table": unite.table,
            "unite": unite.cle,
            "empreinte": unite.empreinte,
            "id": attente.id,
            "libelle": attente.libelle,
            "severite": attente.severite,
            "remede": attente.remede,
            "reference": attente.reference,
            "statut": resultats[attente.id].statut,
            "n": resultats[attente.id].n,
            "n_inattendus": resultats[attente.id].n_inattendus,
        }
        for attente in unite.attentes
    ]
    return pl.DataFrame(lignes, schema=SCHEMA_VERDICTS)


def _bilan(entrees: Entrees, verdicts: pl.DataFrame, refaites: int, jugees: int) -> BilanControles:
    echecs = verdicts.filter(pl.col("statut") == "echec")
    critique = pl.col("severite") == "critique"
    par_code = lire_constats(entrees.lieux).group_by("code").len().sort("code").collect()
    par_libelle = echecs.filter(~critique).group_by("libelle").len().sort("libelle")
    arrets = [_arret(entrees, v) for v in echecs.filter(critique).iter_rows(named=True)]
    arreter(entrees.lieux, {fichier for _, _, fichiers in arrets for fichier in fichiers})
    return BilanControles(
        constats=dict(par_code.iter_rows()),
        refaites=refaites,
        jugees=jugees,
        reussis=verdicts.filter(pl.col("statut") == "reussi").height,
        avertissements=dict(par_libelle.iter_rows()),
        impossibles=verdicts.filter(pl.col("statut") == "impossible").height,
        bloquants=tuple(bloquant for bloquant, _, _ in arrets),
        sources_arretees=tuple(sorted({s for _, sources, _ in arrets for s in sources})),
    )


def _arret(entrees: Entrees, verdict: dict[str, Any]) -> tuple[Bloquant, list[str], list[str]]:
    """Ce qu'un échec critique arrête : le message, les sources, les fichiers."""
    table, unite = verdict["table"], verdict["unite"]
    if verdict["source"]:
        noms = entrees.bilan.filter(pl.col("fichier") == unite)["nom"]
        sources = [verdict["source"]]
        arretes = [unite]
        ou = f"{verdict['source']}, fichier {noms[0]}"
    else:
        lignes = pl.scan_parquet(partitions(entrees.lieux, table)[unite])
        fichiers = lignes.select(fichier=pl.col("_fichier").unique()).collect()
        recus = entrees.bilan.join(fichiers, on="fichier", how="semi")
        sources = recus["source"].unique().sort().to_list()
        arretes = fichiers["fichier"].to_list()
        ou = f"table {table}, partition {unite} ({', '.join(sources)})"
    message = f"{verdict['libelle']} : {verdict['n_inattendus']} en défaut sur {verdict['n']}"
    return Bloquant(ou, message, verdict["remede"]), sources, arretes
