"""Les registres du pilotage : objectifs et actions, tels qu'un service les tiendrait."""

from datetime import date, timedelta
from typing import Any

import polars as pl

from rtpe_analyse.exemple.depot import Depot, ecrire_registre
from rtpe_analyse.exemple.reseau import Etablissement
from rtpe_analyse.exemple.scenario import Scenario
from rtpe_analyse.nomenclatures import liste_fermee

_ETAPE = 17
_NOTE = "voir compte rendu de réunion"
_HORS_LISTE = "Autre (voir note)"


def ecrire_pilotage(scenario: Scenario, depot: Depot, reseau: list[Etablissement]) -> None:
    """Écrit `objectifs.csv` et `actions.csv`, avec quelques lignes salies.

    Le registre des actions porte une colonne « Observations », que la porte doit laisser
    dehors, une ligne en double et une action hors de la liste.

    Args:
        scenario: le scénario, dont `pilotage` (indicateurs, cibles, actions).
        depot: où écrire.
        reseau: établissements.
    """
    objectifs = _objectifs(scenario, reseau)
    depot.noter("objectifs.csv", len(objectifs) + 2, "objectifs", "code_inconnu")
    inconnu = objectifs[:1].with_columns(pl.lit("E999").alias("Code établissement"))
    ecrire_registre(depot, "objectifs.csv", pl.concat([objectifs, inconnu]))
    actions = _actions(scenario, reseau)
    fautive = actions[:1].with_columns(pl.lit(_HORS_LISTE).alias("Action"))
    depot.noter("actions.csv", len(actions) + 2, "actions", "doublon_exact")
    depot.noter("actions.csv", len(actions) + 3, "actions", "valeur_inconnue")
    ecrire_registre(depot, "actions.csv", pl.concat([actions, actions[:1], fautive]))


def _objectifs(scenario: Scenario, reseau: list[Etablissement]) -> pl.DataFrame:
    """Un objectif par territoire et indicateur, aux derniers trimestres et au suivant."""
    reglages = scenario.reglages["pilotage"]
    libelles = liste_fermee("indicateurs_pilotes")
    fin = scenario.profil.fin
    # Du début du trimestre de la fin, on recule ou avance de trimestres entiers.
    rang = 4 * fin.year + (fin.month - 1) // 3
    trimestres = range(rang + 1 - reglages["trimestres"], rang + 2)
    visees = [("", t) for t in scenario.profil.territoires]
    visees += [(e.code, "") for e in reseau if e.chronique]
    return pl.DataFrame(
        [
            {
                "Code établissement": etablissement or None,
                "Territoire": territoire or None,
                "Indicateur": libelles[indicateur],
                "Année": numero // 4,
                "Trimestre": numero % 4 + 1,
                "Cible": cible,
            }
            for etablissement, territoire in visees
            for indicateur, cible in reglages["cibles"].items()
            for numero in trimestres
        ],
        infer_schema_length=None,
    )


def _actions(scenario: Scenario, reseau: list[Etablissement]) -> pl.DataFrame:
    """Pour chaque établissement choisi, une action en cours et une autre, finie, avant elle.

    L'action dont un effet est planté est la seule de son établissement.
    """
    reglages = scenario.reglages["pilotage"]
    tirage = scenario.tirage(_ETAPE)
    ouverts = [e for e in reseau if e.fermeture is None]
    autres = [rang for rang, e in enumerate(ouverts) if not e.chronique]
    nombre = max(2, round(len(autres) * reglages["part_en_action"]))
    choisis = set(tirage.choice(autres, size=nombre, replace=False).tolist())
    codes = list(reglages["actions"])
    lignes = []
    for rang, e in enumerate(ouverts):
        if (effet := e.effet) and effet.action:
            depuis = effet.au + timedelta(days=1)
            lignes.append(_ligne(reglages, e.code, effet.action, depuis, None))
            continue
        if not (e.chronique or rang in choisis):
            continue
        passee, tiree = (codes[k] for k in tirage.choice(len(codes), size=2, replace=False))
        debut = _debut(scenario.profil.fin, int(tirage.integers(*reglages["recul_jours"])))
        finie = debut - timedelta(days=reglages["duree_jours"])
        lignes += [
            _ligne(reglages, e.code, passee, finie, debut - timedelta(days=1)),
            _ligne(reglages, e.code, "remplacements" if e.chronique else tiree, debut, None),
        ]
    return pl.DataFrame(lignes, infer_schema_length=None)


def _ligne(
    reglages: dict[str, Any], etablissement: str, code: str, du: date, au: date | None
) -> dict[str, str | None]:
    return {
        "Code établissement": etablissement,
        "Action": liste_fermee("actions")[code],
        "Début": f"{du:%d/%m/%Y}",
        "Fin": f"{au:%d/%m/%Y}" if au else None,
        "Indicateur visé": liste_fermee("indicateurs_pilotes")[reglages["actions"][code]],
        "Observations": _NOTE,
    }


def _debut(fin: date, recul: int) -> date:
    """Un lundi, `recul` jours avant la fin du jeu au moins."""
    jour = fin - timedelta(days=recul)
    return jour - timedelta(days=jour.weekday())
