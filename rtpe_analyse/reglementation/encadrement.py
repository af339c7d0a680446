"""Encadrement des enfants et qualification des professionnels."""

from datetime import date
from decimal import Decimal

from rtpe_analyse.erreurs import ErreurReglementation
from rtpe_analyse.reglementation.nombres import Nombre, decimal, entier
from rtpe_analyse.reglementation.valeurs import historique, valeur

_THEME = "encadrement"


def encadrement_requis(
    non_marcheurs: Nombre,
    marcheurs: Nombre,
    *,
    mode: str = "5_8",
    calcul: str = "globale",
    le: date | None = None,
    micro_creche: bool = False,
) -> int:
    """Nombre minimal de professionnels auprès des enfants, à un instant.

    `5_8` : un pour 5 enfants qui ne marchent pas et un pour 8 qui marchent ; `6` : un pour 6.
    Jamais moins de deux dès qu'un enfant est là (en micro-crèche, à partir de quatre) ; aucun
    enfant, aucun professionnel. Source : articles R. 2324-43, 43-1 et 46-4 du code de la
    santé publique ; le texte lu ne dit pas comment combiner 1/5 et 1/8, d'où `calcul`.

    Args:
        non_marcheurs: enfants qui ne marchent pas (état déclaré, jamais déduit de l'âge).
        marcheurs: enfants qui marchent.
        mode: `5_8` ou `6`, choix de l'établissement.
        calcul: `globale` (arrondi supérieur de la somme) ou `par_groupe` (somme des arrondis).
        le: jour ; à défaut, la dernière règle connue.
        micro_creche: l'établissement est une micro-crèche.

    Raises:
        ErreurReglementation: mode ou calcul inconnu, nombre impossible, date trop ancienne.
    """
    petits = entier(non_marcheurs, "Enfants qui ne marchent pas")
    grands = entier(marcheurs, "Enfants qui marchent")
    if mode not in ("5_8", "6"):
        raise ErreurReglementation(f"Mode d'encadrement « {mode} » inconnu.", "Choisir 5_8 ou 6.")
    if calcul not in ("globale", "par_groupe"):
        raise ErreurReglementation(
            f"Calcul « {calcul} » inconnu.", "Choisir globale ou par_groupe."
        )
    jour = le if le is not None else historique(_THEME, "professionnels_minimum")[-1].effet
    if not petits + grands:
        return 0
    if mode == "6":
        requis = _superieur(petits + grands, int(valeur(_THEME, "enfants_tous_ages", jour)))
    else:
        n, m = (int(valeur(_THEME, f"enfants_{e}", jour)) for e in ("non_marcheurs", "marcheurs"))
        # Sur un même dénominateur, la somme reste entière : pas d'arrondi parasite.
        requis = (
            _superieur(petits * m + grands * n, n * m)
            if calcul == "globale"
            else _superieur(petits, n) + _superieur(grands, m)
        )
    exempte = micro_creche and petits + grands <= valeur(_THEME, "micro_creche_enfants_seul", jour)
    return requis if exempte else max(requis, int(valeur(_THEME, "professionnels_minimum", jour)))


def _superieur(numerateur: int, denominateur: int) -> int:
    return -(-numerateur // denominateur)


def part_qualification(qualifies: Nombre, effectif: Nombre) -> Decimal | None:
    """Part de professionnels diplômés d'un mois civil, en % (non arrondie).

    Au mois civil seulement : à un instant ou un jour, la part ne se juge pas.
    Source : article R. 2324-42 (1°) du code de la santé publique.

    Args:
        qualifies: auxiliaires de puériculture, éducateurs de jeunes enfants, infirmiers,
            psychomotriciens, puériculteurs (équivalents temps plein ou heures du mois).
        effectif: effectif mensuel de référence, même unité.

    Returns:
        La part ; absente si l'effectif est nul.

    Raises:
        ErreurReglementation: nombre négatif, ou plus de diplômés que d'effectif.
    """
    numerateur = decimal(qualifies, "Professionnels diplômés")
    denominateur = decimal(effectif, "Effectif de référence")
    if numerateur > denominateur:
        raise ErreurReglementation("Plus de professionnels diplômés que d'effectif.")
    return numerateur * 100 / denominateur if denominateur else None


def qualification_conforme(qualifies: Nombre, effectif: Nombre, mois: date) -> bool | None:
    """La part de diplômés d'un mois civil atteint-elle le minimum (40 %) ?

    Args:
        qualifies: voir `part_qualification`.
        effectif: voir `part_qualification`.
        mois: un jour du mois jugé.

    Returns:
        Vrai ou faux ; absent si l'effectif est nul.

    Raises:
        ErreurReglementation: nombre impossible, date antérieure à la règle.
    """
    minimum = Decimal(valeur(_THEME, "qualification_minimum_pct", mois.replace(day=1)))
    part = part_qualification(qualifies, effectif)
    return None if part is None else part >= minimum
