"""E7, entrées : enfants dont un séjour commence, et qui n'étaient pas déjà dans la zone."""

from datetime import date, timedelta

import pytest

from tests.specifications.jeux_contrats import avec_contrats, contrat
from tests.specifications.outils import ligne_de, territoire, valeur_de

JUIN = date(2026, 6, 8)


def e7(jeu, zone="A", modalite="", **precisions):
    return valeur_de(jeu.calculer("contrats"), "E7", zone, modalite=modalite, **precisions)


def test_les_premiers_jours_du_mois(tmp_path):
    jeu = avec_contrats(
        tmp_path,
        contrat("a", "A"),
        contrat("b", "A", debut=date(2026, 6, 1)),
        contrat("c", "A", debut=date(2026, 6, 30)),
        contrat("d", "A", debut=date(2026, 5, 31)),
        contrat("e", "A", debut=date(2026, 7, 1)),
        contrat("f", "B", debut=JUIN),
    )
    assert [e7(jeu, zone) for zone in ("A", "B", "99")] == [2, 1, 3]


@pytest.mark.parametrize(
    ("interruption", "entrees"), [(0, 0), (1, 0), (31, 0), (45, 0), (46, 1), (200, 1)]
)
def test_un_renouvellement_n_est_pas_une_entree(tmp_path, interruption, entrees):
    """Jours sans contrat entre les deux : au-delà de 45, l'enfant était sorti."""
    fin = JUIN - timedelta(days=interruption + 1)
    jeu = avec_contrats(
        tmp_path,
        contrat("a", "A", debut=date(2025, 9, 1), fin=fin),
        contrat("a", "A", debut=JUIN),
    )
    assert e7(jeu) == entrees


def test_changer_d_etablissement_n_est_pas_entrer_dans_le_reseau(tmp_path):
    jeu = avec_contrats(
        tmp_path, contrat("a", "A", fin=date(2026, 6, 5)), contrat("a", "B", debut=JUIN)
    )
    assert [e7(jeu, zone) for zone in ("A", "B", "T2", "99")] == [0, 1, 1, 0]
    jeu.ecrire("territoires", [territoire("A", "T1"), territoire("B", "T1")])
    assert [e7(jeu, zone) for zone in ("B", "T1")] == [1, 0]


def test_un_second_accueil_n_est_pas_une_entree_du_reseau(tmp_path):
    jeu = avec_contrats(tmp_path, contrat("a", "A"), contrat("a", "B", debut=JUIN))
    assert [e7(jeu, zone) for zone in ("B", "99")] == [1, 0]


def test_entrer_dans_deux_etablissements_le_meme_jour_compte_une_fois(tmp_path):
    jeu = avec_contrats(tmp_path, contrat("a", "A", debut=JUIN), contrat("a", "B", debut=JUIN))
    assert [e7(jeu, zone) for zone in ("A", "B", "99")] == [1, 1, 1]


def test_l_age_est_celui_du_premier_jour(tmp_path):
    """Né en juin 2025 : un an au mois de juin 2026, même si le trimestre a commencé à 0 an."""
    jeu = avec_contrats(
        tmp_path,
        contrat("a", "A", debut=JUIN),
        contrat("b", "A", debut=JUIN),
        naissances={"a": date(2025, 6, 1), "b": None},
    )
    assert e7(jeu, modalite="1 an", ventilation="age", periode="2026-T2") == 1
    assert e7(jeu, modalite="inconnu", ventilation="age", periode="2026-T2") == 1
    assert e7(jeu, modalite="0 an", ventilation="age", periode="2026-T2") == 0


def test_changer_de_logiciel_n_est_pas_une_entree(tmp_path):
    jeu = avec_contrats(
        tmp_path, contrat("vieux", "A", fin=date(2026, 6, 7)), contrat("neuf", "A", debut=JUIN)
    )
    jeu.ecrire("enfants", [{"enfant": e, "appariement": "p"} for e in ("vieux", "neuf")])
    assert e7(jeu) == 0


def test_un_etablissement_sans_contrat_recu_est_inconnu(tmp_path):
    table = avec_contrats(tmp_path, contrat("a", "A")).calculer("contrats")
    assert ligne_de(table, "E7", "B")["statut"] == "non_calculable"


def test_mutation_un_jour_plus_tot_et_l_entree_change_de_mois(tmp_path):
    jeu = avec_contrats(tmp_path, contrat("a", "A", debut=date(2026, 6, 1)), contrat("b", "A"))
    assert e7(jeu) == 1
    jeu.ecrire("contrats", [contrat("a", "A", debut=date(2026, 5, 31)), contrat("b", "A")])
    assert e7(jeu) == 0
