"""La seule porte entre les indicateurs et leurs lecteurs."""

from datetime import date
from typing import Any

import polars as pl

from rtpe_analyse.erreurs import ErreurUsage
from rtpe_analyse.indicateurs import SCHEMA_INDICATEURS, indicateurs_declares
from rtpe_analyse.modeles import Niveau
from rtpe_analyse.reglementation import seuil_secret
from rtpe_analyse.secret.cellules import (
    CLE,
    DETAIL,
    FIN,
    TRANCHE,
    ZONE,
    cellules_de,
    deplier,
    sommes_de,
    tableaux_de,
)
from rtpe_analyse.secret.entrainement import SECONDAIRE, entrainer
from rtpe_analyse.secret.liens import flux_a_cacher, masquer_redits, sans_effectif
from rtpe_analyse.secret.masquage import Tableau

PRIMAIRE = "masque_primaire"


def proteger(
    table: pl.DataFrame, niveau: Niveau, le: date, meneuses: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Masque ce qui ne peut pas se lire à un niveau de diffusion.

    Une cellule de 0 < n < seuil contributeurs est masquée ; dans chaque somme (modalités
    d'une ventilation, établissements d'un territoire ou d'une commune, territoires et
    communes d'un département, mois d'un trimestre) d'autres le sont pour qu'elle ne se
    déduise pas. Les indicateurs qui partagent leurs contributeurs partagent leurs masques ;
    un rapport de deux populations est masqué dès que l'une l'est. Source : Insee, manuel de
    protection des tableaux ; seuils datés dans `reglementation/secret.yaml`.

    Args:
        table: résultat de `indicateurs.calculer_famille`, une famille entière.
        niveau: `interne` ou `diffusion`.
        le: date à laquelle lire les seuils.
        meneuses: familles déjà protégées dont les masques entraînent ceux de la table (voir
            `entrainement`) ; sans elles, ce qui en dépend est masqué.

    Returns:
        Table au schéma des indicateurs, dans le même ordre, sans ce qu'un indicateur ne publie
        pas. Masqué : statut `masque_primaire` ou `masque_secondaire`, numérateur, valeur
        et effectif vides, et dénominateur vide sauf s'il est public (capacité). Zéro contributeur
        se lit.

    Raises:
        ErreurUsage: table sans `parents`, ou indicateur non déclaré.
    """
    declares = indicateurs_declares()
    inconnus = set(table["indicateur"].unique()) - declares.keys()
    if "parents" not in table.columns or inconnus:
        raise ErreurUsage(
            "Table d'indicateurs impossible à protéger : il y manque les zones contenantes, "
            "ou un indicateur n'est pas déclaré.",
            "Passer à `proteger` le résultat entier de `calculer_famille`.",
        )
    codes = sorted(set(table["indicateur"].unique()))
    fiches = [declares[c] for c in codes]
    soumission = pl.DataFrame(
        {
            "indicateur": codes,
            "contributeurs": [list(i.groupes_de_secret) for i in fiches],
            "seuil": [seuil_secret(niveau, i.nature, le) for i in fiches],
            "mailles": [list(i.mailles_publiees) for i in fiches],
            "ensemble": [i.ensemble_du_trimestre for i in fiches],
            "public": [i.denominateur_public for i in fiches],
            "au_trimestre": [i.au_trimestre for i in fiches],
            "plusieurs_cases": [i.plusieurs_cases for i in fiches],
        },
        schema={
            "indicateur": pl.String,
            "contributeurs": pl.List(pl.String),
            "seuil": pl.Int64,
            "mailles": pl.List(pl.String),
            "ensemble": pl.Boolean,
            "public": pl.Boolean,
            "au_trimestre": pl.String,
            "plusieurs_cases": pl.Boolean,
        },
    )
    lignes = table.join(soumission, on="indicateur", how="left", maintain_order="left").filter(
        (pl.col("mailles").list.len() == 0) | pl.col("maille").is_in(pl.col("mailles")),
        ~pl.col("ensemble") | ((pl.col("pas") == "trimestre") & (pl.col("ventilation") == "")),
    )
    groupes = sorted({g for i in fiches for g in i.groupes_de_secret})
    redits = {i.contributeur: declares[i.redit].contributeur for i in fiches if i.redit}
    flux = {i.groupes_de_secret[0]: declares[i.flux_de].contributeur for i in fiches if i.flux_de}
    masques_de: dict[str, pl.DataFrame] = {}
    for groupe in sorted(groupes, key=lambda g: (g in redits or g in flux, g)):
        du_groupe = lignes.filter(pl.col("contributeurs") == [groupe])
        if redit := redits.get(groupe):
            ailleurs = masques_de[redit].select(*TRANCHE, *ZONE).unique()
            ensemble = ailleurs.with_columns(ventilation=pl.lit(""), modalite=pl.lit(""))
            du_groupe = sans_effectif(du_groupe, ensemble)
        if (stock := flux.get(groupe)) and stock in masques_de:
            rendus = flux_a_cacher(du_groupe, masques_de[stock])
            du_groupe = sans_effectif(du_groupe, rendus)
        masques = masques_de[groupe] = _masques(du_groupe)
        lignes = lignes.join(
            masques.rename({"masque": f"masque_{groupe}"}),
            on=CLE,
            how="left",
            maintain_order="left",
        )
        if redit:
            lignes = masquer_redits(lignes, masques, redit)
    return entrainer(_effacer(lignes, groupes), meneuses)


def _masques(lignes: pl.DataFrame) -> pl.DataFrame:
    """`CLE` et `masque` de chaque cellule masquée d'un groupe."""
    morceaux = [pl.DataFrame(schema={**dict.fromkeys(CLE, pl.String), "masque": pl.String})]
    deja: dict[tuple[Any, ...], list[int]] = {}
    for tranche in tableaux_de(cellules_de(lignes)):
        primaires = set(tranche["primaire"].arg_true().to_list())
        if not primaires:
            continue
        # Les lignes d'une cascade ont toutes les mêmes contributeurs : un seul calcul.
        cle = _signature(tranche)
        if cle not in deja:
            tableau = Tableau(
                tranche["effectif"].to_list(),
                sommes_de(tranche),
                primaires,
                tranche["seuil"].max(),  # type: ignore[arg-type]
            )
            deja[cle] = sorted(tableau.completer())
        masquees = deja[cle]
        morceaux.append(
            tranche[masquees].select(
                *CLE,
                masque=pl.Series([PRIMAIRE if c in primaires else SECONDAIRE for c in masquees]),
            )
        )
    masques = pl.concat(morceaux)
    return deplier(masques) if (lignes["au_trimestre"] == FIN).any() else masques


def _signature(tranche: pl.DataFrame) -> tuple[Any, ...]:
    """Tout ce dont les masques d'un tableau dépendent : zones, sommes, effectifs, seuil."""
    modalites = tranche.select(*DETAIL).n_unique()
    detail = DETAIL if modalites > 1 else []
    return tuple(
        tranche.select(
            *TRANCHE,
            *ZONE,
            *detail,
            "effectif",
            "primaire",
            "seuil",
            "au_trimestre",
            "plusieurs_cases",
            pl.col("parents").list.join("|"),
        ).rows()
    )


def _effacer(lignes: pl.DataFrame, groupes: list[str]) -> pl.DataFrame:
    soumis = pl.col("contributeurs").list.len() > 0
    effectif = pl.col("effectif")
    trop_petit = (effectif > 0) & (effectif < pl.col("seuil")) | effectif.is_null()
    raisons = [
        pl.when(soumis & pl.col("numerateur").is_not_null() & trop_petit).then(pl.lit(PRIMAIRE))
    ] + [
        pl.when(pl.col("contributeurs").list.contains(g)).then(pl.col(f"masque_{g}"))
        for g in groupes
    ]
    lignes = lignes.with_columns(masque=pl.min_horizontal(raisons))
    masque = pl.col("masque").is_not_null()
    return lignes.with_columns(
        pl.when(~masque).then(pl.col("numerateur", "valeur", "effectif")),
        denominateur=pl.when(~masque | pl.col("public")).then("denominateur"),
        statut=pl.coalesce("masque", "statut"),
    ).select(SCHEMA_INDICATEURS.names())
