"""T2c, lecture Caf : H2 / H0c."""

from tests.specifications.conftest import Hasard
from tests.specifications.outils import (
    LUNDI,
    SQL_H2,
    SQL_PLAGES,
    SQL_T2,
    avec_presences,
    egal,
    ouvertures,
    valeur_de,
)


def _fermer_un_jour(jeu):
    semaine = ouvertures("A", LUNDI, 5, 20)
    semaine[4] |= {"ouvert": False, "cause": "travaux"}
    jeu.ecrire("ouvertures", [*semaine, *ouvertures("B", LUNDI, 5, 10)])
    return jeu


def test_sans_fermeture_egale_t2(tmp_path):
    table = avec_presences(tmp_path).calculer("occupation")
    assert valeur_de(table, "T2c", "A") == egal(220 / 1000)
    assert valeur_de(table, "T2c", "99") == valeur_de(table, "T2", "99")


def test_les_jours_fermes_quittent_le_denominateur(tmp_path):
    table = _fermer_un_jour(avec_presences(tmp_path)).calculer("occupation")
    assert valeur_de(table, "T2c", "A") == egal(220 / 800)
    assert valeur_de(table, "T2c", "99") == egal(280 / (800 + 500))


def test_mutation_fermer_un_jour_change_t2c_et_pas_t2(tmp_path):
    jeu = avec_presences(tmp_path)
    avant = jeu.calculer("occupation")
    apres = _fermer_un_jour(jeu).calculer("occupation")
    assert valeur_de(apres, "T2c", "A") == egal(valeur_de(avant, "T2c", "A") * 5 / 4)
    assert valeur_de(apres, "T2", "A") == valeur_de(avant, "T2", "A")


def test_egale_une_requete_independante(hasard: Hasard):
    attendu = hasard.sql(
        f"select {SQL_H2 % 'true'} / (select sum(a.places * (a.fin_min - a.debut_min)) "
        f"from {SQL_PLAGES} where o.ouvert and o.date {SQL_T2})"
    )
    assert valeur_de(hasard.famille("occupation"), "T2c", "99", periode="2026-T2") == egal(attendu)
