"""K2, cascade : des places ouvertes à l'enfant présent, ligne par ligne."""

import pytest

from tests.specifications.jeux_cascade_juin import ATTENDU_K2 as ATTENDU
from tests.specifications.jeux_cascade_juin import LE_JUIN, creche_complete, juin
from tests.specifications.outils import SQL_DUREE, SQL_JUIN, egal, ligne_de, pointage, valeur_de


@pytest.mark.parametrize("zone", ["A", "T1"])
def test_chaque_ligne_a_la_main(tmp_path, zone):
    lignes = creche_complete(tmp_path).calculer("cascade", LE_JUIN)
    lues = {m: valeur_de(lignes, "K2", zone, modalite=m) for m in ATTENDU}
    assert lues == {m: egal(v) for m, v in ATTENDU.items()}


def test_toutes_les_lignes_ont_le_meme_effectif(tmp_path):
    """Quarante-trois enfants, dont un seul venu une heure : le compte de H1, partout le même."""
    jeu = creche_complete(tmp_path)
    lignes = jeu.calculer("cascade", LE_JUIN)
    effectifs = {ligne_de(lignes, "K2", "A", modalite=m)["effectif"] for m in ATTENDU}
    assert effectifs == {1}
    h1 = ligne_de(jeu.calculer("occupation", LE_JUIN), "H1", "A")
    assert effectifs == {h1["effectif"]}


def test_mutation_une_presence_de_plus(tmp_path):
    """Deux heures hors planning le 24 : une seule ligne bouge, et le total avec elle."""
    jeu = creche_complete(tmp_path)
    jeu.ajouter("pointages", pointage("e1", "A", juin(24), 9, 11))
    lignes = jeu.calculer("cascade", LE_JUIN)
    ecarts = {m: valeur_de(lignes, "K2", "A", modalite=m) - v for m, v in ATTENDU.items()}
    assert {m for m, e in ecarts.items() if abs(e) > 1e-6} == {"24_hors_planning", "27_present"}
    assert ecarts["27_present"] == egal(2)


@pytest.mark.parametrize("code", ["A", "B", "C", "D"])
def test_present_egale_une_requete_independante(hasard, code):
    attendu = hasard.sql(
        f"select coalesce(sum({SQL_DUREE}), 0) / 60.0 from pointages p "
        f"where p.date {SQL_JUIN} and p.etablissement = '{code}'"
    )
    assert valeur_de(hasard.famille("cascade"), "K2", code, modalite="27_present") == egal(attendu)
