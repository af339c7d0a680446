"""B4b, borne basse de l'écart de public : intervalle de Newcombe (1998), méthode 10."""

from math import sqrt

from tests.specifications.jeux_publics import TRIMESTRE, avec_familles, familles
from tests.specifications.outils import egal, valeur_de

Z = 1.959963984540054


def wilson(cas: float, n: float) -> tuple[float, float]:
    """Wilson (1927), écrit à part du programme."""
    p = cas / n
    centre = p + Z**2 / (2 * n)
    marge = Z * sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    return (centre - marge) / (1 + Z**2 / n), (centre + marge) / (1 + Z**2 / n)


def newcombe(a: float, n: float, b: float, m: float) -> tuple[float, float]:
    (bas1, haut1), (bas2, haut2) = wilson(a, n), wilson(b, m)
    p, q = a / n, b / m
    bas = p - q - sqrt((p - bas1) ** 2 + (haut2 - q) ** 2)
    return 100 * bas, 100 * (p - q + sqrt((haut1 - p) ** 2 + (q - bas2) ** 2))


def bornes(dossier, code: str, lignes=None) -> float | None:
    table = avec_familles(dossier, lignes).calculer("publics")
    return valeur_de(table, code, "T1", modalite="monoparentaux", **TRIMESTRE)


def test_quatre_sur_neuf_contre_400_sur_1500(tmp_path):
    assert bornes(tmp_path, "B4b") == egal(newcombe(4, 9, 400, 1500)[0])


def test_aucun_du_public_la_borne_reste_dans_les_limites(tmp_path):
    lignes = [{**f, "monoparentale": False} for f in familles()]
    assert bornes(tmp_path, "B4b", lignes) == egal(newcombe(0, 10, 400, 1500)[0])


def test_mutation_un_intervalle_de_wald_serait_autre(tmp_path):
    p, q = 4 / 9, 400 / 1500
    wald = 100 * (p - q - Z * sqrt(p * (1 - p) / 9 + q * (1 - q) / 1500))
    assert abs(bornes(tmp_path, "B4b") - wald) > 1
