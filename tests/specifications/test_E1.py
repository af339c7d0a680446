"""E1, enfants accueillis : enfants distincts présents au moins une heure sur la période."""

from datetime import date

from tests.specifications.conftest import Hasard
from tests.specifications.outils import (
    LUNDI,
    SQL_DUREE,
    SQL_SUIVI,
    SQL_T2,
    avec_presences,
    egal,
    ligne_de,
    pointage,
    semaine_de,
    valeur_de,
)


def test_enfants_distincts(tmp_path):
    table = avec_presences(tmp_path).calculer("enfants")
    assert valeur_de(table, "E1", "A") == 5
    assert valeur_de(table, "E1", "99") == 5 + 2


def test_un_enfant_de_deux_etablissements_compte_une_fois_dans_la_zone(tmp_path):
    jeu = avec_presences(tmp_path)
    jeu.ajouter("pointages", pointage("a0", "B", LUNDI, 17, 18.5))
    table = jeu.calculer("enfants")
    assert valeur_de(table, "E1", "B") == 3
    assert valeur_de(table, "E1", "99") == 7


def test_moins_d_une_heure_sur_la_periode_ne_compte_pas(tmp_path):
    jeu = avec_presences(tmp_path)
    jeu.ajouter(
        "pointages",
        pointage("c0", "A", LUNDI, 9, 9.5),
        pointage("c1", "A", LUNDI, 9, 9.5),
        pointage("c1", "A", date(2026, 6, 2), 9, 9.5),
    )
    assert valeur_de(jeu.calculer("enfants"), "E1", "A") == 5 + 1


def test_suivi_d_un_logiciel_a_l_autre(tmp_path):
    jeu = avec_presences(tmp_path)
    jeu.ecrire(
        "enfants",
        [
            {"enfant": "a0", "appariement": "p0"},
            {"enfant": "ancien", "appariement": "p0"},
            {"enfant": "inconnu", "appariement": None},
        ],
    )
    jeu.ajouter("pointages", pointage("ancien", "A", LUNDI), pointage("inconnu", "A", LUNDI))
    assert valeur_de(jeu.calculer("enfants"), "E1", "A") == 5 + 1


def test_sans_duree_non_calculable(tmp_path):
    jeu = avec_presences(tmp_path)
    muette = {"arrivee_min": None, "depart_min": None, "realise_min": None}
    jeu.ecrire("pointages", [*semaine_de("a0", "A", **muette), *semaine_de("b0", "B", 3)])
    table = jeu.calculer("enfants")
    assert ligne_de(table, "E1", "A")["statut"] == "non_calculable"
    assert valeur_de(table, "E1", "99") == 1
    assert ligne_de(table, "E1", "99")["statut"] == "a_verifier"


def test_mutation_un_enfant_de_plus(tmp_path):
    jeu = avec_presences(tmp_path)
    avant = valeur_de(jeu.calculer("enfants"), "E1", "99")
    jeu.ajouter("pointages", pointage("nouveau", "B", LUNDI, 9, 10))
    assert valeur_de(jeu.calculer("enfants"), "E1", "99") == avant + 1


def test_le_total_est_au_plus_la_somme(hasard: Hasard):
    table = hasard.famille("enfants")
    parties = [valeur_de(table, "E1", e, periode="2026-T2") for e in "ABCD"]
    total = valeur_de(table, "E1", "99", periode="2026-T2")
    assert max(parties) <= total < sum(parties)


def test_egale_une_requete_independante(hasard: Hasard):
    attendu = hasard.sql(
        "select count(distinct suivi) from (select suivi from "
        f"{SQL_SUIVI.format(table='pointages')} p where p.date {SQL_T2} "
        f"group by p.etablissement, suivi having sum({SQL_DUREE}) >= 60)"
    )
    assert valeur_de(hasard.famille("enfants"), "E1", "99", periode="2026-T2") == egal(attendu)
