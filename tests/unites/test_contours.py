"""Contours donnés : code lu d'une propriété reconnue, formes vérifiées, cartes qui les prennent."""

import json
from pathlib import Path
from typing import Any

import pytest

from rtpe_analyse.chemins import RACINE_PROJET, Lieux
from rtpe_analyse.erreurs import ErreurFichier
from rtpe_analyse.nettoyage.referentiel import recevoir_et_compiler
from rtpe_analyse.nomenclatures.contours import FICHIERS_CONTOURS, ecrire, extraire, lire_contours

REELS = RACINE_PROJET.parent / "shared" / "donnees-publiques" / "geo"
CARRE = [[2.0, 48.0], [2.1, 48.0], [2.1, 48.1], [2.0, 48.1], [2.0, 48.0]]
TROU = [[2.04, 48.04], [2.06, 48.04], [2.06, 48.06], [2.04, 48.06], [2.04, 48.04]]


def objet(anneaux: list[Any], genre: str = "Polygon", **proprietes: object) -> dict[str, Any]:
    forme = {"type": genre, "coordinates": anneaux}
    return {"type": "Feature", "properties": proprietes, "geometry": forme}


def poser(chemin: Path, *objets: dict[str, Any]) -> Path:
    chemin.parent.mkdir(parents=True, exist_ok=True)
    collection = {"type": "FeatureCollection", "features": list(objets)}
    chemin.write_text(json.dumps(collection), encoding="utf-8")
    return chemin


@pytest.mark.parametrize(
    ("maille", "propriete", "code"),
    [
        ("commune", "code", "99001"),
        ("commune", "INSEE_COM", "2A004"),
        ("commune", "Code_Insee", "99001"),
        ("iris", "CODE_IRIS", "990010101"),
        ("iris", "dcomiris", "990010101"),
    ],
)
def test_le_code_se_lit_d_une_propriete_reconnue(
    tmp_path: Path, maille: str, propriete: str, code: str
) -> None:
    lus = extraire(poser(tmp_path / "c.geojson", objet([CARRE], **{propriete: code})), maille)
    assert list(lus.anneaux) == [code]
    assert lus.ecarts == ""


@pytest.mark.parametrize(
    ("defectueux", "motif"),
    [
        (objet([CARRE], nom="sans code"), "code absent ou mal formé"),
        (objet([CARRE], code="941"), "code absent ou mal formé"),
        (objet([CARRE[:-1]], code="99002"), "anneau non fermé"),
        (objet([CARRE], code="99001"), "code en double"),
        (objet([[[x * 1e5, y * 1e5] for x, y in CARRE]], code="99002"), "pas des degrés"),
        (objet([2.0, 48.0], "Point", code="99002"), "forme sans surface"),
    ],
)
def test_une_forme_defectueuse_est_ecartee_et_dite(
    tmp_path: Path, defectueux: dict[str, Any], motif: str
) -> None:
    chemin = poser(tmp_path / "c.geojson", objet([CARRE], code="99001"), defectueux)
    lus = extraire(chemin, "commune")
    assert list(lus.anneaux) == ["99001"]
    assert lus.ecarts.startswith("1 objet écarté : ")
    assert motif in lus.ecarts


def test_les_trous_tournent_a_rebours_quel_que_soit_le_fichier(tmp_path: Path) -> None:
    for exterieur in (CARRE, CARRE[::-1]):
        for trou in (TROU, TROU[::-1]):
            chemin = poser(tmp_path / "c.geojson", objet([exterieur, trou], code="99001"))
            dehors, dedans = extraire(chemin, "commune").anneaux["99001"]
            assert dehors == [tuple(p) for p in CARRE]
            assert dedans == [tuple(p) for p in TROU[::-1]]


def test_ecrire_puis_relire_rend_la_meme_chose(tmp_path: Path) -> None:
    ile = [[[x + 1, y] for x, y in CARRE]]
    chemin = poser(
        tmp_path / "c.geojson", objet([[CARRE, TROU], ile], "MultiPolygon", code="99001")
    )
    lus = extraire(chemin, "commune")
    copie = tmp_path / "copie.geojson"
    copie.write_text(ecrire(lus, "commune"), encoding="utf-8")
    assert extraire(copie, "commune") == lus
    assert len(lus.anneaux["99001"]) == 3


def test_un_fichier_coupe_est_refuse_en_francais(tmp_path: Path) -> None:
    chemin = tmp_path / "c.geojson"
    chemin.write_text('{"type": "FeatureCollection", "features": [', encoding="utf-8")
    with pytest.raises(ErreurFichier, match="coupé"):
        extraire(chemin, "commune")


def test_sans_fichier_aucun_contour(tmp_path: Path) -> None:
    assert lire_contours(Lieux(donnees=tmp_path), "commune").anneaux == {}


def test_recus_par_la_porte_puis_compiles(tmp_path: Path) -> None:
    """Un fichier reçu devient un contour du référentiel ; un code inconnu est dit."""
    lieux = Lieux(donnees=tmp_path / "donnees", sortie=tmp_path / "rapports", jeu="exemple")
    lieux.referentiel.mkdir(parents=True)
    entete = "code,nom,departement,latitude,longitude,population,valide_du,valide_au\n"
    connue = "94001,Ablon-sur-Seine,94,48.7,2.4,1000,1943-01-01,\n"
    (lieux.referentiel / "communes.csv").write_text(entete + connue, encoding="utf-8")
    fichier = poser(
        tmp_path / "recus" / "contours_2024.geojson",
        objet([CARRE], code="94001", nom="Ablon-sur-Seine"),
        objet([CARRE], code="94999", nom="Nulle part"),
    )
    retours, _, bilan = recevoir_et_compiler(lieux, [fichier])
    assert [r.etat for r in retours] == ["recu"]
    assert "contours_communes.geojson (2 formes)" in bilan.phrase
    assert "codes absents de la nomenclature (1) : 94999" in bilan.phrase
    poses = lieux.referentiel / FICHIERS_CONTOURS["commune"]
    assert set(lire_contours(lieux, "commune").anneaux) == {"94001", "94999"}
    octets = poses.read_bytes()
    recevoir_et_compiler(lieux, [])
    assert poses.read_bytes() == octets


@pytest.mark.skipif(not REELS.exists(), reason="fichiers publics réels absents (../shared)")
@pytest.mark.parametrize(
    ("motif", "maille", "nombre"), [("communes-*", "commune", 47), ("iris_*.geojson", "iris", 530)]
)
def test_les_vrais_contours_se_lisent_sans_defaut(motif: str, maille: str, nombre: int) -> None:
    (fichier,) = REELS.glob(motif)
    lus = extraire(fichier, maille)
    assert len(lus.anneaux) == nombre
    assert lus.ecarts == ""
