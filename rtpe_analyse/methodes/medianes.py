"""Médiane pondérée."""

from collections.abc import Sequence


def mediane_ponderee(valeurs: Sequence[float], poids: Sequence[float]) -> float | None:
    """Plus petite valeur qui laisse au moins la moitié du poids à elle ou au-dessous.

    Toujours l'une des valeurs (médiane basse), donc sans interpolation entre deux d'entre elles.

    Args:
        valeurs: valeurs, dans un ordre quelconque.
        poids: poids positif ou nul de chacune, dans le même ordre.

    Returns:
        Absente si le poids total est nul.
    """
    total = sum(poids)
    if total <= 0:
        return None
    cumul = 0.0
    for valeur, sien in sorted(zip(valeurs, poids, strict=True)):
        cumul += sien
        if 2 * cumul >= total:
            return valeur
    return None
