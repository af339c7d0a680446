"""Des lignes d'indicateurs aux cellules d'un tableau, et aux sommes qui les lient."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import polars as pl

from rtpe_analyse.secret.masquage import Somme

ZONE = ["maille", "zone"]
DETAIL = ["ventilation", "modalite"]
TRANCHE = ["pas", "periode"]
CLE = [*TRANCHE, *ZONE, *DETAIL]


def cellules_de(lignes: pl.DataFrame) -> pl.DataFrame:
    """Une cellule par zone × période × modalité, pour un groupe d'indicateurs.

    Args:
        lignes: lignes d'indicateurs qui partagent leurs contributeurs, avec `seuil` (celui
            de chaque indicateur) et `parents`.

    Returns:
        `CLE`, `effectif` (le plus petit compte non nul du groupe, 0 sinon), `primaire`,
        `seuil` (le plus exigeant), `parents`, triées. Un effectif inconnu vaut trop petit.
    """
    positif = pl.col("effectif") > 0
    return (
        lignes.filter(pl.col("numerateur").is_not_null())
        .group_by(CLE)
        .agg(
            effectif=pl.col("effectif").filter(positif).min().fill_null(0),
            primaire=(
                (positif & (pl.col("effectif") < pl.col("seuil"))) | pl.col("effectif").is_null()
            ).any(),
            seuil=pl.col("seuil").max(),
            parents=pl.col("parents").first(),
        )
        .with_columns(
            effectif=pl.when(pl.col("primaire") & (pl.col("effectif") == 0))
            .then(1)
            .otherwise("effectif")
        )
        .sort(CLE)
    )


def tableaux_de(cellules: pl.DataFrame) -> list[pl.DataFrame]:
    """Sépare les cellules en tableaux qu'aucune somme ne relie.

    Deux périodes sont séparées ; deux modalités aussi, sauf si la valeur d'ensemble est dans
    la table (leur somme la redonne).
    """
    tableaux = []
    for tranche in cellules.partition_by(TRANCHE, maintain_order=True):
        liees = (tranche["ventilation"] == "").any()
        tableaux += [tranche] if liees else tranche.partition_by(DETAIL, maintain_order=True)
    return tableaux


def sommes_de(cellules: pl.DataFrame) -> list[Somme]:
    """Les sommes d'une tranche : zones d'une zone, modalités d'une ventilation.

    Args:
        cellules: cellules d'une même période ; leur rang est leur place dans la table.

    Returns:
        Une somme par zone contenante × maille contenue × modalité, et une par zone ×
        ventilation quand la valeur d'ensemble est aussi dans la table. Un établissement
        passé d'un territoire à un autre dans la période n'est tout entier dans aucun : ses
        territoires et leurs établissements ne font qu'une somme.
    """
    rangs = {tuple(cle): rang for rang, cle in enumerate(cellules.select(*ZONE, *DETAIL).rows())}
    parts: dict[tuple[tuple[str, ...], str], list[int]] = defaultdict(list)
    for (maille, zone, ventilation, modalite), rang, parents in zip(
        rangs, rangs.values(), cellules["parents"].to_list(), strict=True
    ):
        for parent in parents or ():
            contenante, _, code = parent.partition(":")
            parts[(contenante, code, ventilation, modalite), maille].append(rang)
        if ventilation:
            parts[(maille, zone, "", ""), ventilation].append(rang)
    return [
        Somme(tuple(rangs[t] for t in totaux), tuple(sorted(membres)))
        for totaux, membres in _reunir(parts)
        if all(t in rangs for t in totaux)
    ]


def _reunir(
    parts: Mapping[tuple[tuple[str, ...], str], Sequence[int]],
) -> list[tuple[list[tuple[str, ...]], set[int]]]:
    """Rassemble les totaux de même maille qui partagent une part."""
    groupes: dict[tuple[str, ...], dict[int, tuple[list[tuple[str, ...]], set[int]]]]
    groupes = defaultdict(dict)
    groupe_de: dict[tuple[str, ...], dict[int, int]] = defaultdict(dict)
    for numero, ((total, nature), rangs) in enumerate(sorted(parts.items())):
        contenante, _, *detail = total
        cle = (contenante, *detail, nature)
        famille, ou = groupes[cle], groupe_de[cle]
        totaux, membres = [total], set(rangs)
        for ancien in sorted({ou[r] for r in rangs if r in ou}):
            autres, leurs = famille.pop(ancien)
            totaux, membres = [*autres, *totaux], membres | leurs
        famille[numero] = (totaux, membres)
        ou.update(dict.fromkeys(membres, numero))
    return [groupe for famille in groupes.values() for groupe in famille.values()]
