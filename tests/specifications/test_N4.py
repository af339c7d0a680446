"""N4 : enfants présents prévus, par jour d'ouverture, semaine après semaine."""

from datetime import date, timedelta

import polars as pl
import pytest

from rtpe_analyse.indicateurs.previsions import calculer_previsions
from tests.specifications.outils import Jeu, egal, ligne_de, ouvertures
from tests.specifications.test_N2 import LUNDI, _jeu

LE = date(2026, 5, 3)
SEMAINES = 18
# Dix-huit semaines depuis le 29 décembre : la dernière connue est celle du 27 avril.
SUIVANTE = {"periode": "2026-T2", "ventilation": "semaine_centre", "modalite": "2026-05-04"}


def test_un_niveau_constant_se_prolonge_et_s_additionne(tmp_path):
    """Dix enfants chaque jour en A, quatre en B : quatorze au territoire, sans marge."""
    table = calculer_previsions(_jeu(tmp_path, 10, SEMAINES).lieux, LE)
    assert ligne_de(table, "N4", "A", **SUIVANTE)["valeur"] == egal(10)
    assert ligne_de(table, "N4", "T1", **SUIVANTE)["valeur"] == egal(14)
    assert ligne_de(table, "N4", "A", **SUIVANTE)["effectif"] == 10
    for borne in ("semaine_bas", "semaine_haut"):
        ligne = ligne_de(table, "N4", "A", **{**SUIVANTE, "ventilation": borne})
        assert ligne["valeur"] == pytest.approx(10, abs=1e-6)


def test_vingt_six_semaines_rangees_au_trimestre_de_leur_lundi(tmp_path):
    table = calculer_previsions(_jeu(tmp_path, 10, SEMAINES).lieux, LE)
    a = table.filter(
        pl.col("indicateur") == "N4",
        pl.col("zone") == "A",
        pl.col("ventilation") == "semaine_centre",
    ).sort("modalite")
    attendues = [LUNDI + timedelta(weeks=SEMAINES + n) for n in range(26)]
    assert a["modalite"].to_list() == [j.isoformat() for j in attendues]
    # Du 4 mai au 29 juin : neuf lundis ; puis treize, puis quatre jusqu'au 26 octobre.
    assert a.group_by("periode").len().sort("periode")["len"].to_list() == [9, 13, 4]


def _avec_calendrier(jeu: Jeu, fermes: tuple[str, ...]) -> Jeu:
    """Calendrier annoncé jusqu'en juin : `fermes` n'ont aucun jour prévu la semaine du 11 mai."""
    connus = jeu.lire("ouvertures").drop("_fichier", "_ligne").to_dicts()
    for code in ("A", "B"):
        for n in range(5):
            lundi = LUNDI + timedelta(weeks=SEMAINES + n)
            jours = ouvertures(code, lundi, 5, 20)
            if code in fermes and n == 1:
                jours = [{**j, "prevu": False, "ouvert": False} for j in jours]
            connus += jours
    jeu.ecrire("ouvertures", connus)
    return jeu


def test_une_fermeture_annoncee_vaut_zero_et_la_zone_perd_sa_part(tmp_path):
    """B fermé la semaine du 11 mai : il en reste 10 des 14 ; une semaine plus tard, 14."""
    jeu = _avec_calendrier(_jeu(tmp_path, 10, SEMAINES), ("B",))
    table = calculer_previsions(jeu.lieux, LE)
    fermee = {**SUIVANTE, "modalite": "2026-05-11"}
    ligne = ligne_de(table, "N4", "B", **fermee)
    assert (ligne["valeur"], ligne["source"]) == (0, "fermeture annoncée")
    assert ligne_de(table, "N4", "A", **fermee)["valeur"] == egal(10)
    assert ligne_de(table, "N4", "T1", **fermee)["valeur"] == egal(10)
    suivante = {**SUIVANTE, "modalite": "2026-05-18"}
    assert ligne_de(table, "N4", "T1", **suivante)["valeur"] == egal(14)


def test_tous_fermes_la_zone_est_a_zero(tmp_path):
    jeu = _avec_calendrier(_jeu(tmp_path, 10, SEMAINES), ("A", "B"))
    table = calculer_previsions(jeu.lieux, LE)
    ligne = ligne_de(table, "N4", "T1", **{**SUIVANTE, "modalite": "2026-05-11"})
    assert (ligne["valeur"], ligne["source"]) == (0, "fermeture annoncée")


def test_une_semaine_commencee_n_est_pas_une_semaine_connue(tmp_path):
    """Pointages jusqu'au mercredi 29 avril : la semaine du 27 se prévoit, à dix enfants."""
    jeu = _jeu(tmp_path, 10, SEMAINES)
    pointages = jeu.lire("pointages").filter(pl.col("date") <= date(2026, 4, 29))
    jeu.ecrire("pointages", pointages.drop("_fichier", "_ligne").to_dicts())
    table = calculer_previsions(jeu.lieux, LE)
    commencee = {**SUIVANTE, "modalite": "2026-04-27"}
    assert ligne_de(table, "N4", "A", **commencee)["valeur"] == egal(10)


def test_un_enfant_de_plus_chaque_jour_change_la_prevision(tmp_path):
    """Mutation."""
    table = calculer_previsions(_jeu(tmp_path, 11, SEMAINES).lieux, LE)
    assert ligne_de(table, "N4", "A", **SUIVANTE)["valeur"] == egal(11)
