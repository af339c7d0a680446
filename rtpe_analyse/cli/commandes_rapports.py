"""Commandes qui produisent les rapports."""

import os
from datetime import datetime
from typing import Annotated, Literal

import typer

from rtpe_analyse.cli.affichage import avancement, dire, tableau
from rtpe_analyse.cli.francais import CommandeFrancaise
from rtpe_analyse.cli.options import (
    DONNEES,
    SORTIE,
    ChoixJeu,
    ChoixNiveau,
    Donnees,
    Sortie,
    lieux_de,
)
from rtpe_analyse.erreurs import ErreurRapport
from rtpe_analyse.modeles import Periode


def inscrire(app: typer.Typer) -> None:
    """Ajoute ces commandes à l'application."""
    app.command(cls=CommandeFrancaise)(rapports)


def rapports(
    periode: Annotated[
        str | None,
        typer.Option(
            metavar="PERIODE", help="Trimestre (2026-T3) ; défaut : le dernier qui a de l'activité."
        ),
    ] = None,
    territoire: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="Code d'un territoire (répétable) ; défaut : tous."),
    ] = None,
    etablissement: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODE",
            help="Code d'un établissement (répétable) : sa fiche ; défaut : tous ceux des "
            "territoires.",
        ),
    ] = None,
    carnet: Annotated[
        list[str] | None,
        typer.Option(metavar="NOM", help="Nom d'un carnet (répétable) ; défaut : tous."),
    ] = None,
    comparaison: Annotated[
        str,
        typer.Option(
            metavar="ZONE",
            help="Zone à laquelle se comparent les portraits (departement, territoire:CODE, "
            "commune:CODE ou zonage:CODE) et les tendances (departement ou territoire:CODE) ; "
            "défaut : le département.",
        ),
    ] = "",
    ouvriers: Annotated[
        int, typer.Option(min=1, max=32, metavar="N", help="Rapports produits en même temps.")
    ] = min(os.cpu_count() or 1, 8),
    edition: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="AAAA-MM-JJ",
            help="Date d'édition imprimée ; défaut : la dernière réception.",
        ),
    ] = None,
    niveau: ChoixNiveau = "interne",
    moteur: Annotated[
        Literal["auto", "chaud", "noyau"],
        typer.Option(
            help="chaud : processus déjà chargés ; noyau : un noyau Jupyter par rapport (lent) ; "
            "auto : chaud là où il existe."
        ),
    ] = "auto",
    donnees: Donnees = DONNEES,
    sortie: Sortie = SORTIE,
    jeu: ChoixJeu = None,
) -> None:
    """Produit les rapports HTML et le portail, après avoir refait ce qui manque en amont.

    Exemples :

      rtpe rapports

      rtpe rapports --periode 2026-T3 --territoire T1 --carnet occupation_territoire

      rtpe rapports --etablissement E001

      rtpe rapports --carnet besoins_territoire --comparaison zonage:Z1
    """
    from rtpe_analyse import diffusion
    from rtpe_analyse.cli import chaine

    # Ce qui est mal écrit se dit tout de suite, pas après des minutes de calcul.
    if periode is not None:
        Periode.lire(periode)
    chaine.verifier_ecriture(comparaison)
    for nom in carnet or ():
        diffusion.lire_carnet(nom)
    lieux = lieux_de(donnees, sortie, jeu)
    arrets = chaine.assurer(lieux)
    chaine.verifier_comparaison(lieux, comparaison)
    if periode is not None:
        chaine.verifier_trimestre(lieux, Periode.lire(periode))
    periode = periode or chaine.dernier_trimestre(lieux)
    with avancement(f"Rapports {periode}") as avancer:
        bilan = diffusion.executer_lot(
            lieux,
            Periode.lire(periode),
            territoires=territoire,
            etablissements=etablissement,
            carnets=carnet,
            comparaison=comparaison,
            niveau=niveau,
            edition=edition.date() if edition else None,
            ouvriers=ouvriers,
            moteur=moteur,
            progres=avancer,
        )
    dire(bilan.phrase)
    if bilan.echecs:
        tableau("Rapports en échec", ("Rapport", "Pourquoi"), bilan.echecs)
    dire(f"Portail à ouvrir dans un navigateur : {bilan.portail}")
    if bilan.echecs:
        raise ErreurRapport(
            f"{len(bilan.echecs)} rapport(s) en échec ; les autres sont faits.",
            "Voir le tableau ci-dessus ; relancer la même commande ne refait que ceux-là.",
        )
    chaine.refuser_si_bloque(arrets)
