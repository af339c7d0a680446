"""Vingt-quatre communes en trois groupes francs de huit."""

from pathlib import Path

from tests.specifications.outils import Jeu
from tests.specifications.publics_indice import avec_indice, commune

CODES = [f"990{n:02d}" for n in range(1, 25)]
# Groupe → familles monoparentales pour 1 000, pauvreté (%), places en crèche.
GROUPES = {"aisees": (200, 8, 400), "moyennes": (300, 15, 240), "precaires": (450, 30, 80)}


def une_commune(rang: int, **reste: float | None) -> dict:
    """La commune de ce rang (0 à 23) : son groupe, à un léger écart près."""
    monoparentaux, pauvrete, creches = list(GROUPES.values())[rang // 8]
    ecart = rang % 8
    valeurs = {
        "taux_pauvrete_pct": pauvrete + ecart / 10,
        "places_eaje": creches + ecart,
        **reste,
    }
    return commune(CODES[rang], monoparentaux + 2 * ecart, **valeurs)


COMMUNES = [une_commune(rang) for rang in range(24)]
GROUPE_DE = {CODES[rang]: rang // 8 for rang in range(24)}


def avec_typologie(dossier: Path, communes: list[dict] | None = None) -> Jeu:
    return avec_indice(dossier, COMMUNES if communes is None else communes, [], [])
