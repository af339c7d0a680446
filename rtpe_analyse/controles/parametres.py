"""Les bornes légales que les suites demandent : toujours lues dans `reglementation`, datées."""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from rtpe_analyse.erreurs import ErreurReglementation
from rtpe_analyse.reglementation import valeur

_CENTIME = Decimal("0.01")
_MILLIEME = Decimal("0.001")


def _ressources(borne: str, le: date) -> Decimal:
    return Decimal(valeur("participation", f"ressources_{borne}_eur", le))


def _taux(choisir: Callable[[Iterable[Decimal]], Decimal], le: date) -> Decimal:
    baremes: list[list[dict[str, Any]]] = [
        valeur("participation", f"taux_effort_{accueil}_pct", le)
        for accueil in ("collectif", "familial")
    ]
    return choisir(Decimal(tranche["pct"]) for bareme in baremes for tranche in bareme)


def _tarif_minimal(le: date) -> Decimal:
    exact = _ressources("plancher", le) * _taux(min, le) / 100
    return exact.quantize(_CENTIME, ROUND_FLOOR)


def _tarif_maximal(le: date) -> Decimal:
    exact = _ressources("plafond", le) * _taux(max, le) / 100
    return exact.quantize(_CENTIME, ROUND_CEILING)


def _taux_filoue_maximal(le: date) -> Decimal:
    return _taux(max, le).quantize(_MILLIEME, ROUND_CEILING)


# Le tarif est arrondi au centime selon des usages qui diffèrent : les bornes s'écartent.
PARAMETRES: dict[str, Callable[[date], Decimal | int]] = {
    "ressources_plancher_eur": lambda le: _ressources("plancher", le),
    "ressources_plafond_eur": lambda le: _ressources("plafond", le),
    "taux_effort_min_pct": lambda le: _taux(min, le),
    "taux_effort_max_pct": lambda le: _taux(max, le),
    "taux_effort_max_filoue_pct": _taux_filoue_maximal,  # Filoué l'arrondit au millième
    "tarif_min_eur": _tarif_minimal,
    "tarif_max_eur": _tarif_maximal,
    "age_max_mois": lambda le: int(valeur("accueil", "age_max_mois", le)),
}


def bornes_au(noms: Iterable[str], le: date | None) -> dict[str, float]:
    """Valeur, un jour donné, des bornes demandées.

    Args:
        noms: noms de `PARAMETRES`.
        le: jour jugé (dernier jour du mois ou de l'année de la partition) ; absent si la
            période de ce qu'on juge est inconnue.

    Returns:
        Nom → valeur. Une borne inconnue à cette date n'y figure pas : le contrôle qui en
        dépend sera dit impossible, pas en échec.
    """
    bornes = {}
    for nom in sorted(noms):
        if le is None or nom not in PARAMETRES:
            continue
        try:
            bornes[nom] = float(PARAMETRES[nom](le))
        except ErreurReglementation:
            continue
    return bornes
