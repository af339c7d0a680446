"""Q1, complétude : jours attendus avec au moins un pointage / jours attendus."""

from datetime import date, timedelta

from tests.specifications.conftest import Hasard
from tests.specifications.outils import (
    LUNDI,
    SQL_T2,
    avec_presences,
    egal,
    ligne_de,
    ouvertures,
    pointage,
    valeur_de,
)


def test_jours_recus_sur_jours_attendus(tmp_path):
    table = avec_presences(tmp_path).calculer("qualite")
    assert valeur_de(table, "Q1", "A") == 5 / 5
    assert valeur_de(table, "Q1", "B") == egal(3 / 5)
    assert valeur_de(table, "Q1", "99") == egal((5 + 3) / (5 + 5))


def test_une_absence_pointee_suffit_un_jour_ferme_n_est_pas_attendu(tmp_path):
    jeu = avec_presences(tmp_path)
    semaine = ouvertures("B", LUNDI, 5, 10)
    semaine[4] |= {"ouvert": False, "cause": "personnel"}
    jeu.ecrire("ouvertures", [*ouvertures("A", LUNDI, 5, 20), *semaine])
    jeudi = LUNDI + timedelta(3)
    jeu.ajouter(
        "pointages",
        {"enfant": "b0", "etablissement": "B", "date": jeudi, "motif_absence": "maladie"},
    )
    assert valeur_de(jeu.calculer("qualite"), "Q1", "B") == egal(4 / 4)


def test_un_pointage_jour_non_prevu_ne_comble_pas_un_manque(tmp_path):
    jeu = avec_presences(tmp_path)
    jeu.ajouter("pointages", pointage("b0", "B", LUNDI + timedelta(5)))
    assert valeur_de(jeu.calculer("qualite"), "Q1", "B") == egal(3 / 5)


def test_un_mois_sans_rien_recevoir_est_a_zero_sans_calendrier_inconnu(tmp_path):
    jeu = avec_presences(tmp_path)
    jeu.ajouter(
        "ouvertures",
        {"etablissement": "A", "date": date(2026, 5, 4), "prevu": True, "ouvert": True},
    )
    table = jeu.calculer("qualite")
    assert valeur_de(table, "Q1", "A", periode="2026-05") == 0
    assert ligne_de(table, "Q1", "B", periode="2026-05")["statut"] == "non_calculable"


def test_mutation_retirer_un_jour_de_pointages(tmp_path):
    jeu = avec_presences(tmp_path)
    avant = valeur_de(jeu.calculer("qualite"), "Q1", "99")
    lignes = jeu.lire("pointages").drop("_fichier", "_ligne").to_dicts()
    jeu.ecrire("pointages", [p for p in lignes if (p["etablissement"], p["date"]) != ("A", LUNDI)])
    assert avant - valeur_de(jeu.calculer("qualite"), "Q1", "99") == egal(1 / 10)


def test_egale_une_requete_independante(hasard: Hasard):
    attendu = hasard.sql(
        "select avg(case when exists (select 1 from pointages p "
        "where p.etablissement = o.etablissement and p.date = o.date) then 1.0 else 0 end) "
        f"from ouvertures o where o.prevu and o.ouvert and o.date {SQL_T2}"
    )
    assert valeur_de(hasard.famille("qualite"), "Q1", "99", periode="2026-T2") == egal(attendu)
