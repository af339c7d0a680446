"""Bilan des commissions : intervalles, écarts signalés seulement s'ils dépassent le hasard."""

from pathlib import Path

import pytest

from rtpe_analyse.restitution import ouvrir
from tests.unites.outils_restitution import (
    AN_DERNIER,
    PERIODE,
    Ouvrir,
    ecrire_dossier,
    lu,
    masque,
    nombre,
    ratio,
)


@pytest.fixture
def monde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ouvrir:
    def fabriquer(lignes: list[dict]) -> Ouvrir:
        monkeypatch.setenv("RTPE_DONNEES", str(ecrire_dossier(tmp_path, lignes)))
        return ouvrir(territoire="T1", periode=PERIODE, niveau="interne", edition="2026-10-15")

    return fabriquer


def groupe(acceptees, instruites, ventilation="", modalite=""):
    lu_ = {"ventilation": ventilation, "modalite": modalite}
    return ratio("D4a", "territoire", "T1", acceptees, instruites, **lu_)


def test_un_grand_ecart_est_dit_un_petit_ne_l_est_pas(monde):
    rapport = monde(
        [
            groupe(190, 600),
            groupe(150, 300, "age", "0 an"),
            groupe(40, 300, "age", "1 an"),
            groupe(64, 200, "famille", "monoparentale"),
            groupe(126, 400, "famille", "autre"),
        ]
    )
    dit = lu(rapport.lecture_du_bilan())
    # 190 / 600 : Wilson à 95 %, de 28,1 à 35,5.
    assert "600 demandes ont été instruites et 190 acceptées : 31,7 % (entre 28,1 et 35,5 %)" in dit
    assert "« 0 an » : 50,0 % de demandes acceptées, plus que les autres" in dit
    assert "« 1 an » : 13,3 % de demandes acceptées, moins que les autres" in dit
    # 32,0 % contre 31,5 % : le hasard y suffit.
    assert "monoparentale" not in dit
    tableau = lu(rapport.satisfaction())
    assert "Situation : famille monoparentale 200 64 32,0" in tableau


def test_sans_ecart_la_phrase_le_dit(monde):
    rapport = monde([groupe(10, 20), groupe(5, 10, "age", "0 an"), groupe(5, 10, "age", "1 an")])
    assert "Aucun écart" in lu(rapport.lecture_du_bilan())


def test_un_groupe_masque_ne_se_compare_pas(monde):
    cache = masque("D4a", "territoire", "T1", ventilation="age", modalite="2 ans")
    rapport = monde([groupe(10, 20), cache])
    assert "masqués" in lu(rapport.lecture_du_bilan())
    tableau = lu(rapport.satisfaction())
    assert "2 ans s s s s" in tableau
    assert "987" not in tableau


def test_les_communes_se_comparent_entre_elles(monde):
    rapport = monde([groupe(10, 20), ratio("D4a", "commune", "99001", 10, 20)])
    assert "Commune : Bourg-Fictif 20 10 50,0 29,9 à 70,1" in lu(rapport.satisfaction())


def test_delais_motifs_horaires(monde):
    rapport = monde(
        [
            nombre("D3", "territoire", "T1", 69),
            nombre("D3", "territoire", "T1", 64, periode=AN_DERNIER),
            nombre("D3", "departement", "D", 71),
            nombre("D5", "territoire", "T1", 8),
            *(
                nombre("D5", "territoire", "T1", n, ventilation="motif", modalite=m)
                for m, n in (("plus_de_place", 6), ("hors_secteur", 2))
            ),
            nombre("D1", "territoire", "T1", 40),
            nombre("D6", "territoire", "T1", 6, ventilation="horaires", modalite="atypiques"),
            nombre("D1", "territoire", "T1", 7, ventilation="appariement", modalite="isolee"),
        ]
    )
    assert "Délai médian de réponse 69 64 71" in lu(rapport.delais_de_reponse())
    assert "Plus de place à l'âge demandé 6 75,0" in lu(rapport.motifs_de_refus())
    dit = lu(rapport.horaires_demandes())
    assert "6 demandes actives sur 40 (15,0 %) portent sur des horaires atypiques" in dit
    assert "7 demandes sans appariement" in dit


def test_tout_masque_se_dit_masque(monde):
    rapport = monde([masque("D4a", "territoire", "T1")])
    assert "secret statistique" in lu(rapport.satisfaction())
    assert "987" not in lu(rapport.satisfaction()) + lu(rapport.lecture_du_bilan())


def test_sans_rien_une_phrase(monde):
    rapport = monde([nombre("P1", "territoire", "T1", 10)])
    for contenu in (
        rapport.satisfaction(),
        rapport.lecture_du_bilan(),
        rapport.delais_de_reponse(),
        rapport.motifs_de_refus(),
        rapport.horaires_demandes(),
    ):
        assert contenu.genre == "encadre"
