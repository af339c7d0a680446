"""G6d, total annuel de Filoué par structure."""

from tests.specifications.jeux_psu import usager
from tests.specifications.outils import egal
from tests.specifications.test_G5 import ecart
from tests.specifications.test_G6 import confronter


def test_la_somme_des_usagers(tmp_path):
    table = confronter(
        tmp_path, usager("c0", "A", heures_facturees_h=100.01), usager("c1", "A"), usager("c0", "B")
    )
    assert ecart(table, "A", code="G6d")["valeur"] == egal(100.01 + 44)
    assert ecart(table, "A", "heures_realisees", "G6d")["valeur"] == egal(80)
    assert ecart(table, "A", "enfants", "G6d")["valeur"] == 2


def test_une_zone_additionne_ses_structures(tmp_path):
    table = confronter(tmp_path, usager("c0", "A"), usager("c0", "B"))
    assert ecart(table, "99", code="G6d")["valeur"] == 88
    assert ecart(table, "99", "enfants", "G6d")["valeur"] == 2


def test_mutation_un_usager_de_plus(tmp_path):
    table = confronter(tmp_path, usager("c0", "A"), usager("c1", "A"), usager("c2", "A"))
    assert ecart(table, "A", "enfants", "G6d")["valeur"] == 3
    assert ecart(table, "A", code="G6d")["valeur"] == 3 * 44
