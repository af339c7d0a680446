"""E3, temps contractuel moyen : heures hebdomadaires / enfants sous contrat, au dernier jour."""

from datetime import date

from tests.specifications.conftest import Hasard
from tests.specifications.outils import SQL_SUIVI, avec_presences, egal, ligne_de, valeur_de


def contrat(numero, enfant, code, heures, debut=date(2026, 1, 5), fin=None):
    return {
        "contrat": numero,
        "enfant": enfant,
        "etablissement": code,
        "debut": debut,
        "fin": fin,
        "heures_hebdo_h": heures,
    }


def avec_contrats(dossier):
    """A : 40 h et 20 h ; B : 10 h, plus 15 h d'un enfant déjà chez A."""
    jeu = avec_presences(dossier)
    jeu.ecrire(
        "contrats",
        [
            contrat("k0", "a0", "A", 40.0),
            contrat("k1", "a1", "A", 20.0),
            contrat("k2", "b0", "B", 10.0),
            contrat("k3", "a0", "B", 15.0),
        ],
    )
    return jeu


def test_heures_par_enfant_distinct(tmp_path):
    table = avec_contrats(tmp_path).calculer("contrats")
    assert valeur_de(table, "E3", "A") == (40 + 20) / 2
    assert valeur_de(table, "E3", "B") == (10 + 15) / 2
    assert valeur_de(table, "E3", "99") == egal((40 + 20 + 10 + 15) / 3)


def test_seuls_les_contrats_en_cours_au_dernier_jour(tmp_path):
    jeu = avec_contrats(tmp_path)
    jeu.ajouter(
        "contrats",
        contrat("k4", "a2", "A", 50.0, fin=date(2026, 6, 29)),
        contrat("k5", "a3", "A", 30.0, fin=date(2026, 6, 30)),
        contrat("k6", "a4", "A", 50.0, debut=date(2026, 7, 1)),
    )
    assert valeur_de(jeu.calculer("contrats"), "E3", "A") == (40 + 20 + 30) / 3


def test_un_contrat_sans_heures_n_y_est_pas(tmp_path):
    jeu = avec_contrats(tmp_path)
    jeu.ajouter("contrats", contrat("k4", "a2", "A", None))
    ligne = ligne_de(jeu.calculer("contrats"), "E3", "A")
    assert (ligne["numerateur"], ligne["denominateur"], ligne["effectif"]) == (60, 2, 2)


def test_un_etablissement_attendu_sans_contrat_est_inconnu(tmp_path):
    jeu = avec_presences(tmp_path)
    jeu.ecrire("contrats", [contrat("k0", "a0", "A", 40.0)])
    table = jeu.calculer("contrats")
    assert ligne_de(table, "E3", "B")["statut"] == "non_calculable"
    assert ligne_de(table, "E3", "99")["statut"] == "a_verifier"


def test_mutation_la_moyenne_des_moyennes_est_une_autre_reponse(tmp_path):
    table = avec_contrats(tmp_path).calculer("contrats")
    moyenne = (valeur_de(table, "E3", "A") + valeur_de(table, "E3", "B")) / 2
    assert abs(valeur_de(table, "E3", "99") - moyenne) > 1


def test_egale_une_requete_independante(hasard: Hasard):
    attendu = hasard.sql(
        "select sum(heures_hebdo_h) / count(distinct suivi) from "
        f"{SQL_SUIVI.format(table='contrats')} k where heures_hebdo_h is not null "
        "and debut <= date '2026-06-30' and (fin is null or fin >= date '2026-06-30')"
    )
    assert valeur_de(hasard.famille("contrats"), "E3", "99", periode="2026-T2") == egal(attendu)
