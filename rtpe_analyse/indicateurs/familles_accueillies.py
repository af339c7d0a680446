"""Ce que les registres disent des familles des enfants accueillis, trimestre par trimestre."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.contributeurs import enfants_venus
from rtpe_analyse.indicateurs.parts import PERIODE, ZONES
from rtpe_analyse.indicateurs.presences import suivre
from rtpe_analyse.indicateurs.rattachement import en_vigueur
from rtpe_analyse.modeles import Periode
from rtpe_analyse.propres import lire_admis
from rtpe_analyse.reglementation import valeur

TRIMESTRE = "trimestre"


def enfants_accueillis(lieux: Lieux, le: date) -> pl.DataFrame:
    """Enfants accueillis (E1) de chaque trimestre, avec leur famille au dernier jour.

    Un enfant dont aucune famille n'est connue ce jour-là y est, sans rien d'autre. S'il a
    plusieurs descriptions (deux logiciels), la plus récente qui dit quelque chose vaut, point
    par point.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté, et date à laquelle lire le plafond de bas revenus.

    Returns:
        `pas, periode`, les quatre zones de l'accueil, `unite` (l'enfant), `residence` (code
        Insee), `monoparentaux`, `bas_revenus`, `qpv` (vide : inconnu).
    """
    _, accueillis = enfants_venus(lieux, le)
    accueillis = accueillis.filter(pl.col("pas") == TRIMESTRE)
    colonnes = [*PERIODE[:2], *ZONES, "unite"]
    venus = accueillis.select(colonnes).unique(maintain_order=True)
    fins = {p: Periode.lire(p).fin for p in venus["periode"].unique()}
    jours = (
        venus.select("unite", "periode")
        .unique()
        .with_columns(
            date=pl.col("periode").replace_strict(fins, default=None, return_dtype=pl.Date)
        )
    )
    return venus.join(_familles(lieux, jours, le), on=["unite", "periode"], how="left")


def _familles(lieux: Lieux, jours: pl.DataFrame, le: date) -> pl.DataFrame:
    liens = (
        suivre(lire_admis(lieux, "enfants").select("enfant", "famille"), lieux)
        .select("famille", unite="enfant")
        .drop_nulls()
        .unique()
        .collect()
    )
    plafond = int(valeur("conventions", "bas_revenus_plafond_eur", le))
    familles = (
        lire_admis(lieux, "familles")
        .select(
            "famille",
            "valide_du",
            "valide_au",
            "qpv",
            residence="commune",
            monoparentaux="monoparentale",
            bas_revenus=borne_haute(pl.col("tranche_ressources")) <= plafond,
        )
        .collect()
    )
    cites = jours.join(liens, on="unite")
    decrites = en_vigueur(cites.select("famille", "date").unique(), familles, ["famille"])
    return (
        cites.join(decrites, on=["famille", "date"])
        .sort("valide_du", "famille")
        .group_by("unite", "periode", maintain_order=True)
        .agg(
            pl.col("residence", "monoparentaux", "bas_revenus", "qpv").drop_nulls().last(),
        )
    )


def borne_haute(tranche: pl.Expr) -> pl.Expr:
    """Borne haute d'une tranche de ressources, en euros ; infinie pour une tranche ouverte.

    « <1000 » : 1000 ; « 1000-1999 » : 1999 ; « >=6000 » : infinie. Illisible : vide.
    """
    nombres = tranche.str.replace_all(r"[\s\x{202f}\x{a0}]", "").str.extract_all(r"\d+")
    dernier = nombres.list.last().cast(pl.Float64, strict=False)
    return (
        pl.when(tranche.str.contains(r"^\s*(>|≥|plus)"))
        .then(pl.when(dernier.is_not_null()).then(float("inf")))
        .otherwise(dernier)
    )
