"""Le mois recopié : un établissement renvoie les pointages du mois précédent."""

from datetime import date

import numpy as np
import polars as pl

from rtpe_analyse.exemple.contrats import Contrats
from rtpe_analyse.exemple.reseau import Etablissement
from rtpe_analyse.exemple.scenario import Scenario
from rtpe_analyse.modeles import Periode

_MOIS_ADMIS = (2, 3, 4, 5, 6, 10, 11, 12)


def recopier(
    scenario: Scenario,
    reseau: list[Etablissement],
    contrats: Contrats,
    jours: pl.DataFrame,
    tirage: np.random.Generator,
) -> tuple[pl.DataFrame, list[str]]:
    """Remplace un mois de chaque établissement réservé par la copie du mois précédent.

    Le premier jour ouvert reprend le premier, le deuxième le deuxième, etc. Une ligne recopiée
    que plus aucun contrat ne couvre est laissée de côté.

    Returns:
        Les enfants-jours, et le lieu (« établissement|AAAA-MM ») de chaque mois recopié.
    """
    lieux = []
    for rang, etablissement in enumerate(reseau):
        siens = jours.filter(pl.col("etablissement") == rang)
        if not etablissement.recopie or siens.is_empty():
            continue
        mois = _choisir(scenario, siens, tirage)
        if mois is None:
            continue
        avant = _numeroter(_du_mois(siens, mois.decaler(-1)))
        dates = _du_mois(siens, mois).select(pl.col("date").unique().sort()).with_row_index("n")
        copie = avant.drop("date").join(dates, on="n", maintain_order="left").select(siens.columns)
        copie = _couverts(copie, contrats, rang)
        garde = (pl.col("etablissement") != rang) | ~pl.col("date").is_between(mois.debut, mois.fin)
        jours = pl.concat([jours.filter(garde), copie])
        lieux.append(f"{etablissement.code}|{mois}")
    return jours.sort("etablissement", "date", "enfant"), lieux


def _du_mois(jours: pl.DataFrame, mois: Periode) -> pl.DataFrame:
    return jours.filter(pl.col("date").is_between(mois.debut, mois.fin))


def _numeroter(jours: pl.DataFrame) -> pl.DataFrame:
    return jours.with_columns(n=(pl.col("date").rank("dense") - 1).cast(pl.UInt32))


def _choisir(
    scenario: Scenario, siens: pl.DataFrame, tirage: np.random.Generator
) -> Periode | None:
    """Un mois ordinaire du second logiciel, avec autant de jours que le précédent si possible."""
    comptes: dict[date, int] = dict(
        siens.group_by(mois=pl.col("date").dt.truncate("1mo"))
        .agg(pl.col("date").n_unique())
        .iter_rows()
    )
    interdits = {Periode.lire(m).decaler(k) for m in scenario.profil.mois_vides for k in (0, 1, 2)}
    ecarts: dict[int, list[Periode]] = {}
    for jour in sorted(comptes):
        mois = Periode.contenant(jour, "mois")
        avant = mois.decaler(-1)
        if (
            avant.debut >= scenario.profil.bascule
            and avant.debut in comptes
            and mois.rang in _MOIS_ADMIS
            and mois not in interdits
            and comptes[jour] <= comptes[avant.debut]
        ):
            ecarts.setdefault(comptes[avant.debut] - comptes[jour], []).append(mois)
    if not ecarts:
        return None
    candidats = ecarts[min(ecarts)]
    return candidats[int(tirage.integers(0, len(candidats)))]


def _couverts(copie: pl.DataFrame, contrats: Contrats, rang: int) -> pl.DataFrame:
    ici = contrats.garder(contrats.etablissement == rang)
    periodes = pl.DataFrame(
        {
            "enfant": ici.enfant.astype(np.int32),
            "debut": pl.Series(ici.debut.astype(np.int32)).cast(pl.Date),
            "fin": pl.Series(ici.fin.astype(np.int32)).cast(pl.Date),
        }
    )
    couverts = (
        copie.select("enfant", "date")
        .join(periodes, on="enfant")
        .filter(pl.col("date").is_between("debut", "fin"))
        .select("enfant", "date")
        .unique()
    )
    return copie.join(couverts, on=["enfant", "date"], how="semi", maintain_order="left")
