"""Les calculs qui appliquent les valeurs datées."""

from datetime import date
from decimal import Decimal
from typing import Literal

from rtpe_analyse.erreurs import ErreurReglementation
from rtpe_analyse.reglementation.valeurs import valeur


def capacite_simultanee(places: int, le: date) -> int:
    """Nombre d'enfants admis au même instant, surnombre compris.

    Source : article R. 2324-27 du code de la santé publique (115 %, arrondi à l'entier
    supérieur : arrêté du 8 octobre 2021, article 6) ; avant le 1er septembre 2021, 10, 15
    ou 20 % selon la taille, sans dépasser la part entière.

    Args:
        places: capacité autorisée de la plage (entier, ≥ 0).
        le: jour de la présence.

    Raises:
        ErreurReglementation: date antérieure au premier barème, ou places négatives.
    """
    if places < 0:
        raise ErreurReglementation("Une capacité autorisée ne peut pas être négative.")
    tranches = valeur("surnombre", "majoration_pct", le)
    pct = next(int(t["pct"]) for t in tranches if t["jusqu_a"] is None or places <= t["jusqu_a"])
    centiemes = places * (100 + pct)
    superieur = valeur("surnombre", "arrondi", le) == "superieur"
    return -(-centiemes // 100) if superieur else centiemes // 100


def taux_facturation(h_fact: Decimal, h_real: Decimal) -> Decimal | None:
    """Taux de facturation en % : heures facturées / heures réalisées × 100.

    Source : guide Psu (Cnaf, 2014). Non arrondi ; absent si aucune heure n'est réalisée.
    """
    return h_fact * 100 / h_real if h_real else None


def seuil_secret(niveau: str, nature: Literal["effectifs", "revenus"], le: date) -> int:
    """Plus petit nombre de contributeurs (enfants, familles) qui peut se lire.

    Raises:
        ErreurReglementation: niveau inconnu ou date antérieure à la première règle.
    """
    return int(valeur("secret", f"{niveau}_{nature}", le))
