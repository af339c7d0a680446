"""Accessibilité E2SFCA : égalité avec PySAL, conservation des places, distances.

Valeurs de référence : paquet PySAL `access` 1.1.10, `enhanced_two_stage_fca` avec
`weights.step_fn({1: 1, 2: 0.68, 3: 0.22})` et `max_cost=3`, sur la grille 5 × 5 de ses propres
tests (`create_nxn_grid(5, random_values=True)`, distances euclidiennes), une place sur quatre.
"""

import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtpe_analyse.methodes.accessibilite import accessibilite, distances

PALIERS = [(1, 1.0), (2, 0.68), (3, 0.22)]
GRILLE = [
    *(105, 134, 139, 180, 30, 46, 98, 58, 75, 8, 58, 30, 146),
    *(3, 26, 41, 199, 132, 177, 78, 178, 163, 97, 152, 104),
]
PYSAL = [
    *(0.08536297925095991, 0.23209883847657742, 0.32135152071045775, 0.3037900650777344),
    *(0.2967892673032272, 0.08647846896948472, 0.14813932793434975, 0.2838089162553458),
    *(0.38120197349779933, 0.2884887493598601, 0.08436817096800847, 0.18803007306022163),
    *(0.20798978072169133, 0.4170911470919969, 0.2195940988862734, 0.07617522714087958),
    *(0.14421862375535005, 0.2714707775849042, 0.3574104919206944, 0.2317951818410022),
    *(0.08829837885054237, 0.16035276784943553, 0.21537299545041103, 0.24295078907280018),
    0.2720475126697345,
]


def zones(*populations: float) -> pl.DataFrame:
    return pl.DataFrame(
        {"zone": [f"z{i}" for i in range(len(populations))], "population": populations},
        schema={"zone": pl.String, "population": pl.Float64},
    )


def lieux(*places: float) -> pl.DataFrame:
    return pl.DataFrame(
        {"lieu": [f"l{i}" for i in range(len(places))], "places": places},
        schema={"lieu": pl.String, "places": pl.Float64},
    )


def trajets(*couts: tuple[int, int, float]) -> pl.DataFrame:
    lignes = [(f"z{z}", f"l{lieu}", float(cout)) for z, lieu, cout in couts]
    return pl.DataFrame(lignes, schema=["zone", "lieu", "cout"], orient="row")


def test_egale_pysal_sur_sa_grille() -> None:
    offrants = range(3, 25, 4)
    couts = [
        (i, rang, math.dist(divmod(i, 5), divmod(j, 5)))
        for i in range(25)
        for rang, j in enumerate(offrants)
    ]
    resultat = accessibilite(
        zones(*GRILLE), lieux(*(GRILLE[j] for j in offrants)), trajets(*couts), PALIERS
    )
    assert resultat["accessibilite"].to_list() == pytest.approx(PYSAL, abs=1e-9)


def test_deux_zones_un_lieu_a_la_main() -> None:
    # 30 places pour 100 × 1 + 50 × 0,68 = 134 enfants pondérés.
    resultat = accessibilite(zones(100, 50), lieux(30), trajets((0, 0, 0.5), (1, 0, 1.5)), PALIERS)
    assert resultat["accessibilite"].to_list() == pytest.approx([30 / 134, 0.68 * 30 / 134])


def test_hors_de_portee_ou_sans_trajet_rien_n_est_accessible() -> None:
    resultat = accessibilite(zones(100, 50), lieux(30), trajets((0, 0, 3.01)), PALIERS)
    assert resultat["accessibilite"].to_list() == [0, 0]


def test_une_population_inconnue_ne_demande_rien() -> None:
    demande = zones(100, 50).with_columns(
        population=pl.when(pl.col("zone") == "z1").then("population")
    )
    resultat = accessibilite(demande, lieux(30), trajets((0, 0, 0), (1, 0, 0)), PALIERS)
    assert resultat["accessibilite"].to_list() == [30 / 50, 30 / 50]


RESEAUX = st.tuples(
    st.lists(st.integers(1, 400), min_size=1, max_size=6),
    st.lists(st.integers(0, 80), min_size=1, max_size=5),
).flatmap(
    lambda r: st.tuples(
        st.just(r),
        st.lists(st.floats(0, 3), min_size=len(r[0]) * len(r[1]), max_size=len(r[0]) * len(r[1])),
        st.randoms(use_true_random=False),
    )
)


@given(RESEAUX)
def test_les_places_a_portee_se_retrouvent_et_l_ordre_est_indifferent(reseau) -> None:
    (populations, places), couts, hasard = reseau
    couples = [(z, lieu) for z in range(len(populations)) for lieu in range(len(places))]
    lignes = [(*c, cout) for c, cout in zip(couples, couts, strict=True)]
    demande = zones(*populations)
    resultat = accessibilite(demande, lieux(*places), trajets(*lignes), PALIERS)
    servies = (resultat["accessibilite"] * demande["population"]).sum()
    assert servies == pytest.approx(sum(places), rel=1e-9, abs=1e-9)
    hasard.shuffle(lignes)
    melange = accessibilite(demande, lieux(*places), trajets(*lignes), PALIERS)
    assert melange["accessibilite"].to_list() == pytest.approx(
        resultat["accessibilite"].to_list(), rel=1e-12
    )


def test_un_degre_de_latitude_fait_111_km() -> None:
    ici = pl.DataFrame({"zone": ["a", "b"], "latitude": [48.0, None], "longitude": [2.0, 2.0]})
    la = pl.DataFrame({"lieu": ["c", "d"], "latitude": [49.0, 48.0], "longitude": [2.0, 3.0]})
    table = distances(ici, la, 150)
    # Rayon moyen de la Terre (UGGI) : 6 371,0088 km × π / 180 ; un degré de longitude à 48°.
    degre = 6371.0088 * math.pi / 180
    assert table["cout"][0] == pytest.approx(degre)
    assert table["cout"][1] == pytest.approx(degre * math.cos(math.radians(48)), rel=1e-4)
    assert distances(ici, la, 100)["lieu"].to_list() == ["d"]
