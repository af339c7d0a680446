"""Scénarios : la fourchette toujours dite, le rétro-test en mots, les places tampon."""

from pathlib import Path

import pytest

from rtpe_analyse.restitution import ouvrir
from tests.unites.outils_restitution import (
    PERIODE,
    Ouvrir,
    ecrire_dossier,
    lu,
    masque,
    nombre,
    ratio,
)

# Un scénario n'est pas une période échue : le trimestre du rapport l'est par ailleurs.
PLACES = nombre("P1", "territoire", "T1", 10)


@pytest.fixture
def monde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ouvrir:
    def fabriquer(lignes: list[dict]) -> Ouvrir:
        monkeypatch.setenv("RTPE_DONNEES", str(ecrire_dossier(tmp_path, [PLACES, *lignes])))
        return ouvrir(territoire="T1", periode=PERIODE, niveau="interne", edition="2026-10-15")

    return fabriquer


def annee(code, quand, ventilation, **modalites):
    reste = {"pas": "annee", "periode": str(quand), "millesime": "2019"}
    return [
        nombre(code, "territoire", "T1", v, ventilation=ventilation, modalite=m, **reste)
        for m, v in modalites.items()
    ]


PROJETES = [
    *annee("N5", 2030, "scenario", bas=900, central=1000, haut=1100),
    *annee("N5", 2031, "scenario", bas=850, central=980, haut=1150),
]
DEMANDES = annee("N6", 2031, "scenario", bas=80, central=100, haut=140)
REFAITS = [
    *annee("N5", 2021, "retrospectif", bas=990, central=1000, haut=1010, observe=1005),
    *annee("N5", 2022, "retrospectif", bas=980, central=1000, haut=1020, observe=960),
]


def test_l_eventail_dit_toujours_sa_fourchette(monde):
    figure = monde(PROJETES).scenarios_d_enfants()
    assert figure.genre == "figure"
    assert figure.titre.replace("\u202f", " ").startswith("Entre 850 et 1 150 enfants")
    assert "2031 850 980 1 150" in lu(figure)
    assert "entre 900 et 1 100 enfants (1 000 au centre)" in figure.alt.replace("\u202f", " ")


def test_la_lecture_dit_hypotheses_demandes_et_places_tampon(monde):
    texte = lu(
        monde(
            [*PROJETES, *DEMANDES, ratio("D4a", "territoire", "T1", 30, 60)]
        ).lecture_des_scenarios()
    )
    assert "compterait entre 850 et 1 150 enfants de moins de 3 ans (980 au centre)" in texte
    assert "Entre 80 et 140 demandes (100 au centre) seraient déposées en 2031" in texte
    # (140 − 100) demandes de plus, dont la moitié satisfaites.
    assert "20 attributions de plus par an en 2031" in texte
    # 100 logements × 0,15 enfant.
    assert "100 logements livrés ajouteraient de l'ordre de 15 enfants" in texte


def test_le_retro_test_avoue_ses_echecs(monde):
    texte = lu(monde([*PROJETES, *REFAITS]).lecture_des_scenarios())
    # 1000 / 960 − 1 = 4,2 %.
    assert "fin 2019, la projection annonçait pour 2022 entre 980 et 1 020 enfants" in texte
    assert "il y en eut 960, et le centre était trop haut de 4,2 %" in texte
    assert "Refaite pour 2 années passées, la fourchette en a contenu 1 : à lire" in texte


def test_sans_epreuve_la_phrase_le_dit(monde):
    assert "mise à l'épreuve" in lu(monde(PROJETES).lecture_des_scenarios())


def test_un_scenario_sans_ses_bornes_ne_se_montre_pas(monde):
    seul = annee("N5", 2031, "scenario", central=980)
    assert monde(seul).scenarios_d_enfants().genre == "encadre"


def test_des_demandes_masquees_se_taisent(monde):
    caches = [
        masque("N6", "territoire", "T1", ventilation="scenario", modalite=m, periode="2031")
        for m in ("bas", "central", "haut")
    ]
    rapport = monde([*PROJETES, *caches])
    assert "secret statistique" in lu(rapport.scenarios_de_demandes())
    assert "demandes seraient" not in lu(rapport.lecture_des_scenarios())
    assert "987" not in lu(rapport.lecture_des_scenarios())


def test_sans_rien_une_phrase(monde):
    rapport = monde([])
    for contenu in (
        rapport.scenarios_d_enfants(),
        rapport.scenarios_de_demandes(),
        rapport.lecture_des_scenarios(),
    ):
        assert contenu.genre == "encadre"
