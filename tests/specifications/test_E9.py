"""E9, places libérables à la prochaine rentrée, borne basse : les départs assurés, en ETP."""

from datetime import date

import pytest

from rtpe_analyse.secret import proteger
from tests.specifications.jeux_contrats import avec_contrats, contrat, planning
from tests.specifications.outils import LE, egal, ligne_de, valeur_de

GRAND, PETIT = date(2023, 12, 1), date(2024, 1, 1)


def e9(jeu, zone="A", modalite="", **precisions):
    return valeur_de(jeu.calculer("contrats"), "E9", zone, modalite=modalite, **precisions)


def test_trois_ans_dans_l_annee_civile_libere_la_place(tmp_path):
    """En septembre 2026 part à l'école qui est né en 2023 ; 50 h font un temps plein."""
    jeu = avec_contrats(
        tmp_path,
        contrat("a", "A", heures_hebdo_h=40.0),
        contrat("b", "A", heures_hebdo_h=30.0),
        contrat("c", "A", heures_hebdo_h=50.0),
        contrat("d", "B", heures_hebdo_h=20.0),
        naissances={"a": GRAND, "b": date(2023, 6, 1), "c": PETIT, "d": GRAND},
    )
    assert e9(jeu) == egal((40 + 30) / 50)
    assert e9(jeu, "99") == egal((40 + 30 + 20) / 50)
    # Âges au 30 juin 2026 : a, né en décembre 2023, a 2 ans ; b, né en juin 2023, en a 3.
    assert e9(jeu, modalite="2 ans", ventilation="age", periode="2026-T2") == egal(40 / 50)
    assert e9(jeu, modalite="3 ans et plus", ventilation="age", periode="2026-T2") == egal(30 / 50)


@pytest.mark.parametrize(
    ("fin", "attendu"),
    [
        (date(2026, 6, 30), 0.6),  # 63 jours avant la rentrée
        (date(2026, 7, 1), 0),  # 62 : l'été, un contrat annuel y finit sans rien annoncer
        (date(2026, 8, 31), 0),
        (date(2027, 3, 1), 0),
        (None, 0),
    ],
)
def test_une_fin_connue_avant_l_ete_libere_la_place(tmp_path, fin, attendu):
    jeu = avec_contrats(tmp_path, contrat("a", "A", fin=fin), contrat("b", "B"))
    assert e9(jeu) == egal(attendu)


def test_en_septembre_la_prochaine_rentree_est_dans_un_an(tmp_path):
    jeu = avec_contrats(tmp_path, contrat("a", "A"), naissances={"a": PETIT})
    jeu.ajouter(
        "ouvertures",
        *(
            {"etablissement": c, "date": date(2026, m, 1), "prevu": True, "ouvert": True}
            for c in "AB"
            for m in (8, 9)
        ),
    )
    # Né en 2024 : école en septembre 2027.
    assert e9(jeu, periode="2026-08") == 0
    assert e9(jeu, periode="2026-09") == egal(0.6)
    assert e9(jeu, periode="2026-T3") == egal(0.6)


def test_un_contrat_deja_signe_pour_l_annee_suivante_garde_sa_place(tmp_path):
    grand = {"a": GRAND}
    jeu = avec_contrats(
        tmp_path,
        contrat("a", "A", fin=date(2026, 7, 31)),
        contrat("a", "A", debut=date(2026, 9, 1)),
        naissances=grand,
    )
    assert e9(jeu) == 0
    jeu.ecrire("contrats", [contrat("a", "A")])
    assert e9(jeu) == egal(0.6)


def test_sans_date_de_naissance_seule_la_fin_de_contrat_parle(tmp_path):
    jeu = avec_contrats(
        tmp_path,
        contrat("a", "A"),
        contrat("b", "A", fin=date(2026, 6, 30), heures_hebdo_h=20.0),
        naissances={"a": None, "b": None},
    )
    assert e9(jeu) == egal(0.4)
    assert e9(jeu, modalite="inconnu", ventilation="age", periode="2026-T2") == egal(0.4)


def test_sans_heures_le_planning_en_donne(tmp_path):
    """Deux jours de 10 h : 20 h sur 50."""
    k = contrat("a", "A", contrat="k", heures_hebdo_h=None)
    jeu = avec_contrats(tmp_path, k, naissances={"a": GRAND}, plannings=planning("k", 1, 2))
    assert e9(jeu) == egal(20 / 50)


def test_un_regulier_sans_heures_ni_planning_se_verifie(tmp_path):
    sans = {"heures_hebdo_h": None}
    jeu = avec_contrats(
        tmp_path, contrat("a", "A", **sans), contrat("b", "B", type_accueil="occasionnel", **sans)
    )
    table = jeu.calculer("contrats")
    assert ligne_de(table, "E9", "A")["statut"] == "a_verifier"
    assert ligne_de(table, "E9", "B")["statut"] == "diffusable"


def test_les_petits_effectifs_se_masquent(tmp_path):
    jeu = avec_contrats(tmp_path, contrat("a", "A"), contrat("b", "B"), naissances={"a": GRAND})
    table = proteger(jeu.calculer("contrats"), "interne", LE)
    assert ligne_de(table, "E9", "A")["statut"] == "masque_primaire"
    assert ligne_de(table, "E9", "B")["valeur"] == 0


def test_mutation_naitre_un_mois_plus_tard_change_d_annee_d_ecole(tmp_path):
    jeu = avec_contrats(tmp_path, contrat("a", "A"), naissances={"a": GRAND})
    assert e9(jeu) == egal(0.6)
    jeu.ecrire("enfants", [{"enfant": "a", "mois_naissance": PETIT}])
    assert e9(jeu) == 0
