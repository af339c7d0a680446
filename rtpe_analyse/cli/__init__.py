"""La commande `rtpe` : elle appelle le paquet, et ne calcule rien elle-même."""

import os
import sys
from typing import Annotated

import typer
from typer import _click

from rtpe_analyse import __version__
from rtpe_analyse.cli import (
    commandes_donnees,
    commandes_etudes,
    commandes_rapports,
    commandes_regles,
    commandes_suivi,
)
from rtpe_analyse.cli.affichage import dire, dire_erreur
from rtpe_analyse.cli.francais import application, traduire_usage
from rtpe_analyse.erreurs import ErreurRtpe

CODE_INTERNE = 70
CODE_INTERRUPTION = 130

app = application(
    help="Des exports bruts des crèches aux rapports de chaque territoire.",
    epilog="Pour commencer : rtpe exemple --petit, puis rtpe recevoir donnees/exemple/depot "
    "--jeu exemple, puis rtpe rapports.",
)
for commandes in (
    commandes_donnees,
    commandes_rapports,
    commandes_etudes,
    commandes_regles,
    commandes_suivi,
):
    commandes.inscrire(app)


def _version(demandee: bool) -> None:
    if demandee:
        dire(f"rtpe_analyse {__version__}")
        raise typer.Exit


@app.callback()
def _racine(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Dire la version.")
    ] = False,
) -> None:
    """Des exports bruts des crèches aux rapports de chaque territoire."""


def main() -> None:
    """Point d'entrée : rend un code de sortie propre à chaque famille d'erreur.

    Une erreur imprévue n'affiche ni trace ni valeur, sauf si `RTPE_TRACE=1` le demande :
    une trace peut contenir des données.
    """
    # L'algèbre du secret porte sur de petites matrices : plusieurs fils s'y gênent (dix fois
    # plus lent sur une machine occupée). Lu par numpy à son chargement, donc avant lui.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        sys.exit(app(standalone_mode=False) or 0)
    except _click.exceptions.NoArgsIsHelpError as aide:
        dire(aide.format_message())
        sys.exit(2)
    except _click.exceptions.ClickException as erreur:
        dire_erreur(traduire_usage(erreur), "rtpe --help montre les commandes et leurs options.")
        sys.exit(erreur.exit_code)
    except ErreurRtpe as erreur:
        dire_erreur(str(erreur), erreur.remede)
        sys.exit(erreur.code_sortie)
    except (KeyboardInterrupt, typer.Abort):
        dire_erreur("interrompu.", "Relancer la même commande reprend où elle s'est arrêtée.")
        sys.exit(CODE_INTERRUPTION)
    except Exception as erreur:
        if os.environ.get("RTPE_TRACE") == "1":
            raise
        trace = erreur.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        lieu = f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}" if trace else "?"
        dire_erreur(
            f"erreur interne ({type(erreur).__name__}, {lieu}).",
            "Signaler ces deux mots à qui maintient l'outil ; RTPE_TRACE=1 montre le détail "
            "(il peut contenir des données : ne pas le transmettre tel quel).",
        )
        sys.exit(CODE_INTERNE)
