"""Préparation de la commission : places face aux demandes, tension, secret, phrases."""

from pathlib import Path

import pytest

from rtpe_analyse.restitution import ouvrir
from tests.unites.outils_restitution import PERIODE, Ouvrir, ecrire_dossier, lu, masque, nombre


@pytest.fixture
def monde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ouvrir:
    def fabriquer(lignes: list[dict]) -> Ouvrir:
        monkeypatch.setenv("RTPE_DONNEES", str(ecrire_dossier(tmp_path, lignes)))
        return ouvrir(territoire="T1", periode=PERIODE, niveau="interne", edition="2026-10-15")

    return fabriquer


def tranche(age, places, promises, demandes, maille="territoire", zone="T1"):
    """Les lignes d'une tranche d'âge : cinq jours, promesses, demandes."""
    age_ = {"ventilation": "age", "modalite": age}
    return [
        *(
            nombre("D7", maille, zone, p, ventilation="age_jour", modalite=f"{age}|{j}")
            for j, p in enumerate(places, 1)
        ),
        nombre("D9", maille, zone, promises, **age_),
        nombre("D8", maille, zone, demandes, **age_),
    ]


def ensemble(journees, promises, demandes, maille="territoire", zone="T1"):
    return [
        nombre("D7", maille, zone, journees),
        nombre("D9", maille, zone, promises),
        nombre("D8", maille, zone, demandes),
    ]


DEUX_AGES = [
    *tranche("0 an", (22, 20, 18, 20, 20), 6, 10),
    *tranche("1 an", (8, 8, 8, 8, 8), 2, 15),
    *ensemble(140, 8, 25),
]


def test_la_tension_est_le_nombre_de_demandes_par_place_restante(monde):
    texte = lu(monde(DEUX_AGES).confrontation())
    # 0 an : (22 + 20 + 18 + 20 + 20) / 5 = 20 places, 14 restantes, 10 / 14 = 0,7.
    assert "0 an 22 20 18 20 20 20,0 6 10 0,7" in texte
    # 1 an : 8 places, 6 restantes, 15 / 6 = 2,5.
    assert "1 an 8 8 8 8 8 8,0 2 15 2,5" in texte
    # Ensemble : 140 / 5 = 28 places, 20 restantes, 25 / 20 = 1,25.
    assert "Ensemble 28,0 8 25 1,3" in texte


def test_la_lecture_dit_l_age_et_le_jour(monde):
    texte = lu(monde(DEUX_AGES).lecture_de_la_commission())
    assert "rentrée du 1er septembre 2027" in texte
    assert "28 places de cinq jours, dont 8 déjà promises ; 25 demandes à servir" in texte
    assert "C'est à 1 an qu'il manque le plus de places : 15 demandes pour 6 places" in texte
    # 14 places restantes pour 10 demandes.
    assert "à 0 an, 4 places resteraient sans demande" in texte
    # Lundi 22 + 8, mercredi 18 + 8.
    assert "Le lundi est le jour où le plus de places se libèrent (30)" in texte


def test_le_jour_ne_se_dit_que_des_ages_dont_chaque_jour_se_lit(monde):
    cache = masque("D7", "territoire", "T1", ventilation="age_jour", modalite="2 ans|1")
    lisibles = tranche("2 ans", (0, 40, 1, 1, 1), 2, 15)[1:]
    texte = lu(monde([*DEUX_AGES, cache, *lisibles]).lecture_de_la_commission())
    # Le mardi en libère peut-être plus à 2 ans : la phrase dit de quels âges elle parle.
    assert "Parmi les places de 0 an et 1 an, le lundi est le jour où" in texte
    assert "le mercredi celui où il s'en libère le moins (26)" in texte


def test_un_jour_masque_masque_la_tension_et_se_tait(monde):
    lignes = [
        li for li in tranche("0 an", (22, 20, 18, 20, 20), 6, 10) if li["modalite"] != "0 an|3"
    ]
    cache = masque("D7", "territoire", "T1", ventilation="age_jour", modalite="0 an|3")
    rapport = monde([*lignes, cache, *ensemble(140, 8, 25)])
    texte = lu(rapport.confrontation())
    assert "0 an 22 20 s 20 20 s 6 10 s" in texte
    assert "987" not in texte
    assert "masquée" in lu(rapport.lecture_de_la_commission())
    assert "manque le plus" not in lu(rapport.lecture_de_la_commission())


def test_sans_place_restante_la_tension_ne_se_calcule_pas(monde):
    texte = lu(monde([*tranche("2 ans", (3, 3, 3, 3, 3), 3, 9)]).confrontation())
    assert "2 ans 3 3 3 3 3 3,0 3 9 ///" in texte


def test_par_etablissement_et_par_commune(monde):
    rapport = monde(
        [
            *tranche("0 an", (5, 5, 5, 5, 5), 0, 8, "etablissement", "E001"),
            *ensemble(25, 0, 8, "etablissement", "E001"),
            *ensemble(25, 3, 12, "commune", "99001"),
        ]
    )
    # L'établissement d'abord, puis ses âges : 8 demandes pour 25 / 5 = 5 places, 1,6.
    texte = lu(rapport.confrontation_par_etablissement())
    assert "Les Lutins 5,0 0 8 1,6 0 an 5 5 5 5 5 5,0 0 8 1,6" in texte
    assert "Bourg-Fictif 5,0 3 12" in lu(rapport.demandes_des_communes())


def test_sans_rien_une_phrase(monde):
    rapport = monde([nombre("P1", "territoire", "T1", 10)])
    for contenu in (
        rapport.confrontation(),
        rapport.confrontation_par_etablissement(),
        rapport.demandes_des_communes(),
        rapport.lecture_de_la_commission(),
    ):
        assert contenu.genre == "encadre"


def par_jours(**comptes):
    return [
        nombre("D8", "territoire", "T1", v, ventilation="jours", modalite=n[1:])
        for n, v in comptes.items()
    ]


def test_les_pistes_portent_leur_chiffre(monde):
    rapport = monde(
        [
            *DEUX_AGES,
            *par_jours(j1=0, j2=4, j3=5, j4=1),
            nombre("E4", "territoire", "T1", 50),
            *(
                nombre("E5", "territoire", "T1", 5, ventilation="jours", modalite=str(j))
                for j in range(1, 5)
            ),
        ]
    )
    texte = lu(rapport.pistes())
    # 0 an : 4 places sans demande ; 1 an : 15 − 6 = 9 demandes sans place.
    assert "À 0 an, 4 places resteraient sans demande ; à 1 an, 9 demandes" in texte
    assert "Au plus 4 places à déplacer" in texte
    # Lundi 30, mardi 28, mercredi 26, jeudi 28, vendredi 28 : 4 + 2 + 0 + 2 + 2 journées.
    assert "10 journées par semaine se libèrent certains jours seulement" in texte
    # Dix demandes : 4 × 2 + 5 × 3 + 1 × 4.
    assert "10 demandes de moins de cinq jours en voudraient 27" in texte
    assert "20 enfants sur 50 (40,0 %) viennent moins de cinq jours" in texte
    assert "occasionnel" not in texte


def test_aucune_piste_sans_chiffre(monde):
    """Ni créneau creux, ni âge en manque : rien à proposer, et rien d'inventé."""
    rapport = monde(tranche("0 an", (5, 5, 5, 5, 5), 0, 5))
    assert rapport.pistes().genre == "encadre"
