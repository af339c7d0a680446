"""Du format long des chiffres publics aux colonnes du référentiel.

Trois gestes : choisir un chiffre quand plusieurs fichiers le publient, estimer les enfants de
moins de 3 ans par l'identité places ÷ taux, sommer les IRIS d'une commune. Aucun ne transforme
une absence en zéro.
"""

from collections.abc import Sequence

import polars as pl

from rtpe_analyse.nomenclatures.communes import commune_du_code
from rtpe_analyse.nomenclatures.effectifs_iris import EFFECTIFS_IRIS, effectif
from rtpe_analyse.nomenclatures.publiques import VariablePublique, variables_publiques
from rtpe_analyse.tableaux import rapport

# Modes d'accueil dont la Cnaf publie places et taux : les premiers donnent les seconds.
_MODES = (
    "eaje_psu",
    "eaje_hors_psu",
    "eaje",
    "prescolarisation",
    "assistantes_maternelles",
    "garde_domicile",
    "accueil_individuel",
)
_PLACES_TOUS, _TAUX_TOUS = "places_total", "taux_couverture_global_pct"
_COUPLES = [(f"places_{m}", f"taux_couverture_{m}_pct") for m in _MODES] + [
    (_PLACES_TOUS, _TAUX_TOUS)
]
_ENFANTS_CAF = "allocataires_enfants_moins_3"

_PARTS_COMMUNALES = {
    "familles_monoparentales_pct": ("menages_monoparentaux", "menages"),
    "couples_avec_enfants_pct": ("menages_couples_avec_enfants", "menages"),
    "taux_emploi_25_54_pct": ("emploi_25_54", "population_25_54"),
}


def ingredients(variable: str) -> tuple[str, tuple[str, ...]]:
    """De quoi le projet calcule une variable : un fichier du référentiel et ses colonnes.

    Returns:
        Le fichier et les variables lues ; un fichier vide si elle ne se calcule jamais.
    """
    calcul = variables_publiques()[variable].calcul
    if calcul == "places_sur_taux":
        return "communes_annee", tuple(c for couple in _COUPLES for c in couple)
    if calcul != "somme_iris":
        return "", ()
    if variable.endswith(_ENFANTS_CAF):
        return "iris_annee", (_ENFANTS_CAF,)
    sommes = _PARTS_COMMUNALES.get(variable, (variable,))
    return "iris_annee", tuple(dict.fromkeys(c for s in sommes for c in EFFECTIFS_IRIS[s]))


def choisir(
    table: pl.DataFrame,
    cles: Sequence[str],
    variables: dict[str, VariablePublique],
    fichiers: Sequence[str],
) -> tuple[pl.DataFrame, int]:
    """Garde un chiffre par zone × année × variable ; jamais de somme ni de moyenne.

    Le premier renseigné l'emporte, dans l'ordre : source préférée de la variable, fichier le
    plus récent, première ligne. Absent partout, il reste absent.

    Args:
        table: table propre publique (format long).
        cles: colonnes de la zone et `annee`.
        variables: variables retenues ; les autres sont laissées.
        fichiers: empreintes courtes, du fichier le plus récent au plus ancien.

    Returns:
        La table `cles`, `variable`, `valeur`, `source` (celle du chiffre gardé ; vide s'il est
        absent partout), et le nombre de chiffres que deux lignes publient avec des valeurs
        différentes.
    """
    rangs = pl.DataFrame(
        [(nom, s, i) for nom, v in variables.items() for i, s in enumerate(v.sources)],
        schema={"variable": pl.String, "source": pl.String, "_rang": pl.Int64},
        orient="row",
    )
    anciennete = pl.DataFrame(
        {"_fichier": fichiers, "_age": range(len(fichiers))},
        schema={"_fichier": pl.String, "_age": pl.Int64},
    )
    ordonnee = (
        table.filter(pl.col("variable").is_in(variables.keys()))
        .join(rangs, on=["variable", "source"], how="left")
        .join(anciennete, on="_fichier", how="left")
        .sort(pl.col("_rang").fill_null(len(table)), "_age", "_ligne", nulls_last=True)
    )
    retenue = ordonnee.group_by(*cles, "variable", maintain_order=True).agg(
        valeur=pl.col("valeur").drop_nulls().first(),
        source=pl.col("source").filter(pl.col("valeur").is_not_null()).first(),
        _distinctes=pl.col("valeur").drop_nulls().n_unique(),
    )
    desaccords = retenue.filter(pl.col("_distinctes") > 1).height
    return retenue.drop("_distinctes"), desaccords


def elargir(retenue: pl.DataFrame, cles: Sequence[str], variables: Sequence[str]) -> pl.DataFrame:
    """Une ligne par zone × année, une colonne par variable (vide si rien n'est publié)."""
    large = retenue.pivot("variable", index=list(cles), values="valeur", aggregate_function="first")
    manquantes = [pl.lit(None, pl.Float64).alias(v) for v in variables if v not in large.columns]
    return large.with_columns(manquantes).select(*cles, *variables).sort(cles)


def estimer_enfants(communes: pl.DataFrame) -> pl.DataFrame:
    """Enfants de moins de 3 ans d'une commune, retrouvés par places ÷ taux × 100.

    La Cnaf ne publie pas son dénominateur, mais places et taux par mode. Le taux global, le
    plus grand, donne l'estimation la plus fine. Chaque mode donne un intervalle (taux et places
    arrondis à leur dernier chiffre publié) ; le vrai nombre est dans leur intersection, rendue
    par `_bas` et `_haut`. Une intersection vide (les modes se contredisent) laisse les deux
    bornes absentes.

    Args:
        communes: table large par commune × année, avec les colonnes de places et de taux.

    Returns:
        La même table, `enfants_moins_3_estimes`, `_bas` et `_haut` remplis (enfants).
    """
    demi = 0.5 * _pas_publie(communes, [taux for _, taux in _COUPLES])
    bas = pl.max_horizontal((pl.col(p) - 0.5) / (pl.col(t) + demi) * 100 for p, t in _COUPLES)
    haut = pl.min_horizontal(
        pl.when(pl.col(t) > demi).then((pl.col(p) + 0.5) / (pl.col(t) - demi) * 100)
        for p, t in _COUPLES
    )
    return communes.with_columns(
        enfants_moins_3_estimes=100 * rapport(pl.col(_PLACES_TOUS), pl.col(_TAUX_TOUS)),
        enfants_moins_3_bas=pl.when(bas <= haut).then(bas),
        enfants_moins_3_haut=pl.when(bas <= haut).then(haut),
    )


def _pas_publie(table: pl.DataFrame, colonnes: Sequence[str]) -> float:
    """Dernier chiffre publié (0,1 pour des taux à une décimale), lu dans les valeurs mêmes."""
    valeurs = pl.concat([table[c].drop_nulls() for c in colonnes])
    for decimales in range(4):
        if ((valeurs - valeurs.round(decimales)).abs() < 1e-9).all():
            return float(10**-decimales)
    return 0.0


def sommer_iris(iris: pl.DataFrame, retenue: pl.DataFrame) -> pl.DataFrame:
    """Effectifs communaux d'une année, sommés depuis les IRIS de la commune.

    Un IRIS sans habitant compte pour zéro ; s'il manque un chiffre à un IRIS habité, la somme
    de la commune est absente, pas plus petite. Exception annoncée par son nom : les enfants
    d'allocataires, dont des IRIS sont couverts par le secret, sont la somme des IRIS diffusés,
    avec le nombre d'IRIS qui y manquent.

    Args:
        iris: table large par IRIS × année, avec `commune`.
        retenue: les mêmes chiffres en format long (dit quels IRIS la source nomme).

    Returns:
        `commune`, `annee` et les effectifs et parts calculés.
    """
    recensees = retenue.filter(pl.col("variable") == "population").select("iris", "annee")
    sommes = [_somme(noms).alias(nom) for nom, noms in EFFECTIFS_IRIS.items()]
    effectifs = (
        iris.join(recensees, on=["iris", "annee"], how="semi").group_by("commune", "annee")
    ).agg(sommes)
    parts = [
        (100 * rapport(pl.col(num), pl.col(den))).alias(part)
        for part, (num, den) in _PARTS_COMMUNALES.items()
    ]
    diffusion = (
        retenue.filter(pl.col("variable") == _ENFANTS_CAF)
        .group_by(commune_du_code(pl.col("iris")).alias("commune"), "annee")
        .agg(
            pl.when(pl.col("valeur").count() > 0).then(pl.col("valeur").sum()).alias(_ENFANTS_CAF),
            pl.col("valeur").null_count().cast(pl.Float64).alias(f"iris_sans_{_ENFANTS_CAF}"),
        )
    )
    return effectifs.with_columns(parts).join(
        diffusion, on=["commune", "annee"], how="full", coalesce=True
    )


def _somme(noms: Sequence[str]) -> pl.Expr:
    complet = effectif(noms)
    return pl.when(complet.null_count() == 0).then(complet.sum())


def completer(table: pl.DataFrame, ajout: pl.DataFrame, cles: Sequence[str]) -> pl.DataFrame:
    """Remplit les absences d'une table par celles d'une autre ; un chiffre publié ne change pas."""
    communes = [c for c in ajout.columns if c not in cles]
    jointe = table.join(ajout, on=list(cles), how="full", coalesce=True, suffix="_ajout")
    return (
        jointe.with_columns(pl.coalesce(c, f"{c}_ajout") for c in communes)
        .select(table.columns)
        .sort(cles)
    )
