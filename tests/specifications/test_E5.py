"""E5, enfants sous contrat par jours d'accueil par semaine : plannings, à défaut heures."""

from datetime import date

import pytest

from rtpe_analyse.indicateurs.sous_contrat import JOURS
from tests.specifications.jeux_contrats import avec_contrats, contrat, planning
from tests.specifications.outils import ligne_de


def jours(table, zone="A"):
    """La modalité de l'unique enfant, et son statut."""
    lignes = [
        ligne_de(table, "E5", zone, modalite=m, ventilation="jours", periode="2026-T2")
        for m in JOURS
    ]
    (seule,) = [x for x in lignes if x["valeur"]]
    assert sum(x["valeur"] for x in lignes) == 1
    return seule["modalite"], seule["statut"]


@pytest.mark.parametrize("prevus", [(3,), (1, 2), (1, 2, 4), (1, 2, 4, 5), (1, 2, 3, 4, 5)])
def test_les_jours_du_planning(tmp_path, prevus):
    k = contrat("a", "A", contrat="k")
    jeu = avec_contrats(tmp_path, k, plannings=planning("k", *prevus))
    assert jours(jeu.calculer("contrats")) == (str(len(prevus)), "diffusable")


def test_deux_plages_le_meme_jour_font_un_jour(tmp_path):
    plages = planning("k", 1, fin_h=12) + planning("k", 1, 2, debut_h=14)
    jeu = avec_contrats(tmp_path, contrat("a", "A", contrat="k"), plannings=plages)
    assert jours(jeu.calculer("contrats"))[0] == "2"


def test_six_jours_ont_leur_case(tmp_path):
    jeu = avec_contrats(
        tmp_path, contrat("a", "A", contrat="k"), plannings=planning("k", *range(1, 7))
    )
    assert jours(jeu.calculer("contrats"))[0] == "6 ou 7"


@pytest.mark.parametrize(
    ("heures", "attendu"), [(4, "1"), (10, "1"), (10.25, "2"), (30, "3"), (42.5, "5")]
)
def test_sans_planning_les_heures_donnent_une_estimation_a_verifier(tmp_path, heures, attendu):
    """Une journée type de 10 h : 42,5 h / 10 = 4,25, donc cinq jours."""
    jeu = avec_contrats(tmp_path, contrat("a", "A", heures_hebdo_h=float(heures)))
    assert jours(jeu.calculer("contrats")) == (attendu, "a_verifier")


def test_ni_planning_ni_heures_c_est_inconnu_et_jamais_perdu(tmp_path):
    jeu = avec_contrats(tmp_path, contrat("a", "A", heures_hebdo_h=None))
    assert jours(jeu.calculer("contrats")) == ("inconnu", "diffusable")


def test_deux_contrats_reunissent_leurs_jours(tmp_path):
    """Lundi et mardi chez A, mardi et jeudi chez B : trois jours pour le département."""
    jeu = avec_contrats(
        tmp_path,
        contrat("a", "A", contrat="k"),
        contrat("a", "B", contrat="m"),
        plannings=planning("k", 1, 2) + planning("m", 2, 4),
    )
    table = jeu.calculer("contrats")
    assert [jours(table, zone)[0] for zone in ("A", "B", "99")] == ["2", "2", "3"]


def test_mutation_un_jour_de_moins_change_de_case(tmp_path):
    jeu = avec_contrats(tmp_path, contrat("a", "A", contrat="k"), plannings=planning("k", 1, 2, 3))
    assert jours(jeu.calculer("contrats"))[0] == "3"
    jeu.ecrire("plannings", planning("k", 1, 2))
    assert jours(jeu.calculer("contrats"))[0] == "2"


def test_un_contrat_remplace_ne_compte_plus(tmp_path):
    jeu = avec_contrats(
        tmp_path,
        contrat("a", "A", contrat="k", fin=date(2026, 6, 15)),
        contrat("a", "A", contrat="m", debut=date(2026, 6, 16)),
        plannings=planning("k", 1, 2, 3, 4) + planning("m", 5),
    )
    assert jours(jeu.calculer("contrats"))[0] == "1"
