"""Prestation de service unique : taux de facturation, prix plafond, montant, forfaits."""

from datetime import date
from decimal import Decimal

from rtpe_analyse.erreurs import ErreurReglementation
from rtpe_analyse.reglementation.nombres import Nombre, arrondir, decimal, entier
from rtpe_analyse.reglementation.valeurs import valeur

_THEME = "psu"


def taux_facturation(heures_facturees: Nombre, heures_realisees: Nombre) -> Decimal | None:
    """Taux de facturation en % : heures facturées / heures réalisées × 100.

    Source : guide Psu (Cnaf, 2014). Non arrondi ; absent si aucune heure n'est réalisée.

    Raises:
        ErreurReglementation: heures négatives.
    """
    facturees = decimal(heures_facturees, "Heures facturées")
    realisees = decimal(heures_realisees, "Heures réalisées")
    return facturees * 100 / realisees if realisees else None


def prix_plafond(
    taux_facturation: Nombre,
    le: date,
    *,
    p107: Nombre | None = None,
    p117: Nombre | None = None,
    p120: Nombre | None = None,
) -> Decimal:
    """Prix plafond horaire de la Psu, en euros, selon le taux de facturation.

    Jusqu'en 2024, trois paliers : `p107` jusqu'à 107 % inclus, `p117` jusqu'à 117 % inclus,
    `p120` au-delà. Depuis 2025 : `p107` jusqu'à 107 %, puis baisse linéaire jusqu'à `p120` à
    120 % ; `p117` ne sert plus. Non arrondi. Seul le prix dont le calcul a besoin est lu.
    Source : guide Psu 2014 ; Caf.fr du 15 janvier 2025.

    Args:
        taux_facturation: en %.
        le: jour de l'exercice (le 31 décembre pour une année).
        p107: prix du premier palier ; à défaut celui de `psu.yaml`.
        p117: prix du palier intermédiaire d'avant 2025 ; de même.
        p120: prix le plus bas : celui au-delà de 117 % jusqu'en 2024, de 120 % ensuite.

    Raises:
        ErreurReglementation: prix inconnu à cette date (le remède nomme le fichier et le
            barème officiel à chercher), taux négatif.
    """
    taux = decimal(taux_facturation, "Taux de facturation")
    bas = Decimal(valeur("seuils_alerte", "t3_orange_pct", le))
    haut = Decimal(valeur("seuils_alerte", "t3_rouge_pct", le))
    if taux <= bas:
        return _prix(p107, "prix_plafond_bas_eur", le)
    lineaire = valeur(_THEME, "regle_prix_plafond", le) == "lineaire"
    if taux > haut or (lineaire and taux == haut):
        return _prix(p120, "prix_plafond_haut_eur", le)
    if not lineaire:
        return _prix(p117, "prix_plafond_moyen_eur", le)
    haut_prix = _prix(p107, "prix_plafond_bas_eur", le)
    bas_prix = _prix(p120, "prix_plafond_haut_eur", le)
    return haut_prix + (bas_prix - haut_prix) * (taux - bas) / (haut - bas)


def _prix(donne: Nombre | None, cle: str, le: date) -> Decimal:
    lu = donne if donne is not None else valeur(_THEME, cle, le)
    return decimal(lu, "Prix plafond")


def psu(
    heures_droit: Nombre,
    participations: Nombre,
    le: date,
    *,
    taux_facturation: Nombre | None = None,
    plafond: Nombre | None = None,
    prix_de_revient: Nombre | None = None,
    montant_horaire: Nombre | None = None,
    taux_regime: Nombre = 1,
) -> Decimal:
    """Psu d'un établissement, en euros, hors forfaits et bonus.

    [ heures de droit × 66 % × min(prix de revient, prix plafond) − participations ] × taux de
    régime. Source : réponse ministérielle n° 119984 (Assemblée nationale, 13e législature).
    Au centime le plus proche ; négative si les participations dépassent la part financée.

    Args:
        heures_droit: heures facturées ouvrant droit.
        participations: participations familiales de ces heures (euros).
        le: jour de l'exercice.
        taux_facturation: en %, d'où se lit le prix plafond si `plafond` n'est pas donné.
        plafond: prix plafond horaire (euros).
        prix_de_revient: prix de revient horaire (euros) ; vide : réputé au plafond.
        montant_horaire: part Caf + participations par heure (euros), déjà à 66 % : remplace
            les prix.
        taux_regime: part des ressortissants du régime, entre 0 et 1.

    Raises:
        ErreurReglementation: prix absent ou inconnu à cette date, nombre impossible.
    """
    regime = decimal(taux_regime, "Taux de régime")
    if regime > 1:
        raise ErreurReglementation("Taux de régime : au plus 1 (tous les enfants du régime).")
    if montant_horaire is not None:
        horaire = decimal(montant_horaire, "Montant horaire")
    else:
        if plafond is None and taux_facturation is None:
            raise ErreurReglementation(
                "Psu : ni prix plafond, ni taux de facturation pour le lire.",
                "Donner plafond=, taux_facturation= ou montant_horaire=.",
            )
        prix = (
            prix_plafond(taux_facturation, le)
            if plafond is None and taux_facturation is not None
            else decimal(plafond or 0, "Prix plafond")
        )
        if prix_de_revient is not None:
            prix = min(prix, decimal(prix_de_revient, "Prix de revient"))
        horaire = prix * valeur(_THEME, "prise_en_charge_pct", le) / 100
    due = decimal(heures_droit, "Heures de droit") * horaire
    reste = due - decimal(participations, "Participations")
    return arrondir(reste * regime, "demi_superieur")


def journees_pedagogiques(
    jours: Nombre, places: Nombre, le: date, *, montant_horaire: Nombre | None = None
) -> Decimal:
    """Forfait des journées pédagogiques d'une année, en euros.

    Jours × 10 h × places × montant horaire (part Caf + participations), trois jours au plus
    par an et par structure, depuis 2024.
    Source : Caf, journées pédagogiques des EAJE ; `psu.yaml`.

    Args:
        jours: journées tenues dans l'année (du lundi au vendredi, hors jours fériés).
        places: places autorisées.
        le: jour de l'exercice.
        montant_horaire: euros par heure ; à défaut celui de `psu.yaml`.

    Raises:
        ErreurReglementation: avant 2024, plus de jours que le maximum financé, montant inconnu
            cette année-là, nombre impossible.
    """
    nombre, maximum = entier(jours, "Jours"), valeur(_THEME, "journees_pedagogiques_max", le)
    if nombre > maximum:
        raise ErreurReglementation(
            f"Au plus {maximum} journées pédagogiques sont financées par an et par structure.",
            "Ne compter que les journées financées.",
        )
    heures = int(valeur(_THEME, "journee_pedagogique_h", le))
    if montant_horaire is None:
        montant_horaire = Decimal(valeur(_THEME, "montant_horaire_maximal_eur", le))
    horaire = decimal(montant_horaire, "Montant horaire")
    return arrondir(nombre * heures * horaire * entier(places, "Places"), "demi_superieur")
