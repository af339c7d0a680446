"""E2, enfants par place : E1 / P1."""

from tests.specifications.conftest import Hasard
from tests.specifications.outils import (
    LUNDI,
    SQL_COMPTE,
    SQL_DUREE,
    SQL_JUIN,
    SQL_PLAGES,
    SQL_SUIVI,
    avec_presences,
    egal,
    ligne_de,
    pointage,
    semaine_de,
    valeur_de,
)


def test_enfants_sur_places(tmp_path):
    table = avec_presences(tmp_path).calculer("enfants")
    assert valeur_de(table, "E2", "A") == egal(5 / 20)
    assert valeur_de(table, "E2", "99") == egal(7 / (20 + 10))


def test_les_places_d_un_etablissement_sans_pointage_n_y_sont_pas(tmp_path):
    jeu = avec_presences(tmp_path)
    jeu.ecrire("pointages", [p for n in range(5) for p in semaine_de(f"a{n}", "A")])
    ligne = ligne_de(jeu.calculer("enfants"), "E2", "99")
    assert (ligne["numerateur"], ligne["denominateur"]) == (5, 20)
    assert ligne["statut"] == "a_verifier"


def test_mutation_un_enfant_de_plus(tmp_path):
    jeu = avec_presences(tmp_path)
    avant = valeur_de(jeu.calculer("enfants"), "E2", "99")
    jeu.ajouter("pointages", pointage("nouveau", "A", LUNDI))
    assert valeur_de(jeu.calculer("enfants"), "E2", "99") - avant == egal(1 / 30)


def test_egale_une_requete_independante(hasard: Hasard):
    places = (
        "(select sum(m) from (select avg(capacite) as m from (select o.etablissement, o.date, "
        f"max(a.places) as capacite from {SQL_PLAGES} where {SQL_COMPTE} and o.date {SQL_JUIN} "
        "group by all) group by etablissement))"
    )
    enfants = (
        "(select count(distinct suivi) from (select suivi from "
        f"{SQL_SUIVI.format(table='pointages')} p where p.date {SQL_JUIN} "
        f"group by p.etablissement, suivi having sum({SQL_DUREE}) >= 60))"
    )
    attendu = hasard.sql(f"select {enfants} / {places}")
    assert valeur_de(hasard.famille("enfants"), "E2", "99") == egal(attendu)
