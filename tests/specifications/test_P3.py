"""P3, taux d'ouverture : heures-places ouvertes / heures-places agréées, plage par plage."""

from tests.specifications.conftest import Hasard
from tests.specifications.outils import (
    LUNDI,
    SQL_COMPTE,
    SQL_PLAGES,
    SQL_T2,
    agrement,
    dans_t1,
    egal,
    ligne_de,
    ouvertures,
    reseau,
    valeur_de,
)


def test_moins_de_places_et_un_jour_subi_ferme(tmp_path):
    jeu = reseau(tmp_path)
    semaine = ouvertures("A", LUNDI, 5, 15)
    semaine[4] |= {"ouvert": False, "places_ouvertes": None, "cause": "travaux"}
    jeu.ecrire("ouvertures", [*semaine, *ouvertures("B", LUNDI, 5, 10)])
    table = jeu.calculer("places")
    assert valeur_de(table, "P3", "A") == egal((4 * 15 * 10) / (5 * 20 * 10))
    assert valeur_de(table, "P3", "99") == egal((600 + 500) / (1000 + 500))


def test_une_plage_deja_basse_n_est_pas_reduite(tmp_path):
    jeu = reseau(tmp_path)
    jeu.ecrire(
        "agrements", [*agrement("A", 8, 7, 9), *agrement("A", 20, 9, 17), *agrement("B", 10)]
    )
    jeu.ecrire("ouvertures", [*ouvertures("A", LUNDI, 5, 15), *ouvertures("B", LUNDI, 5, 10)])
    ouvertes, agreees = 8 * 2 + 15 * 8, 8 * 2 + 20 * 8
    assert valeur_de(jeu.calculer("places"), "P3", "A") == egal(ouvertes / agreees)


def test_les_heures_reelles_d_ouverture_rognent_les_plages(tmp_path):
    jeu = reseau(tmp_path)
    semaine = ouvertures("A", LUNDI, 5, 20)
    semaine[0] |= {"debut_min": 10 * 60, "fin_min": 23 * 60}
    jeu.ecrire("ouvertures", [*semaine, *ouvertures("B", LUNDI, 5, 10)])
    attendu = (20 * 8 + 4 * 20 * 10) / (5 * 20 * 10)
    assert valeur_de(jeu.calculer("places"), "P3", "A") == egal(attendu)


def test_sans_places_ouvertes_non_calculable(tmp_path):
    jeu = reseau(tmp_path)
    jeu.ecrire("ouvertures", [*ouvertures("A", LUNDI, 5), *ouvertures("B", LUNDI, 5)])
    table = jeu.calculer("places")
    for zone in ("A", "B", "99"):
        ligne = ligne_de(table, "P3", zone)
        assert (ligne["valeur"], ligne["statut"]) == (None, "non_calculable")


def test_mutation_la_moyenne_des_taux_est_une_autre_reponse(tmp_path):
    jeu = reseau(tmp_path)
    jeu.ecrire("ouvertures", [*ouvertures("A", LUNDI, 5, 10), *ouvertures("B", LUNDI, 5, 10)])
    table = jeu.calculer("places")
    moyenne = (valeur_de(table, "P3", "A") + valeur_de(table, "P3", "B")) / 2
    assert moyenne == egal((0.5 + 1) / 2)
    assert valeur_de(table, "P3", "99") == egal((500 + 500) / 1500)


def test_egale_une_requete_independante(hasard: Hasard):
    offerte = (
        "greatest(0, least(a.fin_min, coalesce(o.fin_min, 1440)) "
        "- greatest(a.debut_min, coalesce(o.debut_min, 0)))"
    )
    attendu = hasard.sql(
        f"select sum(case when o.ouvert then least(a.places, o.places_ouvertes) * {offerte} "
        "else 0 end)::double / sum(a.places * (a.fin_min - a.debut_min)) "
        f"from {SQL_PLAGES} where {SQL_COMPTE} and o.date {SQL_T2} "
        f"and {dans_t1('o.etablissement', 'o.date')}"
    )
    obtenu = valeur_de(hasard.famille("places"), "P3", "T1", periode="2026-T2")
    assert obtenu == egal(attendu)
