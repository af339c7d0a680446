"""F1, profil : présence / places autorisées, par jour de semaine et quart d'heure."""

from datetime import timedelta

import polars as pl

from tests.specifications.conftest import Hasard
from tests.specifications.outils import (
    LUNDI,
    SQL_COMPTE,
    SQL_DUREE,
    SQL_PLAGES,
    SQL_T2,
    agrement,
    avec_presences,
    egal,
    ligne_de,
    pointage,
    reseau,
    semaine_de,
    valeur_de,
)


def creneau(table, zone, modalite):
    return ligne_de(table, "F1", zone, periode="2026-T2", modalite=modalite)


def test_un_quart_d_heure_plein_et_un_entame(tmp_path):
    jeu = reseau(tmp_path)
    # Lundi : un enfant de 8 h 40 à 10 h, un de 9 h à 9 h 20. 20 places ouvertes dès 8 h.
    jeu.ecrire(
        "pointages",
        [pointage("a0", "A", LUNDI, 8 + 40 / 60, 10), pointage("a1", "A", LUNDI, 9, 9 + 20 / 60)],
    )
    table = jeu.calculer("profil")
    assert creneau(table, "A", "1-08:15")["valeur"] == 0
    assert creneau(table, "A", "1-08:30")["valeur"] == egal(5 / (20 * 15))
    assert creneau(table, "A", "1-08:45")["valeur"] == egal(15 / (20 * 15))
    assert creneau(table, "A", "1-09:00")["valeur"] == egal((15 + 15) / (20 * 15))
    assert creneau(table, "A", "1-09:15")["valeur"] == egal((15 + 5) / (20 * 15))
    assert creneau(table, "A", "1-10:00")["valeur"] == 0
    assert [creneau(table, "A", f"1-{h}")["effectif"] for h in ("08:30", "09:15", "10:00")] == [
        1,
        2,
        0,
    ]


def test_la_capacite_suit_les_plages_de_l_agrement(tmp_path):
    jeu = avec_presences(tmp_path)
    matin = 8 + 50 / 60
    jeu.ecrire(
        "agrements",
        [*agrement("A", 4, matin, 9), *agrement("A", 20, 9, 18), *agrement("B", 10)],
    )
    table = jeu.calculer("profil")
    # Un seul lundi compté : 4 places sur les dix dernières minutes du quart d'heure.
    assert creneau(table, "A", "1-08:45")["denominateur"] == egal(4 * 10 / 60)
    assert creneau(table, "A", "1-09:00")["denominateur"] == 20 * 15 / 60


def test_pas_de_profil_a_la_commune(tmp_path):
    mailles = avec_presences(tmp_path).calculer("profil")["maille"].unique()
    assert set(mailles) == {"etablissement", "territoire", "departement"}


def test_chaque_zone_rapporte_ses_sommes(tmp_path):
    table = avec_presences(tmp_path).calculer("profil")
    assert creneau(table, "99", "1-09:00")["valeur"] == egal((5 + 2) / (20 + 10))
    assert creneau(table, "99", "5-09:00")["valeur"] == egal(5 / 30)
    assert creneau(table, "99", "1-09:00")["effectif"] == 7


def test_sans_heures_d_arrivee_non_calculable(tmp_path):
    jeu = avec_presences(tmp_path)
    sans = {"arrivee_min": None, "depart_min": None}
    jeu.ecrire("pointages", [*semaine_de("a0", "A", **sans), *semaine_de("b0", "B", 3)])
    table = jeu.calculer("profil")
    assert creneau(table, "A", "1-09:00")["statut"] == "non_calculable"
    assert creneau(table, "99", "1-09:00")["statut"] == "a_verifier"
    assert creneau(table, "99", "1-09:00")["valeur"] == egal(1 / 10)
    assert valeur_de(jeu.calculer("occupation"), "H1", "A") == 40


def test_mutation_decaler_un_depart_change_un_seul_creneau(tmp_path):
    jeu = avec_presences(tmp_path)
    avant = jeu.calculer("profil")
    lignes = jeu.lire("pointages").drop("_fichier", "_ligne").to_dicts()
    assert (lignes[0]["enfant"], lignes[0]["date"]) == ("a0", LUNDI)
    lignes[0]["depart_min"] += 15
    jeu.ecrire("pointages", lignes)
    apres = jeu.calculer("profil")
    dans_a = (pl.col("zone") == "A") & (pl.col("maille") == "etablissement")
    ecarts = (apres.filter(dans_a)["numerateur"] - avant.filter(dans_a)["numerateur"]).to_list()
    assert sum(e != 0 for e in ecarts) == 1
    assert sum(ecarts) == 0.25


def test_les_creneaux_redonnent_h1_et_la_capacite(hasard: Hasard):
    table = hasard.lignes("profil", "F1").filter(
        pl.col("zone") == "99", pl.col("periode") == "2026-T2"
    )
    heures = hasard.sql(f"select sum({SQL_DUREE}) / 60.0 from pointages p where date {SQL_T2}")
    capacite = hasard.sql(
        f"select sum(a.places * (a.fin_min - a.debut_min)) / 60.0 from {SQL_PLAGES} "
        f"where {SQL_COMPTE} and o.date {SQL_T2}"
    )
    assert table["numerateur"].sum() == egal(heures)
    assert table["denominateur"].sum() == egal(capacite)


def test_egale_une_requete_independante(hasard: Hasard):
    debut, fin = 10 * 60, 10 * 60 + 15
    presence = (
        f"(select sum(greatest(0, least(p.depart_min, {fin}) - greatest(p.arrivee_min, {debut}))) "
        f"from pointages p where p.date {SQL_T2} and isodow(p.date) = 3 "
        "and p.arrivee_min is not null)"
    )
    capacite = (
        f"(select sum(a.places * greatest(0, least(a.fin_min, {fin}) - greatest(a.debut_min, "
        f"{debut}))) from {SQL_PLAGES} where {SQL_COMPTE} and o.date {SQL_T2} "
        "and isodow(o.date) = 3)"
    )
    attendu = hasard.sql(f"select {presence}::double / {capacite}")
    assert creneau(hasard.famille("profil"), "99", "3-10:00")["valeur"] == egal(attendu)


def test_les_enfants_du_creneau_sont_distincts(hasard: Hasard):
    attendu = hasard.sql(
        "select count(distinct coalesce(e.appariement, p.enfant)) from pointages p left join "
        f"enfants e using (enfant) where p.date {SQL_T2} and isodow(p.date) = 3 "
        "and p.arrivee_min < 615 and p.depart_min > 600"
    )
    assert creneau(hasard.famille("profil"), "99", "3-10:00")["effectif"] == attendu


def test_lundi_est_le_jour_1(tmp_path):
    jeu = reseau(tmp_path)
    jeu.ecrire("pointages", [pointage("a0", "A", LUNDI + timedelta(1))])
    assert LUNDI.isoweekday() == 1
    table = jeu.calculer("profil")
    assert creneau(table, "A", "2-09:00")["numerateur"] == 0.25
    assert creneau(table, "A", "1-09:00")["numerateur"] == 0
