"""Les envois mensuels du premier logiciel : composer les classeurs, en salir quelques-uns."""

from datetime import date

import numpy as np
import polars as pl

from rtpe_analyse.exemple.classeurs import Classeur, composer, ecrire
from rtpe_analyse.exemple.depot import Depot
from rtpe_analyse.exemple.faits import Plantation
from rtpe_analyse.exemple.reseau import Etablissement
from rtpe_analyse.exemple.scenario import Scenario
from rtpe_analyse.exemple.textes import sans_accents

_ETAPE = 13
_CELLULES_MINIMALES = 150
GESTES_DE_CLASSEUR = ("depart_avant_arrivee", "heure_ambigue", "heure_en_h")
TITRE = "titre_de_classeur"


def ecrire_classeurs(
    scenario: Scenario,
    depot: Depot,
    reseau: list[Etablissement],
    jours: pl.DataFrame,
    enfants: pl.DataFrame,
    lot: int,
    plantation: Plantation,
    lots_restants: int,
) -> None:
    """Écrit les classeurs d'un lot ; un mois sans enfant ne donne pas de fichier.

    Args:
        scenario: le scénario.
        depot: où écrire.
        reseau: établissements.
        jours: enfants-jours du lot ; ceux du second logiciel sont laissés de côté.
        enfants: identités, avec `code_berceau`.
        lot: numéro du lot.
        plantation: décompte des saletés de classeur, modifié.
        lots_restants: lots à faire, celui-ci compris.
    """
    tirage = scenario.tirage(_ETAPE, lot)
    anciens = jours.filter(pl.col("date") < scenario.profil.bascule).with_columns(
        mois=pl.col("date").dt.truncate("1mo")
    )
    groupes = anciens.partition_by("etablissement", "mois", as_dict=True, maintain_order=True)
    classeurs: dict[str, Classeur] = {}
    for (rang, mois), table in groupes.items():
        etablissement = reseau[rang]
        classeur = composer(
            _titre(scenario, etablissement, mois),
            table,
            enfants,
            avec_heures=not etablissement.sans_heures,
        )
        if classeur.cellules:
            classeurs[f"presences_{etablissement.code}_{mois:%Y-%m}.xlsx"] = classeur
    _salir(classeurs, tirage, plantation, lots_restants)
    for nom, classeur in classeurs.items():
        depot.ecrire(nom, ecrire(classeur))
        for ligne, lieu, code in classeur.reperes:
            depot.noter(nom, ligne, "pointages", code, lieu)


def _titre(scenario: Scenario, etablissement: Etablissement, mois: date) -> str:
    renommage = scenario.reglages["evenements"]["changement_de_nom"]
    if etablissement.ancien_nom and mois < renommage:
        return etablissement.ancien_nom
    return etablissement.nom


def _salir(
    classeurs: dict[str, Classeur],
    tirage: np.random.Generator,
    plantation: Plantation,
    lots_restants: int,
) -> None:
    """Une saleté par classeur au plus : une cellule, ou le nom de l'établissement."""
    propres = [
        c for c in classeurs.values() if c.avec_heures and len(c.cellules) >= _CELLULES_MINIMALES
    ]
    for code in (*GESTES_DE_CLASSEUR, TITRE):
        for _ in range(plantation.part(f"classeur_{code}", lots_restants)):
            if not propres:
                return
            classeur = propres.pop(int(tirage.integers(0, len(propres))))
            if code == TITRE:
                classeur.titre = sans_accents(classeur.titre)
                cles = sorted(classeur.cellules)
                classeur.reperes += [(*classeur.cellule(*cle), "nom_de_lieu") for cle in cles]
            else:
                cle = sorted(classeur.cellules)[int(tirage.integers(0, len(classeur.cellules)))]
                classeur.cellules[cle] = _geste(code, classeur.cellules[cle])
                classeur.reperes.append((*classeur.cellule(*cle), code))
            plantation.reste[f"classeur_{code}"] -= 1


def _geste(code: str, cellules: list[str]) -> list[str]:
    arrivee, depart = cellules
    if code == "depart_avant_arrivee":
        return [depart, arrivee]
    separateur = "," if code == "heure_ambigue" else "h"
    return [arrivee.lstrip("0").replace(":", separateur), depart]
