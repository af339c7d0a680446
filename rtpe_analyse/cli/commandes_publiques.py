"""La commande qui fait entrer les chiffres publics et dit ce qu'il faut y vérifier."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rtpe_analyse.cli.affichage import avancement, dire
from rtpe_analyse.cli.options import DONNEES, SORTIE, Donnees, RecuLe, Sortie
from rtpe_analyse.cli.retours import dire_reception, signaler_refus

if TYPE_CHECKING:
    from rtpe_analyse.sources import RetourReception


def referentiel(
    fichiers: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FICHIER…",
            help="Fichiers ou dossiers publics ; aucun : recompiler ceux déjà reçus.",
        ),
    ] = None,
    recu_le: RecuLe = None,
    donnees: Donnees = DONNEES,
    sortie: Sortie = SORTIE,
) -> None:
    """Reçoit des chiffres publics et recompile donnees/referentiel/ (Cnaf, Insee, Drees…).

    Exemples :

      rtpe referentiel telechargements/ --recu-le 2026-11-23

      rtpe referentiel
    """
    from rtpe_analyse.chemins import Lieux
    from rtpe_analyse.nettoyage.referentiel import etat_du_referentiel, recevoir_et_compiler

    lieux = Lieux(donnees.resolve(), sortie.resolve(), "exemple")
    dire("Chiffres publics, communs aux deux jeux.")
    if not fichiers and (en_place := etat_du_referentiel(lieux)):
        dire("Aucun fichier public n'a été reçu ici ; le référentiel en place contient :")
        for phrase in en_place:
            dire(f"  {phrase}")
        dire("Pour l'étendre : rtpe referentiel DOSSIER.")
        return
    jour = recu_le.date() if recu_le else date.today()
    with avancement("Référentiel") as avancer:
        retours, nettoyage, bilan = recevoir_et_compiler(
            lieux, fichiers or [], recu_le=jour, progres=avancer
        )
    ecartes = _laisses_de_cote(retours, fichiers or [])
    retenus = [r for r in retours if r not in ecartes]
    dire_reception(retenus)
    for raison, noms in _regrouper((r.message, r.nom) for r in ecartes):
        dire(f"Laissés de côté ({len(noms)}) : {', '.join(noms)}. {raison}")
    for absents, noms in _regrouper((", ".join(r.absents), r.nom) for r in retenus):
        if absents:
            dire(
                f"À vérifier : pas de colonne pour {absents} (non publié, ou intitulé changé : "
                f"voir les alias du descripteur) dans {', '.join(noms)}."
            )
    dire(nettoyage.phrase)
    for nom, lues, rejetees in nettoyage.a_verifier:
        quoi = f"{rejetees} ligne(s) rejetée(s) sur {lues}" if lues else "aucune ligne de données"
        dire(f"À vérifier : {nom}, {quoi}.")
    dire(bilan.phrase)
    for remarque in bilan.remarques:
        dire(f"À vérifier : {remarque}")
    signaler_refus(retenus)


def _regrouper(couples: Iterable[tuple[str, str]]) -> Iterable[tuple[str, list[str]]]:
    groupes: dict[str, list[str]] = {}
    for cle, nom in couples:
        groupes.setdefault(cle, []).append(nom)
    return groupes.items()


def _laisses_de_cote(
    retours: "list[RetourReception]", donnes: list[Path]
) -> "list[RetourReception]":
    """Les fichiers d'un dossier qui ne sont d'aucune source ; un fichier donné par son nom, si."""
    return [r for r in retours if r.code == "source_inconnue" and r.chemin not in donnes]
