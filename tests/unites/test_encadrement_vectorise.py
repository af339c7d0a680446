"""L'expression en colonnes égale la fonction `encadrement_requis`, sur toute une grille."""

from datetime import date, timedelta
from itertools import product

import polars as pl
import pytest

from rtpe_analyse.indicateurs.encadrement import regles, requis
from rtpe_analyse.reglementation import encadrement_requis, historique

LE = date(2026, 6, 1)


def calculer(lignes, le=LE):
    table = pl.DataFrame(
        lignes,
        schema={"enfants": pl.Int64, "marcheurs": pl.Int64, "mode": pl.String, "micro": pl.Boolean},
        orient="row",
    ).with_columns(date=pl.lit(le))
    return (
        regles(table)
        .select(r=requis(*(pl.col(c) for c in ("enfants", "marcheurs", "mode", "micro"))))["r"]
        .to_list()
    )


@pytest.mark.parametrize("micro", [False, True])
@pytest.mark.parametrize("mode", ["5_8", "6"])
def test_egale_la_fonction_sur_toute_la_grille(mode, micro):
    grille = list(product(range(61), range(61)))
    attendus = [encadrement_requis(n, m, mode=mode, micro_creche=micro, le=LE) for n, m in grille]
    assert calculer([(n + m, m, mode, micro) for n, m in grille]) == attendus


def test_ce_qu_on_ne_sait_pas_reste_inconnu():
    inconnus = calculer([(9, None, "5_8", False), (9, 3, None, False), (9, 3, "7", False)])
    assert inconnus == [None, None, None]
    assert calculer([(9, None, "6", False), (0, None, "5_8", False)]) == [2, 0]


def test_avant_la_premiere_regle_rien_n_est_requis_ni_devine():
    effet = historique("encadrement", "enfants_tous_ages")[0].effet
    ligne = [(13, 0, "6", False)]
    jours = (effet - timedelta(1), effet, effet + timedelta(1))
    assert [calculer(ligne, j) for j in jours] == [[None], [3], [3]]
