"""Tous les constats, partition par partition, refaits seulement si leurs entrées changent."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.controles import (
    contrats,
    fichiers,
    positions,
    presences,
    recopies,
    registres,
    surnombre,
    tarifs,
)
from rtpe_analyse.controles.entrees import Entrees
from rtpe_analyse.controles.modele import SCHEMA_CONSTATS
from rtpe_analyse.erreurs import ErreurDonneesManquantes
from rtpe_analyse.etapes import empreinte_code, marquer, raisons_de_refaire
from rtpe_analyse.modeles import Periode
from rtpe_analyse.nomenclatures.communes import SCHEMA_COMMUNES, lire_communes
from rtpe_analyse.nomenclatures.iris import lire_iris
from rtpe_analyse.nomenclatures.publiques import lire_referentiel
from rtpe_analyse.reglementation import valeur
from rtpe_analyse.tableaux import ecrire_parquet

Progres = Callable[[str, int, int], None]

_LOCALISEES = {
    "zonages": (("zonages", "passages"), ("iris_annee.csv",)),
    "etablissements": (("etablissements",), ("communes.csv",)),
    "trajets": (("trajets", "etablissements"), ("communes.csv", "iris.csv")),
}
"""Tables aux codes cherchés dans le référentiel : registres et fichiers dont elles dépendent."""
_REGISTRES = ("agrements", "etablissements", "enfants", "contrats")
_SITUATIONS = ("enfants", "familles", "etablissements")


@dataclass(frozen=True)
class Tache:
    """Un fichier de constats : de quoi il dépend, comment il se calcule."""

    table: str
    partition: str
    ingredients: dict[str, str]
    calculer: Callable[[], list[pl.DataFrame]]

    def sortie(self, lieux: Lieux) -> Path:
        """Fichier de constats."""
        return lieux.constats / self.table / f"{self.partition}.parquet"

    def temoin(self, lieux: Lieux) -> Path:
        """Témoin de la dernière exécution."""
        return lieux.travail / "temoins" / "constats" / self.table / f"{self.partition}.json"


def relever_constats(entrees: Entrees, progres: Progres | None = None) -> int:
    """Écrit `constats/<table>/<partition>.parquet` pour ce qui a changé.

    La mémoire est bornée par une partition mensuelle et la précédente (mois recopié). Un
    fichier de constats dont les entrées ont disparu est supprimé.

    Args:
        entrees: entrées de l'exécution.
        progres: appelée avec (étape, fait, total).

    Returns:
        Nombre de fichiers de constats recalculés.
    """
    lieux = entrees.lieux
    taches = list(_taches(entrees))
    refaites = 0
    for rang, tache in enumerate(taches):
        if progres:
            progres(f"constats, {tache.table} {tache.partition}", rang, len(taches))
        sortie, temoin = tache.sortie(lieux), tache.temoin(lieux)
        if sortie.exists() and not raisons_de_refaire(temoin, tache.ingredients):
            continue
        constats = pl.concat([pl.DataFrame(schema=SCHEMA_CONSTATS), *tache.calculer()])
        ecrire_parquet(sortie, constats)
        marquer(temoin, tache.ingredients)
        refaites += 1
    attendus = {tache.sortie(lieux) for tache in taches}
    for chemin in set(lieux.constats.glob("*/*.parquet")) - attendus:
        chemin.unlink()
    return refaites


def lire_constats(lieux: Lieux) -> pl.LazyFrame:
    """Tous les constats, au schéma `SCHEMA_CONSTATS` ; table vide si aucun n'a été relevé."""
    chemins = sorted(lieux.constats.glob("*/*.parquet"))
    return pl.scan_parquet(chemins) if chemins else pl.LazyFrame(schema=SCHEMA_CONSTATS)


def _taches(entrees: Entrees) -> Iterator[Tache]:
    code = {"code": empreinte_code("controles", "reglementation", "nomenclatures", "schemas.py")}

    def ingredients(*tables: str, mois: str = "tout") -> dict[str, str]:
        parties = {f"{t} {mois}": entrees.empreintes(t).get(mois, "") for t in tables}
        return code | parties

    registres_lus = ingredients(*_REGISTRES)
    for mois in entrees.empreintes("pointages"):
        avant = str(Periode.lire(mois).decaler(-1))
        dont = registres_lus | ingredients("pointages", "ouvertures", mois=mois)
        dont |= ingredients("pointages", mois=avant)
        yield Tache("pointages", mois, dont, partial(_pointages, entrees, mois, avant))
    for mois in entrees.empreintes("factures"):
        dont = ingredients(*_SITUATIONS) | ingredients("factures", "pointages", mois=mois)
        yield Tache("factures", mois, dont, partial(_factures, entrees, mois))
    for mois in entrees.empreintes("ouvertures"):
        dont = ingredients("agrements") | ingredients("ouvertures", mois=mois)
        yield Tache("ouvertures", mois, dont, partial(_ouvertures, entrees, mois))
    if entrees.empreintes("agrements"):
        yield Tache("agrements", "tout", ingredients("agrements"), partial(_agrements, entrees))
    if entrees.empreintes("contrats"):
        yield Tache("contrats", "tout", ingredients("contrats"), partial(_contrats, entrees))
    if entrees.empreintes("plannings"):
        dont = ingredients("plannings", "contrats", "agrements")
        yield Tache("plannings", "tout", dont, partial(_plannings, entrees))
    calculs = {"zonages": _zonages, "etablissements": _etablissements, "trajets": _trajets}
    for table, (registres_cites, publics) in _LOCALISEES.items():
        if entrees.empreintes(table):
            dont = ingredients(*registres_cites) | _signales(entrees)
            dont |= {f: entrees.empreinte_de(entrees.lieux.referentiel / f) for f in publics}
            yield Tache(table, "tout", dont, partial(calculs[table], entrees))
    yield from _taches_de_reception(entrees, ingredients)


def _taches_de_reception(
    entrees: Entrees, ingredients: Callable[..., dict[str, str]]
) -> Iterator[Tache]:
    lieux = entrees.lieux
    recus = entrees.bilan.filter(pl.col("table") == "pointages")
    if len(recus):
        lus = [entrees.lu(fichier, "pointages") for fichier in recus["fichier"]]
        bilan = lieux.travail / "bilan_nettoyage.parquet"
        dont = ingredients() | {"fichiers": entrees.empreinte_du_lot([bilan, *lus])}
        yield Tache("pointages", "fichiers", dont, partial(_fichiers, entrees))
    for table in entrees.signalements["table"].unique().sort():
        if table not in _LOCALISEES:
            dont = ingredients(table) | _signales(entrees)
            yield Tache(table, "tout", dont, partial(_communes, entrees, table))


def _signales(entrees: Entrees) -> dict[str, str]:
    return {"signalements": entrees.empreinte_des_signalements}


def _pointages(entrees: Entrees, mois: str, avant: str) -> list[pl.DataFrame]:
    pointages = entrees.partition("pointages", mois)
    return [
        surnombre.surnombre(pointages, entrees.registre("agrements")),
        presences.presence_jour_ferme(pointages, entrees.partition("ouvertures", mois)),
        presences.double_presence(pointages, entrees.registre("enfants")),
        presences.quasi_doublon(pointages),
        recopies.mois_recopie(pointages, entrees.partition("pointages", avant)),
        presences.donnee_personnelle(pointages),
        presences.presence_hors_activite(pointages, entrees.registre("etablissements")),
        presences.presence_sans_contrat(pointages, entrees.registre("contrats")),
    ]


def _factures(entrees: Entrees, mois: str) -> list[pl.DataFrame]:
    factures, pointages = (entrees.partition(t, mois) for t in ("factures", "pointages"))
    situations = (entrees.registre(t) for t in _SITUATIONS)
    return [
        registres.facture_inferieur_realise(factures, pointages),
        tarifs.tarif_ecart(factures, *situations),
    ]


def _ouvertures(entrees: Entrees, mois: str) -> list[pl.DataFrame]:
    ouvertures = entrees.partition("ouvertures", mois)
    return [registres.agrement_absent(ouvertures, entrees.registre("agrements"))]


def _agrements(entrees: Entrees) -> list[pl.DataFrame]:
    agrements = entrees.registre("agrements")
    return [registres.agrement_chevauchant(agrements), contrats.agrement_concurrent(agrements)]


def _contrats(entrees: Entrees) -> list[pl.DataFrame]:
    return [contrats.contrat_chevauchant(entrees.registre("contrats"))]


def _plannings(entrees: Entrees) -> list[pl.DataFrame]:
    lus = (entrees.registre(t) for t in ("plannings", "contrats", "agrements"))
    return [contrats.planning_hors_ouverture(*lus)]


def _fichiers(entrees: Entrees) -> list[pl.DataFrame]:
    par_mois = entrees.par_mois
    return [fichiers.mois_vide(entrees.bilan, par_mois), fichiers.mois_double(par_mois)]


def _zonages(entrees: Entrees) -> list[pl.DataFrame]:
    try:
        publies = lire_referentiel(entrees.lieux.referentiel, "iris_annee")["iris"]
    except ErreurDonneesManquantes:
        publies = pl.Series(dtype=pl.String)
    connus = pl.concat([publies, entrees.registre("passages")["ancien"]]).unique()
    introuvables = registres.iris_introuvable(entrees.registre("zonages"), connus)
    return [introuvables, *_communes(entrees, "zonages")]


def _etablissements(entrees: Entrees) -> list[pl.DataFrame]:
    registre = entrees.registre("etablissements")
    centres = (
        _nomenclature(entrees.lieux)
        .sort("valide_du")
        .unique("code", keep="last", maintain_order=True)
        .select("latitude", "longitude", commune="code")
    )
    le = registre.select(pl.col("valide_du").max()).item()
    if le is None:
        return _communes(entrees, "etablissements")
    ecart = float(valeur("accessibilite", "ecart_au_centre_max_km", le))
    mal_places = positions.position_invraisemblable(registre, centres, ecart)
    return [mal_places, *_communes(entrees, "etablissements")]


def _trajets(entrees: Entrees) -> list[pl.DataFrame]:
    communes = _nomenclature(entrees.lieux)["code"]
    zones = pl.concat([communes, lire_iris(entrees.lieux)["iris"]])
    lieux = pl.concat([communes, entrees.registre("etablissements")["etablissement"]])
    return [positions.trajet_inutilisable(entrees.registre("trajets"), zones, lieux)]


def _nomenclature(lieux: Lieux) -> pl.DataFrame:
    try:
        return lire_communes(lieux)
    except ErreurDonneesManquantes:
        return pl.DataFrame(schema=SCHEMA_COMMUNES)


def _communes(entrees: Entrees, table: str) -> list[pl.DataFrame]:
    return [fichiers.commune_inconnue(entrees.lieux, entrees.signalements, table)]
