"""Positions invraisemblables et trajets inutilisables : constatés, jamais retirés en silence."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from rtpe_analyse.controles.constats import lire_constats, relever_constats
from rtpe_analyse.controles.entrees import Entrees
from rtpe_analyse.controles.positions import VRAISEMBLABLE, juger_positions
from rtpe_analyse.nomenclatures.communes import SCHEMA_COMMUNES
from tests.specifications.outils import Jeu, etablissement

CENTRES = pl.DataFrame({"commune": ["99001"], "latitude": [48.0], "longitude": [2.0]})
ECART_KM = 30


@pytest.mark.parametrize(
    ("latitude", "longitude", "commune", "attendu"),
    [
        (48.1, 2.0, "99001", True),
        # Un quart de degré de latitude fait 27,8 km ; trois dixièmes, 33,4 km.
        (48.25, 2.0, "99001", True),
        (48.3, 2.0, "99001", False),
        (2.0, 48.0, "99001", False),
        (0.0, 0.0, "99001", False),
        (0.0, 0.0, "99002", False),
        (948.5, 2.0, "99002", False),
        (12.0, 3.0, "99002", True),
        (None, 2.0, "99001", None),
        (None, None, None, None),
    ],
)
def test_une_position_se_juge_a_ses_degres_et_a_sa_commune(latitude, longitude, commune, attendu):
    table = pl.DataFrame(
        [(commune, latitude, longitude)],
        schema={"commune": pl.String, "latitude": pl.Float64, "longitude": pl.Float64},
        orient="row",
    )
    jugee = juger_positions(table, CENTRES, ECART_KM)
    assert jugee[VRAISEMBLABLE].to_list() == [attendu]
    assert jugee.columns == [*table.columns, VRAISEMBLABLE]


def test_les_constats_nomment_la_ligne(tmp_path: Path) -> None:
    jeu = Jeu(tmp_path)
    jeu.lieux.referentiel.mkdir(parents=True)
    commune = {"code": "99001", "latitude": 48.0, "longitude": 2.0, "valide_du": date(1943, 1, 1)}
    pl.DataFrame([commune], schema=SCHEMA_COMMUNES).write_csv(
        jeu.lieux.referentiel / "communes.csv"
    )
    lieux = [("A", 48.0, 2.0), ("B", 0.0, 0.0), ("C", None, None)]
    jeu.ecrire(
        "etablissements",
        [etablissement(e, latitude=y, longitude=x) for e, y, x in lieux],
    )
    trajets = [("99001", "A", 3.0), ("99999", "A", 3.0), ("99001", "Z", 3.0), ("99001", "A", -1.0)]
    jeu.ecrire("trajets", [{"zone": z, "lieu": li, "minutes": m} for z, li, m in trajets])
    relever_constats(Entrees(jeu.lieux))
    constats = lire_constats(jeu.lieux).select("table", "code", "ligne").collect()
    assert sorted(constats.rows()) == [
        ("etablissements", "position_invraisemblable", 2),
        ("trajets", "trajet_inutilisable", 2),
        ("trajets", "trajet_inutilisable", 3),
        ("trajets", "trajet_inutilisable", 4),
    ]
