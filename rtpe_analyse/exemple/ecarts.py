"""Les écarts entre ce qui est signé et ce qui est pointé, plantés avant facturation."""

import numpy as np
import polars as pl

from rtpe_analyse.exemple.calendrier import Calendrier
from rtpe_analyse.exemple.contrats import Contrats
from rtpe_analyse.exemple.faits import Plantation
from rtpe_analyse.exemple.scenario import Scenario

ECARTS = ("sans_pointage", "hors_planning", "presence_sans_contrat")
_ETAPE = 18
_ARRIVEE, _DEPART = 600, 900  # au milieu de la journée, loin des plages modulées


def ecarter(
    scenario: Scenario,
    calendrier: Calendrier,
    contrats: Contrats,
    jours: pl.DataFrame,
    lot: int,
    plantation: Plantation,
    lots_restants: int,
) -> pl.DataFrame:
    """Plante les écarts d'un lot dans la période du second logiciel.

    `hors_planning` : présence un jour de semaine que le contrat ne prévoit pas ;
    `presence_sans_contrat` : présence dans les jours qui suivent la fin du dernier contrat ;
    `sans_pointage` : jour prévu dont la ligne manque.

    Args:
        scenario: le scénario.
        calendrier: ouvertures.
        contrats: contrats du lot.
        jours: résultat de `faits.planter`.
        lot: numéro du lot.
        plantation: décompte tenu d'un lot à l'autre ; modifié.
        lots_restants: lots à faire, celui-ci compris.

    Returns:
        Les enfants-jours, mêmes colonnes ; `fait` porte `presence_sans_contrat`.
    """
    tirage = scenario.tirage(_ETAPE, lot)
    ouverts = _jours_ordinaires(scenario, calendrier)
    engages = _engages(contrats)
    libres = jours.filter(
        pl.col("fait").is_null() & ~pl.col("protege") & (pl.col("motif") == 0)
    ).join(ouverts, on=["etablissement", "date"], how="semi", maintain_order="left")
    retires = _tirer(tirage, libres, plantation.part("sans_pointage", lots_restants))
    plantation.reste["sans_pointage"] -= len(retires)
    cle = ["etablissement", "enfant", "date"]
    ajoutes = []
    for code, geste in (("hors_planning", _hors_planning), ("presence_sans_contrat", _apres)):
        candidats = geste(libres, engages, ouverts).join(jours, on=cle[1:], how="anti")
        choisis = _tirer(tirage, candidats.sort(cle), plantation.part(code, lots_restants))
        plantation.reste[code] -= len(choisis)
        fait = code if code == "presence_sans_contrat" else None
        ajoutes.append(_venir(choisis, fait).select(jours.columns).cast(jours.schema))
    garde = jours.join(retires.select(cle), on=cle, how="anti", maintain_order="left")
    return pl.concat([garde, *ajoutes]).sort(*cle[::2], "enfant", "arrivee", nulls_last=True)


def _tirer(tirage: np.random.Generator, table: pl.DataFrame, nombre: int) -> pl.DataFrame:
    rangs = tirage.choice(len(table), size=min(nombre, len(table)), replace=False)
    return table[sorted(rangs.tolist())]


def _jours_ordinaires(scenario: Scenario, calendrier: Calendrier) -> pl.DataFrame:
    normaux = calendrier.prevu & calendrier.ouvert & (calendrier.cause == 0)
    normaux &= calendrier.places == calendrier.autorisees
    lignes, colonnes = np.nonzero(normaux)
    return pl.DataFrame(
        {
            "etablissement": lignes.astype(np.int16),
            "date": pl.Series(calendrier.jours.ordinaux[colonnes]).cast(pl.Date),
        }
    ).filter(pl.col("date") >= scenario.profil.bascule)


def _engages(contrats: Contrats) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "etablissement": contrats.etablissement.astype(np.int16),
            "enfant": contrats.enfant.astype(np.int32),
            "debut": pl.Series(contrats.debut.astype(np.int32)).cast(pl.Date),
            "fin": pl.Series(contrats.fin.astype(np.int32)).cast(pl.Date),
            "prevus": [(np.flatnonzero(j) + 1).tolist() for j in contrats.jours],
        }
    )


def _hors_planning(
    libres: pl.DataFrame, engages: pl.DataFrame, ouverts: pl.DataFrame
) -> pl.DataFrame:
    """Le lendemain d'une présence, quand le contrat ne prévoit pas ce jour de semaine."""
    seuls = engages.filter(pl.len().over("enfant") == 1)
    return (
        libres.with_columns(date=pl.col("date") + pl.duration(days=1))
        .join(seuls, on=["etablissement", "enfant"])
        .filter(
            pl.col("date").is_between("debut", "fin"),
            ~pl.col("prevus").list.contains(pl.col("date").dt.weekday().cast(pl.Int64)),
        )
        .join(ouverts, on=["etablissement", "date"], how="semi")
        .unique("enfant", keep="first", maintain_order=True)
    )


def _apres(libres: pl.DataFrame, engages: pl.DataFrame, ouverts: pl.DataFrame) -> pl.DataFrame:
    """Le premier jour ouvert après la fin du dernier contrat de l'enfant."""
    derniers = (
        engages.group_by("enfant")
        .agg(pl.col("fin").max(), pl.col("etablissement").n_unique().alias("lieux"))
        .filter(pl.col("lieux") == 1)
    )
    dernieres = libres.sort("date").unique("enfant", keep="last", maintain_order=True)
    return (
        dernieres.drop("date")
        .join(derniers, on="enfant")
        .join(ouverts, on="etablissement")
        .filter(pl.col("date") > pl.col("fin"))
        .sort("enfant", "date")
        .unique("enfant", keep="first", maintain_order=True)
        .filter((pl.col("date") - pl.col("fin")).dt.total_days() <= 7)
    )


def _venir(choisis: pl.DataFrame, fait: str | None) -> pl.DataFrame:
    return choisis.with_columns(
        arrivee=pl.lit(_ARRIVEE),
        depart=pl.lit(_DEPART),
        realise=pl.lit(_DEPART - _ARRIVEE),
        reserve=pl.lit(0),
        du=pl.lit(0),
        ouvert=pl.lit(True),
        protege=pl.lit(True),
        fait=pl.lit(fait, pl.String),
    )
