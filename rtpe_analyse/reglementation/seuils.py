"""Seuils de secret statistique."""

from datetime import date
from typing import Literal

from rtpe_analyse.reglementation.valeurs import valeur


def seuil_secret(niveau: str, nature: Literal["effectifs", "revenus", "agents"], le: date) -> int:
    """Plus petit nombre de contributeurs (enfants, familles, agents) qui peut se lire.

    Raises:
        ErreurReglementation: niveau inconnu ou date antérieure à la première règle.
    """
    return int(valeur("secret", f"{niveau}_{nature}", le))
