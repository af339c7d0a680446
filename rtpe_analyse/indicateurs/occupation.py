"""Famille « occupation » : heures réalisées, heures facturées, et leurs taux."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.agregation import calculer
from rtpe_analyse.indicateurs.contributeurs import (
    compter_factures,
    compter_presents,
    enfants_venus,
)
from rtpe_analyse.indicateurs.historique import (
    AVANT_LE_DETAIL,
    ajouter,
    compter_avec_historique,
    lire_historique,
)
from rtpe_analyse.indicateurs.modele import Additif, Indicateur, RatioDeSommes
from rtpe_analyse.indicateurs.parts import en_parts
from rtpe_analyse.indicateurs.places import parts_de_capacite
from rtpe_analyse.indicateurs.presences import facture, realise

_PRESENCE = "Toutes les présences pointées, jours non prévus compris."
_FACTURE = "Heures des factures du mois ; rattachées au premier du mois."
_SANS_DUREE = (
    "Non calculable si un mois attendu n'a aucun pointage, ou si plus d'une présence sur dix "
    "n'a pas de durée ; à vérifier si quelques-unes n'en ont pas."
)

INDICATEURS = (
    Indicateur(
        code="H1",
        libelle="Heures réalisées",
        unite="h",
        agregation=Additif("realise_min"),
        numerateur="durées de présence",
        champ=_PRESENCE,
        definition="Somme des durées de présence, avec l'arrondi de saisie de l'établissement.",
        source="pointages" + AVANT_LE_DETAIL,
        limites=_SANS_DUREE,
        contributeur="presents",
        au_trimestre="somme",
    ),
    Indicateur(
        code="H2",
        libelle="Heures facturées",
        unite="h",
        agregation=Additif("facture_uh"),
        numerateur="heures facturées aux familles",
        champ=_FACTURE,
        definition="Heures du contrat moins déductions, plus dépassements, telles que facturées.",
        source="factures" + AVANT_LE_DETAIL,
        limites="N'existe qu'au mois. Un mois attendu sans facture est non calculable.",
        contributeur="factures",
        au_trimestre="somme",
    ),
    Indicateur(
        code="T1",
        libelle="Taux d'occupation réel",
        unite="%",
        agregation=RatioDeSommes("realise_min", "h0_min"),
        numerateur="heures réalisées (H1)",
        denominateur="capacité théorique (H0)",
        champ=_PRESENCE,
        definition="H1 / H0 : la part de la capacité annoncée réellement occupée.",
        source="pointages, agréments, ouvertures" + AVANT_LE_DETAIL,
        limites=_SANS_DUREE,
        contributeur="presents",
        au_trimestre="somme",
        denominateur_public=True,
        decimales=1,
        sens="hausse_favorable",
    ),
    Indicateur(
        code="T2",
        libelle="Taux d'occupation financier",
        unite="%",
        agregation=RatioDeSommes("facture_uh", "h0_min"),
        numerateur="heures facturées (H2)",
        denominateur="capacité théorique (H0)",
        champ=_FACTURE,
        definition="H2 / H0 : la part de la capacité annoncée payée par les familles.",
        source="factures, agréments, ouvertures" + AVANT_LE_DETAIL,
        limites="N'existe qu'à partir du mois.",
        contributeur="factures",
        au_trimestre="somme",
        denominateur_public=True,
        decimales=1,
        sens="hausse_favorable",
    ),
    Indicateur(
        code="T3",
        libelle="Taux de facturation",
        unite="%",
        agregation=RatioDeSommes("facture_uh", "realise_min"),
        numerateur="heures facturées (H2)",
        denominateur="heures réalisées (H1)",
        champ="Établissements dont les deux sont connues.",
        definition="H2 / H1. Sous 100 %, une anomalie de données à expliquer.",
        source="factures, pointages" + AVANT_LE_DETAIL,
        limites="N'existe qu'à partir du mois.",
        contributeur="presents+factures",
        decimales=1,
        sens="baisse_favorable",
    ),
    Indicateur(
        code="T4",
        libelle="Occupation des places ouvertes",
        unite="%",
        agregation=RatioDeSommes("realise_ouverts_min", "ouverts_min"),
        numerateur="heures réalisées les jours prévus et ouverts",
        denominateur="heures-places ouvertes",
        champ="Jours prévus et réellement ouverts.",
        definition="Ce qui est occupé des places réellement offertes. Contrôle : T1 = T4 × P3.",
        source="pointages, agréments, ouvertures",
        limites="Non calculable si les places ouvertes ne sont pas déclarées.",
        contributeur="presents",
        au_trimestre="somme",
        denominateur_public=True,
        decimales=1,
        sens="hausse_favorable",
    ),
    Indicateur(
        code="T1c",
        libelle="Taux d'occupation réel, lecture Caf",
        unite="%",
        agregation=RatioDeSommes("realise_min", "h0c_min"),
        numerateur="heures réalisées (H1)",
        denominateur="capacité des jours réellement ouverts (H0c)",
        champ=_PRESENCE,
        definition="H1 / H0c.",
        source="pointages, agréments, ouvertures",
        limites="Fermer une journée l'améliore : à lire à côté de T1.",
        contributeur="presents",
        au_trimestre="somme",
        denominateur_public=True,
        decimales=1,
    ),
    Indicateur(
        code="T2c",
        libelle="Taux d'occupation financier, lecture Caf",
        unite="%",
        agregation=RatioDeSommes("facture_uh", "h0c_min"),
        numerateur="heures facturées (H2)",
        denominateur="capacité des jours réellement ouverts (H0c)",
        champ=_FACTURE,
        definition="H2 / H0c.",
        source="factures, agréments, ouvertures",
        limites="Fermer une journée l'améliore : à lire à côté de T2.",
        contributeur="factures",
        au_trimestre="somme",
        denominateur_public=True,
        decimales=1,
    ),
)


def calculer_occupation(lieux: Lieux, le: date) -> pl.DataFrame:
    """Indicateurs de la famille, toutes mailles, mois et trimestres échus au jour `le`."""
    capacites, mesures = parts_de_capacite(lieux, le)
    passe = lire_historique(lieux, le)
    parts = en_parts(
        [
            ajouter(mesures, passe, ["h0_min"]),
            ajouter(realise(lieux, le, capacites), passe, ["realise_min"]),
            ajouter(facture(lieux, le, capacites), passe, ["facture_uh"]),
        ],
        lieux,
        le,
    )
    presents = compter_presents(parts, *enfants_venus(lieux, le))
    factures = compter_factures(parts, lieux, le)
    effectifs = {
        "presents": compter_avec_historique(presents, "presents", passe, lieux, le),
        "factures": compter_avec_historique(factures, "factures", passe, lieux, le),
    }
    return calculer(INDICATEURS, parts, effectifs=effectifs)
