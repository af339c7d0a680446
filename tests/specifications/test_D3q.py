"""D3q, délai que neuf demandes sur dix ne dépassent pas : le neuvième décile, interpolé."""

from tests.specifications.conftest import Hasard
from tests.specifications.outils import SQL_T2, egal, ligne_de, reseau, valeur_de
from tests.specifications.test_D1 import calculer
from tests.specifications.test_D3 import SQL_DERNIERES, repondues


def test_neuf_reponses_sur_dix(tmp_path):
    # Onze délais de 0 à 100 jours : le dixième (rang 9 sur 10) est à 90 jours.
    table = calculer(tmp_path, *repondues("A", *range(0, 101, 10)), *repondues("B", 0, 10))
    assert valeur_de(table, "D3q", "A") == 90
    # Entre 0 et 10, aux neuf dixièmes du chemin.
    assert valeur_de(table, "D3q", "B") == egal(0.9 * 10)


def test_jamais_plus_court_que_la_mediane(hasard: Hasard):
    cle = ["maille", "zone", "pas", "periode"]
    longs = hasard.lignes("demandes", "D3q").drop_nulls("valeur").select(*cle, long="valeur")
    jointes = longs.join(hasard.lignes("demandes", "D3"), on=cle)
    assert len(jointes) == len(longs) > 0
    assert (jointes["long"] >= jointes["valeur"]).all()


def test_mutation_une_reponse_tres_tardive_ne_deplace_pas_la_mediane(tmp_path):
    jeu = reseau(tmp_path)
    jeu.ecrire("demandes", repondues("A", 10, 20, 30))
    avant = jeu.calculer("demandes")
    jeu.ecrire("demandes", repondues("A", 10, 20, 130))
    apres = jeu.calculer("demandes")
    assert valeur_de(avant, "D3", "A") == valeur_de(apres, "D3", "A") == 20
    # De 20 vers 30, puis vers 130, aux huit dixièmes du chemin.
    assert valeur_de(avant, "D3q", "A") == egal(20 + 0.8 * 10)
    assert valeur_de(apres, "D3q", "A") == egal(20 + 0.8 * 110)


def test_sans_reponse_non_calculable(tmp_path):
    table = calculer(tmp_path, *repondues("A", 10))
    assert ligne_de(table, "D3q", "B")["statut"] == "non_calculable"


def test_egale_une_requete_independante(hasard: Hasard):
    attendu = hasard.sql(
        f"select quantile_cont(delai, 0.9) from {SQL_DERNIERES.format(quand=SQL_T2)} "
        "where delai >= 0"
    )
    assert valeur_de(hasard.famille("demandes"), "D3q", "99", periode="2026-T2") == egal(attendu)
