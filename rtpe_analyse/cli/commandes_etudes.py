"""Commandes des études ponctuelles : en créer une, la publier."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from rtpe_analyse.chemins import CARNETS
from rtpe_analyse.cli.affichage import dire
from rtpe_analyse.cli.francais import CommandeFrancaise, application
from rtpe_analyse.cli.options import DONNEES, SORTIE, ChoixJeu, Donnees, Sortie, lieux_de
from rtpe_analyse.modeles import Niveau, Periode

ETUDES = CARNETS / "etudes"


def inscrire(app: typer.Typer) -> None:
    """Ajoute le groupe `etude` à l'application."""
    etude = application(
        help="Crée ou publie une étude ponctuelle.\n\nExemples :\n\n"
        '  rtpe etude nouvelle "Les demandes du mercredi"\n\n'
        "  rtpe etude publier carnets/etudes/les_demandes_du_mercredi.ipynb"
    )
    for commande in (nouvelle, publier):
        etude.command(cls=CommandeFrancaise)(commande)
    app.add_typer(etude, name="etude")


def nouvelle(
    titre: Annotated[str, typer.Argument(metavar="TITRE", help="Titre de l'étude.")],
    vers: Annotated[
        Path,
        typer.Option(
            metavar="DOSSIER", help="Où l'écrire ; par défaut carnets/etudes/.", show_default=False
        ),
    ] = ETUDES,
    donnees: Donnees = DONNEES,
    sortie: Sortie = SORTIE,
    jeu: ChoixJeu = None,
) -> None:
    """Crée une étude d'après le modèle, sur le premier territoire et le dernier trimestre.

    Exemple :

      rtpe etude nouvelle "Les demandes du mercredi"
    """
    from rtpe_analyse.cli import chaine
    from rtpe_analyse.diffusion import etudes, manifeste, plan

    lieux = lieux_de(donnees, sortie, jeu)
    edition = manifeste.lire_donnees(lieux, "interne").recu_le
    periode = chaine.dernier_trimestre(lieux)
    zones = plan.lire_zones(lieux, Periode.lire(periode))
    territoire = next((z.code for z in zones if z.maille == "territoire"), "T1")
    chemin = etudes.creer_etude(
        titre,
        territoire=territoire,
        periode=periode,
        edition=edition.isoformat(),
        dossier=vers,
    )
    dire(f"Étude créée : {chemin}")
    dire("L'écrire : rtpe labo")
    dire(f"La publier : rtpe etude publier {chemin}")


def publier(
    fichier: Annotated[Path, typer.Argument(metavar="FICHIER", help="L'étude (.ipynb).")],
    periode: Annotated[
        str | None,
        typer.Option(metavar="PERIODE", help="Trimestre (2026-T3) ; défaut : celui de l'étude."),
    ] = None,
    territoire: Annotated[
        str | None,
        typer.Option(
            metavar="CODE",
            help="Code du territoire (ou du département, si l'étude en parle) ; défaut : celui "
            "de l'étude.",
        ),
    ] = None,
    edition: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="AAAA-MM-JJ",
            help="Date d'édition imprimée ; défaut : la dernière réception.",
        ),
    ] = None,
    niveau: Annotated[
        Niveau | None,
        typer.Option(help="Niveau de secret ; défaut : celui de l'étude.", show_default=False),
    ] = None,
    tel_quel: Annotated[
        bool,
        typer.Option("--tel-quel", help="Lire les indicateurs déjà calculés, sans rien refaire."),
    ] = False,
    donnees: Donnees = DONNEES,
    sortie: Sortie = SORTIE,
    jeu: ChoixJeu = None,
) -> None:
    """Exécute une étude et en fait une page HTML ; refuse ce qui n'a pas passé le secret.

    Exemple :

      rtpe etude publier carnets/etudes/les_demandes_du_mercredi.ipynb --periode 2026-T3
    """
    from rtpe_analyse.cli import chaine
    from rtpe_analyse.diffusion import etudes

    if periode is not None:
        Periode.lire(periode)
    lieux = lieux_de(donnees, sortie, jeu)
    if not tel_quel:
        dire("D'abord, ce qui a changé en amont est refait (--tel-quel s'en passe).")
        chaine.assurer(lieux)
    page = etudes.publier_etude(
        lieux,
        fichier,
        periode=periode,
        territoire=territoire,
        niveau=niveau,
        edition=edition.date() if edition else None,
    )
    dire(f"Étude publiée : {page}")
