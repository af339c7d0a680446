"""T1c, lecture Caf : H1 / H0c."""

from tests.specifications.conftest import Hasard
from tests.specifications.outils import (
    LUNDI,
    SQL_H1,
    SQL_PLAGES,
    SQL_T2,
    avec_presences,
    egal,
    ouvertures,
    valeur_de,
)


def test_sans_fermeture_egale_t1(tmp_path):
    table = avec_presences(tmp_path).calculer("occupation")
    assert valeur_de(table, "T1c", "99") == egal(248 / 1500)
    assert valeur_de(table, "T1c", "99") == valeur_de(table, "T1", "99")


def test_un_jour_ouvert_sans_etre_prevu_entre_au_denominateur(tmp_path):
    jeu = avec_presences(tmp_path)
    semaine = ouvertures("A", LUNDI, 5, 20)
    semaine[4] |= {"prevu": False}
    jeu.ecrire("ouvertures", [*semaine, *ouvertures("B", LUNDI, 5, 10)])
    table = jeu.calculer("occupation")
    assert valeur_de(table, "T1c", "A") == egal(200 / 1000)
    assert valeur_de(table, "T1", "A") == egal(200 / 800)


def test_mutation_fermer_un_jour_l_ameliore_sans_toucher_t1(tmp_path):
    jeu = avec_presences(tmp_path)
    semaine = ouvertures("A", LUNDI, 5, 20)
    semaine[4] |= {"ouvert": False, "cause": "personnel"}
    jeu.ecrire("ouvertures", [*semaine, *ouvertures("B", LUNDI, 5, 10)])
    table = jeu.calculer("occupation")
    assert valeur_de(table, "T1c", "A") == egal(200 / 800)
    assert valeur_de(table, "T1", "A") == egal(200 / 1000)


def test_egale_une_requete_independante(hasard: Hasard):
    attendu = hasard.sql(
        f"select {SQL_H1 % 'true'}::double / (select sum(a.places * (a.fin_min - a.debut_min)) "
        f"from {SQL_PLAGES} where o.ouvert and o.date {SQL_T2})"
    )
    assert valeur_de(hasard.famille("occupation"), "T1c", "99", periode="2026-T2") == egal(attendu)
