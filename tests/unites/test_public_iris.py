"""Les contours d'IRIS reçus tels quels deviennent des positions du référentiel."""

import json
from datetime import date
from pathlib import Path

import pytest

from rtpe_analyse.chemins import RACINE_PROJET, Lieux
from rtpe_analyse.erreurs import ErreurFichier
from rtpe_analyse.nettoyage.referentiel import recevoir_et_compiler
from rtpe_analyse.nomenclatures.iris import lire_iris
from rtpe_analyse.nomenclatures.publiques import lire_fiche
from rtpe_analyse.sources.geojson import centre, mettre_en_table

CARRE = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]
TROU = [[2, 1], [2, 3], [4, 3], [4, 1], [2, 1]]


@pytest.fixture
def lieux(tmp_path: Path) -> Lieux:
    return Lieux(tmp_path / "donnees", tmp_path / "rapports", "reel")


def contours(dossier: Path, annee: int, *iris: str, decalage: float = 0) -> Path:
    objets = [
        {
            "type": "Feature",
            "properties": {
                "code_iris": code,
                "nom_iris": "Gare ; nord",
                "code_insee": code[:5],
            },
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[x + decalage, y] for x, y in CARRE]],
            },
        }
        for code in iris
    ]
    fichier = dossier / f"iris_{annee}.geojson"
    fichier.write_text(json.dumps({"type": "FeatureCollection", "features": objets}))
    return fichier


def test_centre_d_un_carre_et_d_un_carre_troue() -> None:
    assert centre({"type": "Polygon", "coordinates": [CARRE]}) == (2, 2)
    # Carré 4 × 4 centré en (2, 2) moins un rectangle 2 × 2 centré en (3, 2).
    attendu = ((16 * 2 - 4 * 2) / 12, (16 * 2 - 4 * 3) / 12)
    assert centre({"type": "Polygon", "coordinates": [CARRE, TROU]}) == pytest.approx(attendu)


def test_centre_de_deux_morceaux_pese_leurs_surfaces() -> None:
    petit = [[10, 0], [12, 0], [12, 2], [10, 2], [10, 0]]
    morceaux = {"type": "MultiPolygon", "coordinates": [[CARRE], [petit]]}
    assert centre(morceaux) == pytest.approx(((16 * 2 + 4 * 1) / 20, (16 * 2 + 4 * 11) / 20))


def test_point_forme_sans_surface_ou_absente() -> None:
    assert centre({"type": "Point", "coordinates": [2.3, 48.8]}) == (48.8, 2.3)
    assert centre({"type": "LineString", "coordinates": [[0, 0], [1, 1]]}) is None
    assert centre({"type": "Polygon", "coordinates": [[[1, 1], [1, 1], [1, 1]]]}) is None
    assert centre({}) is None


def test_un_fichier_coupe_est_refuse() -> None:
    with pytest.raises(ErreurFichier, match="coupé"):
        mettre_en_table(b'{"type": "FeatureCollection", "features": [{"type"')


def test_les_contours_passent_par_la_porte_commune(tmp_path: Path, lieux: Lieux) -> None:
    fichier = contours(tmp_path, 2025, "010040101", "010040102")
    _, bilan, compile_ = recevoir_et_compiler(lieux, [fichier], recu_le=date(2026, 11, 23))
    assert compile_.ecrits == {"iris": 2}
    assert bilan.table.select("lues", "propres").rows() == [(2, 2)]
    assert lire_iris(lieux).rows()[0] == ("010040101", "01004", "Gare ; nord", 2.0, 2.0)
    fiche = lire_fiche(lieux.referentiel, "iris")
    source = fiche["sources"][0]
    assert (source["producteur"], source["fichiers"][0]["millesime"]) == ("IGN-Insee", "2025")


def test_le_decoupage_le_plus_recent_d_une_commune_l_emporte(tmp_path: Path, lieux: Lieux) -> None:
    ancien = contours(tmp_path, 2021, "010040101", "010040109", "020010000")
    recent = contours(tmp_path, 2025, "010040101", decalage=1)
    recevoir_et_compiler(lieux, [ancien, recent], recu_le=date(2026, 11, 23))
    table = lire_iris(lieux)
    assert table["iris"].to_list() == ["010040101", "020010000"]
    assert table["longitude"].to_list() == [3, 2]


def test_sans_contour_la_table_est_vide(lieux: Lieux) -> None:
    assert lire_iris(lieux).is_empty()


def test_les_iris_livres_sont_ceux_des_chiffres_livres() -> None:
    livre = Lieux(RACINE_PROJET / "donnees", RACINE_PROJET / "rapports", "reel")
    table = lire_iris(livre)
    assert (
        table["iris"].n_unique() == table.height == lire_fiche(livre.referentiel, "iris")["lignes"]
    )
    assert table["latitude"].is_between(48.6, 48.9).all()
