"""Bonus de la Caf : mixité sociale, inclusion handicap, attractivité, territoire, trajectoire."""

from datetime import date
from decimal import Decimal

from rtpe_analyse.erreurs import ErreurReglementation
from rtpe_analyse.reglementation.nombres import Nombre, arrondir, decimal, entier, tranche
from rtpe_analyse.reglementation.valeurs import valeur

_THEME = "bonus"


def bonus_mixite_sociale(participation_moyenne: Nombre, places: Nombre, le: date) -> Decimal:
    """Bonus mixité sociale d'une année, en euros, pour toutes les places.

    Forfait par place selon la participation horaire moyenne (participations de l'année /
    heures facturées, non arrondie). Source : circulaire Cnaf 2018-002 ; égalité incluse.

    Args:
        participation_moyenne: euros par heure facturée.
        places: places autorisées.
        le: jour de l'exercice.

    Raises:
        ErreurReglementation: avant 2019, ou nombre impossible.
    """
    moyenne = decimal(participation_moyenne, "Participation moyenne")
    par_place = tranche(valeur(_THEME, "mixite_sociale", le), moyenne)["eur"]
    return Decimal(par_place) * entier(places, "Places")


def bonus_inclusion_handicap(
    part_pct: Nombre, cout_par_place: Nombre, places: Nombre, le: date
) -> Decimal:
    """Bonus inclusion handicap d'une année, en euros, pour toutes les places.

    Places × min(plafond ; part d'enfants × taux de la tranche × coût par place), au centime.
    Les trois facteurs sont lus (circulaire Cnaf 2018-002), leur produit est de mémoire.

    Args:
        part_pct: enfants en situation de handicap / enfants inscrits, en %.
        cout_par_place: coût annuel d'une place (euros).
        places: places autorisées.
        le: jour de l'exercice.

    Raises:
        ErreurReglementation: avant 2019, part au-delà de 100 %, nombre impossible.
    """
    part = decimal(part_pct, "Part d'enfants en situation de handicap")
    if part > 100:
        raise ErreurReglementation("Part d'enfants en situation de handicap : au plus 100 %.")
    taux = tranche(valeur(_THEME, "inclusion_taux", le), part)["pct"]
    par_place = part * taux * decimal(cout_par_place, "Coût par place") / 10_000
    plafond = Decimal(valeur(_THEME, "inclusion_plafond_eur", le))
    return arrondir(entier(places, "Places") * min(plafond, par_place), "demi_superieur")


def bonus_attractivite(places: Nombre, le: date, *, gestion: str = "public") -> Decimal:
    """Bonus attractivité d'une année, en euros : forfait par place et gestion, depuis 2024.

    Source : Cnaf, 3 avril 2024 ; suppose la hausse de salaire délibérée.

    Args:
        places: places autorisées.
        le: jour de l'exercice.
        gestion: `public` ou `prive`.

    Raises:
        ErreurReglementation: gestion inconnue, avant 2024, nombre impossible.
    """
    if gestion not in ("public", "prive"):
        raise ErreurReglementation(f"Gestion « {gestion} » inconnue.", "Choisir public ou prive.")
    return Decimal(valeur(_THEME, f"attractivite_{gestion}_eur", le)) * entier(places, "Places")


def bonus_territoire(places: Nombre, montant_par_place: Nombre, le: date) -> Decimal:
    """Bonus territoire d'une année, en euros : places nouvelles × forfait de la convention.

    Le forfait dépend de la richesse du territoire ; celui des places existantes, historique,
    n'est pas au barème. Source : Caf, convention territoriale globale (plan de rebond, 2021).

    Args:
        places: places nouvelles soutenues par la collectivité.
        montant_par_place: euros, dans la fourchette datée de `bonus.yaml`.
        le: jour de l'exercice.

    Raises:
        ErreurReglementation: forfait hors de la fourchette, avant 2021, nombre impossible.
    """
    forfait = decimal(montant_par_place, "Montant par place")
    bas, haut = (valeur(_THEME, f"territoire_place_nouvelle_{b}_eur", le) for b in ("min", "max"))
    if not bas <= forfait <= haut:
        raise ErreurReglementation(
            f"Bonus territoire : de {bas} à {haut} € par place nouvelle.",
            "Vérifier la convention territoriale globale.",
        )
    return arrondir(forfait * entier(places, "Places"), "demi_superieur")


def bonus_trajectoire(hausse_pct: Nombre, places: Nombre, le: date) -> Decimal:
    """Bonus trajectoire de développement, en euros, pour toutes les places.

    Forfait par place du plus haut palier atteint. Source : Caf 06, janvier 2026.

    Args:
        hausse_pct: hausse des places cofinancées depuis 2023, en %.
        places: places cofinancées.
        le: jour de l'exercice.

    Raises:
        ErreurReglementation: date antérieure à la règle, nombre impossible.
    """
    hausse = decimal(hausse_pct, "Hausse des places")
    paliers = valeur(_THEME, "trajectoire_developpement", le)
    atteints = [p["eur"] for p in paliers if p["a_partir_de"] <= hausse]
    return Decimal(max(atteints, default=0)) * entier(places, "Places")
