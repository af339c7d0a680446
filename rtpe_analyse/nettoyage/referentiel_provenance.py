"""D'où vient chaque chiffre du référentiel : les sources d'une variable, année par année."""

from collections.abc import Mapping, Sequence

import polars as pl

from rtpe_analyse.nettoyage.referentiel_calculs import ingredients

_CLES = ["variable", "annee", "source"]
SCHEMA_PROVENANCE = {"variable": pl.String(), "annee": pl.Int64(), "source": pl.String()}


def sources_lues(longue: pl.DataFrame) -> pl.DataFrame:
    """Les sources des chiffres gardés tels qu'elles les publient.

    Args:
        longue: résultat de `choisir`, avec `annee`, `variable` et `source`.

    Returns:
        `variable, annee, source` : une ligne par source qui donne au moins un chiffre.
    """
    return longue.drop_nulls("source").select(_CLES).unique().sort(_CLES)


def sources_calculees(
    lue: pl.DataFrame,
    complete: pl.DataFrame,
    longues: Mapping[str, pl.DataFrame],
    variables: Sequence[str],
) -> pl.DataFrame:
    """Les sources des chiffres que le projet calcule : celles de leurs ingrédients.

    Args:
        lue: table large des chiffres publiés, par commune × année.
        complete: la même, chiffres calculés ajoutés.
        longues: fichier du référentiel → ses chiffres en format long.
        variables: colonnes à examiner.

    Returns:
        `variable, annee, source`, aux seules années où un chiffre a été calculé.
    """
    cles = ["commune", "annee"]
    trouvees = [pl.DataFrame(schema=SCHEMA_PROVENANCE)]
    for variable in variables:
        fichier, entrees = ingredients(variable)
        if fichier not in longues:
            continue
        # Un chiffre publié n'est jamais remplacé : ce qui est en plus est calculé.
        annees = (
            complete.select(*cles, apres=variable)
            .drop_nulls("apres")
            .join(lue.select(*cles, avant=variable).drop_nulls("avant"), on=cles, how="anti")
            .select("annee")
            .unique()
        )
        siennes = sources_lues(longues[fichier].filter(pl.col("variable").is_in(entrees)))
        trouvees.append(
            siennes.join(annees, on="annee", how="semi")
            .select(pl.lit(variable).alias("variable"), "annee", "source")
            .unique()
        )
    return pl.concat(trouvees).sort(_CLES)
