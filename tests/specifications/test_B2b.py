"""B2b, rang bas : la meilleure place qu'une zone peut prendre quand les poids changent."""

from tests.specifications.outils import valeur_de
from tests.specifications.publics_indice import COMMUNES, avec_indice

ANNEE = {"periode": "2022", "ventilation": ""}


def test_la_commune_la_plus_chargee_partout_est_premiere_quels_que_soient_les_poids(tmp_path):
    # Plus de familles monoparentales et plus pauvre : première même sans l'une des deux.
    communes = [{**COMMUNES[4], "taux_pauvrete_pct": 40}, *COMMUNES[:4], COMMUNES[5]]
    table = avec_indice(tmp_path, communes, quartiers=[]).calculer("indice")
    assert valeur_de(table, "B2b", "99005", **ANNEE) == 1
    assert valeur_de(table, "B2h", "99005", **ANNEE) == 1


def test_sans_la_seule_composante_qui_distingue_tout_le_monde_est_premier(tmp_path):
    table = avec_indice(tmp_path, quartiers=[]).calculer("indice")
    assert {valeur_de(table, "B2b", c["commune"], **ANNEE) for c in COMMUNES} == {1}


def test_mutation_une_composante_qui_va_contre_l_autre_ouvre_l_intervalle(tmp_path):
    # La commune 1, la moins monoparentale, devient première en retirant cette composante.
    pauvre = {**COMMUNES[0], "taux_pauvrete_pct": 20}
    table = avec_indice(tmp_path, [pauvre, *COMMUNES[1:]], quartiers=[]).calculer("indice")
    bas, haut = (valeur_de(table, code, "99001", **ANNEE) for code in ("B2b", "B2h"))
    assert (bas, haut) == (1, 6)


def test_deux_calculs_donnent_les_memes_rangs(tmp_path):
    jeu = avec_indice(tmp_path)
    assert jeu.calculer("indice").equals(jeu.calculer("indice"))
