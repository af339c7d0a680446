"""Famille « variations » : pourquoi l'occupation a changé sur un an, effet par effet.

L'écart de T1 se décompose établissement par établissement (voir `effets`) ; l'écart avec une
autre zone, par groupes d'établissements (voir `comparaisons`), vient des mêmes parts.
"""

from collections.abc import Iterator
from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs import comparaisons
from rtpe_analyse.indicateurs.agregation import compter
from rtpe_analyse.indicateurs.cascade_lignes import Lignes, etablir
from rtpe_analyse.indicateurs.effets import (
    CAUSES,
    COMPOSITION,
    CONNAISSANCE,
    EN_POINTS,
    PALIERS,
    PROPRES,
    bien_connus,
    dresser,
    effets,
)
from rtpe_analyse.indicateurs.modele import Indicateur, NonAgregeable
from rtpe_analyse.indicateurs.panels import MAILLES_SUIVIES
from rtpe_analyse.indicateurs.parts import en_parts, en_unites, etat
from rtpe_analyse.indicateurs.places import parts_de_capacite
from rtpe_analyse.indicateurs.presences import INCONNU, realise
from rtpe_analyse.indicateurs.rattachement import rattacher
from rtpe_analyse.indicateurs.table import ordonner, parents_de, poser, vide
from rtpe_analyse.modeles import Maille, Periode

VENTILATION = "effet"
_TRIMESTRE = "trimestre"

INDICATEURS = (
    Indicateur(
        code="V1",
        libelle="Variation de l'occupation réelle sur un an, par effet",
        unite="points",
        agregation=NonAgregeable("effet"),
        numerateur="points de T1 gagnés ou perdus depuis le même trimestre de l'an dernier",
        champ="Trimestres détaillés dont le même trimestre de l'an dernier l'est aussi.",
        definition="T1 est la somme, sur les établissements, du poids dans la capacité × part "
        "ouverte × part attribuée × heures contractuelles par heure attribuée × heures présentes "
        "par heure contractuelle. L'effet d'un facteur est la moyenne, sur tous les ordres, de ce "
        "que change son passage d'une année à l'autre (Shapley ; Das Gupta). L'effet d'ouverture "
        "se partage entre ses causes ; celui des poids est l'effet de composition.",
        source="agréments, ouvertures, contrats, plannings, demandes, pointages",
        limites="La somme des effets est la variation de T1. Un établissement connu d'un seul côté "
        "y prend ses propres taux : son effet est de composition. Non calculable si un facteur "
        "d'un établissement compté dans T1 est inconnu (contrats manquants).",
        contributeur="population",
        entraine_par="T1",
        decimales=1,
        sens="hausse_favorable",
    ),
    *comparaisons.INDICATEURS,
)


def calculer_variations(lieux: Lieux, le: date) -> pl.DataFrame:
    """V1 des établissements, territoires et départements, V2 des territoires, au trimestre.

    Returns:
        V1 : ventilation `effet`, une modalité par effet, en points (`composition` à partir du
        territoire). L'effectif, le même pour toutes, est le plus petit des deux périodes.
        V2 : voir `comparaisons.ecarts_entre_zones`.

    Raises:
        ErreurControle: la somme des effets d'une zone n'est pas l'écart de T1.
    """
    lignes = etablir(lieux, le)
    parts = _parts(lignes, lieux, le)
    if parts.is_empty():
        return vide()
    unites = en_unites(rattacher(lignes.population, lieux), le, [_TRIMESTRE])
    population = compter(parts, unites, "population", CONNAISSANCE)
    zones = [z for maille in MAILLES_SUIVIES for z in _decomposer(parts, maille)]
    table = pl.DataFrame(zones, schema=_SCHEMA, orient="row").with_columns(
        pas=pl.lit(_TRIMESTRE),
        ventilation=pl.lit(VENTILATION),
        denominateur=pl.lit(None, pl.Float64),
    )
    variations = poser(INDICATEURS[0], _avec_effectif(table, population))
    ecarts = comparaisons.ecarts_entre_zones(parts, population, lieux)
    return ordonner(pl.concat([variations, ecarts]), parents_de(parts))


_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys(("maille", "zone", "periode", "modalite"), pl.String),
    "numerateur": pl.Float64,
    etat("ensemble"): pl.Int32,
}


def _parts(lignes: Lignes, lieux: Lieux, le: date) -> pl.DataFrame:
    """Par établissement et trimestre entièrement détaillé : T1, paliers et causes."""
    if lignes.mois.is_empty():
        return pl.DataFrame()
    noms = [*PALIERS, *CAUSES]
    larges = lignes.valeurs.filter(pl.col("ligne").is_in(noms)).pivot(
        on="ligne", on_columns=noms, index=["etablissement", "date"], values="valeur_tuh"
    )
    inconnu = pl.col("enfants__etat") == INCONNU
    cascade = lignes.mois.join(larges, on=["etablissement", "date"], how="left").select(
        "etablissement",
        "date",
        pl.when(~inconnu).then(pl.lit(0, pl.Int64)).alias(CONNAISSANCE),
        pl.col("enfants__etat").alias(etat(CONNAISSANCE)),
        *(pl.when(~inconnu).then(pl.col(n).fill_null(0)).alias(f"{n}_tuh") for n in noms),
    )
    capacites, mesures = parts_de_capacite(lieux, le)
    places = mesures.select("etablissement", "date", "h0_min", "capacite_max", "jours")
    parts = en_parts([cascade, places, realise(lieux, le, capacites)], lieux, le, [_TRIMESTRE])
    premier = min(lignes.mois["date"].to_list())
    debuts = {p: Periode.lire(p).debut for p in parts["periode"].unique()}
    return parts.filter(pl.col("periode").is_in([p for p, d in debuts.items() if d >= premier]))


def _decomposer(
    parts: pl.DataFrame, maille: Maille
) -> Iterator[tuple[str, str, str, str, float | None, int]]:
    """`maille, zone, periode, modalite, effet en points, état` de chaque zone."""
    groupes = {
        cle: groupe
        for cle, groupe in parts.filter(pl.col(maille).is_not_null())
        .partition_by([maille, "periode"], as_dict=True, maintain_order=True)
        .items()
    }
    modalites = PROPRES if maille == "etablissement" else (*PROPRES, COMPOSITION)
    for (zone, periode), apres in groupes.items():
        avant = groupes.get((zone, str(Periode.lire(str(periode)).an_dernier)))
        if avant is None:
            continue
        codes = sorted({*avant["etablissement"], *apres["etablissement"]})
        trouves = effets(*(dresser(c, codes, "etablissement") for c in (avant, apres)))
        connu = bien_connus([avant, apres])
        for modalite in modalites:
            effet = None if trouves is None else EN_POINTS * trouves[modalite]
            yield maille, str(zone), str(periode), modalite, effet, connu


def _avec_effectif(table: pl.DataFrame, population: pl.DataFrame) -> pl.DataFrame:
    """Le plus petit effectif non nul des deux périodes."""
    cle = ["maille", "zone", "periode"]
    comptes = population.select(*cle, effectif="population")
    textes = table["periode"].unique()
    precedentes = pl.DataFrame(
        {"periode": textes, "an_dernier": [str(Periode.lire(p).an_dernier) for p in textes]},
        schema={"periode": pl.String, "an_dernier": pl.String},
    )
    avant = comptes.rename({"periode": "an_dernier", "effectif": "avant"})
    joints = (
        table.join(precedentes, on="periode")
        .join(comptes, on=cle, how="left")
        .join(avant, on=["maille", "zone", "an_dernier"], how="left")
    )
    positifs = [pl.when(pl.col(c) > 0).then(pl.col(c)) for c in ("effectif", "avant")]
    return joints.with_columns(
        effectif=pl.coalesce(pl.min_horizontal(positifs), pl.max_horizontal("effectif", "avant"))
    ).drop("an_dernier", "avant")
