"""Nombres reçus par les calculs : exacts, vérifiés, arrondis de la façon dite."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from rtpe_analyse.erreurs import ErreurReglementation

Nombre = int | str | Decimal | float

CENTIME = Decimal("0.01")
_ARRONDIS = {"demi_superieur": ROUND_HALF_UP, "troncature": ROUND_DOWN}
MODES = (*_ARRONDIS, "aucun")


def decimal(valeur: Nombre, nom: str) -> Decimal:
    """Un nombre positif ou nul, en `Decimal` exact.

    Args:
        valeur: entier, `Decimal` ou texte ; un flottant vaut ce qu'il affiche.
        nom: ce qu'il mesure, pour le message.

    Raises:
        ErreurReglementation: pas un nombre fini, ou négatif.
    """
    try:
        lu = Decimal(str(valeur))
    except InvalidOperation:
        lu = Decimal("NaN")
    if isinstance(valeur, bool) or not lu.is_finite():
        raise ErreurReglementation(f"{nom} : un nombre est attendu.", "Vérifier la saisie.")
    if lu < 0:
        raise ErreurReglementation(f"{nom} : un nombre négatif n'a pas de sens.")
    return lu


def entier(valeur: Nombre, nom: str, minimum: int = 0) -> int:
    """Un nombre entier, au moins égal à un minimum.

    Raises:
        ErreurReglementation: pas un entier, ou sous le minimum.
    """
    lu = decimal(valeur, nom)
    if lu != lu.to_integral_value() or lu < minimum:
        raise ErreurReglementation(f"{nom} : un entier au moins égal à {minimum} est attendu.")
    return int(lu)


def arrondir(valeur: Decimal, arrondi: str, pas: Decimal = CENTIME) -> Decimal:
    """Arrondit au pas (le centime), selon un mode nommé.

    Args:
        valeur: nombre exact.
        arrondi: `demi_superieur`, `troncature`, ou `aucun`.
        pas: plus petite différence gardée (> 0).

    Raises:
        ErreurReglementation: mode inconnu.
    """
    if arrondi == "aucun":
        return valeur
    if arrondi not in _ARRONDIS:
        raise ErreurReglementation(
            f"Arrondi « {arrondi} » inconnu.",
            "Arrondis connus : " + ", ".join(MODES) + ".",
        )
    return (valeur / pas).quantize(Decimal(1), _ARRONDIS[arrondi]) * pas


def tranche(tranches: Sequence[Mapping[str, Any]], x: int | Decimal) -> Mapping[str, Any]:
    """La première tranche d'un barème qui contient un nombre.

    Args:
        tranches: de la plus basse à la plus haute ; `jusqu_a` est inclus, `moins_de` exclu,
            `jusqu_a: null` ferme le barème.
        x: le nombre à placer.
    """
    for t in tranches:
        if "moins_de" in t:
            if x < t["moins_de"]:
                return t
        elif t["jusqu_a"] is None or x <= t["jusqu_a"]:
            return t
    raise ErreurReglementation("Barème incomplet : la dernière tranche doit être ouverte.")
