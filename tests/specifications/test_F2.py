"""F2, places autorisées du quart d'heure, en moyenne sur les jours prévus."""

from tests.specifications.conftest import Hasard
from tests.specifications.jeux_occupation import une_creche
from tests.specifications.outils import (
    SQL_COMPTE,
    SQL_PLAGES,
    SQL_T2,
    agrement,
    egal,
    reseau,
    valeur_de,
)


def f2(table, zone, modalite):
    return valeur_de(table, "F2", zone, periode="2026-T2", modalite=modalite)


def test_les_places_de_la_plage_minute_par_minute(tmp_path):
    jeu = une_creche(tmp_path, 20)
    # 5 places jusqu'à 9 h 05, puis 20 : (5 × 5 + 20 × 10) / 15 = 15 places à 9 h.
    jeu.ecrire("agrements", [*agrement("A", 5, 8, 9 + 5 / 60), *agrement("A", 20, 9 + 5 / 60, 18)])
    table = jeu.calculer("profil")
    assert [f2(table, "A", f"1-{h}") for h in ("08:45", "09:00", "09:15")] == [5, egal(15), 20]


def test_une_zone_additionne_ses_etablissements(tmp_path):
    table = reseau(tmp_path).calculer("profil")
    assert [f2(table, z, "1-09:00") for z in ("A", "T2", "99")] == [20, 10, 30]


def test_une_fermeture_prevue_ne_change_pas_la_moyenne(tmp_path):
    jeu = reseau(tmp_path)
    jours = jeu.lire("ouvertures").drop("_fichier", "_ligne").to_dicts()
    jours[0] |= {"ouvert": False, "cause": "ferie"}
    jeu.ecrire("ouvertures", jours)
    assert f2(jeu.calculer("profil"), "A", "2-09:00") == 20


def test_mutation_une_place_de_plus(tmp_path):
    jeu = une_creche(tmp_path, 20)
    avant = f2(jeu.calculer("profil"), "A", "1-09:00")
    jeu.ecrire("agrements", agrement("A", 21))
    assert f2(jeu.calculer("profil"), "A", "1-09:00") == avant + 1


def test_egale_une_requete_independante(hasard: Hasard):
    attendu = hasard.sql(
        "select sum(moyenne) from (select o.etablissement, sum(a.places * greatest(0, "
        "least(a.fin_min, 615) - greatest(a.debut_min, 600))) / (15.0 * count(distinct o.date)) "
        f"moyenne from {SQL_PLAGES} where {SQL_COMPTE} and o.date {SQL_T2} "
        "and isodow(o.date) = 3 group by all)"
    )
    assert f2(hasard.famille("profil"), "99", "3-10:00") == egal(attendu)
