"""La seule façon d'agréger : d'un établissement × jour à toutes les mailles.

Trois temps. `parts.en_parts` somme les mesures journalières par établissement × période ×
rattachement (au jour) ; une mesure inconnue un seul jour l'est pour tout l'établissement
sur la période. `calculer` applique à chaque zone l'agrégation que l'indicateur déclare : un
établissement inconnu sort à la fois du numérateur et du dénominateur, et la valeur passe
« à vérifier ». `compter` dénombre des unités distinctes.
"""

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from rtpe_analyse.indicateurs.modele import (
    Additif,
    ComptageDistinct,
    Indicateur,
    RatioDeSommes,
    SommeDeMoyennes,
)
from rtpe_analyse.indicateurs.parts import PERIODE, ZONES, etat
from rtpe_analyse.indicateurs.presences import CONNU, EN_PARTIE, INCONNU, MICRO_HEURES
from rtpe_analyse.indicateurs.table import CLE_ZONE, LIENS, Liens, ordonner, parents_de, poser
from rtpe_analyse.modeles import MAILLES, Maille
from rtpe_analyse.tableaux import rapport

_DIVISEURS = {"_min": 60, "_uh": MICRO_HEURES, "_tuh": 3 * MICRO_HEURES, "_centimes": 100}


def compter(
    parts: pl.DataFrame, unites: pl.DataFrame, nom: str, reference: str | None
) -> pl.DataFrame:
    """Dénombre des unités distinctes dans chaque zone.

    Args:
        parts: table de `en_parts` ; ses zones sont celles du résultat.
        unites: `pas, periode, ventilation, modalite`, les quatre zones et `unite`.
        nom: nom du comptage.
        reference: mesure de `parts` dont l'état vaut pour le comptage : un établissement
            inconnu n'y est pas compté. Sans elle, tout est connu.

    Returns:
        Une ligne par zone : `CLE_ZONE`, `<nom>` et `<nom>__etat` ; une zone vide dans
        `parts` (une commune de résidence n'a pas d'établissement) n'en est pas une.
    """
    cadre = _cadre(parts, nom, reference)
    if reference is None:
        return pl.concat(_compter_maille(cadre, unites, nom, maille) for maille in MAILLES)
    # Les zones en texte ne se comparent qu'une fois : ensuite, chaque part a un rang.
    cadre, cle = cadre.with_row_index("part"), [*PERIODE, *ZONES]
    connues = cadre.filter(pl.col(etat(nom)) != INCONNU).select(*cle, "part")
    situees = unites.select(*cle, _en_rang("unite")).join(connues, on=cle).select("part", "unite")
    return pl.concat(_compter_maille(cadre, situees, nom, maille, ["part"]) for maille in MAILLES)


def _en_rang(unite: str) -> pl.Expr:
    """Des textes remplacés par des entiers, qui se comptent bien plus vite."""
    return pl.col(unite).cast(pl.Categorical).to_physical()


def compter_par_maille(
    parts: pl.DataFrame, unites: Mapping[Maille, pl.DataFrame], nom: str, reference: str
) -> pl.DataFrame:
    """`compter`, quand une unité n'est pas la même d'une maille à l'autre.

    Un enfant qui passe d'un établissement à un autre du même territoire entre dans le
    second sans entrer dans le territoire.

    Args:
        parts: table de `en_parts` ; ses zones sont celles du résultat.
        unites: pour chaque maille, `pas, periode, ventilation, modalite`, sa zone et `unite`.
        nom: nom du comptage.
        reference: mesure de `parts` dont l'état vaut pour le comptage.

    Returns:
        Comme `compter`.
    """
    cadre = _cadre(parts, nom, reference)
    return pl.concat(_compter_maille(cadre, unites[maille], nom, maille) for maille in MAILLES)


def _cadre(parts: pl.DataFrame, nom: str, reference: str | None) -> pl.DataFrame:
    lu = pl.lit(CONNU) if reference is None else pl.col(etat(reference))
    return parts.select(*PERIODE, *ZONES, lu.alias(etat(nom)))


def _compter_maille(
    cadre: pl.DataFrame,
    unites: pl.DataFrame,
    nom: str,
    maille: Maille,
    cle: Sequence[str] | None = None,
) -> pl.DataFrame:
    # Compter sur un rang entier : grouper sur les clés en texte coûte dix fois plus.
    zones = (
        cadre.filter(pl.col(maille).is_not_null())
        .group_by(*PERIODE, maille)
        .agg(_etat_de_zone(etat(nom)))
        .with_row_index("rang")
    )
    de_zone = [*PERIODE, maille]
    cle = cle or de_zone
    liens = cadre.join(zones.select(*de_zone, "rang"), on=de_zone).select(*cle, "rang").unique()
    comptes = (
        unites.join(liens, on=cle)
        .group_by("rang")
        .agg(pl.col("unite").n_unique().cast(pl.Int64).alias(nom))
    )
    return (
        zones.join(comptes, on="rang", how="left")
        .with_columns(
            pl.when(pl.col(etat(nom)) != INCONNU).then(pl.col(nom).fill_null(0)),
            maille=pl.lit(maille),
        )
        .rename({maille: "zone"})
        .select(*CLE_ZONE, nom, etat(nom))
    )


def _etat_de_zone(colonne: str) -> pl.Expr:
    """Inconnu si tout l'est ; en partie si une part ne l'est pas pleinement."""
    e = pl.col(colonne)
    return (
        pl.when(e.min() == INCONNU)
        .then(INCONNU)
        .when(e.max() != CONNU)
        .then(EN_PARTIE)
        .otherwise(CONNU)
        .alias(colonne)
    )


def sommer_zones(parts: pl.DataFrame, mesures: Sequence[str]) -> pl.DataFrame:
    """Sommes des mesures par zone, sur les seuls établissements où toutes sont connues.

    Returns:
        Une ligne par zone : `CLE_ZONE`, chaque mesure dans son unité d'affichage (heures
        pour `_min` et `_uh`), et `ensemble__etat`.
    """
    ensemble = etat("ensemble")
    parts = parts.with_columns(pl.max_horizontal(etat(m) for m in mesures).alias(ensemble))
    connu = pl.col(ensemble) != INCONNU
    return pl.concat(
        parts.group_by(*PERIODE, zone=maille)
        .agg(
            *(pl.when(connu.any()).then(pl.col(m).filter(connu).sum()).alias(m) for m in mesures),
            _etat_de_zone(ensemble),
        )
        .with_columns(
            *(pl.col(m).cast(pl.Float64) / _diviseur(m) for m in mesures),
            maille=pl.lit(maille),
        )
        .select(*CLE_ZONE, *mesures, ensemble)
        for maille in MAILLES
    )


def _diviseur(mesure: str) -> int:
    return next((d for suffixe, d in _DIVISEURS.items() if mesure.endswith(suffixe)), 1)


def moyennes(parts: pl.DataFrame, agregation: SommeDeMoyennes) -> pl.DataFrame:
    """Stocks par zone : somme sur les établissements de leur moyenne pondérée dans le temps.

    Returns:
        Une ligne par zone : `CLE_ZONE`, `stock` (vide si aucun poids), `ensemble__etat`.
    """
    mesure, poids = agregation.mesure, agregation.poids
    total = pl.col(poids).sum().over(*PERIODE, "etablissement")
    avec_stock = (
        parts.with_columns(pl.max_horizontal(etat(mesure), etat(poids)).alias(etat("stock")))
        .with_columns(
            stock=pl.when(pl.col(etat("stock")) != INCONNU).then(
                rapport(pl.col(mesure).cast(pl.Float64), total)
            )
        )
        .sort(*PERIODE, *ZONES)
    )
    present = pl.col("stock").is_not_null()
    return pl.concat(
        avec_stock.group_by(*PERIODE, zone=maille, maintain_order=True)
        .agg(
            pl.when(present.any()).then(pl.col("stock").sum()).alias("stock"),
            _etat_de_zone(etat("stock")).alias(etat("ensemble")),
        )
        .with_columns(maille=pl.lit(maille))
        .select(*CLE_ZONE, "stock", etat("ensemble"))
        for maille in MAILLES
    )


def calculer(
    indicateurs: Iterable[Indicateur],
    parts: pl.DataFrame,
    comptages: Mapping[str, pl.DataFrame] | None = None,
    effectifs: Mapping[str, pl.DataFrame] | None = None,
    liens: Liens = LIENS,
) -> pl.DataFrame:
    """Calcule chaque indicateur déclaré à toutes les mailles et tous les pas de `parts`.

    Args:
        indicateurs: déclarations.
        parts: table de `en_parts`.
        comptages: mesures déjà faites par zone (nom → `CLE_ZONE`, `<nom>`, `<nom>__etat`),
            que les agrégations peuvent nommer comme une mesure.
        effectifs: contributeur → comptage par zone (mêmes colonnes).
        liens: emboîtements des mailles.

    Returns:
        Table au schéma `SCHEMA_CALCUL` (celui des indicateurs et `parents`, les zones qui
        contiennent chaque zone), triée ; statuts `diffusable`, `a_verifier`,
        `non_calculable`.
    """
    comptages, effectifs = comptages or {}, effectifs or {}
    tables = []
    for indicateur in indicateurs:
        zones = _zones(indicateur, parts, comptages)
        zones = zones.join(_effectif(indicateur, effectifs, zones), on=CLE_ZONE, how="left")
        tables.append(poser(indicateur, zones))
    return ordonner(pl.concat(tables), parents_de(parts, liens))


def _zones(
    indicateur: Indicateur, parts: pl.DataFrame, comptages: Mapping[str, pl.DataFrame]
) -> pl.DataFrame:
    """`CLE_ZONE`, `numerateur`, `denominateur`, `ensemble__etat`."""
    agregation = indicateur.agregation
    sans = pl.lit(None, pl.Float64).alias("denominateur")
    if isinstance(agregation, SommeDeMoyennes):
        return moyennes(parts, agregation).rename({"stock": "numerateur"}).with_columns(sans)
    if isinstance(agregation, ComptageDistinct | Additif):
        nom = agregation.comptage if isinstance(agregation, ComptageDistinct) else agregation.mesure
        return _mesure_de_zone(nom, parts, comptages).rename({nom: "numerateur"}).with_columns(sans)
    if not isinstance(agregation, RatioDeSommes):
        raise TypeError(f"{indicateur.code} ne s'agrège pas depuis les établissements")
    haut, bas = agregation.numerateur, agregation.denominateur
    if haut not in comptages and bas not in comptages:
        return sommer_zones(parts, [haut, bas]).rename({haut: "numerateur", bas: "denominateur"})
    ensemble = etat("ensemble")
    return (
        _mesure_de_zone(haut, parts, comptages)
        .rename({haut: "numerateur"})
        .join(
            _mesure_de_zone(bas, parts, comptages).rename({bas: "denominateur", ensemble: "autre"}),
            on=CLE_ZONE,
        )
        .with_columns(pl.max_horizontal(ensemble, "autre").alias(ensemble))
        .drop("autre")
    )


def _mesure_de_zone(
    nom: str, parts: pl.DataFrame, comptages: Mapping[str, pl.DataFrame]
) -> pl.DataFrame:
    if nom in comptages:
        return comptages[nom].rename({etat(nom): etat("ensemble")})
    return sommer_zones(parts, [nom])


def _effectif(
    indicateur: Indicateur, effectifs: Mapping[str, pl.DataFrame], zones: pl.DataFrame
) -> pl.DataFrame:
    """Contributeurs de chaque zone : le plus petit compte non nul de ceux qui s'y lisent."""
    table = zones.select(CLE_ZONE)
    comptes: list[str] = []
    for nom in indicateur.contributeur.split("+") if indicateur.contributeur else []:
        if nom in effectifs:
            table = table.join(
                effectifs[nom].select(*CLE_ZONE, pl.col(nom).alias(f"n_{nom}")),
                on=CLE_ZONE,
                how="left",
            )
            comptes.append(f"n_{nom}")
    distinct = isinstance(indicateur.agregation, ComptageDistinct)
    if indicateur.part or distinct:
        haut, bas = zones["numerateur"], zones["denominateur"]
        lus = [haut, bas, bas - haut] if indicateur.part else [haut]
        for rang, serie in enumerate(lus):
            table = table.with_columns(serie.cast(pl.Int64).alias(f"n_{rang}"))
            comptes.append(f"n_{rang}")
    if not comptes:
        return table.with_columns(effectif=pl.lit(None, pl.Int64))
    positifs = [pl.when(pl.col(c) > 0).then(pl.col(c)) for c in comptes]
    return table.select(
        *CLE_ZONE,
        effectif=pl.coalesce(pl.min_horizontal(positifs), pl.max_horizontal(comptes)).cast(
            pl.Int64
        ),
    )
