"""Valeurs légales datées et calculs qui les appliquent."""

from rtpe_analyse.reglementation.calculs import (
    capacite_simultanee,
    seuil_secret,
    taux_facturation,
)
from rtpe_analyse.reglementation.valeurs import (
    Regle,
    ValeurDatee,
    cles,
    historique,
    lire_theme,
    regles_en_vigueur,
    themes,
    valeur,
    valeur_datee,
)

__all__ = [
    "Regle",
    "ValeurDatee",
    "capacite_simultanee",
    "cles",
    "historique",
    "lire_theme",
    "regles_en_vigueur",
    "seuil_secret",
    "taux_facturation",
    "themes",
    "valeur",
    "valeur_datee",
]
