"""Déclarer et ranger les chiffres qui comparent les zones d'un même département."""

from typing import Any

import polars as pl

from rtpe_analyse.indicateurs.modele import Indicateur, NonAgregeable
from rtpe_analyse.indicateurs.parts import etat
from rtpe_analyse.indicateurs.table import SCHEMA_CALCUL, poser, vide

_CHAMP = (
    "Communes et IRIS des départements du réseau ; chaque zone est comparée à celles de son "
    "département, qui doivent être cinq au moins."
)
_SOURCE = "référentiel public communes_annee, iris_annee, qpv"


def declarer(code: str, libelle: str, definition: str, limites: str, **reste: Any) -> Indicateur:
    """Un indicateur comparatif : champ et source par défaut, jamais agrégé.

    Args:
        code: code court.
        libelle: nom affiché.
        definition: la règle, en une ou deux phrases.
        limites: ce que le chiffre ne dit pas.
        reste: tout autre champ d'`Indicateur`, qui remplace le défaut.
    """
    textes: dict[str, Any] = {
        "unite": "",
        "numerateur": libelle[:1].lower() + libelle[1:],
        "champ": _CHAMP,
        "source": _SOURCE,
    }
    return Indicateur(
        code=code,
        libelle=libelle,
        agregation=NonAgregeable(code),
        definition=definition,
        limites=limites,
        **(textes | reste),
    )


def ranger(indicateur: Indicateur, lignes: pl.DataFrame, maille: str, periode: str) -> pl.DataFrame:
    """Range une valeur par zone dans la table longue, à l'année.

    Args:
        indicateur: la déclaration.
        lignes: `zone, ventilation, modalite, numerateur, etat, millesime, source` ; un
            numérateur absent ou NaN n'est pas calculable.
        maille: maille des zones.
        periode: année de lecture.
    """
    return poser(
        indicateur,
        lignes.with_columns(
            maille=pl.lit(maille),
            pas=pl.lit("annee"),
            periode=pl.lit(periode),
            numerateur=pl.col("numerateur").fill_nan(None),
            denominateur=pl.lit(None, pl.Float64),
            effectif=pl.lit(None, pl.Int64),
        ).rename({"etat": etat("ensemble")}),
    )


def origine_de(composantes: pl.DataFrame) -> dict[str, pl.Expr]:
    """Années et sources de chiffres qui se mêlent : « 2019 et 2022 », « Insee… ; Cnaf… ».

    Args:
        composantes: table portant `annee` et `source`.

    Returns:
        Les colonnes `millesime` et `source` que `ranger` attend.
    """
    annees = composantes["annee"].unique().sort().to_list()
    blocs = composantes["source"].unique(maintain_order=True).to_list()
    sources = dict.fromkeys(s for bloc in blocs for s in bloc.split(" ; ") if s)
    return {
        "millesime": pl.lit(" et ".join(str(a) for a in annees)),
        "source": pl.lit(" ; ".join(sources)),
    }


def assembler(tables: list[pl.DataFrame]) -> pl.DataFrame:
    """Une seule table de calcul, triée ; ces zones n'en contiennent pas d'autres à sommer."""
    if not tables:
        return vide()
    sans_parents = pl.lit([], pl.List(pl.String)).alias("parents")
    rangees = pl.concat(tables).with_columns(sans_parents).select(SCHEMA_CALCUL.names())
    return rangees.sort("indicateur", "maille", "zone", "ventilation", "modalite")
