"""F3, places réellement ouvertes du quart d'heure, en moyenne sur les jours prévus."""

from datetime import date

from tests.specifications.conftest import Hasard
from tests.specifications.jeux_occupation import une_creche
from tests.specifications.outils import (
    LUNDI,
    SQL_COMPTE,
    SQL_PLAGES,
    SQL_T2,
    egal,
    ligne_de,
    ouvertures,
    reseau,
    valeur_de,
)


def f3(table, zone, modalite):
    return valeur_de(table, "F3", zone, periode="2026-T2", modalite=modalite)


def test_places_gelees_et_horaires_reduits(tmp_path):
    jeu = une_creche(tmp_path, 20)
    jeu.ecrire("ouvertures", ouvertures("A", LUNDI, 1, 12, debut_min=8 * 60 + 35))
    table = jeu.calculer("profil")
    # 12 places à partir de 8 h 35 : (12 × 10) / 15 = 8 places à 8 h 30.
    assert [f3(table, "A", f"1-{h}") for h in ("08:15", "08:30", "08:45")] == [0, egal(8), 12]


def test_un_lundi_ferme_sur_deux(tmp_path):
    jeu = une_creche(tmp_path, 20)
    ferme = {"etablissement": "A", "date": date(2026, 6, 8), "prevu": True, "ouvert": False}
    jeu.ecrire("ouvertures", [*ouvertures("A", LUNDI, 1, 20), {**ferme, "cause": "personnel"}])
    assert f3(jeu.calculer("profil"), "A", "1-09:00") == egal((20 + 0) / 2)


def test_sans_places_declarees_non_calculable(tmp_path):
    jeu = reseau(tmp_path)
    jeu.ecrire("ouvertures", [*ouvertures("A", LUNDI, 5), *ouvertures("B", LUNDI, 5, 10)])
    table = jeu.calculer("profil")
    ligne = ligne_de(table, "F3", "A", periode="2026-T2", modalite="1-09:00")
    assert ligne["statut"] == "non_calculable"
    assert f3(table, "99", "1-09:00") == 10


def test_jamais_plus_que_l_agrement(tmp_path):
    jeu = une_creche(tmp_path, 20)
    jeu.ecrire("ouvertures", ouvertures("A", LUNDI, 5, 25))
    assert f3(jeu.calculer("profil"), "A", "1-09:00") == 20


def test_mutation_geler_une_place(tmp_path):
    jeu = une_creche(tmp_path, 20)
    assert f3(jeu.calculer("profil"), "A", "1-09:00") == 20
    jeu.ecrire("ouvertures", ouvertures("A", LUNDI, 5, 19))
    assert f3(jeu.calculer("profil"), "A", "1-09:00") == 19


def test_egale_une_requete_independante(hasard: Hasard):
    attendu = hasard.sql(
        "select sum(moyenne) from (select o.etablissement, sum(case when o.ouvert then "
        "least(a.places, o.places_ouvertes) * greatest(0, least(a.fin_min, "
        "coalesce(o.fin_min, a.fin_min), 1020) - greatest(a.debut_min, "
        "coalesce(o.debut_min, a.debut_min), 1005)) else 0 end) / (15.0 * count(distinct o.date)) "
        f"moyenne from {SQL_PLAGES} where {SQL_COMPTE} and o.date {SQL_T2} "
        "and isodow(o.date) = 4 group by all)"
    )
    assert f3(hasard.famille("profil"), "99", "4-16:45") == egal(attendu)
