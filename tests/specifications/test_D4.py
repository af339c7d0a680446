"""D4, taux de satisfaction : enfants acceptés / enfants dont la demande est instruite."""

from datetime import date

from tests.specifications.conftest import Hasard
from tests.specifications.outils import SQL_T2, egal, ligne_de, reseau, valeur_de
from tests.specifications.test_D1 import calculer, demande
from tests.specifications.test_D2 import reponses
from tests.specifications.test_D3 import SQL_DERNIERES


def test_choisy_190_places_pour_600_demandes(tmp_path):
    """Choisy-le-Roi : 600 demandes, 190 places par an, soit 31,7 %."""
    table = calculer(tmp_path, *reponses("A", 190, 410))
    ligne = ligne_de(table, "D4", "A")
    assert (ligne["numerateur"], ligne["denominateur"]) == (190, 600)
    assert round(ligne["valeur"], 3) == 0.317


def test_des_demandes_d_un_meme_enfant_la_derniere_decision(tmp_path):
    refus = demande("1", decision="refusee", date_decision=date(2026, 6, 2))
    accord = demande(
        "2", "B", appariement="p1", decision="acceptee", date_decision=date(2026, 6, 20)
    )
    table = calculer(tmp_path, refus, accord, *reponses("A", 1, 2))
    # Quatre enfants, deux acceptés ; le refus de p1 chez A ne compte plus nulle part.
    assert valeur_de(table, "D4", "99") == egal(2 / 4)
    assert valeur_de(table, "D4", "A") == egal(1 / 3)
    assert valeur_de(table, "D4", "B") == 1
    # D2 compte les deux demandes.
    assert ligne_de(table, "D2", "99")["denominateur"] == 5


def test_sans_appariement_chaque_demande_compte(tmp_path):
    lignes = [demande(d["demande"], **reste(d)) for d in reponses("A", 1, 3)]
    table = calculer(tmp_path, *lignes)
    assert valeur_de(table, "D4", "A") == egal(1 / 4)


def reste(ligne):
    return {"decision": ligne["decision"], "date_decision": date(2026, 6, 9), "appariement": None}


def test_un_desistement_ne_change_pas_la_reponse(tmp_path):
    table = calculer(
        tmp_path,
        *reponses("A", 1, 1),
        demande("d", appariement="pA0", decision="desistement", date_decision=date(2026, 6, 29)),
    )
    assert valeur_de(table, "D4", "A") == egal(1 / 2)


def test_rien_d_instruit_pas_de_taux(tmp_path):
    assert ligne_de(calculer(tmp_path, demande("1")), "D4", "A")["statut"] == "non_calculable"


def test_mutation_accepter_un_refus_ajoute_un_enfant_au_numerateur(tmp_path):
    jeu = reseau(tmp_path)
    jeu.ecrire("demandes", reponses("A", 6, 4))
    avant = ligne_de(jeu.calculer("demandes"), "D4", "A")
    jeu.ecrire("demandes", reponses("A", 7, 3))
    apres = ligne_de(jeu.calculer("demandes"), "D4", "A")
    assert apres["numerateur"] - avant["numerateur"] == 1
    assert apres["denominateur"] == avant["denominateur"] == 10


def test_l_ordre_des_lignes_est_indifferent(tmp_path):
    lignes = [
        *reponses("A", 3, 2),
        demande("x", "B", appariement="pA0", decision="refusee", date_decision=date(2026, 6, 15)),
        demande("y", "B", appariement="pA1", decision="refusee", date_decision=date(2026, 6, 16)),
    ]
    droit = calculer(tmp_path / "droit", *lignes)
    assert droit.equals(calculer(tmp_path / "envers", *reversed(lignes)))


def test_egale_une_requete_independante(hasard: Hasard):
    ligne = ligne_de(hasard.famille("demandes"), "D4", "99", periode="2026-T2")
    dernieres = SQL_DERNIERES.format(quand=SQL_T2)
    assert ligne["denominateur"] == hasard.sql(f"select count(*) from {dernieres}")
    assert ligne["valeur"] == egal(
        hasard.sql(f"select avg((decision = 'acceptee')::int) from {dernieres}")
    )
