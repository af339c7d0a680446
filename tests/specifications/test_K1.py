"""K1, cascade : des places agréées aux places ouvertes, cause par cause."""

import pytest

from tests.specifications.jeux_cascade_juin import LE_JUIN, creche_complete, juin
from tests.specifications.outils import SQL_JUIN, SQL_PLAGES, agrement, egal, valeur_de

ATTENDU = {
    "01_agree": 22 * 20,
    "02_annuelle": -20,
    "03_ferie": -20,
    "04_pont": -20,
    "05_pedagogique": -20,
    "06_prevu_sans_cause": -2 * 20,
    "07_calendrier_absent": -20,
    "08_prevu": 440 - 7 * 20,
    "09_ouverture_hors_calendrier": 20,
    "10_personnel": -20 - 1 * 10,
    "11_travaux": -20,
    "12_autre": -20,
    "13_subie_sans_cause": -20,
    "14_ouvert": 11 * 20 + 10,
}


@pytest.mark.parametrize("zone", ["A", "T1"])
def test_chaque_ligne_a_la_main(tmp_path, zone):
    """Sept jours sortent de H0, quatre fermés et un à demi fermé sont subis, un s'ajoute."""
    lignes = creche_complete(tmp_path).calculer("cascade", LE_JUIN)
    lues = {m: valeur_de(lignes, "K1", zone, modalite=m) for m in ATTENDU}
    assert lues == {m: egal(v) for m, v in ATTENDU.items()}


def test_une_heure_en_moins_faute_de_personnel(tmp_path):
    """Ouvert de 9 h à 18 h le 1er : 2 places × 1 h perdues, sous la cause écrite."""
    jeu = creche_complete(tmp_path)
    jours = jeu.lire("ouvertures").drop("_fichier", "_ligne").to_dicts()
    reduit = {"debut_min": 540, "cause": "personnel"}
    jeu.ecrire("ouvertures", [j | reduit if j["date"] == juin(1) else j for j in jours])
    lignes = jeu.calculer("cascade", LE_JUIN)
    assert valeur_de(lignes, "K1", "A", modalite="10_personnel") == egal(-30 - 2)
    assert valeur_de(lignes, "K1", "A", modalite="14_ouvert") == egal(230 - 2)


def test_mutation_une_place_agreee_de_plus(tmp_path):
    """Sans place ouverte de plus, la troisième place des 12 jours ouverts est perdue."""
    jeu = creche_complete(tmp_path)
    jeu.ecrire("agrements", agrement("A", 3))
    lignes = jeu.calculer("cascade", LE_JUIN)
    assert valeur_de(lignes, "K1", "A", modalite="01_agree") == egal(22 * 30) != 440
    assert valeur_de(lignes, "K1", "A", modalite="14_ouvert") == egal(230)


@pytest.mark.parametrize("code", ["A", "B", "C", "D"])
def test_ouvert_egale_une_requete_independante(hasard, code):
    attendu = hasard.sql(
        "select sum(least(a.places, o.places_ouvertes) * greatest(0, "
        "least(a.fin_min, coalesce(o.fin_min, a.fin_min)) "
        "- greatest(a.debut_min, coalesce(o.debut_min, a.debut_min)))) / 60.0 "
        f"from {SQL_PLAGES} where o.ouvert and o.date {SQL_JUIN} and o.etablissement = '{code}'"
    )
    assert valeur_de(hasard.famille("cascade"), "K1", code, modalite="14_ouvert") == egal(attendu)
