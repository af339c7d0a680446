"""B4h, borne haute de l'écart de public : même intervalle que B4b."""

from tests.specifications.jeux_publics import familles
from tests.specifications.outils import egal
from tests.specifications.test_B4b import bornes, newcombe


def test_quatre_sur_neuf_contre_400_sur_1500(tmp_path):
    assert bornes(tmp_path, "B4h") == egal(newcombe(4, 9, 400, 1500)[1])


def test_tous_du_public(tmp_path):
    lignes = [{**f, "monoparentale": True} for f in familles()]
    assert bornes(tmp_path, "B4h", lignes) == egal(newcombe(10, 10, 400, 1500)[1])


def test_mutation_moins_d_enfants_elargit_l_intervalle(tmp_path):
    lignes = [{**f, "monoparentale": n < 2} for n, f in enumerate(familles()[:5])]
    etroit = bornes(
        tmp_path / "dix", "B4h", [{**f, "monoparentale": n < 4} for n, f in enumerate(familles())]
    )
    assert bornes(tmp_path / "cinq", "B4h", lignes) > etroit
