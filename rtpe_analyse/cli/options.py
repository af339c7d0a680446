"""Options communes à toutes les commandes."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from rtpe_analyse.chemins import RACINE_PROJET, Jeu, Lieux
from rtpe_analyse.cli.affichage import annoncer_jeu
from rtpe_analyse.erreurs import ErreurDonneesManquantes
from rtpe_analyse.modeles import Niveau

Donnees = Annotated[
    Path,
    typer.Option(
        "--donnees",
        metavar="DOSSIER",
        help="Dossier des données ; par défaut celui du projet.",
        show_default=False,
    ),
]
Sortie = Annotated[
    Path,
    typer.Option(
        "--sortie",
        metavar="DOSSIER",
        help="Dossier des rapports ; par défaut celui du projet.",
        show_default=False,
    ),
]
RecuLe = Annotated[
    datetime | None,
    typer.Option(
        "--recu-le", formats=["%Y-%m-%d"], metavar="AAAA-MM-JJ", help="Date de réception."
    ),
]
ChoixJeu = Annotated[
    Jeu | None,
    typer.Option(
        "--jeu",
        help="Jeu de données ; par défaut « reel » dès qu'un fichier réel est reçu.",
        show_default=False,
    ),
]
ChoixNiveau = Annotated[
    Niveau, typer.Option("--niveau", help="Niveau de secret statistique appliqué.")
]

DONNEES = RACINE_PROJET / "donnees"
SORTIE = RACINE_PROJET / "rapports"


def lieux_de(donnees: Path, sortie: Path, jeu: Jeu | None, *, creer: bool = False) -> Lieux:
    """Dossiers du jeu choisi, annoncé à l'écran.

    Sans choix, c'est le jeu réel dès qu'un fichier réel a été reçu, sinon l'exemple.

    Args:
        donnees: dossier de `--donnees`.
        sortie: dossier de `--sortie`.
        jeu: jeu de `--jeu`.
        creer: la commande fait entrer des données ; elle peut donc créer leur dossier.

    Raises:
        ErreurDonneesManquantes: dossier absent, ou qui n'est pas un dossier de données : une
            faute de frappe ne doit pas y laisser un projet vide.
    """
    if not creer:
        _refuser_un_dossier_etranger(donnees)
    if jeu is None:
        reel = Lieux(donnees, sortie, "reel")
        jeu = "reel" if any(reel.brut.glob("*/*/*.fiche.yaml")) else "exemple"
    lieux = Lieux(donnees.resolve(), sortie.resolve(), jeu)
    annoncer_jeu(lieux)
    return lieux


def _refuser_un_dossier_etranger(donnees: Path) -> None:
    remede = (
        "Vérifier --donnees. Pour commencer là : rtpe exemple --petit, ou rtpe recevoir DOSSIER."
    )
    if not donnees.is_dir():
        raise ErreurDonneesManquantes(f"Le dossier de données {donnees} n'existe pas.", remede)
    reel, exemple = (Lieux(donnees, donnees, jeu) for jeu in ("reel", "exemple"))
    if not any(d.exists() for d in (reel.brut, exemple.racine, reel.referentiel)):
        raise ErreurDonneesManquantes(
            f"{donnees} n'est pas un dossier de données : ni fichier reçu, ni exemple, ni "
            "référentiel.",
            remede,
        )
