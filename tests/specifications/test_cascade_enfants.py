"""Cascade, seconde moitié : qui tient une place, qui vient, et les mauvais cas."""

from datetime import date, timedelta

import pytest

from rtpe_analyse.erreurs import ErreurControle
from rtpe_analyse.indicateurs import cascade
from rtpe_analyse.indicateurs.cascade import DES_ENFANTS
from rtpe_analyse.reglementation import valeur
from tests.specifications.jeux_cascade_juin import LE_JUIN, creche_complete, juin
from tests.specifications.jeux_occupation import contrat, demande, plages
from tests.specifications.mondes_cascade import (
    FERME,
    absence,
    deux_creches,
    lignes_de,
    modifier_jours,
    non_nulles,
    presents,
    statuts_de,
    un_enfant,
    une_creche,
    valeurs_de,
)
from tests.specifications.outils import (
    LUNDI,
    agrement,
    egal,
    etablissement,
    ligne_de,
    ouvertures,
    pointage,
    valeur_de,
)

ACCEPTEE = {"decision": "acceptee", "date_decision": date(2026, 4, 1)}
COMME_PREVU = ("attribue", "contractualise", "present")


def test_tout_se_passe_comme_prevu(tmp_path):
    assert non_nulles(un_enfant(tmp_path), "K2") == dict.fromkeys(COMME_PREVU, 50)


def test_present_egale_h1_et_la_seconde_moitie_part_de_l_ouvert(tmp_path):
    jeu = creche_complete(tmp_path)
    table = jeu.calculer("cascade", LE_JUIN)
    lignes = valeurs_de(table, "K2")
    assert lignes["present"] == egal(valeur_de(jeu.calculer("occupation", LE_JUIN), "H1", "A"))
    assert lignes["attribue"] - lignes["non_attribue"] == egal(valeurs_de(table, "K1")["ouvert"])


def test_une_duree_inconnue_laisse_toute_la_moitie_a_verifier(tmp_path):
    assert statuts_de(creche_complete(tmp_path), "K2") == {"a_verifier"}


def test_une_place_est_tenue_meme_le_jour_ou_l_enfant_n_est_pas_attendu(tmp_path):
    # Deux jours sur cinq : 50 h de place tenue, 20 h au contrat.
    jeu = un_enfant(tmp_path, 1, 2)
    jeu.ecrire("plannings", plages("k", 8, 18, range(1, 3)))
    assert non_nulles(jeu, "K2") == {
        "attribue": 50,
        "temps_partiel": -30,
        "contractualise": 20,
        "present": 20,
    }


def test_deux_mi_temps_pour_une_place_la_remplissent(tmp_path):
    # 3 jours + 2 jours sur la même place : deux titulaires, une seule place attribuée.
    jeu = un_enfant(tmp_path, 1, 2, 3)
    jeu.ajouter("contrats", contrat("m", "max", LUNDI))
    jeu.ecrire("plannings", [*plages("k", 8, 18, range(1, 4)), *plages("m", 8, 18, range(4, 6))])
    jeu.ajouter("pointages", *presents("max", (4, 5)))
    assert non_nulles(jeu, "K2") == dict.fromkeys(COMME_PREVU, 50)


def test_des_contrats_qui_se_chevauchent_comptent_une_fois(tmp_path):
    # 8 h – 14 h et 12 h – 18 h réunis : 10 h ; une seule place tenue sur deux.
    jeu = une_creche(tmp_path, places=2)
    jeu.ecrire("contrats", [contrat("k", "lea", LUNDI), contrat("m", "lea", LUNDI)])
    jeu.ecrire("plannings", [*plages("k", 8, 14), *plages("m", 12, 18)])
    jeu.ecrire("pointages", presents("lea", range(1, 6)))
    assert non_nulles(jeu, "K2") == {
        "non_attribue": -50,
        **dict.fromkeys(COMME_PREVU, 50),
    }


def test_un_enfant_dans_deux_etablissements_compte_une_fois_au_departement(tmp_path):
    table = deux_creches(tmp_path).calculer("cascade")
    a, b = valeurs_de(table, "K2", "A"), valeurs_de(table, "K2", "B")
    assert (a["contractualise"], a["attribue"], a["temps_partiel"]) == (25, 50, -25)
    assert valeurs_de(table, "K2", "99") == {m: a[m] + b[m] for m in a}
    assert {x: ligne_de(table, "K2", x, modalite="27_present")["effectif"] for x in "AB"} == {
        "A": 1,
        "B": 1,
    }
    assert ligne_de(table, "K2", "99", modalite="27_present")["effectif"] == 1


def test_une_presence_sans_contrat_ne_tient_pas_de_place(tmp_path):
    jeu = un_enfant(tmp_path)
    jeu.ajouter("pointages", pointage("max", "A", juin(2), 9, 12))
    lignes = lignes_de(jeu, "K2")
    assert (lignes["sans_contrat"], lignes["attribue"], lignes["present"]) == (3, 50, 53)


def test_un_contrat_fini_ne_couvre_plus(tmp_path):
    # Fini le mercredi inclus : jeudi et vendredi sans contrat, place libre.
    assert non_nulles(un_enfant(tmp_path, fin=juin(3)), "K2") == {
        "non_attribue": -20,
        "attribue": 30,
        "contractualise": 30,
        "sans_contrat": 20,
        "present": 50,
    }


def test_aucun_contrat_recu_k2_inconnue_k1_connue(tmp_path):
    jeu = un_enfant(tmp_path)
    jeu.ecrire("contrats", [])
    assert statuts_de(jeu, "K1") == {"diffusable"}
    assert statuts_de(jeu, "K2") == statuts_de(jeu, "K3") == {"non_calculable"}


def test_sans_presence_recue_inconnue_jamais_nulle(tmp_path):
    jeu = un_enfant(tmp_path)
    jeu.ecrire("pointages", [])
    ligne = ligne_de(jeu.calculer("cascade"), "K2", "A", modalite="20_absence")
    assert (ligne["valeur"], ligne["statut"]) == (None, "non_calculable")


def test_un_contrat_sans_planning_ni_heures_se_dit(tmp_path):
    # Il ne tient pas de place ; la présence est hors planning ; le mois est à vérifier.
    jeu = un_enfant(tmp_path)
    jeu.ecrire("plannings", [])
    assert non_nulles(jeu, "K2") == {"non_attribue": -50, "hors_planning": 50, "present": 50}
    ligne = ligne_de(jeu.calculer("cascade"), "K2", "A", modalite="27_present")
    assert ligne["statut"] == "a_verifier"


def test_sans_planning_la_reservation_puis_les_heures_de_la_semaine(tmp_path):
    # 35 h sur cinq jours agréés : 7 h par jour, sauf le mardi, réservé 6 h.
    jeu = un_enfant(tmp_path, heures_hebdo_h=35.0)
    jeu.ecrire("plannings", [])
    reserve = [pointage("lea", "A", juin(2), 8, 14, reserve_min=6 * 60)]
    jeu.ecrire("pointages", presents("lea", (1, 3, 4, 5), 8, 15) + reserve)
    assert non_nulles(jeu, "K2") == {
        "attribue": 50,
        "temps_partiel": -(4 * 3 + 4),
        "contractualise": 4 * 7 + 6,
        "present": 34,
    }


def test_un_occasionnel_tient_la_place_du_jour_qu_il_reserve(tmp_path):
    jeu = un_enfant(tmp_path, type_accueil="occasionnel")
    jeu.ecrire("plannings", [])
    jeu.ecrire("pointages", [pointage("lea", "A", juin(2), 9, 12, reserve_min=4 * 60)])
    assert non_nulles(jeu, "K2") == {
        "non_attribue": -40,
        "attribue": 10,
        "temps_partiel": -6,
        "contractualise": 4,
        "presence_ecourtee": -1,
        "present": 3,
    }
    ligne = ligne_de(jeu.calculer("cascade"), "K2", "A", modalite="27_present")
    assert ligne["statut"] == "diffusable"


def test_une_acceptation_tient_la_place_jusqu_au_premier_jour_du_contrat(tmp_path):
    # Entrée souhaitée le lundi, contrat à partir du jeudi : trois jours promis, deux tenus.
    jeu = un_enfant(tmp_path, 4, 5)
    jeu.ecrire("enfants", [{"enfant": "lea", "appariement": "p1"}])
    jeu.ecrire("contrats", [contrat("k", "lea", juin(4))])
    sans = lignes_de(jeu, "K2")
    jeu.ecrire("demandes", [demande("1", **ACCEPTEE)])
    promise = lignes_de(jeu, "K2")
    assert (sans["non_attribue"], sans["temps_partiel"]) == (-30, 0)
    assert (promise["non_attribue"], promise["temps_partiel"]) == (0, -30)


def test_une_acceptation_sans_suite_finit_par_liberer_la_place(tmp_path):
    # Les jours promis partent de l'entrée souhaitée ; le dernier est le mercredi 3 juin.
    jeu = une_creche(tmp_path, places=1)
    attente = int(valeur("conventions", "attribution_sans_contrat_jours", LE_JUIN))
    entree = juin(4) - timedelta(attente)
    jeu.ecrire("demandes", [demande("1", entree_souhaitee=entree, **ACCEPTEE)])
    jeu.ecrire("contrats", [contrat("k", "max", date(2027, 1, 1))])
    jeu.ecrire("pointages", [absence("max", juin(1), "conges")])
    assert non_nulles(jeu, "K2") == {"non_attribue": -20, "attribue": 30, "temps_partiel": -30}


def test_une_acceptation_ne_compte_ni_avant_sa_decision_ni_ailleurs(tmp_path):
    jeu = un_enfant(tmp_path)
    jeu.ecrire("agrements", agrement("A", 2))
    modifier_jours(jeu, {n: {"places_ouvertes": 2} for n in range(1, 6)})
    tardive = ACCEPTEE | {"date_decision": juin(4)}
    jeu.ecrire("demandes", [demande("1", **tardive), demande("2", etablissement="B", **ACCEPTEE)])
    assert lignes_de(jeu, "K2")["attribue"] == 5 * 10 + 2 * 10


def test_un_jour_ferme_personne_n_est_attendu(tmp_path):
    jeu = un_enfant(tmp_path, 1, 2, 3, 4)
    modifier_jours(jeu, {5: {**FERME, "cause": "personnel"}})
    assert non_nulles(jeu, "K2") == dict.fromkeys(COMME_PREVU, 40)


def test_au_dela_des_places_la_surcontractualisation(tmp_path):
    # Deux contrats de 10 h pour une place : 50 h de trop ; Max ne vient jamais.
    jeu = un_enfant(tmp_path)
    jeu.ajouter("contrats", contrat("m", "max", LUNDI))
    jeu.ajouter("plannings", *plages("m", 8, 18))
    assert non_nulles(jeu, "K2") == {
        "attribue": 50,
        "surcontractualisation": 50,
        "contractualise": 100,
        "absence": -50,
        "present": 50,
    }


def test_deux_passages_le_meme_jour_s_additionnent(tmp_path):
    jeu = un_enfant(tmp_path, 2, 3, 4, 5)
    matin, soir = pointage("lea", "A", juin(1), 8, 12), pointage("lea", "A", juin(1), 13, 18)
    jeu.ajouter("pointages", matin, soir)
    assert lignes_de(jeu, "K2")["presence_ecourtee"] == -1


def test_l_enfant_est_suivi_d_un_logiciel_a_l_autre(tmp_path):
    jeu = un_enfant(tmp_path)
    jeu.ecrire(
        "enfants",
        [{"enfant": "lea", "appariement": "p"}, {"enfant": "lea2", "appariement": "p"}],
    )
    jeu.ecrire("pointages", presents("lea", (1, 2)) + presents("lea2", (3, 4, 5)))
    assert non_nulles(jeu, "K2") == dict.fromkeys(COMME_PREVU, 50)


def test_un_depart_avant_l_arrivee_ne_fait_pas_tomber_le_calcul(tmp_path):
    # Une durée négative reste dans H1 (elle a son constat) : elle tombe dans une ligne.
    jeu = un_enfant(tmp_path)
    jeu.ajouter("pointages", pointage("max", "A", juin(2), 12, 11))
    lignes = lignes_de(jeu, "K2")
    assert (lignes["presence_ecourtee"], lignes["present"]) == (-1, 49)


def test_une_presence_hors_de_la_vie_de_l_etablissement_est_un_jour_ferme(tmp_path):
    # Fermée en mai, sans calendrier en juin : la présence reste, et H1 aussi.
    jeu = un_enfant(tmp_path)
    jeu.ecrire("etablissements", [etablissement("A", fermeture=date(2026, 5, 31))])
    jeu.ecrire("ouvertures", ouvertures("A", date(2026, 5, 4), 5, 1))
    jeu.ecrire("pointages", presents("lea", (1, 2)))
    assert non_nulles(jeu, "K2") == {"jour_ferme": 20, "present": 20}
    assert valeur_de(jeu.calculer("occupation"), "H1", "A") == egal(20)
    assert not any(lignes_de(jeu, "K1").values())


def test_un_calendrier_non_declare_ou_absent_la_rend_inconnue(tmp_path):
    jeu = un_enfant(tmp_path)
    jeu.ecrire("etablissements", [etablissement("A"), etablissement("B")])
    jeu.ajouter("contrats", contrat("b", "max", LUNDI, etablissement="B"))
    assert statuts_de(jeu, "K2", "B") == {"non_calculable"}
    assert statuts_de(jeu, "K2", "99") == {"a_verifier"}


def test_mutation_une_ligne_oubliee_fait_tomber_l_identite(tmp_path, monkeypatch):
    jeu = creche_complete(tmp_path)
    sans = tuple(m for m in DES_ENFANTS if not m.endswith("_hors_planning"))
    monkeypatch.setattr(cascade, "DES_ENFANTS", sans)
    with pytest.raises(ErreurControle, match="27_present"):
        jeu.calculer("cascade", LE_JUIN)


def test_mutation_un_jour_ferme_prime_sur_le_planning(tmp_path):
    # Léa attendue 10 h vient 2 h : « jour fermé » si la crèche l'est, « écourtée » sinon.
    jeu = un_enfant(tmp_path, 1, 2, 3, 4)
    jeu.ajouter("pointages", pointage("lea", "A", juin(5), 9, 11))
    ouverte = lignes_de(jeu, "K2")
    modifier_jours(jeu, {5: {**FERME, "cause": "personnel"}})
    fermee = lignes_de(jeu, "K2")
    assert (ouverte["presence_ecourtee"], ouverte["jour_ferme"]) == (-8, 0)
    assert (fermee["presence_ecourtee"], fermee["jour_ferme"]) == (0, 2)
