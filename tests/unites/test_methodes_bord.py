"""Le bord d'un nuage de points : l'angle vide, à la main sur un carré et sur une croix."""

import polars as pl
import pytest

from rtpe_analyse.methodes.bord import angles_vides


def angles(points: dict[str, tuple[float | None, float | None]]) -> dict[str, float]:
    table = pl.DataFrame(
        [(z, *position) for z, position in points.items()],
        schema={"zone": pl.String, "latitude": pl.Float64, "longitude": pl.Float64},
        orient="row",
    )
    return dict(angles_vides(table).iter_rows())


CROIX = {"centre": (0.0, 0.0), "n": (1.0, 0.0), "s": (-1.0, 0.0), "e": (0.0, 1.0), "o": (0.0, -1.0)}


def test_au_centre_d_une_croix_chaque_quart_est_vide() -> None:
    """Quatre voisins aux points cardinaux : 90° entre deux. À l'équateur, rien ne s'étire."""
    assert angles(CROIX)["centre"] == pytest.approx(90)


def test_au_bout_d_une_branche_l_horizon_est_vide_de_tout_un_cote() -> None:
    """Du nord, on voit le centre et le sud tout droit, l'est et l'ouest à 45° : 360 − 90 = 270."""
    assert angles(CROIX)["n"] == pytest.approx(270, abs=0.1)


def test_un_degre_de_longitude_est_plus_court_vers_le_pole() -> None:
    """À 60°, un degré de longitude vaut un demi-degré de latitude : arctan(1 ÷ 0,5) = 63,4°."""
    vus = angles({"a": (60.0, 0.0), "b": (60.0, 1.0), "c": (61.0, 1.0)})
    assert vus["a"] == pytest.approx(360 - 63.435, abs=0.01)


def test_un_point_seul_ou_sans_position() -> None:
    assert angles({"a": (1.0, 1.0)}) == {"a": 360}
    assert angles({"a": (1.0, 1.0), "b": (2.0, 2.0)}) == {"a": 360, "b": 360}
    assert angles({"a": (None, None)}) == {}
    assert angles({}) == {}


def test_deux_points_confondus_ne_se_voient_pas() -> None:
    assert angles({"a": (1.0, 1.0), "b": (1.0, 1.0)}) == {"a": 360, "b": 360}


def test_l_ordre_des_points_n_y_change_rien() -> None:
    assert angles(dict(reversed(CROIX.items()))) == angles(CROIX)
