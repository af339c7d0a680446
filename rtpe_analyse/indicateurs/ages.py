"""L'âge d'un enfant à une date, en tranches datées."""

from datetime import date

import polars as pl

from rtpe_analyse.reglementation import valeur

AGE_INCONNU = "inconnu"


def modalites_age(le: date) -> tuple[str, ...]:
    """Tranches d'âge en vigueur, de la plus jeune à la plus âgée, puis « inconnu ».

    Args:
        le: date à laquelle lire la convention `tranches_age`.
    """
    tranches = valeur("conventions", "tranches_age", le)
    return (*(str(tranche["libelle"]) for tranche in tranches), AGE_INCONNU)


def tranche_age(naissance: pl.Expr, jour: pl.Expr, le: date) -> pl.Expr:
    """Tranche d'âge d'un enfant un jour donné.

    Seul le mois de naissance est connu : l'âge est l'écart de mois civils, celui que l'enfant
    a au dernier jour du mois de `jour`. Un enfant à naître est dans la plus jeune tranche.

    Args:
        naissance: mois de naissance (date).
        jour: jour où lire l'âge (date).
        le: date à laquelle lire la convention `tranches_age`.

    Returns:
        Un texte de `modalites_age` ; « inconnu » si l'une des deux dates manque.
    """
    mois = (jour.dt.year().cast(pl.Int64) - naissance.dt.year()) * 12 + (
        jour.dt.month().cast(pl.Int64) - naissance.dt.month()
    )
    *bornees, derniere = valeur("conventions", "tranches_age", le)
    return pl.coalesce(
        pl.when(mois.is_null()).then(pl.lit(AGE_INCONNU)),
        *(pl.when(mois < une["moins_de"]).then(pl.lit(une["libelle"])) for une in bornees),
        pl.lit(derniere["libelle"]),
    )
