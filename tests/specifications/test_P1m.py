"""P1m, équivalent modulé : heures-places autorisées rapportées à l'amplitude."""

from tests.specifications.conftest import Hasard
from tests.specifications.outils import (
    SQL_COMPTE,
    SQL_JUIN,
    SQL_PLAGES,
    agrement,
    egal,
    reseau,
    valeur_de,
)


def test_un_agrement_non_module_redonne_p1(tmp_path):
    table = reseau(tmp_path).calculer("places")
    assert valeur_de(table, "P1m", "A") == 20
    assert valeur_de(table, "P1m", "A") == valeur_de(table, "P1", "A")


def test_un_agrement_module_pese_ses_heures(tmp_path):
    jeu = reseau(tmp_path)
    jeu.ecrire(
        "agrements", [*agrement("A", 8, 7, 9), *agrement("A", 20, 9, 17), *agrement("B", 10)]
    )
    table = jeu.calculer("places")
    attendu = (8 * 2 + 20 * 8) / (2 + 8)
    assert valeur_de(table, "P1m", "A") == egal(attendu)
    assert valeur_de(table, "P1m", "99") == egal(attendu + 10)


def test_mutation_rallonger_une_plage_basse_le_fait_baisser(tmp_path):
    jeu = reseau(tmp_path)
    plages = [*agrement("A", 20, 9, 17), *agrement("B", 10)]
    jeu.ecrire("agrements", [*agrement("A", 8, 7, 9), *plages])
    avant = valeur_de(jeu.calculer("places"), "P1m", "A")
    jeu.ecrire("agrements", [*agrement("A", 8, 6, 9), *plages])
    apres = valeur_de(jeu.calculer("places"), "P1m", "A")
    assert avant - apres == egal((16 + 160) / 10 - (24 + 160) / 11)


def test_egale_une_requete_independante(hasard: Hasard):
    attendu = hasard.sql(
        "select sum(m) from (select sum(a.places * (a.fin_min - a.debut_min))::double "
        "/ sum(a.fin_min - a.debut_min) as m "
        f"from {SQL_PLAGES} where {SQL_COMPTE} and o.date {SQL_JUIN} group by o.etablissement)"
    )
    assert valeur_de(hasard.famille("places"), "P1m", "99") == egal(attendu)
