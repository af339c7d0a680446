"""Famille « acces » : les places de crèche à portée des familles."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.erreurs import ErreurDonneesManquantes
from rtpe_analyse.indicateurs.bassins import Bassin, lire_bassin, lire_trajets, situer, vol_d_oiseau
from rtpe_analyse.indicateurs.geographie import lieux_des_zones
from rtpe_analyse.indicateurs.modele import RatioDeSommes
from rtpe_analyse.indicateurs.parts import etat
from rtpe_analyse.indicateurs.presences import CONNU, EN_PARTIE
from rtpe_analyse.indicateurs.publics import declarer, ranger
from rtpe_analyse.indicateurs.table import ordonner, vide
from rtpe_analyse.indicateurs.valeurs_publiques import provenance
from rtpe_analyse.methodes.accessibilite import accessibilite
from rtpe_analyse.reglementation import valeur

SANS_VOISINES = "departement_seul"

_BORD = (
    "À vol d'oiseau sans temps de trajet donnés. Près d'une limite du département au-delà de "
    "laquelle rien n'est connu, ni les enfants ni les places d'à côté ne comptent. Une commune "
    "dont la source ne dit pas les places n'en offre que celles du réseau, et des enfants "
    "estimés des naissances sont à vérifier. Crèches seulement, sans les assistantes maternelles."
)
_SOURCE = (
    "référentiel public communes_annee, iris_annee, iris ; etablissements, agrements ; trajets "
    "s'ils sont donnés"
)
_CHAMP = (
    "Établissements du réseau à leur adresse, autres EAJE au centre de leur commune ; enfants au "
    "centre de leur IRIS, à défaut de leur commune. Les communes voisines d'un autre département "
    "comptent des deux côtés si leurs chiffres sont connus."
)

INDICATEURS = (
    declarer(
        "B3",
        "Places de crèche accessibles",
        "%",
        RatioDeSommes("places_accessibles", "enfants"),
        "Chaque crèche partage ses places entre les enfants qui l'ont à portée, les plus proches "
        "pesant davantage ; chaque enfant additionne ce que lui offrent les crèches à sa portée "
        "(méthode E2SFCA). Pour 100 enfants. Par rayon : le même calcul, plus près ou plus loin.",
        numerateur="places de crèche (EAJE) à portée, partagées avec les autres enfants",
        denominateur="enfants de moins de 3 ans",
        champ=_CHAMP,
        source=_SOURCE,
        limites=_BORD,
        decimales=1,
        sens="hausse_favorable",
    ),
    declarer(
        "B3m",
        "Places de crèche manquantes",
        "%",
        RatioDeSommes("places_manquantes", "enfants"),
        "Places qu'il faudrait à chaque IRIS moins bien servi que son département pour en "
        "atteindre l'accès (B3), pour 100 enfants de la zone.",
        numerateur="places manquantes, IRIS par IRIS",
        denominateur="enfants de moins de 3 ans",
        champ=_CHAMP,
        source=_SOURCE,
        limites="Un écart à la moyenne, non un besoin mesuré : dans un département partout mal "
        "servi, il ne manquerait rien. " + _BORD,
        decimales=1,
        sens="baisse_favorable",
    ),
)


def calculer_acces(lieux: Lieux, le: date) -> pl.DataFrame:
    """B3 et B3m par commune, IRIS, territoire, zonage et département, à la dernière année publiée.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté : réseau, découpage et conventions de ce jour-là.

    Returns:
        La valeur d'ensemble ; pour B3, la ventilation `rayon` (« 3 km », « 15 min ») et, si des
        communes d'un autre département sont connues, la ventilation `bord` sans elles. Table
        vide si le référentiel public n'a pas été compilé ou ne publie pas enfants et places.
    """
    try:
        bassin = lire_bassin(lieux, le)
    except ErreurDonneesManquantes:
        return vide()
    if bassin is None:
        return vide()
    trajets = lire_trajets(lieux, bassin, le)
    unite = "km" if trajets.is_empty() else "min"
    rayon = float(valeur("accessibilite", f"rayon_{unite}", le))
    essais = [float(r) for r in valeur("accessibilite", f"rayons_essayes_{unite}", le)]
    bassin = situer(bassin, trajets)
    if trajets.is_empty():
        trajets = vol_d_oiseau(bassin, max(rayon, *essais))
    membres = lieux_des_zones(lieux, le)
    variantes = [("", "", rayon, bassin)]
    variantes += [("rayon", f"{r:g} {unite}".replace(".", ","), r, bassin) for r in essais]
    siennes = membres.filter(pl.col("maille") == "departement")["lieu"].unique().to_list()
    if not bassin.demande["commune"].is_in(siennes).all():
        variantes.append(("bord", SANS_VOISINES, rayon, _restreindre(bassin, siennes)))
    source = provenance(lieux, ["places_eaje", "enfants_moins_3_estimes"], annee=bassin.annee)
    acces, manque = INDICATEURS
    tables = []
    for ventilation, modalite, r, retenu in variantes:
        unites = places_a_portee(retenu, trajets, r, le)
        zones = _agreger(unites, membres, bassin.annee)
        tables.append(ranger(acces, zones, source, ventilation, modalite))
        if not ventilation:
            manquent = _agreger(_manques(unites, membres), membres, bassin.annee)
            tables.append(ranger(manque, manquent, source))
    return ordonner(pl.concat(tables))


def places_a_portee(bassin: Bassin, trajets: pl.DataFrame, rayon: float, le: date) -> pl.DataFrame:
    """La demande du bassin, et les places à portée de chaque zone.

    Args:
        bassin: demande et offre situées.
        trajets: `zone, lieu, cout`, dans l'unité du rayon.
        rayon: coût au-delà duquel rien n'est à portée.
        le: date à laquelle lire les paliers.

    Returns:
        `bassin.demande` et `places` (places accessibles à tous ses enfants ensemble).
    """
    paliers = [
        (rayon * float(p["jusqu_a_pct"]) / 100, float(p["poids"]))
        for p in valeur("accessibilite", "paliers", le)
    ]
    a_portee = accessibilite(
        bassin.demande.select("zone", "population"),
        bassin.offre.select("lieu", "places"),
        trajets,
        paliers,
    )
    return bassin.demande.join(a_portee, on="zone", maintain_order="left").with_columns(
        places=pl.col("accessibilite") * pl.col("population")
    )


def _restreindre(bassin: Bassin, communes: Sequence[str]) -> Bassin:
    dedans = pl.col("commune").is_in(list(communes))
    return Bassin(bassin.annee, bassin.demande.filter(dedans), bassin.offre.filter(dedans))


def _manques(unites: pl.DataFrame, membres: pl.DataFrame) -> pl.DataFrame:
    """Les mêmes unités, `places` étant celles qui manquent pour l'accès de leur département."""
    du_departement = membres.filter(pl.col("maille") == "departement").select(
        departement="zone", commune="lieu"
    )
    total = (pl.col("places").sum() / pl.col("population").sum()).over("departement")
    return unites.join(du_departement, on="commune").with_columns(
        places=(total - pl.col("accessibilite")).clip(lower_bound=0) * pl.col("population")
    )


def _agreger(unites: pl.DataFrame, membres: pl.DataFrame, annee: int) -> pl.DataFrame:
    """Sommes par zone et par IRIS ; un lieu sans enfants connus rend sa zone partielle."""
    siennes = membres.filter(pl.col("maille") == "departement")["lieu"].to_list()
    iris = unites.filter(pl.col("iris").is_not_null())
    des_iris = iris.filter(pl.col("commune").is_in(siennes)).select(
        maille=pl.lit("iris"), zone="iris", lieu="iris"
    )
    lieux = pl.concat([unites.with_columns(lieu="commune"), iris.with_columns(lieu="iris")])
    partielle = pl.col("etat").fill_null(EN_PARTIE).max()
    connue = pl.col("population").is_not_null().any()
    return (
        pl.concat([membres, des_iris])
        .join(lieux.select("lieu", "places", "population", "etat"), on="lieu", how="left")
        .sort("maille", "zone", "population", "places")
        .group_by("maille", "zone", maintain_order=True)
        .agg(
            pl.when(connue).then(pl.col("places").sum()).alias("numerateur"),
            pl.when(connue).then(pl.col("population").sum()).alias("denominateur"),
            pl.max_horizontal(pl.lit(CONNU), partielle).alias(etat("ensemble")),
        )
        .with_columns(annee=pl.lit(annee))
    )
