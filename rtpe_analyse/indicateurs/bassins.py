"""Où habitent les enfants, où sont les places, et ce qui les sépare."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.geographie import commune_de
from rtpe_analyse.indicateurs.offre_situee import PLACES, offre_situee
from rtpe_analyse.indicateurs.presences import CONNU, EN_PARTIE
from rtpe_analyse.indicateurs.valeurs_publiques import ENFANTS, valeurs_des_lieux
from rtpe_analyse.methodes.accessibilite import distances
from rtpe_analyse.nomenclatures.communes import communes_au
from rtpe_analyse.nomenclatures.iris import lire_iris
from rtpe_analyse.propres import lire_admis
from rtpe_analyse.reglementation import valeur

_ALLOCATAIRES = "allocataires_enfants_moins_3"


@dataclass(frozen=True)
class Bassin:
    """La demande et l'offre d'une année, situées.

    Attributes:
        annee: année des chiffres publics.
        demande: `zone, commune, iris, population, etat, latitude, longitude` ; une zone est un
            IRIS, ou une commune dont les IRIS ne sont pas connus.
        offre: `lieu, commune, places, latitude, longitude` ; un lieu est un établissement du
            réseau, ou les autres places d'une commune, à son centre.
    """

    annee: int
    demande: pl.DataFrame
    offre: pl.DataFrame


def lire_bassin(lieux: Lieux, le: date) -> Bassin | None:
    """La demande et l'offre à la dernière année publiée, le réseau étant celui du jour `le`.

    Enfants de moins de 3 ans d'une commune : ceux du taux de couverture publié ; à défaut ses
    dernières naissances × `accessibilite.annees_de_naissances` (état « en partie »). Ils se
    partagent entre ses IRIS selon les enfants d'allocataires de moins de 3 ans s'ils sont
    diffusés pour tous, sinon selon les habitants de moins de 15 ans ; sans l'un ni l'autre,
    ils sont au centre de la commune.

    Places : chaque établissement du réseau à ses coordonnées (à défaut au centre de sa
    commune), avec sa capacité maximale autorisée au jour `le` ; au centre de chaque commune,
    les places d'EAJE publiées moins celles que le réseau y avait à la fin de la même année.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté.

    Returns:
        Rien si le référentiel ne publie pas à la fois enfants et places une même année.

    Raises:
        ErreurDonneesManquantes: si le référentiel n'a pas été compilé.
    """
    valeurs = valeurs_des_lieux(lieux, le).filter(pl.col("annee") <= le.year)
    est_commune = pl.col("lieu") == commune_de(pl.col("lieu"))
    publics = valeurs.filter(est_commune).rename({"lieu": "commune"})
    annee = publics.drop_nulls([ENFANTS, PLACES])["annee"].max()
    if not isinstance(annee, int):
        return None
    positions = (
        communes_au(lieux, le)
        .select("latitude", "longitude", commune="code")
        .unique("commune", keep="first", maintain_order=True)
    )
    enfants = _enfants(publics, annee, le)
    places = publics.filter(pl.col("annee") == annee).select("commune", PLACES)
    sans_offre = positions.join(places.drop_nulls(), on="commune", how="anti")["commune"]
    demande = _par_iris(
        enfants, lire_iris(lieux), valeurs.filter(~est_commune), positions
    ).with_columns(
        etat=pl.when(pl.col("commune").is_in(sans_offre.to_list()))
        .then(EN_PARTIE)
        .otherwise("etat")
    )
    return Bassin(annee, demande, offre_situee(lieux, places, positions, annee, le))


def _enfants(publics: pl.DataFrame, annee: int, le: date) -> pl.DataFrame:
    """`commune, enfants, etat` de chaque commune dont on sait quelque chose."""
    estimes = publics.filter(pl.col("annee") == annee).select("commune", ENFANTS)
    annees = int(valeur("accessibilite", "annees_de_naissances", le))
    nes = (
        publics.filter(pl.col("annee") <= annee)
        .drop_nulls("naissances")
        .sort("annee")
        .group_by("commune", maintain_order=True)
        .agg(nes=annees * pl.col("naissances").last())
    )
    return (
        estimes.join(nes, on="commune", how="full", coalesce=True)
        .select(
            "commune",
            enfants=pl.coalesce(ENFANTS, "nes"),
            etat=pl.when(pl.col(ENFANTS).is_null()).then(EN_PARTIE).otherwise(CONNU),
        )
        .drop_nulls("enfants")
    )


def _par_iris(
    enfants: pl.DataFrame, iris: pl.DataFrame, publics: pl.DataFrame, positions: pl.DataFrame
) -> pl.DataFrame:
    poids = _poids_des_iris(publics)
    total = pl.col("poids").sum().over("commune")
    complet = pl.col("poids").is_not_null().all().over("commune") & (total > 0)
    # Un seul poids pour tous les IRIS d'une commune : le premier qui les décrit tous.
    partages = pl.concat(
        iris.drop("nom")
        .join(poids.select("iris", poids=nom), on="iris", how="left")
        .filter(complet)
        .with_columns(part=pl.col("poids") / total, rang=rang)
        for rang, nom in enumerate(("allocataires", "moins_de_15"))
    ).filter(pl.col("rang") == pl.col("rang").min().over("commune"))
    decoupees = (
        enfants.join(partages, on="commune")
        .filter(pl.col("part") > 0)
        .with_columns(zone="iris", population=pl.col("enfants") * pl.col("part"))
    )
    entieres = (
        enfants.join(partages, on="commune", how="anti")
        .join(positions, on="commune", how="left")
        .with_columns(zone="commune", iris=pl.lit(None, pl.String), population="enfants")
    )
    colonnes = ["zone", "commune", "iris", "population", "etat", "latitude", "longitude"]
    return pl.concat([decoupees.select(colonnes), entieres.select(colonnes)]).sort("zone")


def _poids_des_iris(publics: pl.DataFrame) -> pl.DataFrame:
    """`iris, allocataires, moins_de_15` : le dernier chiffre publié de chacun."""
    # Secret une année, diffusé une autre : tous ont le chiffre de la même année, ou aucun.
    diffusees = publics.drop_nulls(_ALLOCATAIRES)["annee"]
    diffusee = pl.col("annee").is_in(diffusees.top_k(1).to_list())
    return (
        publics.sort("annee")
        .group_by(iris="lieu", maintain_order=True)
        .agg(
            allocataires=pl.col(_ALLOCATAIRES).filter(diffusee).first(),
            moins_de_15=pl.col("population_moins_15").drop_nulls().last(),
        )
    )


def lire_trajets(lieux: Lieux, bassin: Bassin, le: date) -> pl.DataFrame:
    """Temps de trajet donnés par l'utilisateur, entre les zones et les lieux du bassin.

    Un IRIS que la table ne cite pas a le temps de sa commune ; un établissement qu'elle ne
    cite pas, celui de la sienne. Un couple qui n'y est d'aucune façon est hors de portée. Une
    table qui ignore trop d'enfants ou de places (`accessibilite.trajets_part_citee_min_pct`) ne
    sert pas : ce qu'elle ignore compterait pour zéro. Une durée négative non plus.

    Returns:
        `zone, lieu, cout` (minutes) ; vide si aucune table de temps ne peut servir.
    """
    recus = (
        lire_admis(lieux, "trajets")
        .filter(pl.col("minutes") >= 0)
        .select("zone", "lieu", cout="minutes")
        .collect()
    )
    zones = _repli(bassin.demande.select("zone", "commune"), "zone", recus["zone"])
    arrivees = _repli(bassin.offre.select("lieu", "commune"), "lieu", recus["lieu"])
    trajets = (
        recus.rename({"zone": "depart", "lieu": "arrivee"})
        .join(zones, on="depart")
        .join(arrivees, on="arrivee")
        .select("zone", "lieu", "cout")
    )
    minimale = float(valeur("accessibilite", "trajets_part_citee_min_pct", le)) / 100
    parts = (
        _part_citee(bassin.demande, "population", "zone", trajets),
        _part_citee(bassin.offre, "places", "lieu", trajets),
    )
    return trajets if min(parts) >= minimale else trajets.clear()


def _part_citee(table: pl.DataFrame, poids: str, cle: str, trajets: pl.DataFrame) -> float:
    cites = table.filter(pl.col(cle).is_in(trajets[cle].unique().to_list()))
    total, dont = (float(t[poids].sum() or 0) for t in (table, cites))
    return dont / total if total else 0.0


def _repli(table: pl.DataFrame, cle: str, cites: pl.Series) -> pl.DataFrame:
    nom = "depart" if cle == "zone" else "arrivee"
    cite = pl.col(cle).is_in(cites.unique().to_list())
    return table.select(cle, pl.when(cite).then(pl.col(cle)).otherwise("commune").alias(nom))


def situer(bassin: Bassin, trajets: pl.DataFrame) -> Bassin:
    """Le bassin où ce qui n'est nulle part est inconnu, au lieu d'être hors de portée de tout.

    Args:
        bassin: demande et offre.
        trajets: temps donnés ; s'il y en a, être placé c'est y être cité, sinon c'est avoir
            une position.

    Returns:
        Une zone sans place n'a plus de population ; elle est « en partie » connue, comme les
        zones d'une commune dont un lieu n'a pas de place.
    """
    position = pl.col("latitude").is_not_null() & pl.col("longitude").is_not_null()

    def situe(cle: str) -> pl.Expr:
        cites = trajets[cle].unique().to_list()
        return pl.col(cle).is_in(cites) if cites else position

    perdus, placee = bassin.offre.filter(~situe("lieu")), situe("zone")
    entiere = placee & ~pl.col("commune").is_in(perdus["commune"].to_list())
    demande = bassin.demande.with_columns(
        population=pl.when(placee).then("population"),
        etat=pl.when(entiere).then("etat").otherwise(EN_PARTIE),
    )
    return Bassin(bassin.annee, demande, bassin.offre)


def vol_d_oiseau(bassin: Bassin, rayon_km: float) -> pl.DataFrame:
    """Distances entre les zones et les lieux du bassin : `zone, lieu, cout` (kilomètres)."""
    return distances(
        bassin.demande.select("zone", "latitude", "longitude"),
        bassin.offre.select("lieu", "latitude", "longitude"),
        rayon_km,
    )
