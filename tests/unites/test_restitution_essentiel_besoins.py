"""L'essentiel des besoins : chaque phrase vient d'un chiffre, ou n'existe pas."""

import pytest

from tests.unites import outils_restitution as outils
from tests.unites.outils_restitution import PERIODE, Ouvrir, lu, masque, nombre, ratio

ANNEE = {"pas": "annee", "periode": "2022", "millesime": "2022"}
EN_2017 = {"pas": "annee", "periode": "2017", "millesime": "2017"}


def public() -> list[dict]:
    return [
        ratio("Q1", "territoire", "T1", 98, 100),
        ratio("B1", "territoire", "T1", 450, 1000, **ANNEE),
        ratio("B1", "departement", "D", 5000, 10000, **ANNEE),
        ratio("S4", "territoire", "T1", 300, 1000, **ANNEE),
        ratio("S4", "departement", "D", 2500, 10000, **ANNEE),
        ratio("S5", "territoire", "T1", 820, 1000, **ANNEE),
        ratio("S5", "departement", "D", 8000, 10000, **ANNEE),
    ]


def test_l_offre_se_compare_au_departement(monde: Ouvrir) -> None:
    texte = lu(monde(public()).essentiel_des_besoins())
    # 45 % contre 50 % : 5 points de moins.
    assert "est de 45,0 places pour 100 enfants de moins de 3 ans en 2022" in texte
    assert "5,0 de moins que le département (50,0)" in texte


def test_le_trait_le_plus_ecarte_est_retenu(monde: Ouvrir) -> None:
    """Monoparentales : 30 − 25 = 5 points ; emploi : 82 − 80 = 2 points. Le premier est dit."""
    texte = lu(monde(public()).essentiel_des_besoins())
    assert "la part de familles monoparentales : 30,0 %, 5,0 points de plus" in texte
    assert "en emploi" not in texte


def test_les_naissances_disent_leur_sens(monde: Ouvrir) -> None:
    baisse = ratio("S2v", "territoire", "T1", -80, 1000, **ANNEE)
    texte = lu(monde([*public(), baisse]).essentiel_des_besoins())
    assert "Naissances en baisse de 8,0 % sur 5 ans." in texte


def test_les_enfants_leur_tendance_et_celle_de_l_offre(monde: Ouvrir) -> None:
    """500 enfants pour 550 en 2017 : −9,1 % ; 45 places pour 100 contre 40."""
    lignes = [
        *public(),
        nombre("S1", "territoire", "T1", 500, **ANNEE),
        nombre("S1", "territoire", "T1", 550, **EN_2017),
        ratio("B1", "territoire", "T1", 400, 1000, **EN_2017),
    ]
    texte = lu(monde(lignes).essentiel_des_besoins())
    assert "compte 500 enfants de moins de 3 ans en 2022, 9,1 % de moins qu'en 2017" in texte
    assert "que le département (50,0) ; 40,0 en 2017." in texte


def test_un_nombre_partiel_n_a_pas_de_tendance(monde: Ouvrir) -> None:
    partiel = {"statut": "a_verifier"}
    lignes = [
        *public(),
        nombre("S1", "territoire", "T1", 500, **ANNEE),
        nombre("S1", "territoire", "T1", 550, **EN_2017, **partiel),
    ]
    assert "qu'en 2017" not in lu(monde(lignes).essentiel_des_besoins())


def test_les_enfants_sans_place_se_situent(monde: Ouvrir, monkeypatch: pytest.MonkeyPatch) -> None:
    deux = ("commune", "99002", "Val-Fictif", "D", None, None, None)
    creche = ("etablissement", "E009", "Le Nid", "T1", "99002", "collectif", None)
    monkeypatch.setattr(outils, "ZONES", [*outils.ZONES, deux, creche])
    lignes = [
        *public(),
        nombre("B1u", "territoire", "T1", 550, **ANNEE),
        nombre("B1u", "commune", "99001", 400, **ANNEE),
        nombre("B1u", "commune", "99002", 150, **ANNEE),
        ratio("B1", "commune", "99001", 400, 800, **ANNEE),
        ratio("B1", "commune", "99002", 50, 200, **ANNEE),
    ]
    texte = lu(monde(lignes).essentiel_des_besoins())
    assert "Il y a 550 enfants de moins de 3 ans de plus que de places" in texte
    # 50 ÷ 200 = 25 places pour 100 enfants.
    assert "Bourg-Fictif en a le plus (400), Val-Fictif a la couverture la plus basse (25" in texte


PUBLIC = {"ventilation": "public", "modalite": "bas_revenus"}


def test_qui_est_accueilli_et_d_ou(monde: Ouvrir) -> None:
    """30 % contre 20 %, intervalle de +2 à +18 points : plus présents."""
    lignes = [
        *public(),
        ratio("B4a", "territoire", "T1", 30, 100, **PUBLIC),
        ratio("B4p", "territoire", "T1", 20, 100, **{**ANNEE, **PUBLIC}),
        nombre("B4", "territoire", "T1", 10, **PUBLIC),
        nombre("B4b", "territoire", "T1", 2, **PUBLIC),
        nombre("B4h", "territoire", "T1", 18, **PUBLIC),
        ratio("B5", "territoire", "T1", 25, 100),
    ]
    texte = lu(monde(lignes, trace={"jeu": "exemple"}).essentiel_des_besoins())
    assert (
        "Parmi les enfants accueillis (fictifs ; population réelle) : bas revenus 30,0 % contre "
        "20,0 % dans la population, plus présents." in texte
    )
    assert "25,0 % des enfants accueillis habitent hors du territoire Nord (25 sur 100)" in texte


def test_ce_que_demandent_les_familles_et_ce_qu_elles_obtiennent(monde: Ouvrir) -> None:
    """60 sur 100 acceptées ; 30 des 40 refus faute de place."""
    lignes = [
        *public(),
        nombre("D1", "territoire", "T1", 120),
        nombre("D1", "territoire", "T1", 90, ventilation="age", modalite="1 an"),
        nombre("D1", "territoire", "T1", 30, ventilation="age", modalite="2 ans"),
        nombre("D1", "territoire", "T1", 72, ventilation="jours", modalite="5"),
        nombre("D1", "territoire", "T1", 48, ventilation="jours", modalite="3"),
        ratio("D4a", "territoire", "T1", 60, 100),
        nombre("D5", "territoire", "T1", 40),
        nombre("D5", "territoire", "T1", 30, ventilation="motif", modalite="plus_de_place"),
        nombre("D5", "territoire", "T1", 10, ventilation="motif", modalite="hors_secteur"),
    ]
    texte = lu(monde(lignes).essentiel_des_besoins())
    assert (
        "120 demandes sont en attente ; âge d'entrée le plus demandé : « 1 an » (75,0 %)" in texte
    )
    # 72 ÷ 120 = 60 %.
    assert "temps le plus demandé : « 5 jours par semaine » (60,0 %)." in texte
    assert "Sur douze mois, 60 des 100 demandes instruites ont été acceptées (60,0 %)" in texte
    assert "premier motif de refus : « Plus de place à l'âge demandé », 30 sur 40." in texte


def test_un_motif_masque_tait_le_premier_motif(monde: Ouvrir) -> None:
    lignes = [
        *public(),
        ratio("D4a", "territoire", "T1", 60, 100),
        nombre("D5", "territoire", "T1", 40),
        nombre("D5", "territoire", "T1", 30, ventilation="motif", modalite="plus_de_place"),
        masque("D5", "territoire", "T1", ventilation="motif", modalite="hors_secteur"),
    ]
    texte = lu(monde(lignes).essentiel_des_besoins())
    assert "demandes instruites ont été acceptées" in texte
    assert "motif" not in texte


def test_dans_cinq_ans_jamais_sans_fourchette_ni_epreuve(monde: Ouvrir) -> None:
    def annee(code: str, quand: str, **valeurs: float) -> list[dict]:
        champs = {**ANNEE, "periode": quand}
        nom = "retrospectif" if "observe" in valeurs else "scenario"
        return [
            nombre(code, "territoire", "T1", v, **champs, ventilation=nom, modalite=m)
            for m, v in valeurs.items()
        ]

    lignes = [
        *public(),
        *annee("N5", "2031", bas=400, central=450, haut=500),
        *annee("N5", "2021", bas=480, central=500, haut=520, observe=470),
        *annee("N5", "2022", bas=480, central=500, haut=520, observe=490),
    ]
    texte = lu(monde(lignes).essentiel_des_besoins())
    assert "compterait entre 400 et 500 enfants de moins de 3 ans (450 au centre)" in texte
    assert "Refaite pour 2 années passées, la fourchette en a contenu 1" in texte


def test_une_demande_masquee_ne_se_dit_pas(monde: Ouvrir) -> None:
    texte = lu(monde([*public(), masque("D1", "territoire", "T1")]).essentiel_des_besoins())
    assert "en attente" not in texte
    assert "987654" not in texte
    assert "trop petits pour être montrés (secret statistique) : demandes en cours." in texte
    dite = lu(monde([*public(), nombre("D1", "territoire", "T1", 120)]).essentiel_des_besoins())
    assert "120 demandes sont en attente" in dite


def test_l_incertitude_est_toujours_dite(monde: Ouvrir) -> None:
    texte = lu(monde(public()).essentiel_des_besoins())
    assert "Ce qui reste incertain : les chiffres publics datent de 2022." in texte


def test_rien_a_resumer(monde: Ouvrir) -> None:
    texte = lu(monde([nombre("P1", "territoire", "T1", 12)]).essentiel_des_besoins())
    assert "rien à résumer" in texte
    assert PERIODE not in texte
