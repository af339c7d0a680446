"""Les fautes de contrats, d'agréments et de tarifs, plantées dans ce qui s'écrit."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import polars as pl

from rtpe_analyse.exemple.contrats import Contrats
from rtpe_analyse.exemple.enfants import ordinal
from rtpe_analyse.exemple.reseau import Etablissement
from rtpe_analyse.exemple.scenario import Scenario

_ETAPE = 20
_PROLONGATION_JOURS = 10
_AVANCE_MIN = 60
SAMEDI, _DIMANCHE = 6, 7
_BAISSE_CENTIMES = 40
_MARGE_CENTIMES = 3


@dataclass(frozen=True)
class ContratsEcrits:
    """Les contrats tels que les registres les portent.

    Attributes:
        contrats: contrats, quelques-uns fautifs.
        fautes: code du constat de chaque contrat, vide s'il est juste.
    """

    contrats: Contrats
    fautes: np.ndarray


def fauter(scenario: Scenario, reseau: list[Etablissement], contrats: Contrats) -> ContratsEcrits:
    """Plante `contrat_chevauchant` et `planning_hors_ouverture` dans une copie des contrats.

    Un contrat prolongé couvre les premiers jours du suivant ; un planning commence avant
    l'ouverture agréée. Les pointages, déjà tirés, suivent les contrats justes.

    Args:
        scenario: le scénario, dont `profil.faits` (fautes par code).
        reseau: établissements.
        contrats: contrats justes, triés par établissement, enfant et début.
    """
    tirage = scenario.tirage(_ETAPE)
    nombre = scenario.profil.faits
    fin, debut = contrats.fin.copy(), contrats.debut_min.copy()
    fautes = np.full(len(contrats), "", dtype=object)
    ici = contrats.debut >= ordinal(scenario.profil.bascule)
    ici &= np.array([not e.recopie for e in reseau])[contrats.etablissement]
    suivi = np.zeros(len(contrats), dtype=bool)
    suivi[:-1] = (
        (contrats.enfant[1:] == contrats.enfant[:-1])
        & (contrats.etablissement[1:] == contrats.etablissement[:-1])
        & (contrats.debut[1:] == contrats.fin[:-1] + 1)
        & (contrats.fin[1:] > contrats.fin[:-1] + _PROLONGATION_JOURS)
    )
    for rang in tirage.choice(np.flatnonzero(suivi & ici), nombre, replace=False).tolist():
        fin[rang] += _PROLONGATION_JOURS
        fautes[rang : rang + 2] = "contrat_chevauchant"
    libres = np.flatnonzero(ici & (fautes == ""))
    bornes = np.array([e.bornes for e in reseau])
    for rang in tirage.choice(libres, nombre, replace=False).tolist():
        debut[rang] = bornes[contrats.etablissement[rang], 0] - _AVANCE_MIN
        fautes[rang] = "planning_hors_ouverture"
    return ContratsEcrits(replace(contrats, fin=fin, debut_min=debut), fautes)


def acte_concurrent(scenario: Scenario, reseau: list[Etablissement]) -> tuple[str, date]:
    """Établissement et dimanche d'un acte de trop, qui n'autorise rien ce jour-là.

    L'acte n'a qu'une plage, un samedi : il contredit l'acte en vigueur sans rien changer aux
    places autorisées.
    """
    ouverts = [e.code for e in reseau if e.fermeture is None and e.places_reprise is None]
    choisi = ouverts[int(scenario.tirage(_ETAPE, 1).integers(0, len(ouverts)))]
    jour = scenario.profil.bascule + timedelta(days=60)
    return choisi, jour + timedelta(days=_DIMANCHE - jour.isoweekday())


def detarifer(
    scenario: Scenario, factures: pl.DataFrame, taux: pl.DataFrame, lot: int, nombre: int
) -> pl.DataFrame:
    """Baisse `nombre` tarifs loin de tout taux du barème ; `fait` porte `tarif_ecart`.

    Args:
        scenario: le scénario.
        factures: factures tarifées ; `fait` et `protege` connus.
        taux: taux du barème par mois (dix-millièmes de pour cent).
        lot: numéro du lot.
        nombre: combien en planter.
    """
    baisse = pl.col("tarif") - _BAISSE_CENTIMES
    attendu = pl.col("ressources") * pl.col("taux_possible") / 1_000_000
    eloignes = (
        factures.with_row_index("rang")
        .filter(
            pl.col("mois") >= scenario.profil.bascule,
            pl.col("fait").is_null(),
            ~pl.col("protege"),
            baisse > _BAISSE_CENTIMES,
            # Aux bornes de ressources, le tarif du barème est ailleurs.
            (pl.col("ressources") * pl.col("taux") / 1_000_000 - pl.col("tarif")).abs() < 1,
        )
        .join(taux.select("mois", taux_possible="taux").unique(), on="mois")
        .group_by("rang")
        .agg(((baisse - attendu).abs() > _MARGE_CENTIMES).all().alias("loin"))
        .filter("loin")["rang"]
        .sort()
    )
    choisis = scenario.tirage(_ETAPE, 2, lot).choice(
        eloignes, size=min(nombre, len(eloignes)), replace=False
    )
    touche = pl.int_range(pl.len()).is_in(
        pl.Series(sorted(choisis.tolist()), dtype=pl.Int64).implode()
    )
    return factures.with_columns(
        tarif=pl.when(touche).then(baisse).otherwise("tarif"),
        fait=pl.when(touche).then(pl.lit("tarif_ecart")).otherwise("fait"),
    )
