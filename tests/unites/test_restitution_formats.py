"""Nombres, dates et périodes en français."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtpe_analyse.modeles import Periode
from rtpe_analyse.restitution import formats

FINE, INSECABLE, MOINS = "\u202f", "\u00a0", "\u2212"


@pytest.mark.parametrize(
    ("valeur", "decimales", "attendu"),
    [
        (1234567.891, 0, f"1{FINE}234{FINE}568"),
        (1234.5, 1, f"1{FINE}234,5"),
        (0.5, 0, "1"),
        (2.5, 0, "3"),
        (-2.5, 0, f"{MOINS}3"),
        (62.0, 1, "62,0"),
        (-0.04, 1, "0,0"),
        (0.0, 0, "0"),
    ],
)
def test_un_nombre_a_sa_virgule_ses_milliers_et_son_arrondi(
    valeur: float, decimales: int, attendu: str
) -> None:
    assert formats.nombre(valeur, decimales) == attendu


def test_pour_cent_est_un_niveau_et_points_une_difference() -> None:
    assert formats.pourcentage(0.6234) == f"62,3{FINE}%"
    assert formats.points(0.0214) == f"+2,1{INSECABLE}points"
    assert formats.points(-0.01) == f"{MOINS}1,0{INSECABLE}point"
    assert formats.points(-0.035, signe=False) == f"3,5{INSECABLE}points"
    assert "%" not in formats.points(0.5)


def test_le_pluriel_commence_a_deux() -> None:
    assert [formats.accord(n, "place") for n in (0, 1, 1.9, -1.5, 2)] == [
        *["place"] * 4,
        "places",
    ]
    assert (
        formats.compte(2, "fichier refusé", "fichiers refusés") == f"2{INSECABLE}fichiers refusés"
    )


def test_l_accord_suit_la_valeur_affichee() -> None:
    # 1,96 point s'affiche 2,0 : le pluriel suit ce qu'on lit.
    assert formats.points(0.0196) == f"+2,0{INSECABLE}points"


def test_les_dates_et_les_periodes_en_toutes_lettres() -> None:
    assert formats.jour(date(2026, 10, 1)) == f"1er{INSECABLE}octobre 2026"
    assert formats.jour(date(2026, 10, 15)) == f"15{INSECABLE}octobre 2026"
    assert formats.periode(Periode.lire("2026-T1")) == "1er trimestre 2026"
    assert formats.periode(Periode.lire("2026-T3")) == "3e trimestre 2026"
    assert formats.periode(Periode.lire("2026-08")) == "août 2026"
    assert formats.au_cours(Periode.lire("2026-T3")) == "au 3e trimestre 2026"
    assert formats.au_cours(Periode.lire("2026-08")) == "en août 2026"


def test_les_heures_et_les_enumerations() -> None:
    assert formats.heure(8 * 60) == f"8{FINE}h"
    assert formats.heure(8 * 60 + 5) == f"8{FINE}h{FINE}05"
    assert formats.enumeration([]) == ""
    assert formats.enumeration(["a"]) == "a"
    assert formats.enumeration(["a", "b", "c"]) == "a, b et c"


def test_les_prepositions_se_contractent_et_s_elident() -> None:
    assert formats.du("le département") == "du département"
    assert formats.du("Orly") == "d'Orly"
    assert formats.du("Vitry") == "de Vitry"
    assert formats.au("le territoire Nord") == "au territoire Nord"


@given(st.floats(-1e9, 1e9), st.integers(0, 3))
def test_ce_qui_est_ecrit_se_relit_a_un_demi_pas_pres(valeur: float, decimales: int) -> None:
    texte = formats.nombre(valeur, decimales)
    relu = Decimal(texte.replace(FINE, "").replace(",", ".").replace(MOINS, "-"))
    assert abs(relu - Decimal(repr(valeur))) <= Decimal(1).scaleb(-decimales) / 2
    assert len(texte.partition(",")[2]) == decimales
