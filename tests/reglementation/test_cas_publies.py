"""Les cas de vérification de la fiche du domaine, chacun nommé par sa source."""

from datetime import date
from decimal import Decimal

import pytest

from rtpe_analyse.reglementation import (
    bonus_attractivite,
    bonus_mixite_sociale,
    capacite_simultanee,
    categorie_eaje,
    encadrement_requis,
    journees_pedagogiques,
    mensualite,
    participation_horaire,
    psu,
    qualification_conforme,
    taux_effort,
    taux_facturation,
)

RENTREE_2025 = date(2025, 10, 1)
EN_2026 = date(2026, 3, 1)


def test_01_suresnes_deux_enfants() -> None:
    # 3 000 × 0,0516 % = 1,548
    assert participation_horaire(3000, 2, RENTREE_2025) == Decimal("1.55")
    troncature = participation_horaire(3000, 2, RENTREE_2025, arrondi="troncature")
    assert troncature == Decimal("1.54")
    exacte = participation_horaire(3000, 2, RENTREE_2025, arrondi="aucun")
    assert exacte == Decimal("1.548")


def test_02_suresnes_plafond() -> None:
    # 8 500 × 0,0619 % = 5,2615
    assert participation_horaire(8500, 1, RENTREE_2025) == Decimal("5.26")
    assert participation_horaire(20000, 1, RENTREE_2025) == Decimal("5.26")


def test_04_tests_publics_plancher() -> None:
    # 814,62 × 0,0619 % = 0,5042
    assert participation_horaire(500, 1, EN_2026) == Decimal("0.50")


def test_05_tests_publics_deux_enfants() -> None:
    # 4 000 × 0,0516 % = 2,064
    assert participation_horaire(4000, 2, EN_2026) == Decimal("2.06")


def test_07_vincennes_troncature() -> None:
    # 3 600 × 0,0619 % = 2,2284
    a_la_troncature = participation_horaire(3600, 1, date(2022, 3, 1), arrondi="troncature")
    assert a_la_troncature == Decimal("2.22")
    assert participation_horaire(3600, 1, date(2022, 3, 1)) == Decimal("2.23")


def test_08_et_09_vincennes_forfait() -> None:
    # 230 jours × 9 h = 2 070 h ; / 12 = 172,5 h ; × 2,22 € = 382,95 €
    assert mensualite(230 * 9, 12, "2.22") == Decimal("382.95")


def test_10_vincennes_forfait_2019() -> None:
    assert mensualite(230 * 9, 12, "2.42") == Decimal("417.45")


def test_11_toupty_trois_enfants_2021() -> None:
    # 32 360 / 12 × 0,0410 % = 1,1056
    ressources = Decimal(32360) / 12
    assert participation_horaire(ressources, 3, date(2021, 6, 1)) == Decimal("1.11")


def test_13_la_ribambelle_ancien_bareme() -> None:
    # 40 000 / 12 × 0,06 % = 2,00
    ressources = Decimal(40000) / 12
    assert participation_horaire(ressources, 1, date(2019, 6, 1)) == Decimal("2.00")


def test_14_caf_tarif_maximal_avant_septembre_2019() -> None:
    # 4 874,62 × 0,06 % = 2,9248
    assert participation_horaire(9999, 1, date(2019, 8, 31)) == Decimal("2.92")


def test_21_gertrude_mensualite_parentale() -> None:
    # 56 665,32 / 12 = 4 722,11 ; × 0,05 % = 2,361 ; 30 h × 47 sem. / 11 = 128,1818 h
    assert taux_effort(1, date(2013, 6, 1), accueil="parental") == Decimal("0.05")
    assert mensualite(30 * 47, 11, "2.36") == Decimal("302.51")
    # Heures arrondies d'abord : 128,18 × 2,36 = 302,5048.
    arrondies = mensualite(30 * 47, 11, "2.36", arrondi_heures="demi_superieur")
    assert arrondies == Decimal("302.50")
    assert mensualite(30 * 47, 11, "2.36", arrondi_heures="0.5") == Decimal("302.08")


def test_23_aeeh_un_enfant() -> None:
    # Tranche de deux enfants : 2 000 × 0,0516 % = 1,032
    assert taux_effort(1, EN_2026, enfants_aeeh=1) == Decimal("0.0516")
    assert participation_horaire(2000, 1, EN_2026, enfants_aeeh=1) == Decimal("1.03")


def test_24_aeeh_derniere_tranche() -> None:
    assert taux_effort(8, EN_2026, enfants_aeeh=1) == Decimal("0.0206")


@pytest.mark.parametrize(
    ("jour", "attendu"),
    [
        (date(2025, 8, 31), "4.33"),  # 7 000 × 0,0619 % = 4,333
        (date(2025, 9, 1), "5.26"),  # 8 500 × 0,0619 % = 5,2615
        (date(2025, 9, 2), "5.26"),
    ],
)
def test_25_changement_de_plafond_en_cours_d_annee(jour: date, attendu: str) -> None:
    assert participation_horaire(9000, 1, jour) == Decimal(attendu)


def test_27_accueil_familial() -> None:
    assert participation_horaire(3000, 1, EN_2026, accueil="familial") == Decimal("1.55")


def test_28_disant_journee_pedagogique() -> None:
    montant = journees_pedagogiques(1, 35, date(2024, 9, 2), montant_horaire="6.63")
    assert montant == Decimal("2320.50")


def test_29_simulateur_psu_simple() -> None:
    assert psu(1000, 1500, EN_2026, montant_horaire="6.63") == Decimal("5130.00")


def test_29_par_le_prix_plafond() -> None:
    # min(11 ; 10) × 66 % = 6,60 ; 1 000 × 6,60 − 1 500 = 5 100 ; × 90 % = 4 590
    montant = psu(1000, 1500, EN_2026, prix_de_revient=11, plafond=10, taux_regime="0.9")
    assert montant == Decimal("4590.00")


def test_30_simulateur_bonus_mixite() -> None:
    # 1 500 / 1 000 = 1,50 ≤ 1,52 : 300 € × 20 places
    assert bonus_mixite_sociale(Decimal(1500) / 1000, 20, EN_2026) == 6000


def test_32_simulateur_total() -> None:
    journees = journees_pedagogiques(3, 20, EN_2026, montant_horaire="6.63")
    attractivite = bonus_attractivite(20, EN_2026, gestion="prive")
    assert journees == Decimal("3978.00")
    assert attractivite == 19400
    prestation = psu(1000, 1500, EN_2026, montant_horaire="6.63")
    mixite = bonus_mixite_sociale("1.50", 20, EN_2026)
    assert prestation + 400 + mixite + journees + attractivite == Decimal("34908.00")


def test_33_cnaf_attractivite_publique() -> None:
    assert bonus_attractivite(20, date(2024, 4, 3)) == 9500


@pytest.mark.parametrize(
    ("moyenne", "par_place"),
    [("0.75", 2100), ("0.7501", 800), ("1.00", 800), ("1.25", 300), ("1.2501", 0)],
)
def test_34_unccas_bornes_de_2019(moyenne: str, par_place: int) -> None:
    assert bonus_mixite_sociale(moyenne, 1, date(2019, 6, 1)) == par_place


def test_36_simulateur_taux_de_facturation() -> None:
    taux = taux_facturation(1000, 1100)
    assert taux is not None
    assert round(taux, 1) == Decimal("90.9")


def test_37_bornes_du_taux_de_facturation() -> None:
    assert [taux_facturation(h, 1000) for h in (1070, 1170, 1200)] == [107, 117, 120]
    assert taux_facturation(10, 0) is None


@pytest.mark.parametrize(
    ("places", "categorie"),
    [
        (12, "micro_creche"),
        (13, "petite_creche"),
        (24, "petite_creche"),
        (25, "creche"),
        (39, "creche"),
        (40, "grande_creche"),
        (59, "grande_creche"),
        (60, "tres_grande_creche"),
    ],
)
def test_43_categories(places: int, categorie: str) -> None:
    assert categorie_eaje(places, EN_2026) == categorie


@pytest.mark.parametrize(("enfants", "requis"), [(0, 0), (1, 2), (12, 2), (13, 3)])
def test_45_un_pour_six(enfants: int, requis: int) -> None:
    assert encadrement_requis(enfants, 0, mode="6") == requis
    assert encadrement_requis(0, enfants, mode="6") == requis


def test_47_quarante_pour_cent() -> None:
    assert qualification_conforme(4, 10, EN_2026) is True
    assert qualification_conforme("3.9", 10, EN_2026) is False
    assert qualification_conforme(0, 0, EN_2026) is None


def test_plafond_local_de_vincennes() -> None:
    # 6 860 × 0,0619 % = 4,24634 ; plafond national de 2023 : 6 000.
    le = date(2023, 5, 1)
    assert participation_horaire(9000, 1, le, plafond_local=6860) == Decimal("4.25")
    # Un plafond local ne peut pas abaisser le plafond national : 6 000 × 0,0619 % = 3,714.
    assert participation_horaire(9000, 1, le, plafond_local=5999) == Decimal("3.71")


def test_19_et_20_tests_publics_deductions() -> None:
    # Forfait de 412,20 € ; 8 h puis 16 h à 3,47 € déduites.
    forfait = Decimal("412.20")
    assert forfait - mensualite(8, 1, "3.47") == Decimal("384.44")
    assert forfait - mensualite(16, 1, "3.47") == Decimal("356.68")


def test_39_crechndo_surnombre() -> None:
    # 12 × 115 % = 13,8
    assert capacite_simultanee(12, EN_2026) == 14


@pytest.mark.parametrize(("places", "pct"), [(20, 10), (21, 15), (40, 15), (41, 20)])
def test_42_code_de_la_sante_publique_2015(places: int, pct: int) -> None:
    assert capacite_simultanee(places, date(2021, 8, 31)) == places * (100 + pct) // 100
