"""Refaire toutes les prévisions d'un panel, chacune avec ce qu'on savait alors."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from rtpe_analyse.indicateurs.flux_connus import heures_connues
from rtpe_analyse.indicateurs.panels import Matrice, Panel, Semaine
from rtpe_analyse.methodes.prevision import Previsionniste, Previsions
from rtpe_analyse.modeles import Periode

FLUX = "contrats connus et taux de présence de l'an dernier"
BAS, CENTRE, HAUT = "bas", "centre", "haut"
BORNES = (BAS, CENTRE, HAUT)
_CYCLES = {"semaine": 52, "mois": 12, "trimestre": 4}
_HORIZONS = {"semaine": 26, "mois": 6, "trimestre": 2}
# Chaque semaine se prévoit, mais le passé ne se rejoue qu'une semaine sur deux : rejouer
# chacune coûterait deux fois plus pour des erreurs presque toutes les mêmes.
_ENTRE_DEUX = {"semaine": 2, "mois": 1, "trimestre": 1}
# Il faut avoir vu passer une année pour prévoir la suivante.
_PREMIERE = 3


@dataclass(frozen=True)
class Suivi:
    """Un panel et ses prévisions, de la plus ancienne à celle du jour.

    Attributes:
        panel: les séries prévues.
        passees: nombre de périodes connues, et prévisions faites alors.
    """

    panel: Panel
    passees: list[tuple[int, Previsions]]

    @property
    def derniere(self) -> Previsions:
        """La prévision du jour, seule à porter sur l'avenir."""
        return self.passees[-1][1]


def suivre(panel: Panel, flux: pl.DataFrame, niveau: float) -> Suivi:
    """Prévoit le panel date après date, flux connus compris.

    Args:
        panel: au moins une période.
        flux: table de `flux_connus.lire_flux`.
        niveau: probabilité visée pour l'intervalle (0,8).

    Returns:
        Les prévisions de chaque date, à l'horizon de deux trimestres.
    """
    cycle, horizon, pas = (t[panel.pas] for t in (_CYCLES, _HORIZONS, _ENTRE_DEUX))
    total = len(panel.periodes)
    premiere = min(_PREMIERE, total)
    dates = list(range(total, premiere - 1, -pas))[::-1]
    connues = _heures_connues(panel, flux, dates, horizon)
    previsionniste = Previsionniste(cycle, horizon, niveau)
    passees = []
    for rang, date_ in enumerate(dates):
        il_y_a_un_an = rang - cycle // pas
        autres = {}
        if il_y_a_un_an >= 0:
            # Le taux de présence d'il y a un an, à la même échéance, porte aussi les entrées
            # qu'on ne connaissait pas encore.
            avant = connues[il_y_a_un_an]
            reel = panel.valeurs[:, date_ - cycle : date_ - cycle + horizon]
            taux = np.divide(reel, avant, out=np.full_like(avant, np.nan), where=avant > 0)
            autres[FLUX] = taux * connues[rang]
        passees.append((date_, previsionniste.prevoir(panel.valeurs[:, :date_], autres)))
    return Suivi(panel, passees)


def avec_parents(table: pl.DataFrame, panel: Panel) -> pl.DataFrame:
    """Ajoute à des lignes d'indicateurs les zones qui contiennent la leur."""
    parents = pl.DataFrame(
        {"zone": list(panel.parents), "parents": list(panel.parents.values())},
        schema={"zone": pl.String, "parents": pl.List(pl.String)},
    )
    return table.join(parents, on="zone", how="left")


def borner(v: float) -> float | None:
    """Ni heure ni enfant en négatif ; une prévision impossible est absente."""
    return max(0.0, v) if np.isfinite(v) else None


def _heures_connues(panel: Panel, flux: pl.DataFrame, dates: list[int], horizon: int) -> Matrice:
    """Heures hebdomadaires connues, dates × séries du panel × échéances."""
    codes = sorted({c for membres in panel.membres.values() for c in membres})
    vues = [panel.periodes[d - 1].fin for d in dates]
    milieux = [
        [_milieu(panel.periodes[d - 1].decaler(h + 1)) for h in range(horizon)] for d in dates
    ]
    par_code = heures_connues(flux, codes, vues, milieux)
    rangs = {code: i for i, code in enumerate(codes)}
    return np.stack(
        [par_code[:, [rangs[c] for c in panel.membres[z]]].sum(axis=1) for z in panel.zones],
        axis=1,
    )


def _milieu(periode: Periode | Semaine) -> date:
    return periode.debut + (periode.fin - periode.debut) / 2
