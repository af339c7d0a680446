"""Famille « scenarios » : enfants et demandes projetés, toujours en fourchette (N5, N6)."""

from collections.abc import Iterator, Mapping
from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.erreurs import ErreurDonneesManquantes
from rtpe_analyse.indicateurs.geographie import communes_des_zones
from rtpe_analyse.indicateurs.modele import Indicateur, NonAgregeable
from rtpe_analyse.indicateurs.parts import etat
from rtpe_analyse.indicateurs.presences import CONNU, EN_PARTIE
from rtpe_analyse.indicateurs.suites_publiques import SUITES, Zone, suites_des_zones, suivre
from rtpe_analyse.indicateurs.table import ordonner, poser, vide
from rtpe_analyse.indicateurs.valeurs_publiques import provenance, valeurs_des_lieux
from rtpe_analyse.methodes.cohortes import (
    Variantes,
    combler,
    projeter,
    rapports_observes,
)
from rtpe_analyse.propres import lire_admis
from rtpe_analyse.reglementation import valeur

SCENARIO, RETROSPECTIF = "scenario", "retrospectif"
OBSERVE = "observe"
_HYPOTHESES = (
    "Basse et haute : évolution annuelle des naissances écartée de scenarios.naissances_ecart_pct, "
    "plus petit et plus grand rapport observé entre les enfants et leurs naissances, puis la plus "
    "forte variation annuelle d'enfants déjà observée × racine des années écoulées."
)

ENFANTS_PROJETES = Indicateur(
    code="N5",
    libelle="Enfants de moins de 3 ans projetés",
    unite="enfants",
    agregation=NonAgregeable("enfants"),
    numerateur="enfants de moins de 3 ans au 31 décembre, selon trois scénarios",
    champ="Communes de la zone dont les naissances et les enfants de moins de 3 ans sont publiés.",
    definition="Méthode des cohortes : naissances de l'année et des deux précédentes, multipliées "
    "par le rapport observé entre les enfants et ces naissances (survie et migration nette) ; "
    "les naissances à venir prolongent leur évolution. " + _HYPOTHESES + " Ventilation "
    "« retrospectif » : la même projection, faite avec ce qu'on savait la première année où elle "
    "était possible, à côté de ce qui fut observé.",
    source="référentiel public communes_annee ; hypothèses de scenarios.yaml",
    limites="Une fourchette d'hypothèses, pas un intervalle de confiance : rien ne dit avec "
    "quelle probabilité l'avenir s'y tient. Une année de naissances manquante entre deux autres "
    "est interpolée et la valeur à vérifier. Aucun logement neuf n'y est supposé. Chaque zone est "
    "projetée pour elle-même : la somme des communes n'est pas le territoire.",
)
DEMANDES_PROJETEES = Indicateur(
    code="N6",
    libelle="Demandes projetées",
    unite="demandes par an",
    agregation=NonAgregeable("demandes"),
    numerateur="enfants dont une demande serait déposée dans l'année, selon trois scénarios",
    champ="Demandes reçues par le réseau, selon la commune de résidence.",
    definition="Enfants projetés (N5) multipliés par le recours de la dernière année civile "
    "complète (enfants ayant déposé une demande ÷ enfants de moins de 3 ans, scénario central). "
    "Basse et haute : enfants bas et hauts, recours écarté de scenarios.recours_ecart_pct.",
    source="demandes ; référentiel public communes_annee ; hypothèses de scenarios.yaml",
    limites="Le recours est supposé constant : il dépend de l'emploi, de l'offre et de ce que les "
    "familles en savent. Les demandes faites ailleurs n'y sont pas. " + ENFANTS_PROJETES.limites,
    contributeur="deposants",
)
INDICATEURS = (ENFANTS_PROJETES, DEMANDES_PROJETEES)


def calculer_scenarios(lieux: Lieux, le: date) -> pl.DataFrame:
    """N5 et N6, à l'année, par commune, territoire et département.

    Returns:
        Table au schéma de calcul, modalités `bas`, `central`, `haut` (et `observe` au
        rétrospectif) ; vide sans référentiel public. Une zone dont rien ne permet la
        projection n'y est pas.
    """
    try:
        valeurs = valeurs_des_lieux(lieux, le)
    except ErreurDonneesManquantes:
        return vide()
    if not set(SUITES) <= set(valeurs.columns):
        return vide()
    membres = suivre(communes_des_zones(lieux, le), valeurs)
    deposants = _deposants(lieux, membres.filter("suivie"), le)
    lignes = [
        ligne
        for zone in suites_des_zones(membres, valeurs)
        for ligne in _lignes(zone, deposants.get((zone.maille, zone.code)), le)
    ]
    if not lignes:
        return vide()
    table = pl.DataFrame(lignes, schema=_SCHEMA, orient="row").with_columns(
        pl.lit("annee").alias("pas"),
        denominateur=pl.lit(None, pl.Float64),
        source=pl.lit(provenance(lieux, SUITES)),
    )
    poses = [poser(i, table.filter(pl.col("code") == i.code)) for i in INDICATEURS]
    return ordonner(pl.concat(poses), _parents(membres, table))


_SCHEMA = {
    "code": pl.String,
    "maille": pl.String,
    "zone": pl.String,
    "periode": pl.String,
    "ventilation": pl.String,
    "modalite": pl.String,
    "numerateur": pl.Float64,
    "effectif": pl.Int64,
    "millesime": pl.String,
    etat("ensemble"): pl.UInt8,
}


def _lignes(zone: Zone, deposants: int | None, le: date) -> Iterator[tuple[object, ...]]:
    horizon = le.year + int(valeur("scenarios", "horizon_ans", le))
    if not zone.enfants or not zone.naissances:
        return
    base = max(zone.enfants)
    projetes = _projeter(zone.naissances, zone.enfants, range(base + 1, horizon + 1), le)
    comblee = set(combler(zone.naissances)) != set(zone.naissances)
    connaissance = EN_PARTIE if zone.partielle or comblee else CONNU
    yield from _en_lignes("N5", zone, projetes, SCENARIO, base, connaissance, None)
    premiere = _premiere_possible(zone, le)
    if premiere is not None and premiere < base:
        refaits = _projeter(
            {a: n for a, n in zone.naissances.items() if a <= premiere},
            {a: n for a, n in zone.enfants.items() if a <= premiere},
            range(premiere + 1, base + 1),
            le,
        )
        yield from _en_lignes("N5", zone, refaits, RETROSPECTIF, premiere, connaissance, None)
        for annee in refaits.keys() & zone.enfants.keys():
            yield (
                *("N5", zone.maille, zone.code, str(annee), RETROSPECTIF, OBSERVE),
                *(float(zone.enfants[annee]), None, str(annee), connaissance),
            )
    demandes = _demander(projetes, deposants, le)
    yield from _en_lignes("N6", zone, demandes, SCENARIO, base, connaissance, deposants)


def _projeter(
    naissances: Mapping[int, float], enfants: Mapping[int, float], annees: range, le: date
) -> dict[int, Variantes]:
    return projeter(
        naissances,
        enfants,
        annees,
        duree=int(valeur("scenarios", "cohortes_ans", le)),
        recul=int(valeur("scenarios", "recul_tendance_ans", le)),
        ecart=float(valeur("scenarios", "naissances_ecart_pct", le)) / 100,
    )


def _premiere_possible(zone: Zone, le: date) -> int | None:
    """La première année où l'on savait assez pour projeter, sans rien combler."""
    duree = int(valeur("scenarios", "cohortes_ans", le))
    return min(rapports_observes(zone.naissances, zone.enfants, duree), default=None)


def _demander(
    projetes: Mapping[int, Variantes], deposants: int | None, le: date
) -> dict[int, Variantes]:
    """Enfants projetés × recours de la dernière année civile complète, trois variantes."""
    reference = le.year - 1
    if deposants is None or reference not in projetes or projetes[reference].central <= 0:
        return {}
    recours = deposants / projetes[reference].central
    ecart = float(valeur("scenarios", "recours_ecart_pct", le)) / 100
    return {
        annee: Variantes(
            v.bas * recours * (1 - ecart), v.central * recours, v.haut * recours * (1 + ecart)
        )
        for annee, v in projetes.items()
        if annee > reference
    }


def _en_lignes(
    code: str,
    zone: Zone,
    variantes: Mapping[int, Variantes],
    ventilation: str,
    base: int,
    connaissance: int,
    effectif: int | None,
) -> Iterator[tuple[object, ...]]:
    for annee, v in variantes.items():
        for modalite, nombre in (("bas", v.bas), ("central", v.central), ("haut", v.haut)):
            yield (
                *(code, zone.maille, zone.code, str(annee), ventilation, modalite),
                *(nombre, effectif, str(base), connaissance),
            )


def _deposants(lieux: Lieux, membres: pl.DataFrame, le: date) -> dict[tuple[str, str], int]:
    """Enfants ayant déposé une demande la dernière année civile complète, par zone de résidence."""
    annee = pl.col("depot").dt.year()
    demandes = (
        lire_admis(lieux, "demandes")
        .select("depot", "commune", enfant=pl.coalesce("appariement", "demande"))
        .collect()
    )
    # Un registre qui commence dans l'année n'en dit pas le recours.
    if demandes.filter(annee < le.year - 1).is_empty():
        return {}
    comptes = (
        membres.join(
            demandes.filter(annee == le.year - 1).select("commune", "enfant"),
            on="commune",
            how="left",
        )
        .group_by("maille", "zone")
        .agg(pl.col("enfant").drop_nulls().n_unique())
    )
    return {(m, z): n for m, z, n in comptes.iter_rows()}


def _parents(membres: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Une commune est dans ses territoires et son département, pour que rien ne se déduise."""
    contenantes = (
        membres.filter(pl.col("maille") != "commune")
        .select("commune", parent=pl.format("{}:{}", "maille", "zone"))
        .group_by("commune")
        .agg(parents=pl.col("parent").unique().sort())
        .select(pl.lit("commune").alias("maille"), "parents", zone="commune")
    )
    cle = ["maille", "zone", "pas", "periode"]
    return (
        table.select(cle).unique().join(contenantes, on=["maille", "zone"]).select(*cle, "parents")
    )
