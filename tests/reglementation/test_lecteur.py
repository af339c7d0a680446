"""Le lecteur de valeurs datées : ce qu'il refuse, ce qu'il rend."""

from datetime import date
from decimal import Decimal

import pytest

from rtpe_analyse.erreurs import ErreurReglementation
from rtpe_analyse.reglementation import lire_theme, valeur

ENTETE = """\
theme: essai
description: essai
series:
  taux:
    libelle: t
    unite: "%"
    valeurs:
"""
BONNE = """\
      - effet: 2020-01-01
        valeur: 0.0619
        reference: "Texte A"
        certitude: lu
        verifie_le: 2026-11-01
"""


def test_un_decimal_se_lit_exactement():
    (lue,) = lire_theme(ENTETE + BONNE, "essai")["taux"].valeurs
    assert lue.valeur == Decimal("0.0619")
    assert lue.effet == date(2020, 1, 1)


@pytest.mark.parametrize(
    ("faute", "motif"),
    [
        ('        reference: "Texte A"\n', "reference"),
        ("        certitude: lu\n", "certitude"),
        ("        verifie_le: 2026-11-01\n", "verifie_le"),
        ("        valeur: 0.0619\n", "valeur"),
    ],
)
def test_tout_est_obligatoire(faute, motif):
    with pytest.raises(ErreurReglementation, match=motif):
        lire_theme(ENTETE + BONNE.replace(faute, ""), "essai")


@pytest.mark.parametrize(
    ("avant", "apres", "motif"),
    [
        ("certitude: lu", "certitude: sans_doute", "certitude"),
        ('reference: "Texte A"', 'reference: ""', "reference"),
        ("valeur: 0.0619", "valeur: null", "valeur absente"),
        ("valeur: 0.0619", "valeur: 1\n        valeur: 2", "en double"),
        ("valeur: 0.0619", "valeur: 1\n        remarque: x", "remarque"),
        ("effet: 2020-01-01", "effet: janvier", "effet"),
    ],
)
def test_ce_qui_est_refuse(avant, apres, motif):
    assert avant in BONNE
    with pytest.raises(ErreurReglementation, match=motif):
        lire_theme(ENTETE + BONNE.replace(avant, apres), "essai")


@pytest.mark.parametrize("seconde", ["2019-12-31", "2020-01-01"])
def test_dates_d_effet_strictement_croissantes(seconde):
    with pytest.raises(ErreurReglementation, match="croissantes"):
        lire_theme(ENTETE + BONNE + BONNE.replace("2020-01-01", seconde), "essai")


def test_serie_en_double_refusee():
    texte = ENTETE + BONNE
    serie = texte[texte.index("  taux:") :]
    with pytest.raises(ErreurReglementation, match="« taux » en double"):
        lire_theme(texte + serie, "essai")


def test_le_theme_porte_le_nom_du_fichier():
    with pytest.raises(ErreurReglementation, match="déclare le thème"):
        lire_theme(ENTETE + BONNE, "autre")


def test_theme_ou_cle_inconnus():
    with pytest.raises(ErreurReglementation, match="inconnu"):
        valeur("lune", "x", date(2026, 1, 1))
    with pytest.raises(ErreurReglementation, match="inconnue"):
        valeur("secret", "x", date(2026, 1, 1))
