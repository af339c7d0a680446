"""Écritures des exports, et écritures amputées sans ambiguïté."""

from datetime import date

import polars as pl
import pytest

from rtpe_analyse.exemple.reseau import dessiner
from rtpe_analyse.exemple.salissures import monter
from rtpe_analyse.exemple.scenario import charger
from rtpe_analyse.exemple.textes import date_fr, decimal_fr, duree, heure, oui_non, sans_accents


def test_heure_et_duree() -> None:
    minutes = pl.Series([510, 0, None, 1439, 505])
    assert heure(minutes).to_list() == ["08:30", "00:00", None, "23:59", "08:25"]
    # 505 / 60 = 8,41666… → 8,42, qui redonne 505,2 donc 505 minutes.
    assert duree(minutes).to_list() == ["8,50", "0,00", None, "23,98", "8,42"]


def test_duree_au_centieme_redonne_la_minute() -> None:
    minutes = list(range(1440))
    ecrites = duree(pl.Series(minutes)).to_list()
    assert [round(float(e.replace(",", ".")) * 60) for e in ecrites] == minutes


def test_decimal_date_et_booleen() -> None:
    table = pl.DataFrame(
        {"c": [123456, 5, 0], "d": [date(2026, 1, 2), None, None], "b": [True, False, None]}
    )
    lu = table.select(decimal_fr(pl.col("c")), date_fr("d"), oui_non("b"))
    assert lu["c"].to_list() == ["1234,56", "0,05", "0,00"]
    assert lu["d"].to_list() == ["02/01/2026", None, None]
    assert lu["b"].to_list() == ["oui", "non", None]


def test_sans_accents() -> None:
    assert sans_accents("Crèche Les Écureuils") == "CRECHE LES ECUREUILS"


@pytest.mark.parametrize("petit", [True, False])
def test_ecritures_amputees_n_ont_qu_une_lecture(petit: bool) -> None:
    reseau = dessiner(charger(petit=petit, graine=1, echelle=1, annees=3))
    codes = {e.code for e in reseau}
    tronques = monter(reseau).tronques
    assert tronques
    for code, forme in tronques.items():
        assert forme not in codes
        # Relecture : le zéro de tête rendu (un ou plusieurs), ou un caractère de plus à la fin.
        par_zeros = {f"E{forme[1:].zfill(len(code) - 1)}"} if len(forme) > 1 else set()
        par_fin = {c for c in codes if c[:-1] == forme}
        assert (par_zeros & codes) | par_fin == {code}


@pytest.mark.parametrize("graine", [1, 2, 3])
def test_evenements_du_reseau(graine: int) -> None:
    scenario = charger(petit=False, graine=graine, echelle=1, annees=3)
    reseau = dessiner(scenario)
    par_code = {e.code: e for e in reseau}
    fusions = [e for e in reseau if e.fusion_vers]
    fermetures = [e for e in reseau if e.fermeture and not e.fusion_vers]
    ouvertures = [e for e in reseau if e.ouverture >= date(2025, 9, 1)]
    assert (len(fusions), len(fermetures), len(ouvertures)) == (2, 4, 2)
    for absorbe in fusions:
        repreneur = par_code[str(absorbe.fusion_vers)]
        assert repreneur.fermeture is None and repreneur.places_reprise is not None
        assert repreneur.places_reprise > repreneur.places
    assert sum(e.territoire_suivant is not None for e in reseau) == 1
    assert len({e.nom for e in reseau}) == len(reseau) == 81
    finales = sum(e.places_reprise or e.places for e in reseau if not e.fermeture)
    assert abs(finales - 4700) < 0.05 * 4700
