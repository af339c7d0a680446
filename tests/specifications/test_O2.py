"""O2, occupation planifiée : heures des demandes acceptées sans contrat encore / H0."""

from datetime import date, timedelta

import pytest

from rtpe_analyse.reglementation import valeur
from tests.specifications.jeux_occupation import LE_JUIN, contrat, demande, plages, une_creche
from tests.specifications.outils import LUNDI, egal, ligne_de, ouvertures


@pytest.fixture
def jeu(tmp_path):
    return une_creche(tmp_path, 20)


def acceptee(nom="1", le=date(2026, 5, 4), **reste):
    return demande(nom, decision="acceptee", date_decision=le, **reste)


def heures(jeu, code="O2", periode="2026-06"):
    return ligne_de(jeu.calculer("etats", LE_JUIN), code, "A", periode=periode)["numerateur"]


def test_acceptee_elle_ne_compte_que_dans_o2(jeu):
    jeu.ecrire("demandes", [acceptee()])
    assert heures(jeu) == egal(22 * 8)
    assert heures(jeu, "O1") == 0


def test_acceptee_en_cours_de_mois_elle_passe_d_un_etat_a_l_autre(jeu):
    # En examen du 1er au 12 juin (10 jours prévus), acceptée le 15 (12 jours).
    jeu.ecrire("demandes", [acceptee(le=date(2026, 6, 15))])
    assert (heures(jeu, "O1"), heures(jeu)) == (egal(10 * 8), egal(12 * 8))


def test_devenue_contrat_elle_ne_compte_que_dans_o3(jeu):
    jeu.ecrire("enfants", [{"enfant": "e", "appariement": "p1"}])
    jeu.ecrire("demandes", [acceptee()])
    jeu.ecrire("contrats", [contrat("k", "e", LUNDI)])
    jeu.ecrire("plannings", plages("k", 9, 15))
    assert (heures(jeu, "O1"), heures(jeu), heures(jeu, "O3")) == (0, 0, egal(22 * 6))


def test_un_contrat_ailleurs_ou_fini_ne_la_confirme_pas(jeu):
    jeu.ecrire("enfants", [{"enfant": "e", "appariement": "p1"}])
    jeu.ecrire("demandes", [acceptee()])
    fini = contrat("k", "e", date(2026, 1, 1), fin=date(2026, 5, 31))
    jeu.ecrire("contrats", [fini, contrat("b", "e", LUNDI, etablissement="B")])
    assert heures(jeu) == egal(22 * 8)


def test_l_attente_a_une_fin(jeu):
    jours = int(valeur("conventions", "attribution_sans_contrat_jours", LE_JUIN))
    entree = LUNDI + timedelta(7) - timedelta(jours)
    jeu.ecrire("demandes", [acceptee(entree_souhaitee=entree, le=date(2026, 1, 6))])
    # Le dernier jour d'attente est le dimanche 7 juin : 5 jours prévus.
    assert heures(jeu) == egal(5 * 8)


def test_a_venir_sur_le_calendrier_annonce(jeu):
    jeu.ajouter("ouvertures", *ouvertures("A", date(2026, 9, 1), 4, 20))
    jeu.ecrire("demandes", [acceptee(entree_souhaitee=date(2026, 9, 2))])
    assert heures(jeu, periode="2026-09") == egal(3 * 8)


def test_mutation_refuser_l_efface(jeu):
    jeu.ecrire("demandes", [acceptee()])
    assert heures(jeu) > 0
    jeu.ecrire("demandes", [acceptee() | {"decision": "refusee"}])
    assert heures(jeu) == 0
