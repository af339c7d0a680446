"""N4o : taux d'occupation réel prévu de chaque semaine."""

from rtpe_analyse.indicateurs.previsions import calculer_previsions
from tests.specifications.outils import egal, ligne_de
from tests.specifications.test_N2 import _jeu
from tests.specifications.test_N4 import LE, SEMAINES, SUIVANTE, _avec_calendrier


def test_un_taux_constant_se_prolonge(tmp_path):
    """Dix enfants neuf heures, vingt places dix heures : 90 / 200. B : 36 / 200."""
    table = calculer_previsions(_jeu(tmp_path, 10, SEMAINES).lieux, LE)
    a = ligne_de(table, "N4o", "A", **SUIVANTE)["valeur"]
    b = ligne_de(table, "N4o", "B", **SUIVANTE)["valeur"]
    assert (a, b) == (egal(0.45), egal(0.18))
    # Capacités égales : (90 + 36) / 400.
    assert ligne_de(table, "N4o", "T1", **SUIVANTE)["valeur"] == egal(0.315)


def test_une_semaine_fermee_n_a_pas_de_taux(tmp_path):
    jeu = _avec_calendrier(_jeu(tmp_path, 10, SEMAINES), ("B",))
    ligne = ligne_de(
        calculer_previsions(jeu.lieux, LE), "N4o", "B", **{**SUIVANTE, "modalite": "2026-05-11"}
    )
    assert (ligne["valeur"], ligne["statut"]) == (None, "non_calculable")


def test_un_enfant_de_plus_augmente_le_taux_d_un_dixieme(tmp_path):
    """Mutation."""
    dix = calculer_previsions(_jeu(tmp_path / "a", 10, SEMAINES).lieux, LE)
    onze = calculer_previsions(_jeu(tmp_path / "b", 11, SEMAINES).lieux, LE)
    avant, apres = (ligne_de(t, "N4o", "A", **SUIVANTE)["valeur"] for t in (dix, onze))
    assert apres / avant == egal(1.1)
