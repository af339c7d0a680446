"""Le besoin de professionnels du département : renforts, intervalle, territoire masqué."""

from pathlib import Path

import pytest

from rtpe_analyse.restitution import ouvrir
from rtpe_analyse.restitution.rapport import Rapport
from tests.unites.outils_restitution import PERIODE, Ouvrir, ecrire_dossier, lu, ratio
from tests.unites.test_restitution_besoins_personnel import definitions, semaines

__all__ = ["definitions"]


@pytest.fixture(name="departement")
def fixture_departement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ouvrir:
    """La synthèse du département des deux territoires."""

    def ouvrir_sur(lignes: list[dict]) -> Rapport:
        places = [
            ratio("Q1", "departement", "D", 98, 100, periode=p) for p in ("2026-T2", "2026-T3")
        ]
        dossier = ecrire_dossier(tmp_path, [*places, *lignes])
        monkeypatch.setenv("RTPE_DONNEES", str(dossier))
        return ouvrir(departement="D", periode=PERIODE, edition="2026-10-15")

    return ouvrir_sur


def deux_territoires() -> list[dict]:
    """Au plus 10, 10, 14 au Nord et 20, 20, 23 au Sud ; attendu un de moins : 9 et 19 d'ordinaire.

    La 3e semaine : 13 − 9 = 4 de plus au Nord, 22 − 19 = 3 au Sud, 7 en tout.
    """
    return [
        *semaines(10, 10, 14, zone="T1", maille="territoire"),
        *semaines(20, 20, 23, zone="T2", maille="territoire"),
    ]


def test_le_plus_fort_renfort_additionne_les_territoires(departement: Ouvrir) -> None:
    contenu = departement(deux_territoires()).calendrier_du_personnel()
    assert contenu.genre == "figure"
    attendu = "du 19 au 23 octobre 2026 : 7 professionnels de plus qu'à l'ordinaire, dans 2 des 2"
    assert attendu in lu(contenu)
    # Attendu, bornes basse et haute : la borne haute moins un, moins deux, et elle-même.
    assert "13 [12 ; 14]" in lu(contenu)


def test_chaque_territoire_a_son_ordinaire_et_sa_semaine_chargee(departement: Ouvrir) -> None:
    texte = lu(departement(deux_territoires()).personnel_par_territoire())
    assert "Territoire Nord 9 du 19 au 23 octobre 2026 13 [12 ; 14]" in texte
    assert "Territoire Sud 19 du 19 au 23 octobre 2026 22 [21 ; 23]" in texte
    assert "Une semaine doit dépasser la borne haute" in texte


def test_un_etablissement_masque_tait_son_territoire(departement: Ouvrir) -> None:
    """Le total du Nord, moins ses établissements lisibles, rendrait celui qui est masqué."""
    cache = semaines(987654, 987654, 987654, statut="masque_primaire")
    rapport = departement([*deux_territoires(), *cache])
    for contenu in (rapport.calendrier_du_personnel(), rapport.personnel_par_territoire()):
        assert "Territoire Sud" in lu(contenu)
        assert "13" not in lu(contenu)
        assert "987" not in lu(contenu)
    texte = lu(rapport.personnel_par_territoire())
    assert "Non montré : Territoire Nord (un établissement y est masqué" in texte


def test_sans_prevision_une_phrase(departement: Ouvrir) -> None:
    assert "ne sont pas connus" in lu(departement([]).calendrier_du_personnel())
