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
        Table au schéma des indicateurs, dans le même ordre. Masqué : statut
        `masque_primaire` ou `masque_secondaire`, numérateur, valeur et effectif vides, et
        dénominateur vide sauf s'il est public (capacité). Zéro contributeur se lit.

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
            "contributeurs": [
                sorted(i.contributeur.split("+")) if i.soumis_au_secret else [] for i in fiches
            ],
            "seuil": [seuil_secret(niveau, i.nature, le) for i in fiches],
            "public": [i.denominateur_public for i in fiches],
            "au_trimestre": [i.au_trimestre for i in fiches],
            "plusieurs_cases": [i.plusieurs_cases for i in fiches],
        },
        schema={
            "indicateur": pl.String,
            "contributeurs": pl.List(pl.String),
            "seuil": pl.Int64,
            "public": pl.Boolean,
            "au_trimestre": pl.String,
            "plusieurs_cases": pl.Boolean,
        },
    )
    lignes = table.join(soumission, on="indicateur", how="left", maintain_order="left")
    groupes = sorted({g for i in fiches if i.soumis_au_secret for g in i.contributeur.split("+")})
    redits = {i.contributeur: declares[i.redit].contributeur for i in fiches if i.redit}
    for groupe in sorted(groupes, key=lambda g: (g in redits, g)):
        du_groupe = lignes.filter(pl.col("contributeurs") == [groupe])
        if redit := redits.get(groupe):
            du_groupe = _retirer_redits(du_groupe, lignes, redit)
        masques = _masques(du_groupe)
        lignes = lignes.join(
            masques.rename({"masque": f"masque_{groupe}"}),
            on=CLE,
            how="left",
            maintain_order="left",
        )
        if redit:
            lignes = _masquer_redits(lignes, masques, redit)
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


def _retirer_redits(du_groupe: pl.DataFrame, lignes: pl.DataFrame, redit: str) -> pl.DataFrame:
    """Oublie l'effectif des valeurs d'ensemble masquées ailleurs : elles le seront ici aussi.

    Une valeur que personne ne porte se lit toujours.
    """
    ailleurs = lignes.filter(pl.col(f"masque_{redit}").is_not_null()).select(*TRANCHE, *ZONE)
    return du_groupe.join(
        ailleurs.unique().with_columns(ailleurs=True),
        on=[*TRANCHE, *ZONE],
        how="left",
        maintain_order="left",
    ).with_columns(
        effectif=pl.when(
            pl.col("ailleurs").is_null() | (pl.col("ventilation") != "") | (pl.col("effectif") == 0)
        ).then("effectif")
    )


def _masquer_redits(lignes: pl.DataFrame, masques: pl.DataFrame, redit: str) -> pl.DataFrame:
    """Masque à leur tour les lignes qui rediraient une valeur d'ensemble masquée."""
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
