"""Les familles d'indicateurs : les déclarer, les calculer, les décrire."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.erreurs import ErreurUsage
from rtpe_analyse.indicateurs import (
    acces,
    alertes,
    besoins,
    besoins_personnel,
    cascade,
    demandes,
    ecart_de_public,
    enfants,
    etats,
    financement,
    flux,
    indice,
    occupation,
    personnel,
    pilotage,
    places,
    previsions,
    profil,
    qualite,
    scenarios,
    structure,
    typologie,
    variations,
)
from rtpe_analyse.indicateurs.modele import Indicateur
from rtpe_analyse.indicateurs.table import controler_sommes
from rtpe_analyse.reglementation import regles_en_vigueur


@dataclass(frozen=True)
class Famille:
    """Des indicateurs calculés ensemble et rangés dans un même fichier."""

    indicateurs: tuple[Indicateur, ...]
    calcul: Callable[[Lieux, date], pl.DataFrame]


FAMILLES: dict[str, Famille] = {
    "places": Famille(places.INDICATEURS, places.calculer_places),
    "cascade": Famille(cascade.INDICATEURS, cascade.calculer_cascade),
    "occupation": Famille(occupation.INDICATEURS, occupation.calculer_occupation),
    "enfants": Famille(enfants.INDICATEURS, enfants.calculer_enfants),
    "contrats": Famille(structure.INDICATEURS, structure.calculer_contrats),
    "psu": Famille(financement.INDICATEURS, financement.calculer_psu),
    "demandes": Famille(demandes.INDICATEURS, demandes.calculer_demandes),
    "besoins": Famille(besoins.INDICATEURS, besoins.calculer_besoins),
    "acces": Famille(acces.INDICATEURS, acces.calculer_acces),
    "publics": Famille(ecart_de_public.INDICATEURS, ecart_de_public.calculer_publics),
    "indice": Famille(indice.INDICATEURS, indice.calculer_indice_besoin),
    "flux": Famille(flux.INDICATEURS, flux.calculer_flux),
    "typologie": Famille(typologie.INDICATEURS, typologie.calculer_typologie),
    "qualite": Famille(qualite.INDICATEURS, qualite.calculer_qualite),
    "personnel": Famille(personnel.INDICATEURS, personnel.calculer_personnel),
    "profil": Famille(profil.INDICATEURS, profil.calculer_profil),
    "etats": Famille(etats.INDICATEURS, etats.calculer_etats),
    "alertes": Famille(alertes.INDICATEURS, alertes.calculer_alertes),
    "previsions": Famille(
        (*previsions.INDICATEURS, *besoins_personnel.INDICATEURS),
        besoins_personnel.calculer_avenir,
    ),
    "pilotage": Famille(pilotage.INDICATEURS, pilotage.calculer_pilotage),
    "scenarios": Famille(scenarios.INDICATEURS, scenarios.calculer_scenarios),
    "variations": Famille(variations.INDICATEURS, variations.calculer_variations),
}


def indicateurs_declares() -> dict[str, Indicateur]:
    """Tous les indicateurs, par code, dans l'ordre de présentation."""
    return {i.code: i for famille in FAMILLES.values() for i in famille.indicateurs}


def meneuses(famille: str) -> list[str]:
    """Familles dont les masques entraînent ceux de celle-ci : à protéger avant elle."""
    codes = {i.entraine_par for i in FAMILLES[famille].indicateurs}
    return [nom for nom, f in FAMILLES.items() if codes & {i.code for i in f.indicateurs}]


def calculer_famille(lieux: Lieux, famille: str, le: date) -> pl.DataFrame:
    """Calcule une famille à toutes les mailles et vérifie ses sommes.

    Args:
        lieux: dossiers du jeu.
        famille: une clé de `FAMILLES`.
        le: date d'arrêté ; seules les périodes échues ce jour-là sont calculées, et les
            conventions datées sont lues à cette date.

    Returns:
        Table au schéma des indicateurs plus `parents`, **avant secret** : à ne montrer ni
        écrire sans passer par `secret.proteger`, qui retire cette colonne.

    Raises:
        ErreurUsage: famille inconnue.
        ErreurControle: la somme des parties ne redonne pas le total.
    """
    if famille not in FAMILLES:
        raise ErreurUsage(
            f"Famille d'indicateurs « {famille} » inconnue.",
            "Familles : " + ", ".join(FAMILLES) + ".",
        )
    table = FAMILLES[famille].calcul(lieux, le)
    if famille != "besoins":
        controler_sommes(table, FAMILLES[famille].indicateurs)
    return table


def definitions() -> list[dict[str, object]]:
    """Déclarations de tous les indicateurs, avec leur famille, pour `definitions.json`."""
    return [
        {**indicateur.fiche, "famille": nom}
        for nom, famille in FAMILLES.items()
        for indicateur in famille.indicateurs
    ]


def regles_utilisees(le: date) -> list[dict[str, str]]:
    """Les règles datées en vigueur au jour `le`, pour la trace des rapports."""
    return [
        {
            "theme": regle.theme,
            "cle": regle.cle,
            "effet": regle.effet.isoformat(),
            "reference": regle.reference,
            "certitude": regle.certitude,
            "verifie_le": regle.verifie_le.isoformat(),
        }
        for regle in regles_en_vigueur(le)
    ]
