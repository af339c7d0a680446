"""Ce que la commande écrit à l'écran : messages, tableaux, avancement."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from rtpe_analyse.chemins import Lieux

sortie = Console(highlight=False)
erreurs = Console(stderr=True, highlight=False)

Avancement = Callable[[str, int, int], None]


def dire(message: str) -> None:
    """Écrit une phrase sur la sortie normale."""
    sortie.print(message, markup=False, soft_wrap=True)


def annoncer_jeu(lieux: Lieux) -> None:
    """Première ligne de toute commande : sur quel jeu elle travaille."""
    if lieux.jeu == "exemple":
        dire("Jeu : exemple (données fictives).")
    else:
        dire("Jeu : réel.")


def dire_erreur(message: str, remede: str = "") -> None:
    """Écrit une erreur et son remède sur la sortie d'erreur."""
    erreurs.print(f"Erreur : {message}", style="bold red", markup=False, soft_wrap=True)
    if remede:
        erreurs.print(f"À faire : {remede}", markup=False, soft_wrap=True)


@contextmanager
def avancement(titre: str) -> Iterator[Avancement]:
    """Barre d'avancement ; rend la fonction `(étape, fait, total)` à appeler.

    Muette quand la sortie n'est pas un terminal, pour que les journaux restent lisibles.
    """
    colonnes = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(
        *colonnes, console=erreurs, transient=True, disable=not erreurs.is_terminal
    ) as barre:
        tache = barre.add_task(titre, total=None)

        def avancer(etape: str, fait: int, total: int) -> None:
            barre.update(tache, description=f"{titre} : {etape}", completed=fait, total=total)

        yield avancer


def tableau(titre: str, colonnes: Sequence[str], lignes: Sequence[Sequence[str]]) -> None:
    """Affiche un petit tableau."""
    table = Table(title=titre, title_justify="left", header_style="bold")
    for colonne in colonnes:
        table.add_column(colonne, overflow="fold")
    for ligne in lignes:
        table.add_row(*ligne)
    sortie.print(table, markup=False)
