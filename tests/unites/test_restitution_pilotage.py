"""Objectifs, actions, hors limites : ce qu'ils disent, ce qu'ils taisent, et leurs limites."""

import random

import pytest

from rtpe_analyse.restitution import Rapport
from tests.unites import outils_restitution
from tests.unites.outils_restitution import (
    AN_DERNIER,
    PERIODE,
    ZONES,
    Ouvrir,
    ligne,
    lu,
    masque,
    nombre,
    ratio,
)

SUIVANTE = "2026-T4"
ACTION = "remplacements:T1:2025-11-17:"


@pytest.fixture(autouse=True)
def definitions(monkeypatch: pytest.MonkeyPatch) -> None:
    autres = {
        "J1": ("Cible d'un objectif", "", 1, "pilotage"),
        "J2": ("Jours d'une action", "jours", 0, "pilotage"),
    }
    monkeypatch.setattr(
        outils_restitution, "DEFINITIONS", {**outils_restitution.DEFINITIONS, **autres}
    )


def cible(v: float, code: str = "T1", periode: str = PERIODE, zone: str = "T1", **reste) -> dict:
    maille = "territoire" if zone.startswith("T") else "etablissement"
    champs = {"ventilation": "objectif", "modalite": code, "periode": periode, **reste}
    return nombre("J1", maille, zone, v, **champs)


def prevu(v: float) -> dict:
    champs = {"periode": SUIVANTE, "ventilation": "prevision", "modalite": "centre"}
    return nombre("N1", "territoire", "T1", v, **champs)


def test_cible_realise_ecart(monde: Ouvrir) -> None:
    """62 % pour 65 visés : −3,0 points, non atteint ; 66 % : atteint."""
    texte = lu(monde([cible(65), ratio("T1", "territoire", "T1", 620, 1000)]).objectifs())
    assert "65,0 % 62,0 % −3,0 points non atteint" in texte
    texte = lu(monde([cible(65), ratio("T1", "territoire", "T1", 660, 1000)]).objectifs())
    assert "+1,0 point atteint" in texte


def test_le_trimestre_suivant_en_face_de_la_prevision(monde: Ouvrir) -> None:
    lignes = [cible(65, periode=SUIVANTE), prevu(0.6), ratio("T1", "territoire", "T1", 6, 10)]
    texte = lu(monde(lignes).objectifs())
    assert "T4 2026" in texte
    assert "60,0 % −5,0 points la prévision ne l'atteint pas" in texte


def test_un_objectif_d_effectif_n_est_pas_une_part(monde: Ouvrir) -> None:
    lignes = [cible(40, "E1", zone="E001"), nombre("E1", "etablissement", "E001", 38)]
    assert "Les Lutins T3 2026 Enfants accueillis (E1) au moins 40 38 −2 non atteint" in lu(
        monde(lignes).objectifs()
    )


def test_un_realise_masque_ne_se_lit_pas_dans_l_ecart(monde: Ouvrir) -> None:
    texte = lu(monde([cible(65), masque("T1", "territoire", "T1")]).objectifs())
    assert "987" not in texte
    assert "points" not in texte
    assert "non jugé" in texte


def test_sans_objectif_une_phrase(monde: Ouvrir) -> None:
    rapport = monde([ratio("T1", "territoire", "T1", 6, 10)])
    assert "Aucun objectif" in lu(rapport.objectifs())
    assert "Aucune action" in lu(rapport.actions())
    assert "aucun effet n'est mesuré" in lu(rapport.limites_des_effets())


def reseau(monkeypatch: pytest.MonkeyPatch, monde: Ouvrir, temoins: int, gain: float) -> Rapport:
    """E000 gagne `gain` ; ses témoins gagnent deux points, à un demi-point près ; 30 places."""
    hasard = random.Random(7)
    codes = [f"E{n:03d}" for n in range(temoins + 1)]
    zones = [z for z in ZONES if z[0] != "etablissement"]
    zones += [("etablissement", c, f"Crèche {c}", "T1", "99001", "collectif", None) for c in codes]
    monkeypatch.setattr(outils_restitution, "ZONES", zones)
    lignes = [nombre("J2", "etablissement", "E000", 92, ventilation="action", modalite=ACTION)]
    for rang, code in enumerate(codes):
        apres = 0.60 + (gain if not rang else 0.02 + hasard.uniform(-0.005, 0.005))
        lignes += [
            ratio("T1", "etablissement", code, 600, 1000, periode=AN_DERNIER),
            ratio("T1", "etablissement", code, 1000 * apres, 1000),
            nombre("P1", "etablissement", code, 30),
        ]
    return monde(lignes)


def test_un_effet_plante_se_mesure(monde: Ouvrir, monkeypatch: pytest.MonkeyPatch) -> None:
    """+8 points ici, +2 ailleurs : environ 6 points d'effet, au-delà de l'ordinaire."""
    texte = lu(reseau(monkeypatch, monde, 12, 0.08).actions())
    assert "Équipe de remplacement du personnel, depuis le 17/11/2025" in texte
    assert "60,0 % 68,0 %" in texte
    assert "+6," in texte or "+5,9" in texte
    assert "mieux que les témoins" in texte


def test_sans_effet_rien_n_est_dit_de_plus(monde: Ouvrir, monkeypatch: pytest.MonkeyPatch) -> None:
    texte = lu(reseau(monkeypatch, monde, 12, 0.02).actions())
    assert ") non distingué" in texte


def test_trop_peu_de_temoins_se_dit(monde: Ouvrir, monkeypatch: pytest.MonkeyPatch) -> None:
    texte = lu(reseau(monkeypatch, monde, 4, 0.08).actions())
    assert "trop peu de témoins (4)" in texte
    assert "mieux que" not in texte


def test_un_temoin_masque_ou_d_une_autre_taille_n_en_est_pas_un(
    monde: Ouvrir, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six témoins, dont un masqué et un de 70 places : il en reste quatre."""
    reseau(monkeypatch, monde, 6, 0.08)
    lignes = [nombre("J2", "etablissement", "E000", 92, ventilation="action", modalite=ACTION)]
    for rang in range(7):
        code = f"E{rang:03d}"
        dit = masque if rang == 1 else ligne
        chiffres = {"numerateur": 600.0, "denominateur": 1000.0, "valeur": 0.6}
        champs = {} if rang == 1 else chiffres
        lignes += [
            ratio("T1", "etablissement", code, 600, 1000, periode=AN_DERNIER),
            dit("T1", "etablissement", code, **champs),
            nombre("P1", "etablissement", code, 70 if rang == 2 else 30),
        ]
    texte = lu(monde(lignes).actions())
    assert "trop peu de témoins (4" in texte
    assert "987" not in texte


def test_un_temoin_dont_l_action_est_finie_n_en_est_pas_un(
    monde: Ouvrir, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cinq témoins ; l'un a agi au printemps sur le même indicateur : il en reste quatre."""
    reseau(monkeypatch, monde, 5, 0.08)
    lignes = [nombre("J2", "etablissement", "E000", 92, ventilation="action", modalite=ACTION)]
    for rang in range(6):
        for periode in (AN_DERNIER, PERIODE):
            lignes.append(ratio("T1", "etablissement", f"E{rang:03d}", 6, 10, periode=periode))
        lignes.append(nombre("P1", "etablissement", f"E{rang:03d}", 30))
    assert ") non distingué" in lu(monde(lignes).actions())
    finie = "horaires:T1:2026-04-01:2026-05-31"
    lignes.append(
        nombre(
            *("J2", "etablissement", "E003", 61),
            ventilation="action",
            modalite=finie,
            periode="2026-T2",
        )
    )
    texte = lu(monde(lignes).actions())
    assert "trop peu de témoins (4" in texte
    assert "Horaires" not in texte


def test_les_limites_sont_dites(monde: Ouvrir, monkeypatch: pytest.MonkeyPatch) -> None:
    texte = lu(reseau(monkeypatch, monde, 12, 0.08).limites_des_effets())
    assert "pas choisi au hasard" in texte
    assert "remonte souvent seul" in texte


def test_hors_limites_laisse_place_au_terrain(
    monde: Ouvrir, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasard = random.Random(5)
    taux = {f"E{n:03d}": 0.6 + hasard.gauss(0, 0.005) for n in range(20)} | {"E099": 0.3}
    zones = [z for z in ZONES if z[0] != "etablissement"]
    zones += [("etablissement", c, f"Crèche {c}", "T1", "99001", "collectif", None) for c in taux]
    monkeypatch.setattr(outils_restitution, "ZONES", zones)
    lignes = [ratio("T4", "etablissement", c, 10000 * v, 10000) for c, v in taux.items()]
    texte = lu(monde(lignes).hors_limites("T4"))
    assert "Crèche E099 30,0 entre" in texte
    assert "Crèche E001" not in texte
    assert "Commentaire de terrain" in texte
    assert "Ni classement, ni note" in texte
    sans = [x for x in lignes if x["zone"] != "E099"]
    assert "Aucun établissement de la zone ne sort" in lu(monde(sans).hors_limites("T4"))


def test_hors_limites_sans_assez_d_etablissements(monde: Ouvrir) -> None:
    assert "au moins cinq" in lu(
        monde([ratio("T4", "etablissement", "E001", 6, 10)]).hors_limites("T4")
    )
