"""O1, occupation esquissée : heures des demandes en examen / H0."""

from datetime import date, timedelta

import pytest

from tests.specifications.jeux_occupation import LE_JUIN, contrat, demande, plages, une_creche
from tests.specifications.outils import egal, ligne_de, ouvertures, valeur_de

# 20 places × 10 h × 22 jours prévus de juin.
H0 = 4400


@pytest.fixture
def jeu(tmp_path):
    return une_creche(tmp_path, 20)


def o1(jeu, periode="2026-06", le=LE_JUIN, **reste):
    return ligne_de(jeu.calculer("etats", le), "O1", "A", periode=periode, **reste)


def test_les_heures_de_la_semaine_se_repartissent_sur_les_jours_prevus(jeu):
    # 40 h sur 5 jours agréés : 8 h par jour prévu ; 22 jours : 176 h.
    jeu.ecrire("demandes", [demande("1")])
    ligne = o1(jeu)
    assert (ligne["numerateur"], ligne["denominateur"]) == (egal(176), H0)
    assert (ligne["effectif"], ligne["statut"]) == (1, "diffusable")


def test_de_l_entree_souhaitee_a_la_decision(jeu):
    # Entrée le lundi 8 juin, refus le lundi 15 : 5 jours × 8 h.
    jeu.ecrire(
        "demandes",
        [
            demande(
                "1",
                entree_souhaitee=date(2026, 6, 8),
                decision="refusee",
                date_decision=date(2026, 6, 15),
            )
        ],
    )
    assert o1(jeu)["numerateur"] == egal(5 * 8)


def test_la_derniere_demande_d_un_enfant_remplace_les_autres(jeu):
    autres = {"appariement": "p", "depot": date(2026, 2, 2), "heures_hebdo_h": 20.0}
    jeu.ecrire("demandes", [demande("1", appariement="p"), demande("2", **autres)])
    assert o1(jeu)["numerateur"] == egal(22 * 4)


def test_un_contrat_l_en_sort(jeu):
    jeu.ecrire("enfants", [{"enfant": "e", "appariement": "p1"}])
    jeu.ecrire("contrats", [contrat("k", "e", date(2026, 6, 22))])
    jeu.ecrire("plannings", plages("k", 8, 16))
    jeu.ecrire("demandes", [demande("1")])
    assert o1(jeu)["numerateur"] == 0


def test_sans_demande_recue_inconnu_jamais_nul(jeu):
    assert o1(jeu)["statut"] == "non_calculable"


def test_des_heures_qui_manquent_se_disent(jeu):
    jeu.ecrire("demandes", [demande("1"), demande("2", heures_hebdo_h=None)])
    assert o1(jeu)["statut"] == "non_calculable"
    onze = [demande(str(n)) for n in range(11)]
    jeu.ecrire("demandes", [*onze, demande("sans", heures_hebdo_h=None)])
    ligne = o1(jeu)
    assert (ligne["statut"], ligne["numerateur"]) == ("a_verifier", egal(11 * 176))


def test_l_horizon_va_au_deuxieme_trimestre_suivant(jeu):
    jeu.ecrire("demandes", [demande("1", entree_souhaitee=date(2026, 9, 1))])
    # Sans calendrier : 22 jours de semaine en septembre 2026, 8 h par jour, à vérifier.
    ligne = o1(jeu, "2026-09")
    assert (ligne["numerateur"], ligne["denominateur"]) == (egal(22 * 8), 22 * 200)
    assert ligne["statut"] == "a_verifier"
    table = jeu.calculer("etats", LE_JUIN)
    assert table["periode"].max() == "2026-T4"
    # Calendrier annoncé : ses jours prévus, et rien à vérifier.
    annonces = ouvertures("A", date(2026, 9, 1), 10, 20)
    jeu.ajouter("ouvertures", *annonces)
    ligne = o1(jeu, "2026-09")
    assert (ligne["numerateur"], ligne["denominateur"]) == (egal(10 * 8), 10 * 200)
    assert ligne["statut"] == "diffusable"


def test_mutation_une_decision_d_hier_la_retire_de_demain(jeu):
    jeu.ecrire("demandes", [demande("1")])
    avant = o1(jeu, "2026-07")["numerateur"]
    assert avant == egal(23 * 8)
    jeu.ecrire("demandes", [demande("1", decision="refusee", date_decision=LE_JUIN)])
    assert o1(jeu, "2026-07")["numerateur"] == 0
    # Décidée le lendemain de l'arrêté, elle est encore en examen pour ce qu'on en sait.
    apres = LE_JUIN + timedelta(1)
    jeu.ecrire("demandes", [demande("1", decision="refusee", date_decision=apres)])
    assert o1(jeu, "2026-07")["numerateur"] == avant


def test_egale_une_requete_independante(jeu):
    jeu.ecrire(
        "demandes",
        [demande(str(n), entree_souhaitee=date(2026, 5, 20) + timedelta(3 * n)) for n in range(12)],
    )
    attendu = jeu.sql(
        "select sum(d.heures_hebdo_h / 5) from demandes d join ouvertures o "
        "on o.etablissement = d.etablissement and o.date >= d.entree_souhaitee "
        "where o.prevu and o.date <= date '2026-06-30'"
    )
    assert o1(jeu)["numerateur"] == egal(attendu)
    assert valeur_de(jeu.calculer("etats", LE_JUIN), "O1", "T1") == egal(attendu / H0)
