"""H0c, lecture Caf : comme H0, sur les jours réellement ouverts."""

from tests.specifications.conftest import Hasard
from tests.specifications.outils import (
    LUNDI,
    SQL_PLAGES,
    SQL_T2,
    egal,
    ouvertures,
    reseau,
    valeur_de,
)


def test_une_fermeture_subie_sort_de_la_lecture_caf(tmp_path):
    jeu = reseau(tmp_path)
    semaine = ouvertures("A", LUNDI, 5, 20)
    semaine[0] |= {"ouvert": False, "cause": "personnel"}
    jeu.ecrire("ouvertures", semaine)
    table = jeu.calculer("places")
    assert valeur_de(table, "H0c", "A") == 20 * 10 * 4
    assert valeur_de(table, "H0", "A") == 20 * 10 * 5


def test_sans_fermeture_les_deux_lectures_sont_egales(tmp_path):
    table = reseau(tmp_path).calculer("places")
    assert valeur_de(table, "H0c", "99") == 1000 + 500
    assert valeur_de(table, "H0c", "99") == valeur_de(table, "H0", "99")


def test_mutation_fermer_un_jour_retire_ses_heures(tmp_path):
    jeu = reseau(tmp_path)
    avant = valeur_de(jeu.calculer("places"), "H0c", "99")
    semaine = ouvertures("B", LUNDI, 5, 10)
    semaine[3] |= {"ouvert": False, "cause": "travaux"}
    jeu.ecrire("ouvertures", [*ouvertures("A", LUNDI, 5, 20), *semaine])
    assert avant - valeur_de(jeu.calculer("places"), "H0c", "99") == 10 * 10


def test_egale_une_requete_independante(hasard: Hasard):
    attendu = hasard.sql(
        f"select sum(a.places * (a.fin_min - a.debut_min)) / 60.0 from {SQL_PLAGES} "
        f"where o.ouvert and o.date {SQL_T2}"
    )
    obtenu = valeur_de(hasard.famille("places"), "H0c", "99", periode="2026-T2")
    assert obtenu == egal(attendu)
