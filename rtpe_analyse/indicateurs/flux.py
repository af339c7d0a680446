"""Famille « flux » : d'où viennent les enfants accueillis, où vont ceux du territoire."""

from datetime import date
from typing import Any

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.agregation import calculer, compter
from rtpe_analyse.indicateurs.familles_accueillies import TRIMESTRE, enfants_accueillis
from rtpe_analyse.indicateurs.geographie import communes_des_zones
from rtpe_analyse.indicateurs.modele import ComptageDistinct, Indicateur, RatioDeSommes
from rtpe_analyse.indicateurs.parts import PERIODE, ZONES, croiser, en_parts
from rtpe_analyse.indicateurs.places import parts_de_capacite
from rtpe_analyse.indicateurs.presences import realise
from rtpe_analyse.indicateurs.rattachement import SANS_TERRITOIRE
from rtpe_analyse.indicateurs.table import vide
from rtpe_analyse.nomenclatures.communes import departement_de

VENTILATION = "residence"
SANS_ETABLISSEMENT, AUTRE_DEPARTEMENT = "sans_etablissement", "autre_departement"
PARTAGE = "+"
_MAILLES = ("territoire", "departement")
_REFERENCE = "realise_min"


def _declarer(code: str, libelle: str, definition: str, **reste: Any) -> Indicateur:
    textes: dict[str, Any] = {
        "champ": "Enfants accueillis (E1) dont la commune de résidence est connue au dernier jour "
        "du trimestre. Un territoire est fait des communes de ses établissements, au jour "
        "d'arrêté.",
        "source": "pointages, enfants, familles, territoires",
        "limites": "Réseau suivi seulement : un enfant accueilli par un autre gestionnaire n'y "
        "est pas. Une commune de deux territoires est chez elle dans chacun. Une famille "
        "accueillie loin de chez elle peut l'avoir choisi (travail, trajet) : ce n'est pas un "
        "manque en soi. Pas à l'établissement : trop petits nombres.",
        "contributeur": "venus_d_ailleurs",
        "entraine_par": "E1",
    }
    return Indicateur(code=code, libelle=libelle, definition=definition, **(textes | reste))


INDICATEURS = (
    _declarer(
        "M1",
        "Enfants venus d'un autre territoire",
        "Enfants distincts accueillis dans un territoire où ils n'habitent pas ; par résidence : "
        "selon le territoire de leur commune, « sans établissement » si le réseau n'y en a pas, "
        "ou un autre département. Au département : accueillis hors de leur territoire.",
        unite="enfants",
        agregation=ComptageDistinct("hors"),
        numerateur="enfants accueillis hors de leur territoire de résidence",
    ),
    _declarer(
        "B5",
        "Enfants accueillis habitant ailleurs",
        "M1 / enfants accueillis de résidence connue.",
        unite="%",
        agregation=RatioDeSommes("hors", "situes"),
        numerateur="enfants accueillis hors de leur territoire de résidence (M1)",
        denominateur="enfants accueillis de résidence connue",
        part=True,
        decimales=1,
    ),
    _declarer(
        "B5s",
        "Enfants de la zone accueillis ailleurs",
        "Par territoire de résidence : enfants accueillis dans un autre territoire du réseau / "
        "enfants accueillis par le réseau qui habitent ce territoire. Se lit au département.",
        unite="%",
        agregation=RatioDeSommes("hors", "residents"),
        numerateur="enfants de ce territoire accueillis dans un autre (M1)",
        denominateur="enfants de ce territoire accueillis par le réseau",
        part=True,
        decimales=1,
        entraine_par="",
    ),
)


def calculer_flux(lieux: Lieux, le: date) -> pl.DataFrame:
    """M1, B5 et B5s par territoire et département, trimestres échus au jour `le`.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté, et du découpage en territoires.

    Returns:
        M1 et B5 en valeur d'ensemble ; M1 ventilé par `residence` (code de territoire, codes
        joints par « + » pour une commune de plusieurs, `sans_etablissement`,
        `autre_departement`), sans la case d'un territoire vers lui-même ; B5s à la maille du
        département, une modalité par territoire. Table vide si aucune résidence n'est connue.
    """
    situes = _situer(enfants_accueillis(lieux, le), lieux, le)
    if situes.is_empty():
        return vide()
    capacites, _ = parts_de_capacite(lieux, le)
    ensemble = en_parts([realise(lieux, le, capacites)], lieux, le, [TRIMESTRE])
    residences = situes["modalite"].unique().sort().to_list()
    territoires = [r for r in residences if r not in (SANS_ETABLISSEMENT, AUTRE_DEPARTEMENT)]
    parts = croiser(ensemble, [("", ""), *((VENTILATION, r) for r in residences)])
    tous = situes.with_columns(ventilation=pl.lit(""), modalite=pl.lit(""))
    venus = pl.concat([tous, situes]).filter("hors")
    comptages = {
        nom: compter(parts, unites.select(*PERIODE, *ZONES, "unite"), nom, _REFERENCE)
        for nom, unites in (("situes", tous), ("residents", situes), ("hors", venus))
    }
    table = calculer(INDICATEURS, parts, comptages).filter(
        pl.col("maille").is_in(_MAILLES), pl.col("zone") != SANS_TERRITOIRE
    )
    d_ensemble = pl.col("ventilation") == ""
    chez_soi = (pl.col("maille") == "territoire") & pl.col("modalite").str.split(
        PARTAGE
    ).list.contains(pl.col("zone"))
    au_departement = (pl.col("maille") == "departement") & pl.col("modalite").is_in(territoires)
    return table.filter(
        pl.when(pl.col("indicateur") == "M1")
        .then(~chez_soi)
        .when(pl.col("indicateur") == "B5")
        .then(d_ensemble)
        .otherwise(~d_ensemble & au_departement)
    )


def _situer(enfants: pl.DataFrame, lieux: Lieux, le: date) -> pl.DataFrame:
    """Enfants de résidence connue : `modalite` (leur territoire) et `hors` (accueil ailleurs)."""
    membres = communes_des_zones(lieux, le)
    territoires = (
        membres.filter(pl.col("maille") == "territoire")
        .group_by(residence="commune")
        .agg(siens=pl.col("zone").unique().sort())
    )
    departements = membres.filter(pl.col("maille") == "departement")["zone"].unique().to_list()
    ici = departement_de(pl.col("residence")).is_in(departements)
    return (
        enfants.filter(pl.col("residence").is_not_null(), pl.col("territoire") != SANS_TERRITOIRE)
        .join(territoires, on="residence", how="left")
        .with_columns(
            ventilation=pl.lit(VENTILATION),
            modalite=pl.coalesce(
                pl.col("siens").list.join(PARTAGE),
                pl.when(ici).then(pl.lit(SANS_ETABLISSEMENT)).otherwise(pl.lit(AUTRE_DEPARTEMENT)),
            ),
            hors=~pl.col("siens").list.contains(pl.col("territoire")).fill_null(value=False),
        )
    )
