"""K1p, cascade : des places agréées aux places ouvertes, en équivalents-places."""

from tests.specifications.jeux_cascade_juin import LE_JUIN, creche_complete
from tests.specifications.outils import agrement, egal, valeur_de
from tests.specifications.test_K1 import ATTENDU

# Une place agréée en juin : 22 jours × 10 h.
PLACE_H = 22 * 10


def test_chaque_ligne_rapportee_a_une_place(tmp_path):
    lignes = creche_complete(tmp_path).calculer("cascade", LE_JUIN)
    lues = {m: valeur_de(lignes, "K1p", "A", modalite=m) for m in ATTENDU}
    assert lues == {m: egal(v / PLACE_H) for m, v in ATTENDU.items()}


def test_mutation_une_journee_plus_longue(tmp_path):
    """De 8 h à 19 h, une place vaut 22 × 11 h : les équivalents changent de dénominateur."""
    jeu = creche_complete(tmp_path)
    jeu.ecrire("agrements", agrement("A", 2, 8, 19))
    lignes = jeu.calculer("cascade", LE_JUIN)
    for modalite in ATTENDU:
        heures = valeur_de(lignes, "K1", "A", modalite=modalite)
        assert heures is not None
        assert valeur_de(lignes, "K1p", "A", modalite=modalite) == egal(heures / (22 * 11))
