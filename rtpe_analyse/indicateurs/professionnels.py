"""Des enfants attendus aux professionnels que la règle d'encadrement demande."""

import polars as pl

from rtpe_analyse.indicateurs.encadrement import regles, requis

BORNES = ("bas", "centre", "haut")
# Une prévision qui tombe sur un entier, à l'erreur de calcul près, n'appelle pas un enfant de plus.
_EPSILON = 1e-9
# Dans le doute sur le mode, la règle la plus exigeante est celle des enfants qui ne marchent pas.
_MODE_PRUDENT = "5_8"


def professionnels_necessaires(semaines: pl.DataFrame) -> pl.DataFrame:
    """Professionnels présents ensemble qu'exige la pointe de chaque semaine.

    Un enfant prévu en partie compte entier ; les marcheurs s'arrondissent à l'entier
    inférieur, le besoin à l'entier supérieur. Ce qu'on ignore ouvre la fourchette : la borne
    haute et le centre supposent que l'enfant dont on ne sait rien ne marche pas, la borne
    basse qu'il marche ; sans mode déclaré, tous les enfants sont dans ce cas.

    Args:
        semaines: `date` (lundi, qui date la règle), `enfants_bas`, `enfants_centre`,
            `enfants_haut` (enfants ensemble, à la pointe), `mode` (`5_8`, `6` ou vide),
            `micro`, `marcheurs_min` et `marcheurs_max` (parts, de 0 à 1, des enfants dont on
            sait qu'ils marchent, puis qui peuvent marcher ; vides si on ne sait rien).

    Returns:
        La table augmentée de `bas`, `centre`, `haut` (entiers ; vides si les enfants le sont,
        ou avant la première règle connue). Zéro enfant, zéro professionnel. Source : articles
        R. 2324-43, 43-1 et 46-4 du code de la santé publique.
    """
    dite = pl.col("mode").is_in(["5_8", "6"]).fill_null(False)
    posees = regles(semaines).with_columns(
        _mode=pl.when(dite).then("mode").otherwise(pl.lit(_MODE_PRUDENT)),
        _min=pl.when(dite).then("marcheurs_min").fill_null(0.0),
        _max=pl.when(dite).then("marcheurs_max").fill_null(1.0),
        **{f"_{borne}": _entiers(pl.col(f"enfants_{borne}")) for borne in BORNES},
    )
    parts = {"bas": "_max", "centre": "_min", "haut": "_min"}
    besoins = {
        borne: requis(
            pl.col(f"_{borne}"),
            (pl.col(f"_{borne}") * pl.col(part) + _EPSILON).floor().cast(pl.Int64),
            pl.col("_mode"),
            pl.col("micro"),
        )
        for borne, part in parts.items()
    }
    return posees.with_columns(**besoins).select(*semaines.columns, *BORNES)


def _entiers(enfants: pl.Expr) -> pl.Expr:
    return (enfants - _EPSILON).ceil().cast(pl.Int64)
