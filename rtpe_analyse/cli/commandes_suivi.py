"""Commandes de suivi : où en est-on, effacer le nominatif, ouvrir JupyterLab."""

import os
import shutil
import subprocess
from datetime import datetime
from typing import Annotated

import typer

from rtpe_analyse.chemins import CARNETS
from rtpe_analyse.cli.affichage import dire, tableau
from rtpe_analyse.cli.francais import CommandeFrancaise
from rtpe_analyse.cli.options import DONNEES, SORTIE, ChoixJeu, Donnees, Sortie, lieux_de
from rtpe_analyse.erreurs import ErreurUsage


def inscrire(app: typer.Typer) -> None:
    """Ajoute ces commandes à l'application."""
    for commande in (etat, purger, labo):
        app.command(cls=CommandeFrancaise)(commande)


def etat(donnees: Donnees = DONNEES, sortie: Sortie = SORTIE, jeu: ChoixJeu = None) -> None:
    """Dit ce qui est reçu, propre, contrôlé, calculé, et ce qui n'est plus à jour.

    Exemple :

      rtpe etat
    """
    from rtpe_analyse.cli.suivi import lignes_d_etat

    lieux = lieux_de(donnees, sortie, jeu)
    tableau("État de la chaîne", ("Étape", "État", "Détail"), lignes_d_etat(lieux))


def purger(
    avant: Annotated[
        datetime,
        typer.Option(
            "--avant",
            formats=["%Y-%m-%d"],
            metavar="AAAA-MM-JJ",
            help="Efface le brut nominatif reçu avant cette date.",
        ),
    ],
    oui: Annotated[bool, typer.Option("--oui", help="Ne pas demander confirmation.")] = False,
    donnees: Donnees = DONNEES,
    sortie: Sortie = SORTIE,
    jeu: ChoixJeu = None,
) -> None:
    """Efface les fichiers bruts nominatifs ; les tables propres et les fiches restent.

    Exemple :

      rtpe purger --avant 2025-01-01
    """
    from rtpe_analyse import sources

    lieux = lieux_de(donnees, sortie, jeu)
    jour = avant.date()
    a_purger = [f for f in sources.lister_fiches(lieux) if f.recu_le < jour and f.chemin.exists()]
    if not a_purger:
        dire(f"Rien à effacer : aucun fichier brut reçu avant le {jour:%d/%m/%Y}.")
        return
    if not oui:
        typer.confirm(
            f"Effacer définitivement {len(a_purger)} fichier(s) brut(s) reçu(s) avant le "
            f"{jour:%d/%m/%Y} ?",
            abort=True,
        )
    for fiche in a_purger:
        sources.purger(fiche)
    dire(f"{len(a_purger)} fichier(s) brut(s) effacé(s) ; fiches et tables propres gardées.")


def labo(donnees: Donnees = DONNEES, sortie: Sortie = SORTIE, jeu: ChoixJeu = None) -> None:
    """Ouvre JupyterLab sur les carnets, relié aux indicateurs du jeu.

    Exemple :

      rtpe labo
    """
    lieux = lieux_de(donnees, sortie, jeu)
    jupyter = shutil.which("jupyter-lab")
    if jupyter is None:
        raise ErreurUsage(
            "JupyterLab n'est pas installé.",
            "Lancer « make labo », ou : pip install -r exigences-labo.txt",
        )
    environnement = {**os.environ, "RTPE_DONNEES": str(lieux.indicateurs)}
    raise typer.Exit(subprocess.call([jupyter, str(CARNETS)], env=environnement))
