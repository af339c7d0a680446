"""Écarts de public entre territoires : intervalle, marque en signe, secret, phrase comptée."""

from pathlib import Path

import pytest

from rtpe_analyse.restitution import ouvrir
from rtpe_analyse.restitution.rapport import Rapport
from tests.unites.outils_restitution import PERIODE, ecrire_dossier, ligne, lu, masque, ratio


def ecart(zone: str, valeur: float, bas: float, haut: float) -> list[dict]:
    cle = {"ventilation": "public", "modalite": "monoparentaux"}
    return [
        ligne(code, "territoire", zone, valeur=v, numerateur=v, **cle)
        for code, v in (("B4", valeur), ("B4b", bas), ("B4h", haut))
    ]


@pytest.fixture
def monter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    def ouvrir_sur(lignes: list[dict]) -> Rapport:
        dossier = ecrire_dossier(tmp_path, [ratio("Q1", "departement", "D", 98, 100), *lignes])
        monkeypatch.setenv("RTPE_DONNEES", str(dossier))
        return ouvrir(departement="D", periode=PERIODE, edition="2026-10-15")

    return ouvrir_sur


def test_l_intervalle_decide_de_la_marque(monter: object) -> None:
    lignes = [*ecart("T1", -3.0, -5.0, -1.0), *ecart("T2", 1.0, -2.0, 4.0)]
    texte = lu(monter(lignes).publics_des_territoires())  # type: ignore[operator]
    assert "▽ −3,0 [−5,0 ; −1,0]" in texte
    assert "+1,0 [−2,0 ; +4,0]" in texte
    # T2 contient zéro : un seul territoire sur deux s'écarte.
    attendu = "part plus faible parmi les accueillis dans 1 territoire (sur 2)"
    assert f"Familles monoparentales : {attendu}" in texte
    assert "part plus forte" not in texte


def test_un_ecart_masque_reste_masque(monter: object) -> None:
    cle = {"ventilation": "public", "modalite": "monoparentaux"}
    cache = [masque(c, "territoire", "T2", **cle) for c in ("B4", "B4b", "B4h")]
    texte = lu(monter([*ecart("T1", 0.5, -1.0, 2.0), *cache]).publics_des_territoires())  # type: ignore[operator]
    assert "987654" not in texte
    assert "aucun écart que le hasard ne suffise à expliquer (sur 1)" in texte


def test_sans_ecart_une_phrase(monter: object) -> None:
    texte = lu(monter([]).publics_des_territoires())  # type: ignore[operator]
    assert "Aucun écart de public" in texte
