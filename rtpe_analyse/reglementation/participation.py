"""Participations familiales : tarif horaire et mensualité du barème national."""

import warnings
from datetime import date
from decimal import Decimal
from typing import Any

from rtpe_analyse.erreurs import ErreurReglementation
from rtpe_analyse.reglementation.nombres import MODES, Nombre, arrondir, decimal, entier, tranche
from rtpe_analyse.reglementation.valeurs import valeur

_THEME = "participation"


def bareme(accueil: str, le: date) -> list[dict[str, Any]]:
    """Tranches du taux d'effort (%/h) d'un type d'accueil, par enfants à charge.

    Raises:
        ErreurReglementation: type d'accueil inconnu, ou date antérieure au premier barème.
    """
    suivis = valeur(_THEME, "bareme_par_accueil", le)
    if accueil not in suivis:
        raise ErreurReglementation(
            f"Type d'accueil « {accueil} » inconnu du barème des participations.",
            "Types connus : " + ", ".join(suivis) + ".",
        )
    tranches: list[dict[str, Any]] = valeur(_THEME, f"taux_effort_{suivis[accueil]}_pct", le)
    return tranches


def taux_effort(
    enfants_a_charge: Nombre, le: date, *, enfants_aeeh: Nombre = 0, accueil: str = "collectif"
) -> Decimal:
    """Taux d'effort, en % des ressources mensuelles par heure facturée.

    Chaque enfant à charge en situation de handicap fait passer à la tranche suivante : on
    lit la tranche (enfants + enfants concernés), bornée à la dernière.
    Source : circulaire Cnaf 2019-005 du 5 juin 2019.

    Args:
        enfants_a_charge: au moins un, l'enfant accueilli compris.
        le: jour de l'accueil.
        enfants_aeeh: enfants à charge ouvrant droit à l'allocation (AEEH), compris dans
            `enfants_a_charge`, même si ce n'est pas l'enfant accueilli.
        accueil: `collectif`, `micro_creche`, `familial` ou `parental`.

    Raises:
        ErreurReglementation: nombre d'enfants impossible, accueil inconnu, date trop ancienne.

    Warns:
        UserWarning: plus d'enfants que le barème n'en décrit ; le dernier taux est gardé.
    """
    enfants = entier(enfants_a_charge, "Enfants à charge", 1)
    concernes = entier(enfants_aeeh, "Enfants bénéficiaires de l'AEEH")
    if concernes > enfants:
        raise ErreurReglementation(
            "Plus d'enfants bénéficiaires de l'AEEH que d'enfants à charge.",
            "Compter dans les enfants à charge ceux qui ouvrent droit à l'AEEH.",
        )
    decrits = valeur(_THEME, "enfants_a_charge_bareme_max", le)
    if enfants > decrits:
        warnings.warn(
            f"Plus de {decrits} enfants à charge : les sources divergent, le dernier taux du "
            "barème est gardé.",
            stacklevel=2,
        )
    return Decimal(tranche(bareme(accueil, le), enfants + concernes)["pct"])


def participation_horaire(
    ressources_mensuelles: Nombre,
    enfants_a_charge: Nombre,
    le: date,
    *,
    enfants_aeeh: Nombre = 0,
    accueil: str = "collectif",
    plafond_local: Nombre | None = None,
    arrondi: str = "demi_superieur",
) -> Decimal:
    """Tarif horaire d'une famille, en euros par heure facturée.

    Ressources bornées par le plancher et le plafond du jour × taux d'effort.
    Source : circulaire Cnaf 2019-005 ; barèmes datés de `participation.yaml`.

    Args:
        ressources_mensuelles: ressources de l'année N−2, avant abattements, / 12 (euros).
        enfants_a_charge: au moins un.
        le: jour de l'accueil ; un changement de barème vaut pour les contrats en cours.
        enfants_aeeh: voir `taux_effort`.
        accueil: voir `taux_effort`.
        plafond_local: plafond relevé par le gestionnaire (euros par mois) ; il ne peut pas
            abaisser le plafond national, qui s'applique alors.
        arrondi: `demi_superieur` (au centime le plus proche), `troncature`, `aucun`.

    Raises:
        ErreurReglementation: entrée impossible, accueil ou arrondi inconnu, date antérieure
            au premier barème.
    """
    ressources = decimal(ressources_mensuelles, "Ressources mensuelles")
    taux = taux_effort(enfants_a_charge, le, enfants_aeeh=enfants_aeeh, accueil=accueil)
    plafond = Decimal(valeur(_THEME, "ressources_plafond_eur", le))
    if plafond_local is not None:
        plafond = max(plafond, decimal(plafond_local, "Plafond local"))
    # Au plafond, le plancher n'a pas d'effet : un barème ancien sans plancher connu suffit.
    if ressources < plafond:
        plancher = Decimal(valeur(_THEME, "ressources_plancher_eur", le))
        assiette = max(ressources, plancher)
    else:
        assiette = plafond
    return arrondir(assiette * taux / 100, arrondi)


def mensualite(
    heures: Nombre, mois: Nombre, tarif: Nombre, *, arrondi_heures: str | Decimal | None = None
) -> Decimal:
    """Forfait mensuel, en euros : heures de la période / nombre de mensualités × tarif.

    Source : pratique publiée des gestionnaires ; résultat au centime le plus proche.

    Args:
        heures: heures réservées sur toute la période du contrat.
        mois: nombre de mensualités (entier, au moins une).
        tarif: euros par heure.
        arrondi_heures: arrondi des heures mensuelles avant de multiplier : `demi_superieur`
            ou `troncature` (au centième), ou un pas en heures (`"0.5"` : à la demi-heure la
            plus proche) ; vide : heures exactes.

    Raises:
        ErreurReglementation: nombre négatif, aucune mensualité, arrondi inconnu ou nul.
    """
    total, echeances = decimal(heures, "Heures"), entier(mois, "Mensualités", 1)
    prix = decimal(tarif, "Tarif horaire")
    if arrondi_heures is None:
        # Diviser en dernier : un tiers d'heure n'a pas d'écriture décimale exacte.
        return arrondir(total * prix / echeances, "demi_superieur")
    mensuelles = total / echeances
    if arrondi_heures in MODES:
        mensuelles = arrondir(mensuelles, str(arrondi_heures))
    else:
        pas = decimal(arrondi_heures, "Arrondi des heures")
        if not pas:
            raise ErreurReglementation("Arrondi des heures : un pas non nul est attendu.")
        mensuelles = arrondir(mensuelles, "demi_superieur", pas)
    return arrondir(mensuelles * prix, "demi_superieur")
