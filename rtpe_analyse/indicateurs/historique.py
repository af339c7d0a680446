"""Les agrégats mensuels des années sans détail, raccordés aux séries.

Ils portent les places, la capacité, les heures réalisées et facturées : donc P1, H0, H1, H2,
T1, T2 et T3. Ils ne portent ni les fermetures, ni les places ouvertes, ni les contrats, ni
les enfants distincts d'une zone : ces indicateurs restent non calculables avant le détail.
"""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.parts import PERIODE, en_parts, etat
from rtpe_analyse.indicateurs.presences import micro_heures
from rtpe_analyse.indicateurs.table import CLE_ZONE
from rtpe_analyse.modeles import MAILLES
from rtpe_analyse.propres import lire_admis

# À ajouter à la source des indicateurs que les agrégats prolongent.
AVANT_LE_DETAIL = " ; agrégats mensuels avant le détail"
_DETAILS = (("ouvertures", "date"), ("pointages", "date"), ("factures", "mois"))


def lire_historique(lieux: Lieux, le: date) -> pl.DataFrame:
    """Mesures mensuelles d'avant le premier mois détaillé du jeu.

    Dès qu'un mois est détaillé, le détail fait foi pour tout le réseau : les deux sources ne
    se mêlent jamais dans un même mois.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté.

    Returns:
        Une ligne par établissement × mois, posée au premier du mois : `etablissement, date,
        jours, capacite_max` (places × jours d'ouverture), `h0_min` et `realise_min`
        (arrondies à la minute), `facture_uh`, `enfants`. Vide : non déclaré ; un mois manquant
        d'un trimestre commencé est une ligne vide.
    """
    premiers = [
        lire_admis(lieux, table).select(pl.col(colonne).min().dt.truncate("1mo")).collect().item()
        for table, colonne in _DETAILS
    ]
    detail = min((p for p in premiers if p is not None), default=date.max)
    connus = (
        lire_admis(lieux, "historique_mensuel")
        .filter(pl.col("mois") < detail, pl.col("mois") <= le)
        .select(
            "etablissement",
            date="mois",
            jours="jours_ouverture",
            capacite_max=(pl.col("places") * pl.col("jours_ouverture")).round().cast(pl.Int64),
            h0_min=_minutes("capacite_h"),
            realise_min=_minutes("heures_realisees_h"),
            facture_uh=micro_heures("heures_facturees_h"),
            enfants="enfants",
        )
        .collect()
    )
    return pl.concat([connus, _mois_manquants(connus, detail)], how="diagonal").sort(
        "etablissement", "date"
    )


def _mois_manquants(connus: pl.DataFrame, detail: date) -> pl.DataFrame:
    """Mois sans agrégat d'un trimestre qui en a : inconnus, sinon le trimestre serait tronqué."""
    trimestre = pl.col("date").dt.truncate("1q")
    return (
        connus.select("etablissement", date=trimestre)
        .unique()
        .with_columns(date=pl.date_ranges("date", pl.col("date").dt.offset_by("2mo"), "1mo"))
        .explode("date")
        .filter(pl.col("date") < detail)
        .join(connus, on=["etablissement", "date"], how="anti")
    )


def ajouter(mesures: pl.DataFrame, historique: pl.DataFrame, noms: list[str]) -> pl.DataFrame:
    """Ajoute à une table de mesures journalières les mois d'avant le détail.

    Args:
        mesures: table prête pour `en_parts`.
        historique: table de `lire_historique`.
        noms: mesures à reprendre ; les autres y restent inconnues.
    """
    return pl.concat(
        [mesures, historique.select("etablissement", "date", *noms)], how="diagonal_relaxed"
    )


def compter_avec_historique(
    contributeurs: pl.DataFrame, nom: str, historique: pl.DataFrame, lieux: Lieux, le: date
) -> pl.DataFrame:
    """Contributeurs d'une zone, mois d'avant le détail compris.

    Les agrégats ne donnent que les enfants de chaque établissement et mois : une zone en a au
    moins autant que le plus grand d'entre eux, et c'est ce nombre, prudent, qui sert au secret.

    Args:
        contributeurs: `CLE_ZONE`, le compte et son état (voir `agregation.compter`).
        nom: nom du compte.
        historique: table de `lire_historique`.
        lieux: dossiers du jeu.
        le: date d'arrêté.
    """
    if historique.is_empty():
        return contributeurs
    mois = historique.select("etablissement", "date", enfants=pl.col("enfants").fill_null(0))
    # Une part par mois : la somme d'un trimestre compterait trois fois les mêmes enfants.
    parts = pl.concat(
        en_parts([du_mois], lieux, le) for du_mois in mois.partition_by("date", maintain_order=True)
    )
    plus_grand = pl.concat(
        parts.group_by(*PERIODE, zone=maille)
        .agg(pl.col("enfants").max())
        .with_columns(maille=pl.lit(maille))
        .select(*CLE_ZONE, "enfants")
        for maille in MAILLES
    )
    return contributeurs.join(plus_grand, on=CLE_ZONE, how="left").select(
        *CLE_ZONE, pl.max_horizontal(nom, "enfants").alias(nom), etat(nom)
    )


def _minutes(colonne: str) -> pl.Expr:
    return (pl.col(colonne) * 60).round().cast(pl.Int64)
