"""Ce qu'un groupe d'indicateurs rend d'un autre de la même famille, et qu'il faut donc masquer.

D'un mois au suivant, les enfants sous contrat varient des entrées moins les sorties : le stock
et l'un des deux flux rendent l'autre, les deux flux et un stock rendent le suivant. La valeur
d'ensemble d'un indicateur peut redire celle d'un autre (`Indicateur.redit`).
"""

import polars as pl

from rtpe_analyse.modeles import Periode
from rtpe_analyse.secret.cellules import CLE, TRANCHE, ZONE
from rtpe_analyse.secret.entrainement import SECONDAIRE


def flux_a_cacher(flux: pl.DataFrame, masques_du_stock: pl.DataFrame) -> pl.DataFrame:
    """Cellules d'un flux qui rendraient un stock masqué : à sa période, et à la suivante.

    Args:
        flux: lignes des entrées et des sorties.
        masques_du_stock: `CLE` des cellules masquées du stock.

    Returns:
        `CLE` des valeurs d'ensemble à masquer.
    """
    ensemble = masques_du_stock.filter(pl.col("ventilation") == "").select(*TRANCHE, *ZONE)
    suivantes = {p: str(Periode.lire(p).decaler(1)) for p in ensemble["periode"].unique()}
    rendues = pl.concat(
        [
            ensemble,
            ensemble.with_columns(
                pl.col("periode").replace_strict(suivantes, return_dtype=pl.String)
            ),
        ]
    )
    return (
        flux.filter(pl.col("ventilation") == "")
        .select(CLE)
        .unique()
        .join(rendues, on=[*TRANCHE, *ZONE], how="semi")
    )


def sans_effectif(lignes: pl.DataFrame, cellules: pl.DataFrame) -> pl.DataFrame:
    """Oublie l'effectif de cellules, qui seront masquées ; ce que personne ne porte se lit.

    Args:
        lignes: lignes d'un groupe de secret.
        cellules: `CLE` de celles à masquer.
    """
    return (
        lignes.join(cellules.with_columns(oubliee=True), on=CLE, how="left", maintain_order="left")
        .with_columns(
            effectif=pl.when(pl.col("oubliee").is_null() | (pl.col("effectif") == 0)).then(
                "effectif"
            )
        )
        .drop("oubliee")
    )


def masquer_redits(lignes: pl.DataFrame, masques: pl.DataFrame, redit: str) -> pl.DataFrame:
    """Masque à leur tour les lignes qui rediraient une valeur d'ensemble masquée.

    Args:
        lignes: lignes de la famille, avec le masque de chaque groupe déjà traité.
        masques: `CLE` et `masque` des cellules du groupe dont l'ensemble redit `redit`.
        redit: groupe de secret redit.
    """
    colonne = f"masque_{redit}"
    ici = masques.filter(pl.col("ventilation") == "").select(*TRANCHE, *ZONE)
    return (
        lignes.join(
            ici.unique().with_columns(ici=True),
            on=[*TRANCHE, *ZONE],
            how="left",
            maintain_order="left",
        )
        .with_columns(
            pl.coalesce(
                colonne,
                pl.when(pl.col("ici") & (pl.col("contributeurs") == [redit])).then(
                    pl.lit(SECONDAIRE)
                ),
            ).alias(colonne)
        )
        .drop("ici")
    )
