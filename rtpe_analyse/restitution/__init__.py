"""Restitution : des indicateurs protégés aux tableaux, figures et phrases en français.

La façade ne se charge qu'à son premier usage : qui ne veut que les formats n'attend pas tous
les contenus.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rtpe_analyse.restitution.objets import Restitution
    from rtpe_analyse.restitution.ouverture import ouvrir
    from rtpe_analyse.restitution.rapport import Rapport

__all__ = ["Rapport", "Restitution", "ouvrir"]

_MODULES = {"Restitution": "objets", "ouvrir": "ouverture", "Rapport": "rapport"}


def __getattr__(nom: str) -> Any:
    if nom not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {nom!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[nom]}"), nom)
