"""Les factures mensuelles : heures dues, dépassements, tarif du barème national."""

from datetime import date

import numpy as np
import polars as pl

from rtpe_analyse.exemple.faits import Plantation
from rtpe_analyse.exemple.fautes import detarifer
from rtpe_analyse.exemple.scenario import Scenario
from rtpe_analyse.reglementation import bareme, historique

_ETAPE = 8
_JOURS_MINIMAUX = 6
_HAUSSE_ANNUELLE = 1.018
_TRANCHE_MAXIMALE = 99  # la dernière tranche du barème est ouverte


def facturer(
    scenario: Scenario,
    jours: pl.DataFrame,
    enfants: pl.DataFrame,
    familles: pl.DataFrame,
    lot: int,
    plantation: Plantation,
    lots_restants: int,
) -> pl.DataFrame:
    """Une facture par enfant × établissement × mois.

    Heures = réservées du mois − déductions (fermeture, congés, hospitalisation, éviction,
    maladie après carence) + dépassements de la journée, au quart d'heure commencé. Elles ne
    sont inférieures aux heures réalisées que là où c'est planté.

    Args:
        scenario: le scénario.
        jours: enfants-jours, faits plantés.
        enfants: `enfant`, `famille`, `besoin`.
        familles: `famille`, `ressources`, `enfants_a_charge`.
        lot: numéro du lot.
        plantation: décompte des faits ; modifié.
        lots_restants: lots à faire, celui-ci compris.

    Returns:
        `etablissement`, `enfant`, `mois`, `heures` (centièmes), `tarif` (centimes), `taux`
        (dix-millièmes de pour cent), `montant` (centimes), `ressources` (centimes),
        `realise` (minutes), `fait`.
    """
    depassement = ((pl.col("realise") - pl.col("du")).clip(0) / 15).ceil() * 15
    minutes = jours.with_columns(
        mois=pl.col("date").dt.truncate("1mo"), minutes=pl.col("du") + depassement
    )
    factures = (
        minutes.group_by("etablissement", "mois", "enfant")
        .agg(
            heures=(pl.col("minutes").sum() * 100 / 60).round().cast(pl.Int64),
            realise=pl.col("realise").cast(pl.Int64).sum(),
            venues=(pl.col("realise") > 0).sum(),
            protege=pl.col("fait").is_not_null().any() | pl.col("protege").any(),
        )
        .filter(pl.col("heures") > 0)
        .sort("etablissement", "mois", "enfant")
    )
    factures = _tarifer(scenario, factures, enfants, familles)
    factures = _sous_facturer(scenario, factures, lot, plantation, lots_restants)
    factures = detarifer(
        scenario,
        factures,
        _taux(factures["mois"]),
        lot,
        plantation.part("tarif_ecart", lots_restants),
    )
    plantation.reste["tarif_ecart"] -= len(factures.filter(pl.col("fait") == "tarif_ecart"))
    return factures.with_columns(montant=(pl.col("heures") * pl.col("tarif") + 50) // 100).drop(
        "venues", "protege"
    )


def _tarifer(
    scenario: Scenario, factures: pl.DataFrame, enfants: pl.DataFrame, familles: pl.DataFrame
) -> pl.DataFrame:
    planchers, plafonds = (_bornes(nom) for nom in ("plancher", "plafond"))
    debut = scenario.profil.premier_jour.year
    hausse = pl.lit(_HAUSSE_ANNUELLE) ** (pl.col("mois").dt.year() - debut)
    situations = enfants.select("enfant", "famille", "besoin").join(
        familles.select("famille", "enfants_a_charge", brut="ressources"), on="famille"
    )
    return (
        factures.join(situations, on="enfant", maintain_order="left")
        .with_columns(
            # Un enfant en situation de handicap fait compter une tranche de plus.
            tranche=pl.col("enfants_a_charge") + pl.col("besoin").cast(pl.Int64),
            ressources=(pl.col("brut") * hausse * 100).round().cast(pl.Int64),
        )
        .with_row_index("rang")
        .join(_taux(factures["mois"]), on="mois")
        .filter(pl.col("tranche").is_between("de", "a"))
        .sort("mois", "rang")
        .join_asof(planchers, left_on="mois", right_on="du")
        .join_asof(plafonds, left_on="mois", right_on="du")
        .sort("rang")
        .with_columns(
            tarif=(
                pl.col("ressources").clip(pl.col("plancher"), pl.col("plafond")) * pl.col("taux")
                + 500_000
            )
            // 1_000_000
        )
        .select(*factures.columns, "tarif", "taux", "ressources")
    )


def _taux(mois: pl.Series) -> pl.DataFrame:
    lignes: list[tuple[date, int, int, int]] = []
    for jour in mois.unique().sort():
        de = 1
        for tranche in bareme("collectif", jour):
            a = tranche["jusqu_a"] or _TRANCHE_MAXIMALE
            lignes.append((jour, de, a, int(tranche["pct"] * 10000)))
            de = a + 1
    return pl.DataFrame(
        lignes,
        schema={"mois": pl.Date, "de": pl.Int64, "a": pl.Int64, "taux": pl.Int64},
        orient="row",
    )


def _bornes(nom: str) -> pl.DataFrame:
    valeurs = historique("participation", f"ressources_{nom}_eur")
    return pl.DataFrame(
        {"du": [v.effet for v in valeurs], nom: [int(v.valeur * 100) for v in valeurs]}
    )


def _sous_facturer(
    scenario: Scenario,
    factures: pl.DataFrame,
    lot: int,
    plantation: Plantation,
    lots_restants: int,
) -> pl.DataFrame:
    """Quelques factures bien inférieures aux heures réalisées du mois."""
    tirage = scenario.tirage(_ETAPE, lot)
    code = "facture_inferieur_realise"
    candidats = np.flatnonzero(
        factures.select(
            (pl.col("mois") >= scenario.profil.bascule)
            & (pl.col("venues") >= _JOURS_MINIMAUX)
            & ~pl.col("protege")
        ).to_series()
    )
    nombre = min(plantation.part(code, lots_restants), len(candidats))
    choisis = tirage.choice(candidats, size=nombre, replace=False)
    plantation.reste[code] -= nombre
    fait = pl.repeat(None, len(factures), dtype=pl.String, eager=True).scatter(choisis, code)
    # 60 % du réalisé, au quart d'heure inférieur.
    reduites = (pl.col("realise") * 0.6 // 15 * 25).cast(pl.Int64)
    return factures.with_columns(fait=fait).with_columns(
        heures=pl.when(pl.col("fait").is_not_null()).then(reduites).otherwise("heures")
    )
