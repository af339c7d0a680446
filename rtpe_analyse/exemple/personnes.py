"""Les familles et les enfants : identité inventée, situation tirée des chiffres de la commune."""

from statistics import NormalDist
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rtpe_analyse.exemple.enfants import Sejours, ordinal
from rtpe_analyse.exemple.reseau import Etablissement
from rtpe_analyse.exemple.scenario import Scenario

Tableau = NDArray[Any]
_ETAPE = 6
_ECART_FRATRIE = 300
SEUILS_TRANCHES = (1000, 2000, 3000, 4000, 6000)
TRANCHES = ("<1000", "1000-1999", "2000-2999", "3000-3999", "4000-5999", ">=6000")


def peupler(
    scenario: Scenario, reseau: list[Etablissement], sejours: Sejours
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Invente les enfants et leurs familles.

    Returns:
        Les enfants (rang `enfant`, `famille`, `nom`, `prenom`, `naissance`, `besoin`), sans
        homonyme né le même jour, et les familles (rang `famille`, voir `_familles`).
    """
    tirage = scenario.tirage(_ETAPE)
    enfant, premiers = np.unique(sejours.enfant, return_index=True)
    etablissement = sejours.etablissement[premiers]
    naissance = sejours.naissance[premiers]
    famille = _fratries(scenario, tirage, etablissement, naissance)
    numeros, famille = np.unique(famille, return_inverse=True)
    familles = familles_de(scenario, tirage, reseau, etablissement[numeros])
    fratrie = np.bincount(famille)
    familles = familles.with_columns(
        pl.max_horizontal("enfants_a_charge", pl.Series(fratrie).cast(pl.Int64))
    )
    noms, prenoms = scenario.noms["noms"], scenario.noms["prenoms"]
    enfants = pl.DataFrame(
        {
            "enfant": enfant.astype(np.int32),
            "famille": famille.astype(np.int32),
            "nom": np.array(noms)[tirage.integers(0, len(noms), len(numeros))][famille],
            "prenom": np.array(prenoms)[tirage.integers(0, len(prenoms), len(enfant))],
            "naissance": pl.Series(naissance.astype(np.int32)).cast(pl.Date),
            "besoin": tirage.random(len(enfant)) < 0.03,
        }
    )
    return _sans_homonymes(scenario, tirage, enfants), familles


def _fratries(
    scenario: Scenario, tirage: np.random.Generator, etablissement: Tableau, naissance: Tableau
) -> Tableau:
    """Famille de chaque enfant : la sienne, ou celle d'un aîné du même établissement."""
    famille = np.arange(len(naissance))
    suit = tirage.random(len(naissance)) < scenario.reglages["accueil"]["fratrie"]
    for rang in np.unique(etablissement):
        groupe = np.flatnonzero(etablissement == rang)
        candidat = groupe[tirage.integers(0, len(groupe), len(groupe))]
        ecart = np.abs(naissance[candidat] - naissance[groupe])
        suivi = suit[groupe] & ~suit[candidat] & (ecart > _ECART_FRATRIE)
        famille[groupe[suivi]] = candidat[suivi]
    return famille


def _sans_homonymes(
    scenario: Scenario, tirage: np.random.Generator, enfants: pl.DataFrame
) -> pl.DataFrame:
    """Retire un prénom jusqu'à ce que nom, prénom et naissance soient uniques."""
    prenoms = np.array(scenario.noms["prenoms"])
    cle = ["nom", "prenom", "naissance"]
    while (double := ~enfants.select(pl.struct(cle).is_first_distinct()).to_series()).any():
        autres = pl.Series(prenoms[tirage.integers(0, len(prenoms), len(enfants))])
        enfants = enfants.with_columns(prenom=pl.when(double).then(autres).otherwise("prenom"))
    return enfants


def familles_de(
    scenario: Scenario,
    tirage: np.random.Generator,
    reseau: list[Etablissement],
    etablissement: Tableau,
) -> pl.DataFrame:
    """Une famille par établissement demandé, dans sa commune ou une commune proche.

    Le niveau de vie suit une loi log-normale calée sur la médiane et le taux de pauvreté de
    la commune ; la monoparentalité et l'emploi suivent les parts de la commune.

    Returns:
        `famille` (rang), `commune`, `iris`, `qpv`, `enfants_a_charge`, `monoparentale`,
        `parents_actifs`, `ressources` (euros par mois), `matricule` (absent si la famille
        n'est pas allocataire), `regime`, `demenage_le` et `commune_suivante` (absents en
        général).
    """
    nombre = len(etablissement)
    communes = scenario.communes
    residence = _resider(scenario, tirage, reseau, etablissement)
    publics = {nom: communes[nom].to_numpy()[residence] for nom in communes.columns}
    mono = tirage.random(nombre) < publics["familles_monoparentales_pct"] / 100
    emploi = tirage.random(nombre) < (publics["emploi_25_54_pct"] / 100) ** np.where(mono, 1, 1.5)
    enfants = tirage.choice([1, 2, 3, 4, 5, 8], nombre, p=[0.46, 0.36, 0.12, 0.04, 0.018, 0.002])
    niveau = _niveaux_de_vie(scenario, tirage, publics)
    unites = np.where(mono, 1.0, 1.5) + 0.3 * enfants
    facteur = np.where(mono, scenario.reglages["revenus"]["facteur_monoparental"], 1.0)
    ressources = np.round(niveau * unites * facteur / 12, 2)
    iris, pauvrete = _iris(scenario, tirage, residence)
    matricule = 1_000_000 + tirage.permutation(max(nombre * 3, 900_000))[:nombre]
    allocataire = tirage.random(nombre) < 0.95
    demenage = tirage.random(nombre) < 0.03
    debut, fin = scenario.profil.premier_jour, scenario.profil.fin
    le = ordinal(debut) + tirage.integers(30, (fin - debut).days - 30, nombre)
    suivante = _resider(scenario, tirage, reseau, etablissement)
    codes = communes["code"].to_numpy()
    return pl.DataFrame(
        {
            "famille": np.arange(nombre, dtype=np.int32),
            "commune": codes[residence],
            "iris": pl.Series(iris.tolist(), dtype=pl.String),
            "qpv": (pauvrete >= 30) & (tirage.random(nombre) < 0.8),
            "enfants_a_charge": enfants,
            "monoparentale": mono,
            "parents_actifs": emploi,
            "ressources": ressources,
            "matricule": pl.Series(matricule).cast(pl.String),
            "allocataire": allocataire,
            "regime": tirage.choice(["1", "2", "3"], nombre, p=[0.93, 0.01, 0.06]),
            "demenage_le": pl.Series(le.astype(np.int32)).cast(pl.Date),
            "commune_suivante": codes[suivante],
            "demenage": demenage & (suivante != residence),
        }
    ).with_columns(
        matricule=pl.when("allocataire").then("matricule"),
        demenage_le=pl.when("demenage").then("demenage_le"),
        iris=pl.when(pl.col("iris") != "").then("iris"),
    )


def _resider(
    scenario: Scenario,
    tirage: np.random.Generator,
    reseau: list[Etablissement],
    etablissement: Tableau,
) -> Tableau:
    """Rang de la commune de résidence : celle de l'établissement, ou une voisine."""
    latitude = scenario.communes["latitude"].to_numpy()
    longitude = scenario.communes["longitude"].to_numpy()
    rang_de = {c: k for k, c in enumerate(scenario.communes["code"])}
    residence = np.zeros(len(etablissement), dtype=np.int64)
    for rang in np.unique(etablissement):
        ici = rang_de[reseau[rang].commune]
        km2 = (111 * (latitude - latitude[ici])) ** 2 + (73 * (longitude - longitude[ici])) ** 2
        poids = np.exp(-km2 / 8)
        poids[ici] = 0
        poids = 0.22 * poids / poids.sum()
        poids[ici] = 0.78
        eux = np.flatnonzero(etablissement == rang)
        residence[eux] = tirage.choice(len(poids), size=len(eux), p=poids)
    return residence


def _niveaux_de_vie(
    scenario: Scenario, tirage: np.random.Generator, publics: dict[str, Tableau]
) -> Tableau:
    seuil = scenario.reglages["revenus"]["seuil_pauvrete_eur"]
    mediane = publics["niveau_de_vie_median_eur"]
    quantile = np.array([-NormalDist().inv_cdf(t / 100) for t in publics["taux_pauvrete_pct"]])
    dispersion = np.log(mediane / seuil) / quantile
    niveaux: Tableau = mediane * np.exp(dispersion * tirage.normal(0, 1, len(mediane)))
    return niveaux


def _iris(
    scenario: Scenario, tirage: np.random.Generator, residence: Tableau
) -> tuple[Tableau, Tableau]:
    """Iris de résidence (vide pour un dossier sur cinq, non géocodé) et sa pauvreté."""
    iris = np.full(len(residence), "", dtype=object)
    pauvrete = np.zeros(len(residence))
    for rang in np.unique(residence):
        siens = scenario.iris.filter(pl.col("commune") == scenario.communes["code"][int(rang)])
        poids = siens["population"].to_numpy() + 1.0
        eux = np.flatnonzero(residence == rang)
        tires = tirage.choice(len(siens), size=len(eux), p=poids / poids.sum())
        iris[eux] = siens["iris"].to_numpy()[tires]
        pauvrete[eux] = siens["taux_pauvrete_pct"].fill_null(0).to_numpy()[tires]
    iris[tirage.random(len(residence)) < 0.2] = ""
    return iris, pauvrete


def tranche(ressources: pl.Expr) -> pl.Expr:
    """Tranche de ressources mensuelles, bornes dans `SEUILS_TRANCHES`."""
    rang = pl.sum_horizontal((ressources >= seuil).cast(pl.Int64) for seuil in SEUILS_TRANCHES)
    return rang.replace_strict(dict(enumerate(TRANCHES)), return_dtype=pl.String)
