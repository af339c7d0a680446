"""A1o : jours au-delà des places autorisées, sans dépasser le surnombre admis."""

from datetime import timedelta

from tests.specifications.jeux_occupation import LE_JUIN, dates_de, ensemble, une_creche
from tests.specifications.outils import LUNDI, agrement, valeur_de


def test_entre_les_places_et_l_admis(tmp_path):
    jeu = une_creche(tmp_path, 12)
    # 12 places, 14 admis : 12 enfants, rien ; 13 et 14, à surveiller ; 15, surnombre (A1).
    jeu.ecrire("pointages", [p for i, n in enumerate((12, 13, 14, 15)) for p in _jour(i, n)])
    table = jeu.calculer("alertes", LE_JUIN)
    assert dates_de(table, "A1o") == {"2026-06-02": 13, "2026-06-03": 14}
    assert valeur_de(table, "A1o", "A") == 2
    assert valeur_de(table, "A1", "A") == 1


def test_un_jour_de_surnombre_n_est_pas_aussi_a_surveiller(tmp_path):
    jeu = une_creche(tmp_path, 20)
    # Le matin 21 enfants pour 20 places ; le soir 9 pour 2 places : un seul jour, en A1.
    jeu.ecrire("agrements", [*agrement("A", 20, 8, 17), *agrement("A", 2, 17, 18)])
    jeu.ecrire("pointages", [*ensemble(21, LUNDI), *ensemble(9, LUNDI, 17, 18)])
    table = jeu.calculer("alertes", LE_JUIN)
    assert (valeur_de(table, "A1", "A"), valeur_de(table, "A1o", "A")) == (1, 0)


def test_mutation_un_enfant_de_moins(tmp_path):
    jeu = une_creche(tmp_path, 12)
    jeu.ecrire("pointages", _jour(0, 13))
    assert valeur_de(jeu.calculer("alertes", LE_JUIN), "A1o", "A") == 1
    jeu.ecrire("pointages", _jour(0, 13)[1:])
    assert valeur_de(jeu.calculer("alertes", LE_JUIN), "A1o", "A") == 0


def _jour(rang, n):
    return ensemble(n, LUNDI + timedelta(rang))
