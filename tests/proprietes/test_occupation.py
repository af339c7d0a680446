"""Invariants de l'occupation : quarts d'heure, plages réunies, secret des alertes datées."""

from datetime import date, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from rtpe_analyse.indicateurs.engagements import bornes, cumuler
from rtpe_analyse.indicateurs.horaires import QUART, QUARTS, minutes_par_quart
from rtpe_analyse.indicateurs.horizon import horizon

JOUR = date(2026, 6, 1)
INTERVALLES = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 1439), st.integers(1, 1440), st.integers(0, 9)).map(
        lambda t: (t[0], t[1], min(1440, t[1] + t[2]), t[3])
    ),
    max_size=12,
)


def _table(intervalles: list[tuple[int, int, int, int]]) -> pl.DataFrame:
    colonnes = ["rang", "debut", "fin", "poids"]
    return pl.DataFrame(intervalles, schema=dict.fromkeys(colonnes, pl.Int64), orient="row")


@settings(deadline=None)
@given(INTERVALLES)
def test_les_quarts_egalent_le_compte_minute_par_minute(
    intervalles: list[tuple[int, int, int, int]],
) -> None:
    attendu = [[0] * QUARTS for _ in range(3)]
    for rang, debut, fin, poids in intervalles:
        for minute in range(debut, fin):
            attendu[rang][minute // QUART] += poids
    assert minutes_par_quart(_table(intervalles), 3).tolist() == attendu


@settings(deadline=None)
@given(INTERVALLES, st.randoms())
def test_l_ordre_des_intervalles_est_indifferent(
    intervalles: list[tuple[int, int, int, int]], hasard: object
) -> None:
    melanges = list(intervalles)
    hasard.shuffle(melanges)  # type: ignore[attr-defined]
    une, autre = (minutes_par_quart(_table(t), 3) for t in (intervalles, melanges))
    assert (une == autre).all()


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 30), st.integers(0, 50)), min_size=1))
def test_le_cumul_egale_la_somme_de_ce_qui_est_en_vigueur(
    intervalles: list[tuple[int, int, int]],
) -> None:
    lignes = [("A", JOUR + timedelta(d), JOUR + timedelta(d + n), v) for d, n, v in intervalles]
    table = pl.DataFrame(lignes, schema=["etablissement", "debut", "apres", "v"], orient="row")
    jours = pl.DataFrame(
        {"etablissement": ["A"] * 70, "date": [JOUR + timedelta(i - 5) for i in range(70)]}
    )
    calcule = cumuler(bornes(table, ["etablissement"], ["v"]), jours, ["etablissement"], ["v"])
    attendu = [
        sum(v for _, debut, apres, v in lignes if debut <= jour < apres) for jour in jours["date"]
    ]
    assert calcule.sort("date")["v"].to_list() == attendu


def test_l_horizon_est_la_fin_du_deuxieme_trimestre_suivant() -> None:
    attendus = {
        date(2026, 6, 30): date(2026, 12, 31),
        date(2026, 7, 1): date(2027, 3, 31),
        date(2026, 9, 30): date(2027, 3, 31),
        date(2026, 12, 31): date(2027, 6, 30),
    }
    assert {le: horizon(le) for le in attendus} == attendus
