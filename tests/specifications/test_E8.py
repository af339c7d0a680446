"""E8, sorties : enfants dont un séjour finit, et qui ne restent pas dans la zone."""

from datetime import date, timedelta

import pytest

from tests.specifications.jeux_contrats import avec_contrats, contrat
from tests.specifications.outils import territoire, valeur_de

FIN = date(2026, 6, 12)


def e8(jeu, zone="A", modalite="", **precisions):
    return valeur_de(jeu.calculer("contrats"), "E8", zone, modalite=modalite, **precisions)


def test_les_derniers_jours_du_mois(tmp_path):
    jeu = avec_contrats(
        tmp_path,
        contrat("a", "A"),
        contrat("b", "A", fin=date(2026, 6, 1)),
        contrat("c", "A", fin=date(2026, 6, 30)),
        contrat("d", "A", fin=date(2026, 5, 31)),
        contrat("e", "A", fin=date(2026, 7, 1)),
        contrat("f", "B", fin=FIN),
        contrat("g", "B"),
    )
    assert [e8(jeu, zone) for zone in ("A", "B", "99")] == [2, 1, 3]


@pytest.mark.parametrize(("interruption", "sorties"), [(0, 0), (45, 0), (46, 1), (200, 1)])
def test_un_contrat_repris_n_est_pas_une_sortie(tmp_path, interruption, sorties):
    jeu = avec_contrats(
        tmp_path,
        contrat("a", "A", fin=FIN),
        contrat("a", "A", debut=FIN + timedelta(days=interruption + 1)),
        contrat("b", "A"),
    )
    assert e8(jeu) == sorties


def test_changer_d_etablissement_n_est_pas_sortir_du_reseau(tmp_path):
    jeu = avec_contrats(
        tmp_path, contrat("a", "A", fin=FIN), contrat("a", "B", debut=date(2026, 6, 15))
    )
    assert [e8(jeu, zone) for zone in ("A", "T1", "99")] == [1, 1, 0]
    jeu.ecrire("territoires", [territoire("A", "T1"), territoire("B", "T1")])
    assert [e8(jeu, zone) for zone in ("A", "T1")] == [1, 0]


def test_garder_un_autre_etablissement_n_est_pas_sortir_du_reseau(tmp_path):
    jeu = avec_contrats(tmp_path, contrat("a", "A", fin=FIN), contrat("a", "B"))
    assert [e8(jeu, zone) for zone in ("A", "99")] == [1, 0]


def test_finir_un_contrat_sur_deux_n_est_pas_sortir(tmp_path):
    jeu = avec_contrats(tmp_path, contrat("a", "A", fin=FIN), contrat("a", "A", contrat="k"))
    assert e8(jeu) == 0


def test_l_age_est_celui_du_dernier_jour(tmp_path):
    jeu = avec_contrats(tmp_path, contrat("a", "A", fin=FIN), naissances={"a": date(2023, 6, 1)})
    assert e8(jeu, modalite="3 ans et plus", ventilation="age", periode="2026-T2") == 1
    assert e8(jeu, modalite="2 ans", ventilation="age", periode="2026-T2") == 0


def test_un_contrat_sans_fin_ne_sort_pas(tmp_path):
    assert e8(avec_contrats(tmp_path, contrat("a", "A"))) == 0


def test_mutation_repousser_la_fin_d_un_mois(tmp_path):
    jeu = avec_contrats(tmp_path, contrat("a", "A", fin=date(2026, 6, 30)))
    assert e8(jeu) == 1
    jeu.ecrire("contrats", [contrat("a", "A", fin=date(2026, 7, 1))])
    assert e8(jeu) == 0
