"""G5d, valeur déclarée à la Caf, telle que reçue."""

from tests.specifications.jeux_psu import avec_suivi_complet, declaration
from tests.specifications.outils import egal
from tests.specifications.test_G5 import confronter, ecart


def declare(table, zone, grandeur="heures_facturees"):
    return ecart(table, zone, grandeur, "G5d")["valeur"]


def test_la_valeur_recue(tmp_path):
    table = confronter(tmp_path, declaration("A", heures_facturees_h=221.37, enfants=6))
    assert declare(table, "A") == egal(221.37)
    assert declare(table, "A", "enfants") == 6


def test_une_zone_additionne_ses_etablissements_declares(tmp_path):
    table = confronter(tmp_path, declaration("A"), declaration("B", heures_facturees_h=61.5))
    assert declare(table, "99") == egal(220 + 61.5)
    assert declare(table, "T2") == egal(61.5)


def test_un_etablissement_sans_activite_chez_nous_reste_liste(tmp_path):
    """Déclaré sans aucune heure connue : l'écart est inconnu, la ligne existe."""
    jeu = avec_suivi_complet(tmp_path)
    jeu.ecrire("declarations_caf", [declaration("A"), declaration("Z")])
    ligne = ecart(jeu.calculer("psu"), "Z", code="G5d")
    assert ligne["statut"] == "non_calculable"


def test_mutation_changer_la_declaration_change_la_valeur(tmp_path):
    avant = declare(confronter(tmp_path / "a", declaration("A")), "A")
    apres = declare(confronter(tmp_path / "b", declaration("A", heures_facturees_h=219.0)), "A")
    assert avant - apres == 1
