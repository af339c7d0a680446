"""Des lignes d'indicateurs aux cellules d'un tableau, et aux sommes qui les lient."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import polars as pl

from rtpe_analyse.modeles import Periode
from rtpe_analyse.secret.masquage import Somme

ZONE = ["maille", "zone"]
DETAIL = ["ventilation", "modalite"]
TRANCHE = ["pas", "periode"]
CLE = [*TRANCHE, *ZONE, *DETAIL]
SOMME, FIN = "somme", "fin"
_MOIS = 3


def cellules_de(lignes: pl.DataFrame) -> pl.DataFrame:
    """Une cellule par zone × période × modalité, pour un groupe d'indicateurs.

    Args:
        lignes: lignes d'indicateurs qui partagent leurs contributeurs, avec `seuil` (celui
            de chaque indicateur), `parents`, `au_trimestre` et `plusieurs_cases` (de sa
            déclaration).

    Returns:
        `CLE`, `effectif` (le plus petit compte non nul du groupe, 0 sinon), `primaire`,
        `seuil` (le plus exigeant), `parents`, `au_trimestre`, `plusieurs_cases`, triées. Un
        effectif inconnu vaut trop petit ; un dernier mois qui vaut son trimestre est sa cellule.
    """
    positif = pl.col("effectif") > 0
    return (
        replier(lignes)
        .filter(pl.col("numerateur").is_not_null())
        .group_by(CLE)
        .agg(
            effectif=pl.col("effectif").filter(positif).min().fill_null(0),
            primaire=(
                (positif & (pl.col("effectif") < pl.col("seuil"))) | pl.col("effectif").is_null()
            ).any(),
            seuil=pl.col("seuil").max(),
            parents=pl.col("parents").first(),
            au_trimestre=pl.col("au_trimestre").max(),
            plusieurs_cases=pl.col("plusieurs_cases").any(),
        )
        .with_columns(
            effectif=pl.when(pl.col("primaire") & (pl.col("effectif") == 0))
            .then(1)
            .otherwise("effectif")
        )
        .sort(CLE)
    )


def replier(lignes: pl.DataFrame) -> pl.DataFrame:
    """Range au trimestre les lignes du dernier mois, quand il en est la valeur.

    Args:
        lignes: lignes d'indicateurs qui partagent leurs contributeurs, avec `au_trimestre`.

    Returns:
        Les mêmes ; `pas` et `periode` d'un dernier mois deviennent ceux de son trimestre si le
        groupe est un stock (`fin`) et si ce trimestre est dans la table.
    """
    if not (lignes["au_trimestre"] == FIN).any():
        return lignes
    replie = pl.col("trimestre").is_in(lignes["periode"].unique().implode()) & pl.col("dernier")
    return (
        lignes.join(_mois(lignes), on=TRANCHE, how="left", maintain_order="left")
        .with_columns(
            pas=pl.when(replie).then(pl.lit("trimestre")).otherwise("pas"),
            periode=pl.when(replie).then("trimestre").otherwise("periode"),
        )
        .select(lignes.columns)
    )


def deplier(masques: pl.DataFrame) -> pl.DataFrame:
    """Ajoute aux masques d'un trimestre ceux de son dernier mois (voir `replier`)."""
    au_trimestre = masques.filter(pl.col("pas") == "trimestre")
    fins = {
        p: str(Periode.contenant(Periode.lire(p).fin, "mois"))
        for p in au_trimestre["periode"].unique()
    }
    derniers = au_trimestre.with_columns(
        pl.lit("mois").alias("pas"),
        pl.col("periode").replace_strict(fins, return_dtype=pl.String),
    )
    return pl.concat([masques, derniers])


def _mois(cellules: pl.DataFrame) -> pl.DataFrame:
    """Chaque mois de la table, son `trimestre`, et s'il en est le `dernier`."""
    periodes = cellules.filter(pl.col("pas") == "mois")["periode"].unique().sort()
    lus = [Periode.lire(p) for p in periodes]
    trimestres = [Periode.contenant(p.debut, "trimestre") for p in lus]
    return pl.DataFrame(
        {
            "pas": ["mois"] * len(lus),
            "periode": periodes,
            "trimestre": [str(t) for t in trimestres],
            "dernier": [m.fin == t.fin for m, t in zip(lus, trimestres, strict=True)],
        },
        schema_overrides={"pas": pl.String, "trimestre": pl.String, "dernier": pl.Boolean},
    )


def tableaux_de(cellules: pl.DataFrame) -> list[pl.DataFrame]:
    """Sépare les cellules en tableaux qu'aucune somme ne relie.

    Deux périodes sont séparées, sauf les mois d'un trimestre qui en est la somme. Deux
    modalités le sont, sauf si la valeur d'ensemble est dans la table (leur somme la redonne).
    """
    lie = pl.when(pl.col("au_trimestre") == SOMME).then("trimestre")
    reperees = cellules.join(
        _mois(cellules), on=TRANCHE, how="left", maintain_order="left"
    ).with_columns(trimestre=pl.coalesce(lie, "periode"))
    tableaux = []
    for tranche in reperees.partition_by("trimestre", maintain_order=True, include_key=False):
        liees = (tranche["ventilation"] == "").any()
        tableaux += [tranche] if liees else tranche.partition_by(DETAIL, maintain_order=True)
    return tableaux


def sommes_de(cellules: pl.DataFrame) -> list[Somme]:
    """Les sommes d'un tableau : zones d'une zone, modalités d'une ventilation, mois d'un trimestre.

    Args:
        cellules: un tableau de `tableaux_de` ; le rang d'une cellule est sa place dans la table.

    Returns:
        Une somme par zone contenante × maille contenue × modalité, et une par zone ×
        ventilation quand la valeur d'ensemble est aussi dans la table. Un établissement
        passé d'un territoire à un autre dans la période n'est tout entier dans aucun : ses
        territoires et leurs établissements ne font qu'une somme. Un trimestre est la somme de
        ses mois présents dans la table, si son indicateur le dit (`au_trimestre`).
    """
    rangs = {tuple(cle): rang for rang, cle in enumerate(cellules.select(CLE).rows())}
    parts: dict[tuple[tuple[str, ...], str], list[int]] = defaultdict(list)
    repetees = set()
    for (cle, rang), parents, repete in zip(
        rangs.items(), cellules["parents"].to_list(), cellules["plusieurs_cases"], strict=True
    ):
        quand, (maille, zone, ventilation, modalite) = cle[:2], cle[2:]
        for parent in parents or ():
            contenante, _, code = parent.partition(":")
            parts[(*quand, contenante, code, ventilation, modalite), maille].append(rang)
        if ventilation:
            parts[(*quand, maille, zone, "", ""), ventilation].append(rang)
            if repete:
                repetees.add(ventilation)
    return [
        Somme(tuple(rangs[t] for t in totaux), tuple(sorted(membres)), nature in repetees)
        for totaux, membres, nature in _reunir(parts)
        if all(t in rangs for t in totaux)
    ] + _sommes_des_mois(rangs, cellules["au_trimestre"].to_list())


def _sommes_des_mois(rangs: Mapping[tuple[str, ...], int], liens: Sequence[str]) -> list[Somme]:
    sommes = []
    for cle, rang in rangs.items():
        pas, periode, *reste = cle
        if liens[rang] == SOMME and pas == "trimestre":
            fin = Periode.contenant(Periode.lire(periode).fin, "mois")
            mois = [("mois", str(fin.decaler(-n)), *reste) for n in range(_MOIS)]
            if membres := sorted(rangs[m] for m in mois if m in rangs):
                sommes.append(Somme((rang,), tuple(membres), repetee=True))
    return sommes


def _reunir(
    parts: Mapping[tuple[tuple[str, ...], str], Sequence[int]],
) -> list[tuple[list[tuple[str, ...]], set[int], str]]:
    """Rassemble les totaux de même maille qui partagent une part ; rend aussi leur nature."""
    groupes: dict[tuple[str, ...], dict[int, tuple[list[tuple[str, ...]], set[int]]]]
    groupes = defaultdict(dict)
    groupe_de: dict[tuple[str, ...], dict[int, int]] = defaultdict(dict)
    for numero, ((total, nature), rangs) in enumerate(sorted(parts.items())):
        pas, periode, contenante, _, *detail = total
        cle = (pas, periode, contenante, *detail, nature)
        famille, ou = groupes[cle], groupe_de[cle]
        totaux, membres = [total], set(rangs)
        for ancien in sorted({ou[r] for r in rangs if r in ou}):
            autres, leurs = famille.pop(ancien)
            totaux, membres = [*autres, *totaux], membres | leurs
        famille[numero] = (totaux, membres)
        ou.update(dict.fromkeys(membres, numero))
    return [(*groupe, cle[-1]) for cle, famille in groupes.items() for groupe in famille.values()]
