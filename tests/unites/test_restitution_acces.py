"""Places accessibles : phrases, carte, rayons ; ce qui manque se dit."""

import polars as pl
import pytest

from rtpe_analyse.restitution import bord
from tests.unites import outils_restitution as outils
from tests.unites.outils_restitution import Ouvrir, lu, nombre, ratio

PERIODE_CALCULEE = nombre("P1", "territoire", "T1", 60)
ANNEE = {"pas": "annee", "periode": "2022", "millesime": "2022"}
RAYON = {**ANNEE, "ventilation": "rayon"}


def acces(maille: str, zone: str, places: float, enfants: float, **champs: object) -> dict:
    return ratio("B3", maille, zone, places, enfants, **{**ANNEE, **champs})


@pytest.fixture
def lignes() -> list[dict]:
    return [
        PERIODE_CALCULEE,
        acces("territoire", "T1", 30, 100),
        acces("departement", "D", 80, 200),
        acces("commune", "99001", 30, 100),
        acces("territoire", "T1", 20, 100, **RAYON, modalite="1,5 km"),
        acces("departement", "D", 80, 200, **RAYON, modalite="1,5 km"),
        acces("territoire", "T1", 45, 100, **RAYON, modalite="5 km"),
        acces("departement", "D", 80, 200, **RAYON, modalite="5 km"),
    ]


def test_le_niveau_se_compare_au_departement(monde: Ouvrir, lignes: list[dict]) -> None:
    texte = lu(monde(lignes).acces())
    assert "En 2022, 30,0 places de crèche sont à portée pour 100 enfants" in texte
    assert "10,0 de moins que le département (40,0)" in texte


def test_le_rayon_qui_change_la_conclusion_le_dit(monde: Ouvrir, lignes: list[dict]) -> None:
    assert "de 20,0 à 45,0 places pour 100 enfants, et sa place" in lu(monde(lignes).acces())
    memes = [
        acces("territoire", "T1", 35, 100, **RAYON, modalite="5 km")
        if ligne["maille"] == "territoire" and ligne["modalite"] == "5 km"
        else ligne
        for ligne in lignes
    ]
    assert "sans changer de place" in lu(monde(memes).acces())


def test_les_rayons_sont_ranges_du_plus_court_au_plus_long(
    monde: Ouvrir, lignes: list[dict]
) -> None:
    dix = [
        acces("territoire", "T1", 50, 100, **RAYON, modalite="10 km"),
        acces("departement", "D", 80, 200, **RAYON, modalite="10 km"),
    ]
    texte = lu(monde([*dix, *lignes]).acces_selon_le_rayon())
    assert texte.index("1,5 km") < texte.index("5 km 45,0") < texte.index("10 km 50,0")
    assert "−20,0" in texte


def test_au_departement_une_ligne_par_territoire(monde: Ouvrir, lignes: list[dict]) -> None:
    rapport = monde(lignes, territoire="", departement="D")
    texte = lu(rapport.acces_selon_le_rayon())
    assert "Territoire Nord 20,0 45,0" in texte
    assert "Département 40,0 40,0" in texte
    # Le total ne dépend pas du rayon : la phrase n'aurait rien à dire.
    assert "rayon" not in lu(rapport.acces())


def test_l_effet_de_bord_dit_ce_qui_manque_dans_quel_sens_et_ou(
    monde: Ouvrir, lignes: list[dict], monkeypatch: pytest.MonkeyPatch
) -> None:
    texte = lu(monde(lignes).acces())
    # Sans position, rien ne dit quelles communes sont au bord.
    assert "Les communes des autres départements ne sont pas connues" in texte
    monkeypatch.setattr(
        bord, "angles_vides", lambda _: pl.DataFrame({"zone": ["99001"], "angle": [180.0]})
    )
    texte = lu(monde(lignes).acces())
    assert "avec prudence au bord du département (Bourg-Fictif)" in texte
    assert "ni les places ni les enfants des communes voisines" in texte
    assert "trop bas si ces voisines offrent plus de places par enfant" in texte


def test_l_effet_de_bord_connu_est_mesure(monde: Ouvrir, lignes: list[dict]) -> None:
    seule = acces("territoire", "T1", 36, 100, ventilation="bord", modalite="departement_seul")
    texte = lu(monde([*lignes, seule]).acces())
    assert "sans elles, l'accès serait de 36,0 au lieu de 30,0" in texte
    assert "avec prudence" not in texte


def test_l_essentiel_ne_doute_du_bord_que_s_il_est_inconnu(
    monde: Ouvrir, lignes: list[dict], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        bord, "angles_vides", lambda _: pl.DataFrame({"zone": ["99001"], "angle": [180.0]})
    )
    doute = "l'accès au bord du département (Bourg-Fictif) ignore les communes voisines"
    assert doute in lu(monde(lignes).essentiel_des_besoins())
    seule = acces("territoire", "T1", 36, 100, ventilation="bord", modalite="departement_seul")
    assert doute not in lu(monde([*lignes, seule]).essentiel_des_besoins())


def test_les_quartiers_loin_des_places_sont_nommes(
    monde: Ouvrir, lignes: list[dict], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Le département a 40 places pour 100 : sous 20, un quartier est loin. 15 < 20 ≤ 25."""
    iris = [("iris", f"99001010{n}", f"Quartier {n}", "99001", None, None, None) for n in (1, 2)]
    monkeypatch.setattr(outils, "ZONES", [*outils.ZONES, *iris])
    quartiers = [
        acces("iris", "990010101", 4.5, 30),
        acces("iris", "990010102", 17.5, 70),
    ]
    texte = lu(monde([*lignes, *quartiers]).acces())
    # 30 enfants sur 100.
    assert (
        "1 quartier (IRIS) sur 2, où vivent 30 % des enfants de moins de 3 ans, a moins de la "
        "moitié de l'accès du département : Quartier 1." in texte
    )


def test_la_carte_conclut_par_la_comparaison(monde: Ouvrir, lignes: list[dict]) -> None:
    carte = lu(monde(lignes).carte_de_l_acces())
    assert (
        "Territoire Nord : Bourg-Fictif a 30,0 places à portée, moins que la moyenne du "
        "département (40,0 pour 100 enfants en 2022)" in carte
    )


def test_sans_calcul_chaque_contenu_le_dit(monde: Ouvrir) -> None:
    rapport = monde([PERIODE_CALCULEE])
    for contenu in (
        rapport.acces(),
        rapport.carte_de_l_acces(),
        rapport.acces_selon_le_rayon(),
    ):
        assert contenu.genre == "encadre"
        assert "ne sont pas calculées" in lu(contenu)
