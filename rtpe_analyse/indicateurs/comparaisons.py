"""L'écart d'occupation d'un territoire avec un autre, ou avec son département, par effet.

Deux zones n'ont pas les mêmes établissements : l'écart se décompose par groupes d'établissements
comparables, ceux d'une même catégorie de taille, l'accueil familial à part. L'effet propre dit
ce que le territoire fait autrement à structure égale, l'effet de composition ce qu'il doit à
la sienne.
"""

from collections.abc import Iterator
from itertools import product
from math import ceil

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.effets import (
    COMPOSITION,
    EN_POINTS,
    PROPRES,
    bien_connus,
    dresser,
    effets,
)
from rtpe_analyse.indicateurs.modele import Indicateur, NonAgregeable, RatioDeSommes
from rtpe_analyse.indicateurs.parts import etat
from rtpe_analyse.indicateurs.table import poser
from rtpe_analyse.modeles import Periode
from rtpe_analyse.propres import lire_admis
from rtpe_analyse.reglementation import categorie_eaje

VENTILATION = "ecart_avec"
_FAMILIAL = "familial"
_TRIMESTRE = "trimestre"

INDICATEURS = (
    Indicateur(
        code="V2",
        libelle="Écart d'occupation réelle avec une autre zone, par effet",
        unite="points",
        agregation=NonAgregeable("effet"),
        numerateur="points de T1 au-dessus ou au-dessous de l'autre zone",
        champ="Territoires, comparés à leur département et aux autres territoires.",
        definition="T1 est la somme, sur les groupes d'établissements de même taille (catégories "
        "de R. 2324-46 ; l'accueil familial à part), du poids dans la capacité × part ouverte × "
        "part attribuée × heures contractuelles par heure attribuée × heures présentes par heure "
        "contractuelle. L'effet d'un facteur est la moyenne, sur tous les ordres, de ce que "
        "change son passage d'une zone à l'autre (Shapley ; Das Gupta) ; celui des poids est "
        "l'effet de composition.",
        source="agréments, ouvertures, contrats, plannings, demandes, pointages",
        limites="La somme des effets est l'écart de T1. Un groupe présent d'un seul côté y prend "
        "ses propres taux : son effet est de composition. Le territoire est aussi dans son "
        "département : l'écart avec lui est un peu plus petit qu'avec le reste du département. "
        "Non calculable si un facteur d'un établissement compté dans T1 est inconnu.",
        contributeur="population",
        entraine_par="T1",
        decimales=1,
        sens="hausse_favorable",
    ),
    Indicateur(
        code="V2c",
        libelle="Capacité sans établissement comparable dans l'autre zone",
        unite="%",
        agregation=RatioDeSommes("sans", "capacite"),
        numerateur="capacité (H0) des établissements dont l'autre zone n'a aucun autre de même "
        "taille",
        denominateur="capacité (H0) du territoire",
        champ="Comme V2.",
        definition="Les groupes de V2 qui n'existent, dans l'autre zone, que par les "
        "établissements du territoire lui-même, ou n'y existent pas.",
        source="agréments, ouvertures",
        limites="Pour cette part, l'effet propre et la composition ne se distinguent pas : V2 la "
        "range dans la composition.",
    ),
)


def modalite(maille: str, zone: str, effet: str) -> str:
    """« territoire:T2:presence » : l'effet de la présence, comparé au territoire T2."""
    return f"{maille}:{zone}:{effet}"


def ecarts_entre_zones(parts: pl.DataFrame, population: pl.DataFrame, lieux: Lieux) -> pl.DataFrame:
    """V2 et V2c de chaque territoire, avec son département et chacun des autres territoires.

    Args:
        parts: par établissement et trimestre, paliers et causes de la cascade, `h0_min`,
            `realise_min`, `capacite_max` et `jours`.
        population: enfants de chaque zone et trimestre (`maille, zone, periode, population`).
        lieux: dossiers du jeu (types d'accueil).

    Returns:
        Table longue (sans `parents`) : ventilation `ecart_avec`. V2 : modalités de `modalite`,
        en points ; l'effectif est le plus petit des deux zones. V2c : une modalité par zone
        (« territoire:T2 »).

    Raises:
        ErreurControle: la somme des effets n'est pas l'écart de T1.
    """
    situees = _avec_groupe(parts.filter(pl.col("territoire").is_not_null()), lieux)
    lignes = [
        ligne
        for (periode,), du_trimestre in situees.partition_by(
            "periode", as_dict=True, maintain_order=True
        ).items()
        for ligne in _comparer(du_trimestre, str(periode), population)
    ]
    table = pl.DataFrame(lignes, schema=_SCHEMA, orient="row").with_columns(
        maille=pl.lit("territoire"),
        pas=pl.lit(_TRIMESTRE),
        ventilation=pl.lit(VENTILATION),
    )
    return pl.concat(poser(i, table.filter(pl.col("code") == i.code)) for i in INDICATEURS)


_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys(("code", "zone", "periode", "modalite"), pl.String),
    "numerateur": pl.Float64,
    "denominateur": pl.Float64,
    "effectif": pl.Int64,
    etat("ensemble"): pl.Int32,
}


def _comparer(
    parts: pl.DataFrame, periode: str, population: pl.DataFrame
) -> Iterator[tuple[object, ...]]:
    """Les lignes de V2 et V2c d'un trimestre, au schéma `_SCHEMA`."""
    comptes = {
        (maille, zone): n
        for maille, zone, n in population.filter(pl.col("periode") == periode)
        .select("maille", "zone", "population")
        .iter_rows()
    }
    groupes = parts["groupe"].unique().sort().to_list()
    zones = {
        (maille, str(zone)): siennes
        for maille in ("departement", "territoire")
        for (zone,), siennes in parts.filter(pl.col(maille).is_not_null())
        .partition_by(maille, as_dict=True, maintain_order=True)
        .items()
    }
    cotes = {cle: dresser(siennes, groupes, "groupe") for cle, siennes in zones.items()}
    territoires = [cle for cle in zones if cle[0] == "territoire"]
    for ici, autre in product(territoires, zones):
        if ici == autre or not _comparables(zones[ici], autre):
            continue
        trouves = effets(cotes[autre], cotes[ici])
        effectif = _plus_petit(comptes.get(ici), comptes.get(autre))
        connu = bien_connus([zones[ici], zones[autre]])
        for effet in (*PROPRES, COMPOSITION):
            points = None if trouves is None else EN_POINTS * trouves[effet]
            yield "V2", ici[1], periode, modalite(*autre, effet), points, None, effectif, connu
        sans = _sans_comparable(zones[ici], zones[autre])
        connue = bien_connus([zones[ici], zones[autre]], ["h0_min"])
        yield "V2c", ici[1], periode, ":".join(autre), *sans, None, connue


def _sans_comparable(ici: pl.DataFrame, autre: pl.DataFrame) -> tuple[float, float]:
    """Capacité du territoire sans établissement de même groupe en face, et en tout (heures)."""
    en_face = autre.filter(
        ~pl.col("etablissement").is_in(ici["etablissement"].to_list()), pl.col("h0_min") > 0
    )
    seules = ~pl.col("groupe").is_in(en_face["groupe"].unique().to_list())
    sans, capacite = ici.select(
        pl.col("h0_min").filter(seules).sum(), total=pl.col("h0_min").sum()
    ).row(0)
    return sans / 60, capacite / 60


def _comparables(parts: pl.DataFrame, autre: tuple[str, str]) -> bool:
    """Un territoire se compare à tous les autres, et au seul département où il est."""
    maille, zone = autre
    return maille == "territoire" or zone in parts["departement"].to_list()


def _plus_petit(un: int | None, autre: int | None) -> int | None:
    """Le plus petit effectif non nul ; inconnu si l'un l'est."""
    if un is None or autre is None:
        return None
    return min(filter(None, (un, autre)), default=0)


def _avec_groupe(parts: pl.DataFrame, lieux: Lieux) -> pl.DataFrame:
    """Ajoute `groupe` : la catégorie de taille du trimestre, ou l'accueil familial."""
    familiaux = set(
        lire_admis(lieux, "etablissements")
        .filter(pl.col("type_accueil") == _FAMILIAL)
        .select("etablissement")
        .collect()
        .to_series()
    )
    places = (
        parts.group_by("etablissement", "periode")
        .agg(pl.col("capacite_max", "jours").sum())
        .sort("etablissement", "periode")
    )
    groupes = [
        _FAMILIAL if code in familiaux else _categorie(capacite, jours, periode)
        for code, periode, capacite, jours in places.iter_rows()
    ]
    table = places.select("etablissement", "periode", groupe=pl.Series(groupes, dtype=pl.String))
    return parts.join(table, on=["etablissement", "periode"], how="left", maintain_order="left")


def _categorie(capacite: int | None, jours: int | None, periode: str) -> str:
    """La catégorie de taille ; vide sans place prévue : l'établissement n'a alors aucun poids."""
    if not capacite or not jours:
        return ""
    return categorie_eaje(ceil(capacite / jours), Periode.lire(periode).fin)
