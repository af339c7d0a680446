"""Ce qui fait le calendrier d'un département : zone des vacances, jours fériés locaux."""

from datetime import date

from rtpe_analyse.erreurs import ErreurReglementation
from rtpe_analyse.reglementation.valeurs import valeur

ZONES = ("A", "B", "C")
_THEME = "zones_scolaires"


def zone_scolaire(departement: str, le: date) -> str | None:
    """Zone A, B ou C des vacances scolaires d'un département, un jour donné.

    Args:
        departement: code (« 01 », « 2A », « 974 »).
        le: jour où lire les zones.

    Returns:
        La zone ; absente en Corse et outre-mer (le recteur y fixe le calendrier), pour un code
        inconnu, ou un jour antérieur aux zones écrites.
    """
    try:
        return next((z for z in ZONES if departement in valeur(_THEME, f"zone_{z}", le)), None)
    except ErreurReglementation:
        return None


def calendrier_ferie(departement: str, le: date) -> str:
    """Nom du calendrier des jours fériés d'un département (bibliothèque jours-feries-france).

    Args:
        departement: code du département.
        le: jour où lire les jours fériés locaux.

    Returns:
        « Alsace-Moselle », « La Réunion »… ; « Métropole » (les seules fêtes légales) pour tout
        autre, ou un jour antérieur aux calendriers écrits.
    """
    try:
        locaux = valeur(_THEME, "feries_locaux", le)
    except ErreurReglementation:
        locaux = []
    return next((c["calendrier"] for c in locaux if departement in c["departements"]), "Métropole")
