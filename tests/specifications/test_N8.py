"""N8 : le trimestre en cours, estimé sur ce qui en est connu, marqué provisoire."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from rtpe_analyse.indicateurs.occupation import calculer_occupation
from rtpe_analyse.indicateurs.previsions import calculer_previsions
from tests.specifications.outils import (
    Jeu,
    agrement,
    egal,
    etablissement,
    ligne_de,
    ouvertures,
    pointage,
    territoire,
)

CODES = ("A", "B", "C", "D")
DEBUT, FIN = date(2024, 1, 1), date(2025, 12, 31)
COUPURE = date(2025, 11, 14)
EN_COURS = "2025-T4"


def _jeu(dossier, presents, fin=FIN) -> Jeu:
    """Quatre crèches de 20 places, dix heures par jour, `presents(code, jour)` enfants."""
    jeu = Jeu(dossier)
    jeu.ecrire("etablissements", [etablissement(c) for c in CODES])
    jeu.ecrire("territoires", [territoire(c, "T1") for c in CODES])
    jeu.ecrire("agrements", [x for c in CODES for x in agrement(c, 20)])
    tous = [DEBUT + timedelta(n) for n in range((FIN - DEBUT).days + 1)]
    ouvres = [j for j in tous if j.weekday() < 5]
    jeu.ecrire("ouvertures", [ouvertures(c, j, 1, 20)[0] for c in CODES for j in ouvres])
    jeu.ecrire(
        "pointages",
        [
            pointage(f"{c}{n}", c, j, 8, 18)
            for j in ouvres
            if j <= fin
            for c in CODES
            for n in range(presents(c, j))
        ],
    )
    return jeu


def _dix(code, jour):
    return 10


def _hasard(graine):
    alea = np.random.default_rng(graine)

    def presents(code, jour):
        """Une saison, un niveau propre, du bruit."""
        saison = 3 * np.sin(2 * np.pi * jour.month / 12)
        return int(np.clip(10 + ord(code) - ord("B") + saison + alea.normal(0, 2), 0, 20))

    return presents


def test_un_niveau_constant_donne_le_trimestre_entier(tmp_path):
    """Dix enfants pour vingt places, chaque jour : la moitié, sans marge, et provisoire."""
    table = calculer_previsions(_jeu(tmp_path, _dix, COUPURE).lieux, COUPURE)
    for zone in ("A", "T1"):
        for modalite in ("bas", "centre", "haut"):
            ligne = ligne_de(table, "N8", zone, periode=EN_COURS, modalite=modalite)
            assert ligne["valeur"] == pytest.approx(0.5, abs=1e-6)
            assert (ligne["statut"], ligne["millesime"]) == ("a_verifier", "2025-11-14")


def test_ce_qui_est_connu_ne_se_prevoit_pas(tmp_path):
    """Quinze enfants jusqu'à la coupure, dix avant octobre : le connu pèse ses 33 jours sur 66.

    Chaque trimestre passé, tout à dix, ne s'est jamais écarté de son début : les 33 jours qui
    restent sont attendus comme le début, à 15 / 20.
    """

    def presents(code, jour):
        return 15 if jour >= date(2025, 10, 1) else 10

    table = calculer_previsions(_jeu(tmp_path, presents, COUPURE).lieux, COUPURE)
    ligne = ligne_de(table, "N8", "A", periode=EN_COURS, modalite="centre")
    assert ligne["valeur"] == egal(0.75)
    assert ligne["source"] == "jours restants comme le début du trimestre"


@pytest.mark.parametrize("graine", [1, 2, 3])
def test_l_estimation_a_mi_course_encadre_le_trimestre_complet(tmp_path, graine):
    """Même tirage, coupé puis entier : T1 du trimestre complet est dans l'intervalle."""
    mi_course = calculer_previsions(_jeu(tmp_path / "a", _hasard(graine), COUPURE).lieux, COUPURE)
    entier = calculer_occupation(_jeu(tmp_path / "b", _hasard(graine)).lieux, FIN)
    dedans = []
    for zone in (*CODES, "T1"):
        vrai = ligne_de(entier, "T1", zone, periode=EN_COURS)["valeur"]
        bas, haut = (
            ligne_de(mi_course, "N8", zone, periode=EN_COURS, modalite=m)["valeur"]
            for m in ("bas", "haut")
        )
        assert haut - bas < 0.15
        dedans.append(bas <= vrai <= haut)
    # À 80 % visés, au moins trois des cinq.
    assert sum(dedans) >= 3


def test_un_passe_inconnu_d_un_seul_ne_prive_que_le_territoire(tmp_path):
    """D sans calendrier au premier trimestre 2024 : T1 l'ignore alors, A en juge quand même."""
    jeu = _jeu(tmp_path, _dix, COUPURE)
    lignes = jeu.lire("ouvertures").filter(
        (pl.col("etablissement") != "D") | (pl.col("date") >= date(2024, 4, 1))
    )
    jeu.ecrire("ouvertures", lignes.drop("_fichier", "_ligne").to_dicts())
    table = calculer_previsions(jeu.lieux, COUPURE)
    for zone in ("A", "T1"):
        ligne = ligne_de(table, "N8", zone, periode=EN_COURS, modalite="haut")
        assert ligne["valeur"] == pytest.approx(0.5, abs=1e-6)


def test_un_trimestre_fini_n_est_plus_provisoire(tmp_path):
    table = calculer_previsions(_jeu(tmp_path, _dix).lieux, FIN)
    assert table.filter(pl.col("indicateur") == "N8").is_empty()


def test_un_debut_plus_plein_change_l_estimation(tmp_path):
    """Mutation : onze enfants au lieu de dix depuis octobre, 11 / 20."""

    def presents(code, jour):
        return 11 if jour >= date(2025, 10, 1) else 10

    table = calculer_previsions(_jeu(tmp_path, presents, COUPURE).lieux, COUPURE)
    ligne = ligne_de(table, "N8", "A", periode=EN_COURS, modalite="centre")
    assert ligne["valeur"] == egal(0.55)
