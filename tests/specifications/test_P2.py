"""P2, places ouvertes : places réellement offertes, moyenne des mêmes jours que P1."""

from datetime import timedelta

from tests.specifications.conftest import Hasard
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


def _avec_ouvertures(jeu, semaine):
    jeu.ecrire("ouvertures", [*semaine, *ouvertures("B", LUNDI, 5, 10)])
    return jeu.calculer("places")


def test_un_jour_subi_ferme_compte_zero_place(tmp_path):
    semaine = ouvertures("A", LUNDI, 5, 20)
    semaine[4] |= {"ouvert": False, "places_ouvertes": None, "cause": "personnel"}
    table = _avec_ouvertures(reseau(tmp_path), semaine)
    assert valeur_de(table, "P2", "A") == egal((4 * 20 + 0) / 5)
    assert valeur_de(table, "P2", "99") == egal(16 + 10)


def test_jamais_au_dela_de_l_agrement(tmp_path):
    semaine = ouvertures("A", LUNDI, 5, 12)
    semaine[0] |= {"places_ouvertes": 25}
    table = _avec_ouvertures(reseau(tmp_path), semaine)
    assert valeur_de(table, "P2", "A") == egal((20 + 4 * 12) / 5)


def test_un_jour_ferie_sort_de_la_moyenne(tmp_path):
    semaine = ouvertures("A", LUNDI, 5, 12)
    semaine[0] |= {"ouvert": False, "places_ouvertes": None, "cause": "ferie"}
    table = _avec_ouvertures(reseau(tmp_path), semaine)
    assert valeur_de(table, "P2", "A") == egal(4 * 12 / 4)


def test_places_ouvertes_inconnues_ne_se_devinent_pas(tmp_path):
    semaine = ouvertures("A", LUNDI, 5, 20)
    semaine[2] |= {"places_ouvertes": None}
    table = _avec_ouvertures(reseau(tmp_path), semaine)
    assert ligne_de(table, "P2", "A")["statut"] == "non_calculable"
    assert ligne_de(table, "P2", "99")["statut"] == "a_verifier"
    assert ligne_de(table, "P1", "A")["statut"] == "diffusable"


def test_mutation_une_place_de_moins_un_jour(tmp_path):
    jeu = reseau(tmp_path)
    avant = valeur_de(jeu.calculer("places"), "P2", "A")
    semaine = ouvertures("A", LUNDI, 5, 20)
    semaine[1] |= {"places_ouvertes": 19}
    assert semaine[1]["date"] == LUNDI + timedelta(1)
    apres = valeur_de(_avec_ouvertures(jeu, semaine), "P2", "A")
    assert avant - apres == egal(1 / 5)


def test_egale_une_requete_independante(hasard: Hasard):
    attendu = hasard.sql(
        "with jours as (select o.etablissement, o.date, case when o.ouvert then "
        "least(any_value(o.places_ouvertes), max(a.places)) else 0 end as offertes "
        f"from {SQL_PLAGES} where {SQL_COMPTE} and o.date {SQL_T2} "
        "group by o.etablissement, o.date, o.ouvert) "
        "select sum(m) from (select avg(offertes) as m from jours group by etablissement)"
    )
    obtenu = valeur_de(hasard.famille("places"), "P2", "99", periode="2026-T2")
    assert obtenu == egal(attendu)
