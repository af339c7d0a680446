"""Commandes qui font entrer, nettoient, contrôlent et calculent les données."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from rtpe_analyse.cli.affichage import avancement, dire
from rtpe_analyse.cli.commandes_publiques import referentiel
from rtpe_analyse.cli.francais import CommandeFrancaise
from rtpe_analyse.cli.options import DONNEES, SORTIE, ChoixJeu, Donnees, RecuLe, Sortie, lieux_de
from rtpe_analyse.cli.retours import dire_reception, signaler_refus
from rtpe_analyse.erreurs import ErreurFichier, ErreurUsage


def inscrire(app: typer.Typer) -> None:
    """Ajoute ces commandes à l'application."""
    for commande in (exemple, recevoir, referentiel, decrire, nettoyer, controler, calculer):
        app.command(cls=CommandeFrancaise)(commande)


def exemple(
    petit: Annotated[
        bool, typer.Option("--petit", help="6 établissements, 5 trimestres : quelques secondes.")
    ] = False,
    graine: Annotated[int, typer.Option(metavar="N", help="Même graine, mêmes octets.")] = 2026,
    echelle: Annotated[
        int, typer.Option(min=1, metavar="K", help="Multiplie les établissements.")
    ] = 1,
    annees: Annotated[int, typer.Option(min=1, max=10, metavar="A", help="Années d'activité.")] = 3,
    formats: Annotated[
        str, typer.Option(metavar="csv|tous", help="csv, ou tous (classeurs compris).")
    ] = "tous",
    donnees: Donnees = DONNEES,
    sortie: Sortie = SORTIE,
    jeu: ChoixJeu = "exemple",
) -> None:
    """Fabrique le jeu d'exemple, fictif, dans les formats des vrais logiciels.

    Exemples :

      rtpe exemple --petit

      rtpe exemple --graine 7 --echelle 2
    """
    from rtpe_analyse.exemple import est_a_jour, fabriquer, oublier, retenir

    if jeu == "reel":
        raise ErreurUsage(
            "Le jeu réel ne se fabrique pas.", "Recevoir de vrais fichiers : rtpe recevoir DOSSIER."
        )
    lieux = lieux_de(donnees, sortie, "exemple", creer=True)
    options = {
        "petit": petit,
        "graine": graine,
        "echelle": echelle,
        "annees": annees,
        "formats": formats,
    }
    if est_a_jour(lieux, options):
        dire(f"Jeu d'exemple : à jour dans {lieux.depot}.")
        return
    with avancement("Fabrication") as avancer:
        bilan = fabriquer(
            lieux,
            petit=petit,
            graine=graine,
            echelle=echelle,
            annees=annees,
            formats=formats,
            progres=avancer,
        )
    if oublier(lieux):
        dire("L'exemple précédent, reçu et calculé, est effacé : deux exemples ne se mêlent pas.")
    retenir(lieux, options)
    dire(bilan.phrase)
    dire(f"Pour le recevoir : rtpe recevoir {lieux.depot} --jeu exemple")


def recevoir(
    fichiers: Annotated[
        list[Path], typer.Argument(metavar="FICHIER…", help="Fichiers ou dossiers à recevoir.")
    ],
    source: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="Code de la source, si elle n'est pas reconnue."),
    ] = None,
    descripteur: Annotated[
        Path | None,
        typer.Option(
            metavar="FICHIER.yaml", help="Descripteur YAML d'un logiciel non livré avec l'outil."
        ),
    ] = None,
    millesime: Annotated[
        str | None,
        typer.Option(
            metavar="MILLESIME", help="Millésime (2026-09, 2025…) si le nom ne le dit pas."
        ),
    ] = None,
    recu_le: RecuLe = None,
    donnees: Donnees = DONNEES,
    sortie: Sortie = SORTIE,
    jeu: ChoixJeu = None,
) -> None:
    """Reçoit des fichiers bruts, tels quels, avec leur fiche d'identité.

    Exemples :

      rtpe recevoir exports/2026-09/

      rtpe recevoir pointages.csv --source pointages_mensuels --millesime 2026-09

      rtpe recevoir activite.txt --descripteur mon_logiciel.yaml
    """
    from rtpe_analyse import sources

    # Recevoir sans préciser de jeu, c'est recevoir de vraies données.
    lieux = lieux_de(donnees, sortie, jeu or "reel", creer=True)
    jour = recu_le.date() if recu_le else date.today()
    with avancement("Réception") as avancer:
        retours = sources.recevoir(
            fichiers,
            lieux,
            source=source,
            descripteur=descripteur,
            millesime=millesime,
            recu_le=jour,
            progres=avancer,
        )
    if not retours:
        raise ErreurFichier(
            "Aucun fichier à recevoir : le dossier est vide.",
            "Y déposer les exports, ou donner le chemin d'un fichier.",
        )
    dire_reception(retours)
    signaler_refus(retours)


def decrire(
    fichier: Annotated[
        Path, typer.Argument(metavar="FICHIER", help="Export d'un logiciel encore inconnu.")
    ],
    vers: Annotated[
        Path | None,
        typer.Option(metavar="FICHIER.yaml", help="Où écrire le brouillon (défaut : à l'écran)."),
    ] = None,
    donnees: Donnees = DONNEES,
    sortie: Sortie = SORTIE,
    jeu: ChoixJeu = None,
) -> None:
    """Écrit le brouillon d'un descripteur d'après ce qu'on voit du fichier.

    Les dossiers et le jeu se donnent comme ailleurs, sans effet : rien n'y est lu ni écrit.

    Exemple :

      rtpe decrire export.csv --vers mon_logiciel.yaml
    """
    from rtpe_analyse import sources
    from rtpe_analyse.tableaux import ecrire_texte

    brouillon = sources.decrire(fichier)
    if vers is None:
        dire(brouillon)
        return
    if vers.exists():
        raise ErreurFichier(f"{vers} existe déjà.", "Choisir un autre nom : rien n'est écrasé.")
    ecrire_texte(vers, brouillon)
    dire(
        f"Brouillon écrit dans {vers}. Le compléter, puis : rtpe recevoir {fichier} "
        f"--descripteur {vers}"
    )


def nettoyer(donnees: Donnees = DONNEES, sortie: Sortie = SORTIE, jeu: ChoixJeu = None) -> None:
    """Type, normalise, dédoublonne ; rejets et corrections sont gardés avec leur motif.

    Exemple :

      rtpe nettoyer --jeu exemple
    """
    from rtpe_analyse.cli import chaine

    chaine.nettoyer(lieux_de(donnees, sortie, jeu))


def controler(donnees: Donnees = DONNEES, sortie: Sortie = SORTIE, jeu: ChoixJeu = None) -> None:
    """Juge les données propres ; un contrôle critique en échec arrête la source touchée.

    Exemple :

      rtpe controler --jeu exemple
    """
    from rtpe_analyse.cli import chaine

    chaine.refuser_si_bloque(chaine.controler(lieux_de(donnees, sortie, jeu)))


def calculer(donnees: Donnees = DONNEES, sortie: Sortie = SORTIE, jeu: ChoixJeu = None) -> None:
    """Calcule les indicateurs à toutes les mailles, puis applique le secret statistique.

    Exemple :

      rtpe calculer --jeu exemple
    """
    from rtpe_analyse.cli import chaine

    chaine.calculer(lieux_de(donnees, sortie, jeu))
