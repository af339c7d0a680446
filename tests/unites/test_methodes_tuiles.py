"""Placer des points sur une grille : tous, séparés, dans l'ordre, au plus près."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.methodes.tuiles import placer
from rtpe_analyse.nomenclatures.communes import FICHIER_COMMUNES, lire_communes

POINT = st.tuples(st.floats(41, 51), st.floats(-5, 9))


@given(st.lists(POINT, max_size=60))
def test_une_case_par_point_sans_rangee_ni_colonne_vide(points: list[tuple[float, float]]) -> None:
    cases = placer([p[0] for p in points], [p[1] for p in points])
    assert len(cases) == len(points)
    assert len(set(cases)) == len(cases)
    for axe in (0, 1):
        assert {c[axe] for c in cases} == set(range(len({c[axe] for c in cases})))
    assert cases == placer([p[0] for p in points], [p[1] for p in points])


def test_une_croix_reste_une_croix() -> None:
    # Le nord en haut, le sud en bas, l'ouest à gauche, l'est à droite, le centre au milieu.
    points = [(49.0, 2.0), (47.0, 2.0), (48.0, 0.5), (48.0, 3.5), (48.0, 2.0)]
    cases = placer([p[0] for p in points], [p[1] for p in points])
    assert cases == [(0, 1), (2, 1), (1, 0), (1, 2), (1, 1)]


def test_une_seule_commune_puis_aucune() -> None:
    assert placer([48.7], [2.4]) == [(0, 0)]
    assert placer([], []) == []


@pytest.mark.parametrize("nombre", [2, 7])
def test_points_confondus(nombre: int) -> None:
    assert len(set(placer([48.0] * nombre, [2.0] * nombre))) == nombre


def test_points_alignes_restent_alignes() -> None:
    assert placer([48.0] * 4, [1.0, 2.0, 3.0, 4.0]) == [(0, 0), (0, 1), (0, 2), (0, 3)]


def test_une_grille_un_peu_secouee_se_retrouve() -> None:
    """Des points à moins d'un dixième de pas d'une grille 4 × 5 reprennent chacun sa case."""
    secousses = [(7 * i % 19 - 9) / 100 for i in range(40)]
    voulues = [(r, c) for r in range(4) for c in range(5)]
    latitudes = [-r + secousses[i] for i, (r, _) in enumerate(voulues)]
    longitudes = [c + secousses[20 + i] for i, (_, c) in enumerate(voulues)]
    assert placer(latitudes, longitudes) == voulues


def _departements() -> list[str]:
    if not (Lieux().referentiel / FICHIER_COMMUNES).is_file():
        return []
    comptes = lire_communes(Lieux()).group_by("departement").len().filter(pl.col("len") >= 10)
    return sorted(comptes["departement"])


@pytest.mark.parametrize("departement", _departements())
def test_les_vraies_communes_gardent_leurs_voisinages(departement: str) -> None:
    table = lire_communes(Lieux()).filter(
        pl.col("departement") == departement, pl.col("valide_au").is_null()
    )
    table = table.drop_nulls(["latitude", "longitude"]).sort("code")
    latitudes, longitudes = table["latitude"].to_list(), table["longitude"].to_list()
    cases = placer(latitudes, longitudes)
    assert spearmanr(latitudes, [-r for r, _ in cases]).statistic > 0.95
    assert spearmanr(longitudes, [c for _, c in cases]).statistic > 0.95
    # Les quatre plus proches voisines restent du même côté, dans la direction qui les sépare.
    gardees = []
    for i, (la, lo) in enumerate(zip(latitudes, longitudes, strict=True)):
        ecarts = [
            ((la2 - la), (lo2 - lo) * 0.66) for la2, lo2 in zip(latitudes, longitudes, strict=True)
        ]
        for j in sorted(range(len(ecarts)), key=lambda k: sum(e * e for e in ecarts[k]))[1:5]:
            dn, de = ecarts[j]
            if abs(dn) > abs(de):
                gardees.append((cases[i][0] - cases[j][0]) * dn > 0)
            else:
                gardees.append((cases[j][1] - cases[i][1]) * de > 0)
    assert sum(gardees) / len(gardees) > 0.8
