"""P1, places agréées : capacité maximale autorisée, moyenne des jours d'ouverture prévus."""

from datetime import timedelta

from tests.specifications.conftest import Hasard
from tests.specifications.outils import (
    LUNDI,
    SQL_COMPTE,
    SQL_PLAGES,
    SQL_T2,
    agrement,
    egal,
    ligne_de,
    ouvertures,
    reseau,
    territoire,
    valeur_de,
)


def test_la_capacite_du_jour_est_la_plus_haute_plage(tmp_path):
    jeu = reseau(tmp_path)
    jeu.ecrire(
        "agrements", [*agrement("A", 8, 7, 9), *agrement("A", 20, 9, 17), *agrement("B", 10)]
    )
    table = jeu.calculer("places")
    assert valeur_de(table, "P1", "A") == max(8, 20)
    assert valeur_de(table, "P1", "99") == 20 + 10


def test_un_agrement_qui_change_se_moyenne_sur_les_jours(tmp_path):
    jeu = reseau(tmp_path)
    jeudi = LUNDI + timedelta(3)
    jeu.ecrire(
        "agrements",
        [
            *agrement("A", 20, valide_au=jeudi - timedelta(1)),
            *agrement("A", 30, valide_du=jeudi),
            *agrement("B", 10),
        ],
    )
    table = jeu.calculer("places")
    assert valeur_de(table, "P1", "A") == egal((3 * 20 + 2 * 30) / 5)
    assert valeur_de(table, "P1", "T1") == egal((3 * 20 + 2 * 30) / 5)


def _demenage(jeu, jour):
    jeu.ecrire(
        "territoires",
        [
            territoire("A", "T1", valide_au=jour - timedelta(1)),
            territoire("A", "T2", valide_du=jour),
            territoire("B", "T2"),
        ],
    )


def test_un_changement_de_territoire_prend_effet_au_mois_suivant(tmp_path):
    """A passe de T1 à T2 le mardi : elle compte tout le mois là où elle était au premier."""
    jeu = reseau(tmp_path)
    _demenage(jeu, LUNDI + timedelta(1))
    table = jeu.calculer("places")
    assert valeur_de(table, "P1", "T1") == egal(20)
    assert valeur_de(table, "P1", "T2") == egal(10)
    assert valeur_de(table, "P1", "99") == egal(30)


def test_un_changement_de_territoire_partage_les_places_sans_les_doubler(tmp_path):
    """Cinq jours en T1 un mois, cinq jours en T2 le mois suivant : la moitié à chacun."""
    jeu = reseau(tmp_path)
    avant = LUNDI - timedelta(28)
    jeu.ajouter("ouvertures", *ouvertures("A", avant, 5, 20), *ouvertures("B", avant, 5, 10))
    _demenage(jeu, LUNDI.replace(day=1))
    table = jeu.calculer("places")
    assert valeur_de(table, "P1", "T1", periode="2026-T2") == egal(20 * 5 / 10)
    assert valeur_de(table, "P1", "T2", periode="2026-T2") == egal(20 * 5 / 10 + 10)
    assert valeur_de(table, "P1", "99", periode="2026-T2") == egal(30)


def test_ferme_toute_la_periode_n_est_pas_zero_place(tmp_path):
    jeu = reseau(tmp_path)
    jeu.ecrire(
        "ouvertures",
        [
            *ouvertures("A", LUNDI, 5, None, prevu=False, ouvert=False),
            *ouvertures("B", LUNDI, 5, 10),
        ],
    )
    table = jeu.calculer("places")
    ligne = ligne_de(table, "P1", "A")
    assert ligne["valeur"] is None
    assert ligne["statut"] == "non_calculable"
    assert valeur_de(table, "P1", "99") == 10


def test_un_jour_prevu_sans_agrement_rend_inconnu_et_laisse_les_autres(tmp_path):
    jeu = reseau(tmp_path)
    jeu.ecrire("agrements", agrement("B", 10))
    table = jeu.calculer("places")
    assert ligne_de(table, "P1", "A")["statut"] == "non_calculable"
    assert ligne_de(table, "P1", "99")["statut"] == "a_verifier"
    assert valeur_de(table, "P1", "99") == 10


def test_mutation_une_moyenne_des_plages_donnerait_autre_chose(tmp_path):
    jeu = reseau(tmp_path)
    jeu.ecrire(
        "agrements", [*agrement("A", 8, 7, 9), *agrement("A", 20, 9, 17), *agrement("B", 10)]
    )
    moyenne_des_plages = (8 + 20) / 2
    assert valeur_de(jeu.calculer("places"), "P1", "A") != moyenne_des_plages


def test_egale_une_requete_independante(hasard: Hasard):
    attendu = hasard.sql(
        f"with jours as (select o.etablissement, o.date, max(a.places) as capacite "
        f"from {SQL_PLAGES} where {SQL_COMPTE} and o.date {SQL_T2} group by all) "
        "select sum(m) from (select avg(capacite) as m from jours group by etablissement)"
    )
    obtenu = valeur_de(hasard.famille("places"), "P1", "99", periode="2026-T2")
    assert obtenu == egal(attendu)
