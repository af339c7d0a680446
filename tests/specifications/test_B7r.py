"""B7r, liaison d'une variable à un axe : une corrélation, dont le signe est fixé."""

from tests.specifications.outils import egal, valeur_de
from tests.specifications.publics_typologie import COMMUNES, avec_typologie

VARIABLES = ("monoparentalite", "bas_revenus", "offre_collective")


def liaisons(table, axe: int) -> dict[str, float]:
    cle = {"periode": "2022", "ventilation": f"commune_{axe}"}
    return {v: valeur_de(table, "B7r", "99", **{**cle, "modalite": v}) for v in VARIABLES}


def test_la_variable_la_plus_liee_l_est_positivement(tmp_path):
    table = avec_typologie(tmp_path).calculer("typologie")
    for axe in (1, 2):
        lues = liaisons(table, axe)
        assert max(lues.values(), key=abs) > 0


def test_l_offre_s_oppose_a_la_pauvrete_et_a_la_monoparentalite(tmp_path):
    lues = liaisons(avec_typologie(tmp_path).calculer("typologie"), 1)
    assert lues["bas_revenus"] * lues["monoparentalite"] > 0
    assert lues["bas_revenus"] * lues["offre_collective"] < 0


def test_sur_tous_les_axes_les_carres_font_au_plus_un(tmp_path):
    table = avec_typologie(tmp_path).calculer("typologie")
    for variable in VARIABLES:
        carres = sum(liaisons(table, axe)[variable] ** 2 for axe in (1, 2))
        assert carres <= 1 + 1e-9


def test_mutation_une_offre_qui_suit_la_pauvrete_change_de_cote(tmp_path):
    communes = [{**c, "places_eaje": 10 * c["taux_pauvrete_pct"]} for c in COMMUNES]
    lues = liaisons(avec_typologie(tmp_path, communes).calculer("typologie"), 1)
    assert lues["offre_collective"] == egal(lues["bas_revenus"])
