"""Surnombre, taux de facturation, seuils : cas publiés et frontières."""

from datetime import date
from decimal import Decimal

import pytest

from rtpe_analyse.erreurs import ErreurReglementation
from rtpe_analyse.reglementation import capacite_simultanee, seuil_secret, taux_facturation

VEILLE, JOUR, LENDEMAIN = date(2021, 8, 31), date(2021, 9, 1), date(2021, 9, 2)


@pytest.mark.parametrize(
    ("places", "attendu"), [(0, 0), (12, 14), (20, 23), (25, 29), (40, 46), (60, 69)]
)
def test_115_pour_cent_arrondi_a_l_entier_superieur(places, attendu):
    # Cas de vérification n° 39 et 40 : 12 → 13,8 → 14 ; 20, 25, 40, 60 → 23, 29, 46, 69.
    assert capacite_simultanee(places, JOUR) == attendu
    assert capacite_simultanee(places, LENDEMAIN) == attendu


@pytest.mark.parametrize(("places", "pourcentage"), [(20, 10), (21, 15), (40, 15), (41, 20)])
def test_avant_septembre_2021_selon_la_taille(places, pourcentage):
    # Cas de vérification n° 42 : 20, 21, 40, 41 places → 10, 15, 15, 20 %.
    assert capacite_simultanee(places, VEILLE) == places * (100 + pourcentage) // 100


def test_la_veille_et_le_jour_different():
    assert (capacite_simultanee(12, VEILLE), capacite_simultanee(12, JOUR)) == (13, 14)


def test_avant_le_premier_bareme_erreur():
    with pytest.raises(ErreurReglementation):
        capacite_simultanee(12, date(2014, 12, 31))
    with pytest.raises(ErreurReglementation):
        capacite_simultanee(-1, JOUR)


@pytest.mark.parametrize(
    ("facturees", "realisees", "attendu"),
    [
        ("1070", "1000", Decimal("107")),
        ("1170", "1000", Decimal("117")),
        ("1200", "1000", Decimal("120")),
        ("1000", "1250", Decimal("80")),
        ("0", "10", Decimal("0")),
        ("10", "0", None),
    ],
)
def test_taux_de_facturation_exact(facturees, realisees, attendu):
    assert taux_facturation(Decimal(facturees), Decimal(realisees)) == attendu


def test_seuils_de_secret():
    assert seuil_secret("interne", "effectifs", date(2026, 1, 1)) == 5
    assert seuil_secret("diffusion", "effectifs", date(2026, 1, 1)) == 11
    assert seuil_secret("interne", "revenus", date(2026, 1, 1)) == 11
    with pytest.raises(ErreurReglementation):
        seuil_secret("public", "effectifs", date(2026, 1, 1))
