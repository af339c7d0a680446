"""Ce que la taille d'un établissement commande : surnombre, catégorie, direction, santé."""

from datetime import date
from decimal import Decimal

from rtpe_analyse.reglementation.nombres import Nombre, entier, tranche
from rtpe_analyse.reglementation.valeurs import valeur

_THEME = "encadrement"


def capacite_simultanee(places: Nombre, le: date) -> int:
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
    nombre = entier(places, "Places autorisées")
    pct = int(tranche(valeur("surnombre", "majoration_pct", le), nombre)["pct"])
    centiemes = nombre * (100 + pct)
    superieur = valeur("surnombre", "arrondi", le) == "superieur"
    return -(-centiemes // 100) if superieur else centiemes // 100


def categorie_eaje(places: Nombre, le: date) -> str:
    """Catégorie d'un établissement d'accueil collectif, depuis le 1er septembre 2021.

    Source : article R. 2324-46 du code de la santé publique.

    Returns:
        `micro_creche`, `petite_creche`, `creche`, `grande_creche` ou `tres_grande_creche`.

    Raises:
        ErreurReglementation: aucune place, ou date antérieure à la règle.
    """
    nombre = entier(places, "Places autorisées", 1)
    return str(tranche(valeur(_THEME, "categories", le), nombre)["categorie"])


def heures_referent_sante(places: Nombre, le: date) -> int:
    """Heures annuelles minimales du référent santé et accueil inclusif.

    À partir de 60 places, un supplément par tranche complète de 20. Le minimum par trimestre
    est la valeur datée `encadrement.referent_sante_trimestre_h`. Source : article R. 2324-46-2
    du code de la santé publique.

    Args:
        places: places autorisées (au moins une).
        le: jour.

    Raises:
        ErreurReglementation: aucune place, date antérieure à la règle.
    """
    heures = int(valeur(_THEME, "referent_sante_h", le)[categorie_eaje(places, le)])
    tranche_sup = valeur(_THEME, "referent_sante_tranche", le)
    au_dela = max(0, entier(places, "Places autorisées") - int(tranche_sup["a_partir_de"]))
    return heures + int(tranche_sup["heures"]) * (au_dela // int(tranche_sup["places"]))


def direction_requise(places: Nombre, le: date) -> Decimal:
    """Direction minimale, direction adjointe comprise, en équivalents temps plein.

    Les deux postes se lisent séparément dans `encadrement.direction_etp` et
    `direction_adjointe_etp`. Source : article R. 2324-46-1 du code de la santé publique ;
    micro-crèche : 0,5 depuis le 1er septembre 2026 (décret n° 2025-304).

    Args:
        places: places autorisées (au moins une).
        le: jour.

    Raises:
        ErreurReglementation: aucune place, date antérieure à la règle.
    """
    categorie = categorie_eaje(places, le)
    postes = ("direction_etp", "direction_adjointe_etp")
    return sum((Decimal(valeur(_THEME, p, le)[categorie]) for p in postes), Decimal(0))
