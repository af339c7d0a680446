"""F5, part des jours où le quart d'heure est creux : présence sous le seuil daté."""

from datetime import timedelta

import pytest

from rtpe_analyse.reglementation import valeur
from tests.specifications.conftest import Hasard
from tests.specifications.jeux_occupation import ensemble, une_creche
from tests.specifications.outils import LE, LUNDI, egal
from tests.specifications.test_F4 import f4, jours_du_creneau


def f5(table, zone, modalite):
    return f4(table, zone, modalite, "F5")


def test_sous_le_seuil_de_la_moitie(tmp_path):
    assert valeur("seuils_alerte", "creneau_creux_pct", LE) == 50
    jeu = une_creche(tmp_path, 10, jours=20)
    # 10 places : 4 enfants, creux ; 5 et 6, non ; trois lundis pointés, un creux.
    jeu.ecrire(
        "pointages",
        [p for s, n in enumerate((4, 5, 6)) for p in ensemble(n, LUNDI + timedelta(7 * s))],
    )
    ligne = f5(jeu.calculer("profil"), "A", "1-09:00")
    assert (ligne["numerateur"], ligne["denominateur"]) == (1, 3)


def test_personne_est_creux_un_creneau_ferme_ne_l_est_pas(tmp_path):
    jeu = une_creche(tmp_path, 10, jours=5)
    jeu.ecrire("pointages", [*ensemble(1, LUNDI), *ensemble(1, LUNDI, 18, 19)])
    table = jeu.calculer("profil")
    assert f5(table, "A", "1-14:00")["valeur"] == 1
    # De 18 h à 19 h, rien n'est ouvert : un enfant y est, mais le créneau n'a pas de taux.
    assert f5(table, "A", "1-18:00")["statut"] == "non_calculable"


def test_mutation_un_enfant_de_plus_remplit_le_creneau(tmp_path):
    jeu = une_creche(tmp_path, 10, jours=5)
    jeu.ecrire("pointages", ensemble(4, LUNDI))
    assert f5(jeu.calculer("profil"), "A", "1-09:00")["valeur"] == 1
    jeu.ecrire("pointages", ensemble(5, LUNDI))
    assert f5(jeu.calculer("profil"), "A", "1-09:00")["valeur"] == 0


@pytest.mark.parametrize(("debut", "modalite"), [(600, "10:00"), (1035, "17:15")])
def test_egale_une_requete_independante(hasard: Hasard, debut, modalite):
    attendu = hasard.sql(jours_du_creneau(debut, debut + 15, 3, "venues * 100 < offertes * 50"))
    assert f5(hasard.famille("profil"), "99", f"3-{modalite}")["valeur"] == egal(attendu)
