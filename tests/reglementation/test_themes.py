"""Chaque fichier livré : il se lit, et chaque frontière change la veille, le jour, le lendemain."""

from datetime import date, timedelta

import pytest

from rtpe_analyse.erreurs import ErreurReglementation
from rtpe_analyse.nomenclatures import liste_fermee
from rtpe_analyse.reglementation import (
    cles,
    historique,
    regles_en_vigueur,
    themes,
    valeur,
    valeur_datee,
)

SERIES = [(theme, cle) for theme in themes() for cle in cles(theme)]
UN_JOUR = timedelta(1)


def test_des_themes_sont_livres():
    assert {"secret", "causes_h0", "seuils_alerte", "surnombre", "conventions"} <= set(themes())
    assert len(SERIES) > 15


@pytest.mark.parametrize(("theme", "cle"), SERIES)
def test_chaque_frontiere(theme, cle):
    precedente = None
    for datee in historique(theme, cle):
        if precedente is None:
            with pytest.raises(ErreurReglementation, match="n'est pas connue"):
                valeur(theme, cle, datee.effet - UN_JOUR)
        else:
            assert valeur(theme, cle, datee.effet - UN_JOUR) == precedente.valeur
        assert valeur_datee(theme, cle, datee.effet) is datee
        assert valeur_datee(theme, cle, datee.effet + UN_JOUR) is datee
        assert datee.verifie_le >= datee.effet
        precedente = datee


# Attendus recopiés de la fiche domaine (§ 3.3, 7.4) et des plans de rapport (§ 6.1, 6.2).
@pytest.mark.parametrize(
    ("theme", "cle", "jour", "attendu"),
    [
        ("secret", "interne_effectifs", date(2026, 9, 30), 5),
        ("secret", "interne_revenus", date(2026, 9, 30), 11),
        ("secret", "diffusion_effectifs", date(2026, 9, 30), 11),
        ("secret", "diffusion_revenus", date(2026, 9, 30), 11),
        ("seuils_alerte", "q1_provisoire_pct", date(2026, 9, 30), 98),
        ("seuils_alerte", "q1_non_publie_pct", date(2026, 9, 30), 90),
        ("seuils_alerte", "p3_orange_pct", date(2026, 9, 30), 95),
        ("seuils_alerte", "p3_rouge_pct", date(2026, 9, 30), 85),
        ("seuils_alerte", "t3_anomalie_pct", date(2026, 9, 30), 100),
        ("seuils_alerte", "t3_orange_pct", date(2026, 9, 30), 107),
        ("seuils_alerte", "t3_rouge_pct", date(2024, 12, 31), 117),
        ("seuils_alerte", "t3_rouge_pct", date(2025, 1, 1), 120),
        ("seuils_alerte", "t3_rouge_pct", date(2025, 1, 2), 120),
        ("seuils_alerte", "surnombre_pct", date(2021, 9, 1), 115),
        ("conventions", "etp_heures_hebdo_h", date(2026, 9, 30), 50),
        ("conventions", "presence_minimale_min", date(2026, 9, 30), 60),
    ],
)
def test_valeurs_attendues(theme, cle, jour, attendu):
    assert valeur(theme, cle, jour) == attendu


def test_chaque_cause_de_fermeture_a_sa_regle():
    sort = {cause: valeur("causes_h0", cause, date(2026, 9, 30)) for cause in cles("causes_h0")}
    assert set(sort) == set(liste_fermee("causes_fermeture"))
    assert {c for c, v in sort.items() if v} == {"annuelle", "ferie", "pedagogique", "pont"}
    assert {c for c, v in sort.items() if not v} == {"personnel", "travaux", "autre"}


def test_la_trace_ne_cite_que_ce_qui_est_deja_en_vigueur():
    assert not list(regles_en_vigueur(date(1999, 12, 31)))
    regles = {(r.theme, r.cle): r for r in regles_en_vigueur(date(2024, 12, 31))}
    assert regles["seuils_alerte", "t3_rouge_pct"].effet == date(2014, 1, 1)
    assert all(r.reference for r in regles.values())
