"""Du dépôt d'une demande au premier jour d'accueil (D3e)."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.cadre_demandes import MAILLES_DES_DEMANDES, situer
from rtpe_analyse.indicateurs.decisions import quantile_des_zones
from rtpe_analyse.indicateurs.modele import Indicateur, NonAgregeable
from rtpe_analyse.indicateurs.parts import periodes
from rtpe_analyse.indicateurs.sejours import contrats_suivis

DELAI_ENTREE = Indicateur(
    code="D3e",
    libelle="Délai médian d'entrée",
    unite="jours",
    agregation=NonAgregeable("delai"),
    numerateur="jours entre le dépôt de la demande acceptée et le premier contrat, médiane",
    champ="Enfants entrés dans la période, par une demande acceptée que l'appariement relie à "
    "un contrat de l'établissement demandé.",
    definition="La moitié des enfants est entrée en moins de jours. L'entrée est le début du "
    "premier contrat de l'enfant dans l'établissement qui ne précède pas le dépôt ; de "
    "plusieurs demandes acceptées, la première déposée.",
    source="demandes, contrats, enfants",
    limites="Une demande sans appariement, ou dont l'enfant est entré ailleurs, n'y est pas. Une "
    "famille qui s'y prend tôt attend longtemps sans avoir été mal servie. " + MAILLES_DES_DEMANDES,
    contributeur="entres_sur_demande",
    sens="neutre",
)


def calculer_delai_entree(
    lieux: Lieux, demandes: pl.DataFrame, cadre: pl.DataFrame, le: date
) -> pl.DataFrame:
    """D3e, toutes mailles, mois et trimestres échus au jour `le`.

    Args:
        lieux: dossiers du jeu.
        demandes: table de `lire_demandes`.
        cadre: table de `cadre_des_zones`.
        le: date d'arrêté.
    """
    acceptees = demandes.filter(
        pl.col("decision") == "acceptee", pl.col("appariement").is_not_null()
    ).select("etablissement", "commune", "depot", unite="appariement")
    entrees = (
        acceptees.join(
            contrats_suivis(lieux).select("etablissement", "unite", "debut"),
            on=["etablissement", "unite"],
        )
        .filter(pl.col("debut") >= pl.col("depot"), pl.col("debut") <= le)
        .sort("debut", "depot", "commune")
        .unique(["etablissement", "unite"], keep="first", maintain_order=True)
        .with_columns(date="debut", delai=(pl.col("debut") - pl.col("depot")).dt.total_days())
    )
    unites = periodes(situer(entrees, lieux), le).with_columns(
        ventilation=pl.lit(""), modalite=pl.lit("")
    )
    return quantile_des_zones(DELAI_ENTREE, cadre, unites, "delai", 0.5)
