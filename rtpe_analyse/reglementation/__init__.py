"""Valeurs légales datées et calculs qui les appliquent."""

from rtpe_analyse.reglementation.bonus import (
    bonus_attractivite,
    bonus_inclusion_handicap,
    bonus_mixite_sociale,
    bonus_territoire,
    bonus_trajectoire,
)
from rtpe_analyse.reglementation.encadrement import (
    encadrement_requis,
    part_qualification,
    qualification_conforme,
)
from rtpe_analyse.reglementation.participation import (
    bareme,
    mensualite,
    participation_horaire,
    taux_effort,
)
from rtpe_analyse.reglementation.places import (
    capacite_simultanee,
    categorie_eaje,
    direction_requise,
    heures_referent_sante,
)
from rtpe_analyse.reglementation.prestation import (
    journees_pedagogiques,
    prix_plafond,
    psu,
    taux_facturation,
)
from rtpe_analyse.reglementation.seuils import seuil_secret
from rtpe_analyse.reglementation.valeurs import (
    Regle,
    Serie,
    ValeurDatee,
    cles,
    completer,
    historique,
    lire_theme,
    regles_en_vigueur,
    serie,
    themes,
    valeur,
    valeur_datee,
)
from rtpe_analyse.reglementation.zones import calendrier_ferie, zone_scolaire

__all__ = [
    "Regle",
    "Serie",
    "ValeurDatee",
    "bareme",
    "bonus_attractivite",
    "bonus_inclusion_handicap",
    "bonus_mixite_sociale",
    "bonus_territoire",
    "bonus_trajectoire",
    "calendrier_ferie",
    "capacite_simultanee",
    "categorie_eaje",
    "cles",
    "completer",
    "direction_requise",
    "encadrement_requis",
    "heures_referent_sante",
    "historique",
    "journees_pedagogiques",
    "lire_theme",
    "mensualite",
    "part_qualification",
    "participation_horaire",
    "prix_plafond",
    "psu",
    "qualification_conforme",
    "regles_en_vigueur",
    "serie",
    "seuil_secret",
    "taux_effort",
    "taux_facturation",
    "themes",
    "valeur",
    "valeur_datee",
    "zone_scolaire",
]
