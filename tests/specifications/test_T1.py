"""T1, taux d'occupation réel : H1 / H0, et l'identité T1 = T4 × P3."""

from datetime import timedelta

from rtpe_analyse.indicateurs import controler_identite
from tests.specifications.conftest import Hasard
from tests.specifications.outils import (
    EN_T1_OUVERTURES,
    EN_T1_POINTAGES,
    LE,
    LUNDI,
    SQL_H0,
    SQL_H1,
    agrement,
    avec_presences,
    egal,
    facture,
    ligne_de,
    ouvertures,
    pointage,
    reseau,
    semaine_de,
    valeur_de,
)


def test_heures_realisees_sur_capacite(tmp_path):
    table = avec_presences(tmp_path).calculer("occupation")
    assert valeur_de(table, "T1", "A") == egal(200 / 1000)
    assert valeur_de(table, "T1", "99") == egal((200 + 48) / (1000 + 500))


def test_cas_publie_1100_heures_pour_4000(tmp_path):
    # Cas de vérification n° 36 : 20 places, 10 h, 20 jours ; 1 100 h réalisées, 1 000 facturées.
    jeu = reseau(tmp_path)
    jeu.ecrire("agrements", agrement("A", 20))
    jours = ouvertures("A", LUNDI, 20, 20)
    jeu.ecrire("ouvertures", jours)
    jeu.ecrire(
        "pointages",
        [pointage(f"e{n}", "A", j["date"], 8, 13.5) for j in jours for n in range(10)],
    )
    jeu.ecrire("factures", [facture(f"e{n}", "A", 100) for n in range(10)])
    table = jeu.calculer("occupation")
    assert 20 * 10 * 5.5 == 1100
    assert valeur_de(table, "T1", "A") == egal(0.275)
    assert valeur_de(table, "T2", "A") == egal(0.25)
    assert valeur_de(table, "T3", "A") == egal(1000 / 1100)


def test_une_fermeture_subie_ne_l_ameliore_pas(tmp_path):
    jeu = avec_presences(tmp_path)
    semaine = ouvertures("A", LUNDI, 5, 20)
    semaine[4] |= {"ouvert": False, "cause": "personnel", "places_ouvertes": None}
    jeu.ecrire("ouvertures", [*semaine, *ouvertures("B", LUNDI, 5, 10)])
    jeu.ecrire("pointages", [p for n in range(5) for p in semaine_de(f"a{n}", "A", 4)])
    table = jeu.calculer("occupation")
    assert valeur_de(table, "T1", "A") == egal(160 / 1000)
    assert valeur_de(table, "T1c", "A") == egal(160 / 800)


def test_sans_capacite_ni_infini_ni_zero(tmp_path):
    jeu = avec_presences(tmp_path)
    jeu.ecrire("ouvertures", ouvertures("A", LUNDI, 5, None, prevu=False, ouvert=False))
    ligne = ligne_de(jeu.calculer("occupation"), "T1", "A")
    assert (ligne["denominateur"], ligne["valeur"]) == (0, None)
    assert ligne["statut"] == "non_calculable"


def test_un_etablissement_inconnu_sort_des_deux_termes(tmp_path):
    jeu = avec_presences(tmp_path)
    jeu.ecrire("pointages", [p for n in range(5) for p in semaine_de(f"a{n}", "A")])
    ligne = ligne_de(jeu.calculer("occupation"), "T1", "99")
    assert (ligne["numerateur"], ligne["denominateur"]) == (200, 1000)
    assert ligne["statut"] == "a_verifier"


def test_identite_tient_sur_le_jeu_aleatoire(hasard: Hasard):
    assert controler_identite(hasard.jeu.lieux, LE).is_empty()


def test_identite_rougit_pour_une_presence_jour_non_prevu(tmp_path):
    jeu = avec_presences(tmp_path)
    assert controler_identite(jeu.lieux, LE).is_empty()
    jeu.ajouter("pointages", pointage("a0", "A", LUNDI + timedelta(5), 9, 12))
    ecarts = controler_identite(jeu.lieux, LE)
    juin_a = ecarts.filter(ecarts["zone"] == "A", ecarts["periode"] == "2026-06")
    assert juin_a["ecart"].to_list() == [egal(203 / 1000 - 200 / 1000)]
    assert "B" not in ecarts["zone"].to_list()


def test_identite_rougit_pour_une_presence_jour_ferme(tmp_path):
    jeu = avec_presences(tmp_path)
    semaine = ouvertures("A", LUNDI, 5, 20)
    semaine[4] |= {"ouvert": False, "cause": "personnel", "places_ouvertes": None}
    jeu.ecrire("ouvertures", [*semaine, *ouvertures("B", LUNDI, 5, 10)])
    ecarts = controler_identite(jeu.lieux, LE)
    juin_a = ecarts.filter(ecarts["zone"] == "A", ecarts["periode"] == "2026-06")
    assert juin_a["ecart"].to_list() == [egal(5 * 8 / 1000)]


def test_mutation_la_moyenne_des_taux_est_une_autre_reponse(tmp_path):
    table = avec_presences(tmp_path).calculer("occupation")
    moyenne = (valeur_de(table, "T1", "A") + valeur_de(table, "T1", "B")) / 2
    assert moyenne == egal((0.2 + 0.096) / 2)
    assert abs(valeur_de(table, "T1", "99") - moyenne) > 0.01


def test_egale_une_requete_independante(hasard: Hasard):
    attendu = hasard.sql(f"select {SQL_H1 % EN_T1_POINTAGES}::double / {SQL_H0 % EN_T1_OUVERTURES}")
    assert valeur_de(hasard.famille("occupation"), "T1", "T1", periode="2026-T2") == egal(attendu)
