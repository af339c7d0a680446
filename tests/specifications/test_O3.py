"""O3, occupation confirmée : heures prévues par les contrats en vigueur / H0."""

from datetime import date, timedelta

import pytest

from tests.specifications.jeux_occupation import LE_JUIN, contrat, plages, une_creche
from tests.specifications.outils import LUNDI, egal, ligne_de, ouvertures


@pytest.fixture
def jeu(tmp_path):
    return une_creche(tmp_path, 20)


def o3(jeu, periode="2026-06", le=LE_JUIN):
    return ligne_de(jeu.calculer("etats", le), "O3", "A", periode=periode)


def test_le_planning_des_jours_prevus(jeu):
    jeu.ecrire("contrats", [contrat("k", "e", date(2026, 1, 1))])
    # Lundi et mardi de 9 h à 15 h : juin 2026 a 5 lundis et 5 mardis prévus, 10 × 6 h.
    jeu.ecrire("plannings", plages("k", 9, 15, range(1, 3)))
    ligne = o3(jeu)
    assert (ligne["numerateur"], ligne["denominateur"]) == (egal(60), 4400)
    assert ligne["valeur"] == egal(60 / 4400)


def test_les_bornes_du_contrat_sont_incluses(jeu):
    jeu.ecrire("contrats", [contrat("k", "e", date(2026, 6, 2), fin=date(2026, 6, 4))])
    jeu.ecrire("plannings", plages("k", 9, 15))
    assert o3(jeu)["numerateur"] == egal(3 * 6)


def test_sans_planning_les_heures_de_la_semaine(jeu):
    jeu.ecrire("contrats", [contrat("k", "e", date(2026, 1, 1), heures_hebdo_h=30.0)])
    assert o3(jeu)["numerateur"] == egal(22 * 6)


def test_une_fermeture_prevue_n_engage_rien_une_subie_si(jeu):
    jours = ouvertures("A", LUNDI, 22, 20)
    jours[0] |= {"ouvert": False, "cause": "ferie"}
    jours[1] |= {"ouvert": False, "cause": "personnel"}
    jeu.ecrire("ouvertures", jours)
    jeu.ecrire("contrats", [contrat("k", "e", date(2026, 1, 1))])
    jeu.ecrire("plannings", plages("k", 9, 15))
    ligne = o3(jeu)
    assert (ligne["numerateur"], ligne["denominateur"]) == (egal(21 * 6), 21 * 200)


def test_sans_contrat_recu_inconnu_et_regulier_sans_heures_a_verifier(jeu):
    assert o3(jeu)["statut"] == "non_calculable"
    complets = [contrat(f"k{n}", f"e{n}", date(2026, 1, 1), heures_hebdo_h=30.0) for n in range(10)]
    jeu.ecrire("contrats", [*complets, contrat("sans", "x", date(2026, 1, 1))])
    ligne = o3(jeu)
    assert (ligne["numerateur"], ligne["statut"]) == (egal(10 * 132), "a_verifier")
    ponctuel = contrat("sans", "x", date(2026, 1, 1)) | {"type_accueil": "occasionnel"}
    jeu.ecrire("contrats", [*complets, ponctuel])
    assert o3(jeu)["statut"] == "diffusable"


def test_a_venir_sans_calendrier_a_verifier(jeu):
    jeu.ecrire("contrats", [contrat("k", "e", date(2026, 1, 1), fin=date(2026, 7, 10))])
    jeu.ecrire("plannings", plages("k", 9, 15))
    # Du 1er au 10 juillet 2026 : 8 jours de semaine.
    ligne = o3(jeu, "2026-07")
    assert (ligne["numerateur"], ligne["statut"]) == (egal(8 * 6), "a_verifier")
    # Plus de contrat en août : zéro confirmé, et non inconnu.
    assert o3(jeu, "2026-08")["valeur"] == 0


def test_mutation_allonger_une_plage(jeu):
    jeu.ecrire("contrats", [contrat("k", "e", date(2026, 1, 1))])
    jeu.ecrire("plannings", plages("k", 9, 15))
    avant = o3(jeu)["numerateur"]
    jeu.ecrire("plannings", plages("k", 9, 16))
    assert o3(jeu)["numerateur"] - avant == egal(22)


def test_egale_une_requete_independante(jeu):
    jeu.ecrire(
        "contrats",
        [
            contrat(f"k{n}", f"e{n}", LUNDI + timedelta(n), fin=LUNDI + timedelta(n + 9))
            for n in range(12)
        ],
    )
    jeu.ecrire(
        "plannings",
        [p for n in range(12) for p in plages(f"k{n}", 8 + n / 4, 17, range(1, 3 + n % 4))],
    )
    attendu = jeu.sql(
        "select sum(p.fin_min - p.debut_min) / 60.0 from ouvertures o join contrats k "
        "on k.etablissement = o.etablissement and o.date between k.debut and k.fin "
        "join plannings p on p.contrat = k.contrat and p.jour_semaine = isodow(o.date) "
        "where o.prevu and o.date <= date '2026-06-30'"
    )
    assert o3(jeu)["numerateur"] == egal(float(attendu))
