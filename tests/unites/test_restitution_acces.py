"""Places accessibles : phrases, carte, rayons ; ce qui manque se dit."""

import pytest

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


def test_l_effet_de_bord_est_mesure_ou_avoue(monde: Ouvrir, lignes: list[dict]) -> None:
    assert "Aucune commune d'un autre département n'est connue" in lu(monde(lignes).acces())
    seule = acces("territoire", "T1", 36, 100, ventilation="bord", modalite="departement_seul")
    assert "de 36,0 au lieu de 30,0" in lu(monde([*lignes, seule]).acces())


def test_la_carte_conclut_par_la_comparaison(monde: Ouvrir, lignes: list[dict]) -> None:
    carte = lu(monde(lignes).carte_de_l_acces())
    assert "Territoire Nord : 1 commune sur 1 a moins de places à portée que la moyenne" in carte


def test_sans_calcul_chaque_contenu_le_dit(monde: Ouvrir) -> None:
    rapport = monde([PERIODE_CALCULEE])
    for contenu in (
        rapport.acces(),
        rapport.carte_de_l_acces(),
        rapport.carte_de_l_acces_par_quartier(),
        rapport.acces_selon_le_rayon(),
    ):
        assert contenu.genre == "encadre"
        assert "ne sont pas calculées" in lu(contenu)
