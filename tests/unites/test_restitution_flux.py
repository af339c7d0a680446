"""Flux entre territoires : phrases, tableau d'un territoire, matrice du département."""

import pytest

from tests.unites.outils_restitution import Ouvrir, lu, masque, nombre, ratio


def vers(code: str, maille: str, zone: str, residence: str, *nombres: float) -> dict:
    cle = {"ventilation": "residence", "modalite": residence}
    return (ratio if len(nombres) == 2 else nombre)(code, maille, zone, *nombres, **cle)


@pytest.fixture
def lignes() -> list[dict]:
    return [
        ratio("B5", "territoire", "T1", 30, 120),
        ratio("B5", "territoire", "T2", 12, 80),
        ratio("B5", "departement", "D", 42, 200),
        nombre("M1", "territoire", "T1", 30),
        nombre("M1", "territoire", "T2", 12),
        vers("M1", "territoire", "T1", "T2", 20),
        vers("M1", "territoire", "T1", "autre_departement", 10),
        vers("M1", "territoire", "T2", "T1", 12),
        vers("M1", "territoire", "T2", "autre_departement", 0),
        vers("M1", "departement", "D", "T1", 12),
        vers("B5s", "departement", "D", "T1", 12, 102),
    ]


def test_les_deux_sens_et_le_solde(monde: Ouvrir, lignes: list[dict]) -> None:
    texte = lu(monde(lignes).flux())
    assert "25,0 % des enfants accueillis dans le territoire Nord habitent ailleurs" in texte
    assert "(30 sur 120)" in texte
    assert "11,8 % des enfants du territoire Nord que le réseau accueille" in texte
    assert "30 contre 12, un solde de +18" in texte
    assert "Le besoin se compte là où habitent les enfants" in texte


def test_un_nombre_masque_retire_le_solde(monde: Ouvrir, lignes: list[dict]) -> None:
    cle = {"ventilation": "residence", "modalite": "T1"}
    caches = [masque(c, "departement", "D", **cle) for c in ("M1", "B5s")]
    texte = lu(monde([*(x for x in lignes if x["maille"] != "departement"), *caches]).flux())
    assert "solde" not in texte
    assert "habitent ailleurs" in texte


def test_le_tableau_d_un_territoire_dit_qui_vient_et_qui_part(
    monde: Ouvrir, lignes: list[dict]
) -> None:
    texte = lu(monde(lignes).matrice_des_residences())
    assert "Territoire Sud 20 12" in texte
    assert "Autre département 10" in texte
    assert "Ensemble 30 12" in texte


def test_zero_dans_les_deux_sens_ne_fait_pas_de_ligne(monde: Ouvrir, lignes: list[dict]) -> None:
    """L'autre territoire n'échange rien : sa ligne tombe ; masquée d'un côté, elle reste."""
    rien = [x for x in lignes if x["modalite"] != "T2" and x["zone"] != "T2"]
    sans = [*rien, vers("M1", "territoire", "T1", "T2", 0), vers("M1", "territoire", "T2", "T1", 0)]
    assert "Territoire Sud" not in lu(monde(sans).matrice_des_residences())
    cle = {"ventilation": "residence", "modalite": "T2"}
    cachee = [*rien, masque("M1", "territoire", "T1", **cle)]
    assert "Territoire Sud s" in lu(monde(cachee).matrice_des_residences())


def test_la_matrice_du_departement(monde: Ouvrir, lignes: list[dict]) -> None:
    rapport = monde(lignes, territoire="", departement="D")
    texte = lu(rapport.matrice_des_residences())
    assert "Territoire Nord — 20 10 30 25,0" in texte
    assert "Territoire Sud 12 — 0 12 15,0" in texte
    assert "21,0 % des enfants accueillis le sont hors du territoire" in lu(rapport.flux())


def test_sans_residence_chaque_contenu_le_dit(monde: Ouvrir) -> None:
    rapport = monde([nombre("P1", "territoire", "T1", 60)])
    assert "ne sont pas connus" in lu(rapport.flux())
    assert "ne sont pas connus" in lu(rapport.matrice_des_residences())
