"""La liste d'attente : demandes acceptées, refusées, retirées ou en attente."""

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rtpe_analyse.exemple.contrats import Contrats
from rtpe_analyse.exemple.enfants import REGULIER, ordinal
from rtpe_analyse.exemple.personnes import familles_de
from rtpe_analyse.exemple.promesses import promettre
from rtpe_analyse.exemple.reseau import Etablissement
from rtpe_analyse.exemple.scenario import Scenario
from rtpe_analyse.exemple.textes import date_fr, oui_non
from rtpe_analyse.nomenclatures import liste_fermee

Tableau = NDArray[Any]
_ETAPE = 11
_JOURS_AVANT_ENTREE = (60, 300)
_PART_ANTICIPEE = 0.5
_REFUS = (0.62, 0.2, 0.08, 0.10)


def demander(
    scenario: Scenario,
    reseau: list[Etablissement],
    contrats: Contrats,
    enfants: pl.DataFrame,
    familles: pl.DataFrame,
) -> pl.DataFrame:
    """Toutes les demandes, dans l'ordre de leur dépôt, colonnes du registre `demandes.csv`."""
    tirage = scenario.tirage(_ETAPE)
    debut, fin = ordinal(scenario.profil.premier_jour), ordinal(scenario.profil.fin)
    entrees = (
        (contrats.genre == REGULIER)
        & (contrats.adaptation == contrats.debut)
        & (contrats.debut >= debut)
    )
    acceptees = _acceptees(tirage, contrats.garder(entrees), enfants, familles)
    autres = _autres(scenario, tirage, reseau, contrats.garder(entrees), fin)
    nouvelles = promettre(scenario, reseau).select(acceptees.columns)
    toutes = pl.concat([acceptees, autres, nouvelles]).filter(
        pl.col("depot") <= scenario.profil.fin
    )
    tardives = pl.col("date_decision") > scenario.profil.fin
    toutes = toutes.with_columns(
        decision=pl.when(~tardives).then("decision"),
        date_decision=pl.when(~tardives).then("date_decision"),
        motif=pl.when(~tardives).then("motif"),
    ).sort("depot", "nom", "prenom", "naissance")
    noms = dict(scenario.communes.select("code", "nom").iter_rows())
    codes = pl.Series([e.code for e in reseau])
    return toutes.with_row_index("rang").select(
        pl.concat_str(pl.lit("D"), (pl.col("rang") + 100_001).cast(pl.String)).alias("N° demande"),
        pl.col("nom").alias("Nom"),
        pl.col("prenom").alias("Prénom"),
        date_fr("naissance").alias("Date de naissance"),
        date_fr("depot").alias("Dépôt"),
        date_fr("entree").alias("Entrée souhaitée"),
        pl.col("commune").replace_strict(noms).alias("Commune"),
        pl.col("commune").alias("Code Insee"),
        codes.gather(toutes["etablissement"]).alias("Code établissement"),
        pl.col("jours").alias("Jours par semaine"),
        pl.col("jours").mul(9).cast(pl.String).alias("Heures par semaine"),
        oui_non("atypique").alias("Horaires atypiques"),
        oui_non("monoparentale").alias("Monoparentale"),
        pl.col("decision")
        .replace_strict(liste_fermee("decisions"), return_dtype=pl.String)
        .alias("Décision"),
        date_fr("date_decision").alias("Date de décision"),
        pl.col("motif")
        .replace_strict(liste_fermee("motifs_refus"), return_dtype=pl.String)
        .alias("Motif de refus"),
    )


def _jours(valeurs: Tableau) -> pl.Series:
    return pl.Series(valeurs.astype(np.int32)).cast(pl.Date)


def _acceptees(
    tirage: np.random.Generator, entrees: Contrats, enfants: pl.DataFrame, familles: pl.DataFrame
) -> pl.DataFrame:
    nombre = len(entrees)
    depot = entrees.debut - tirage.integers(*_JOURS_AVANT_ENTREE, nombre)
    decision = np.minimum(depot + tirage.integers(20, 90, nombre), entrees.debut - 5)
    return (
        pl.DataFrame(
            {
                "enfant": entrees.enfant.astype(np.int32),
                "etablissement": entrees.etablissement.astype(np.int32),
                "depot": _jours(depot),
                "entree": _jours(entrees.debut),
                "jours": entrees.jours.sum(axis=1).astype(np.int32),
                "atypique": tirage.random(nombre) < 0.04,
                "decision": pl.repeat("acceptee", nombre, eager=True),
                "date_decision": _jours(decision),
                "motif": pl.repeat(None, nombre, dtype=pl.String, eager=True),
            }
        )
        .join(
            enfants.select("enfant", "famille", "nom", "prenom", "naissance"),
            on="enfant",
            maintain_order="left",
        )
        .join(
            familles.select("famille", "commune", "monoparentale"),
            on="famille",
            maintain_order="left",
        )
        .drop("enfant", "famille")
    )


def _autres(
    scenario: Scenario,
    tirage: np.random.Generator,
    reseau: list[Etablissement],
    entrees: Contrats,
    fin: int,
) -> pl.DataFrame:
    """Demandes sans suite, plus nombreuses là où la demande dépasse l'offre."""
    demande = scenario.reglages["histoires"]["demande"]
    pression = np.array([demande.get(e.territoire, demande["defaut"]) for e in reseau])
    moyenne = pression[entrees.etablissement] * scenario.profil.demandes_par_entree
    sources = np.repeat(np.arange(len(entrees)), tirage.poisson(moyenne))
    nombre = len(sources)
    etablissement = entrees.etablissement[sources]
    entree = entrees.debut[sources] + tirage.integers(-20, 20, nombre)
    # Une part vise l'année suivante : c'est elle qui fait la liste d'attente du dernier jour.
    entree += 365 * ((tirage.random(nombre) < _PART_ANTICIPEE) & (entree > fin - 365))
    depot = entree - tirage.integers(*_JOURS_AVANT_ENTREE, nombre)
    decision = depot + tirage.integers(20, 120, nombre)
    sort = tirage.choice(3, nombre, p=[0.72, 0.16, 0.12])
    libelles = np.array(["refusee", "desistement", None], dtype=object)
    # Une demande laissée sans réponse ne l'est que si elle est récente.
    sort = np.where((sort == 2) & (entree < fin - 150), 0, sort)
    motifs = np.array(list(liste_fermee("motifs_refus")), dtype=object)
    motif = motifs[tirage.choice(len(motifs), nombre, p=_REFUS)]
    noms, prenoms = scenario.noms["noms"], scenario.noms["prenoms"]
    foyers = familles_de(scenario, tirage, reseau, etablissement)
    return pl.DataFrame(
        {
            "etablissement": etablissement.astype(np.int32),
            "depot": _jours(depot),
            "entree": _jours(entree),
            "jours": tirage.choice([5, 4, 3, 2, 1], nombre, p=[0.5, 0.24, 0.15, 0.08, 0.03]).astype(
                np.int32
            ),
            "atypique": tirage.random(nombre) < 0.06,
            "decision": pl.Series(libelles[sort].tolist(), dtype=pl.String),
            "date_decision": _jours(decision),
            "motif": pl.Series(motif.tolist(), dtype=pl.String).set(pl.Series(sort != 0), None),
            "nom": np.array(noms)[tirage.integers(0, len(noms), nombre)],
            "prenom": np.array(prenoms)[tirage.integers(0, len(prenoms), nombre)],
            "naissance": _jours(entree - tirage.integers(75, 800, nombre)),
            "commune": foyers["commune"],
            "monoparentale": foyers["monoparentale"],
        }
    ).with_columns(date_decision=pl.when(pl.col("decision").is_not_null()).then("date_decision"))
