"""Famille « besoins » : la couverture et le portrait public des zones, à l'année."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.erreurs import ErreurDonneesManquantes
from rtpe_analyse.indicateurs.modele import (
    Additif,
    Indicateur,
    NonAgregeable,
    RatioDeSommes,
)
from rtpe_analyse.indicateurs.parts import etat
from rtpe_analyse.indicateurs.presences import CONNU, EN_PARTIE, INCONNU
from rtpe_analyse.indicateurs.rattachement import (
    SANS_COMMUNE,
    SANS_TERRITOIRE,
    departement_de,
    rattacher,
)
from rtpe_analyse.indicateurs.table import ordonner, poser, vide
from rtpe_analyse.nomenclatures.communes import communes_au
from rtpe_analyse.nomenclatures.publiques import (
    lire_fiche,
    lire_referentiel,
    variables_publiques,
)
from rtpe_analyse.propres import lire_admis

_FICHIER = "communes_annee"
_ENFANTS = "enfants_moins_3_estimes"
_DERIVEES = {"taux_pauvrete": "taux_pauvrete_pct", "menages_avec_enfants": "menages_monoparentaux"}
# D'où viennent les variables que le référentiel compile sans les lire telles quelles.
_SOURCES_DES_CALCULS = {
    "places_sur_taux": ("cnaf_places_communes", "cnaf_taux_communes"),
    "somme_iris": ("insee_rp_iris",),
}
MODES = (
    "eaje_psu",
    "eaje_hors_psu",
    "assistantes_maternelles",
    "garde_domicile",
    "prescolarisation",
)

_COMMUNES = (
    "Communes de la zone. Un territoire est fait des communes de ses établissements, dans le "
    "découpage en vigueur à la date d'arrêté, quelle que soit l'année du chiffre."
)
_PARTIEL = (
    "Une commune que la source ne nomme pas n'est pas à zéro : la zone est calculée sur les "
    "autres et la valeur est à vérifier. Une commune de deux territoires compte dans chacun."
)


def _declarer(
    code: str, libelle: str, unite: str, agregation: Any, definition: str, **reste: Any
) -> Indicateur:
    textes = {
        "numerateur": libelle[:1].lower() + libelle[1:],
        "champ": _COMMUNES,
        "limites": _PARTIEL,
    } | reste
    return Indicateur(
        code=code,
        libelle=libelle,
        unite=unite,
        agregation=agregation,
        definition=definition,
        source="référentiel public communes_annee",
        **textes,
    )


INDICATEURS = (
    _declarer(
        "B1",
        "Taux de couverture",
        "%",
        RatioDeSommes("places_total", _ENFANTS),
        "Places de tous les modes d'accueil / enfants de moins de 3 ans : des places "
        "simultanées pour 100 enfants. Par mode : la part de chaque mode dans ce taux.",
        numerateur="places de tous les modes d'accueil",
        denominateur="enfants de moins de 3 ans",
        decimales=1,
        limites="Le nombre d'enfants est retrouvé du taux publié (arrondi). " + _PARTIEL,
    ),
    _declarer(
        "S1",
        "Enfants de moins de 3 ans",
        "enfants",
        Additif(_ENFANTS),
        "Dénominateur du taux de couverture, retrouvé des places et du taux publiés.",
    ),
    _declarer(
        "S2",
        "Naissances domiciliées",
        "naissances",
        Additif("naissances"),
        "Naissances de l'année selon la commune de la mère.",
    ),
    _declarer(
        "S3",
        "Population",
        "habitants",
        Additif("population"),
        "Population municipale.",
    ),
    _declarer(
        "S4",
        "Part de familles monoparentales",
        "%",
        RatioDeSommes("menages_monoparentaux", "menages_avec_enfants"),
        "Ménages monoparentaux / ménages monoparentaux et couples avec enfants.",
        denominateur="ménages avec enfants",
        decimales=1,
    ),
    _declarer(
        "S5",
        "Taux d'emploi des 25-54 ans",
        "%",
        RatioDeSommes("emploi_25_54", "population_25_54"),
        "Personnes de 25 à 54 ans en emploi / population du même âge.",
        denominateur="habitants de 25 à 54 ans",
        decimales=1,
    ),
    _declarer(
        "S6",
        "Taux de chômage (recensement)",
        "%",
        RatioDeSommes("chomeurs_15_64", "actifs_15_64"),
        "Chômeurs de 15 à 64 ans au sens du recensement / actifs du même âge.",
        denominateur="actifs de 15 à 64 ans",
        decimales=1,
    ),
    _declarer(
        "S7",
        "Enfants de moins de 3 ans d'allocataires Caf",
        "enfants",
        Additif("allocataires_enfants_moins_3"),
        "Somme des IRIS diffusés de chaque commune.",
        limites="Minorée des IRIS couverts par le secret. " + _PARTIEL,
    ),
    _declarer(
        "S8",
        "Niveau de vie médian",
        "€ par an",
        NonAgregeable("niveau_vie_median_eur"),
        "Médiane publiée du revenu disponible par unité de consommation.",
        limites="Une médiane ne se moyenne pas : publiée par commune seulement.",
    ),
    _declarer(
        "S9",
        "Taux de pauvreté",
        "%",
        NonAgregeable("taux_pauvrete"),
        "Part publiée de la population sous 60 % du niveau de vie médian.",
        limites="Un taux ne se moyenne pas : publié par commune seulement.",
        decimales=1,
    ),
)


def calculer_besoins(lieux: Lieux, le: date) -> pl.DataFrame:
    """Couverture et portrait public, par commune, territoire et département, à l'année.

    Returns:
        Table vide si le référentiel public n'a pas été compilé. `millesime` porte l'année,
        `source` les producteurs ; seules les années où la source publie quelque chose.
    """
    try:
        valeurs = _derivees(lire_referentiel(lieux.referentiel, _FICHIER))
    except ErreurDonneesManquantes:
        return vide()
    membres = communes_des_zones(lieux, le)
    tables = [
        _poser(indicateur, ventilation, modalite, membres, valeurs, lieux)
        for indicateur, ventilation, modalite in _variantes()
    ]
    sans_parents = pl.DataFrame(
        schema={
            **dict.fromkeys(("maille", "zone", "pas", "periode"), pl.String()),
            "parents": pl.List(pl.String()),
        }
    )
    return ordonner(pl.concat(tables), sans_parents)


def _variantes() -> Iterator[tuple[Indicateur, str, str]]:
    for indicateur in INDICATEURS:
        yield indicateur, "", ""
        if indicateur.code == "B1":
            yield from ((indicateur, "mode", mode) for mode in MODES)


def _derivees(valeurs: pl.DataFrame) -> pl.DataFrame:
    return valeurs.with_columns(
        menages_avec_enfants=pl.col("menages_monoparentaux")
        + pl.col("menages_couples_avec_enfants"),
        taux_pauvrete=pl.col("taux_pauvrete_pct") / 100,
    )


def communes_des_zones(lieux: Lieux, le: date) -> pl.DataFrame:
    """Communes de chaque commune, territoire et département du réseau.

    Returns:
        `maille, zone, commune`. Le département a toutes ses communes en vigueur au jour
        `le` ; un territoire celles de ses établissements, à la même date.
    """
    registre = lire_admis(lieux, "etablissements").select("etablissement").unique().collect()
    situes = rattacher(registre.with_columns(date=pl.lit(le)), lieux)
    departements = situes["departement"].unique().to_list()
    connues = communes_au(lieux, le).select(commune="code", zone="departement")
    citees = situes.select("commune", zone=departement_de(pl.col("commune")))
    du_departement = (
        pl.concat([connues, citees])
        .filter(pl.col("zone").is_in(departements))
        .unique("commune", keep="first", maintain_order=True)
    )
    du_territoire = situes.filter(
        pl.col("territoire") != SANS_TERRITOIRE, pl.col("commune") != SANS_COMMUNE
    )
    return pl.concat(
        [
            du_departement.select(
                pl.lit("commune").alias("maille"), zone="commune", commune="commune"
            ),
            du_territoire.select(
                pl.lit("territoire").alias("maille"), zone="territoire", commune="commune"
            ).unique(),
            du_departement.select(pl.lit("departement").alias("maille"), "zone", "commune"),
        ]
    )


def _colonnes(indicateur: Indicateur, modalite: str) -> list[str]:
    agregation = indicateur.agregation
    if isinstance(agregation, RatioDeSommes):
        haut = f"places_{modalite}" if modalite else agregation.numerateur
        return [haut, agregation.denominateur]
    if not isinstance(agregation, Additif | NonAgregeable):
        raise TypeError(f"{indicateur.code} ne se calcule pas sur des communes")
    return [agregation.mesure]


def _poser(
    indicateur: Indicateur,
    ventilation: str,
    modalite: str,
    membres: pl.DataFrame,
    valeurs: pl.DataFrame,
    lieux: Lieux,
) -> pl.DataFrame:
    colonnes = _colonnes(indicateur, modalite)
    if isinstance(indicateur.agregation, NonAgregeable):
        membres = membres.filter(pl.col("maille") == "commune")
    publiees = valeurs.filter(pl.all_horizontal(pl.col(c).is_not_null() for c in colonnes))
    annees = publiees.select("annee").unique()
    cle = ["maille", "zone", "annee"]
    connue = pl.col(colonnes[0]).is_not_null()
    zones = (
        membres.join(annees, how="cross")
        .join(publiees.select("commune", "annee", *colonnes), on=["commune", "annee"], how="left")
        .sort(*cle, "commune")
        .group_by(cle, maintain_order=True)
        .agg(
            *(
                pl.when(connue.any()).then(pl.col(c).sum()).alias(nom)
                for c, nom in zip(colonnes, ("numerateur", "denominateur"), strict=False)
            ),
            pl.when(connue.all())
            .then(CONNU)
            .when(connue.any())
            .then(EN_PARTIE)
            .otherwise(INCONNU)
            .alias(etat("ensemble")),
        )
    )
    if len(colonnes) == 1:
        zones = zones.with_columns(denominateur=pl.lit(None, pl.Float64))
    annee = pl.col("annee").cast(pl.String)
    return poser(
        indicateur,
        zones.with_columns(
            pl.lit("annee").alias("pas"),
            pl.lit(ventilation).alias("ventilation"),
            pl.lit(modalite).alias("modalite"),
            periode=annee,
            millesime=annee,
            source=pl.lit(provenance(lieux, colonnes)),
            effectif=pl.lit(None, pl.Int64),
        ),
    )


def provenance(lieux: Lieux, colonnes: list[str]) -> str:
    """Producteur et jeu des sources d'un chiffre, d'après les fiches du référentiel.

    Args:
        lieux: dossiers du jeu.
        colonnes: variables du référentiel.

    Returns:
        « Cnaf, data.caf.fr… ; … » ; vide si les fiches manquent.
    """
    noms: list[str] = []
    declarees = variables_publiques()
    publiees = [_DERIVEES.get(c, c) for c in colonnes]
    for variable in (declarees[c] for c in publiees if c in declarees):
        codes = variable.sources or _SOURCES_DES_CALCULS.get(variable.calcul, ())
        for fichier in (_FICHIER, "iris_annee"):
            trouvees = [s for s in _sources(lieux, fichier) if s["source"] in codes]
            noms += [f"{s['producteur'].split(',')[0]}, {s['jeu']}" for s in trouvees]
            if trouvees:
                break
    return " ; ".join(dict.fromkeys(noms))


def _sources(lieux: Lieux, fichier: str) -> list[dict[str, str]]:
    try:
        return list(lire_fiche(lieux.referentiel, fichier)["sources"])
    except ErreurDonneesManquantes:
        return []
