"""Le banc du démarrage : `rtpe --help` contre typer et rich nus."""

from statistics import median
from typing import Any

from bancs.mesures import mesurer, python

_BUT = 1.3
_NU = """
import typer, rich
app = typer.Typer()
@app.command()
def un(): pass
@app.command()
def deux(): pass
app()
"""


def comparer(tours: int) -> dict[str, Any]:
    """Temps médians, tour à tour, et leur rapport.

    Args:
        tours: nombre de tours, après un premier qui ne compte pas.

    Raises:
        SystemExit: si l'une des deux aides ne s'affiche pas.
    """
    durees: dict[str, list[float]] = {"rtpe": [], "nu": []}
    commandes = {"rtpe": python("-m", "rtpe_analyse", "--help"), "nu": python("-c", _NU, "--help")}
    for _ in range(tours + 1):
        for nom, commande in commandes.items():
            durees[nom].append(_chronometrer(commande))
    rtpe, nu = durees["rtpe"][1:], durees["nu"][1:]
    return {
        "rtpe_s": median(rtpe),
        "nu_s": median(nu),
        "rapport": median(a / b for a, b in zip(rtpe, nu, strict=True)),
        "but": _BUT,
    }


def phrase(bilan: dict[str, Any]) -> str:
    """Le bilan en une phrase."""
    return (
        f"`rtpe --help` : {bilan['rtpe_s'] * 1000:.0f} ms, soit {bilan['rapport']:.2f} fois "
        f"typer et rich nus ({bilan['nu_s'] * 1000:.0f} ms) ; but : {bilan['but']:g}."
    )


def _chronometrer(commande: list[str]) -> float:
    mesure = mesurer(commande, en_json=False)
    if "--help" not in mesure.rendu:
        raise SystemExit("l'aide ne s'est pas affichée : aucun temps.")
    return mesure.duree
