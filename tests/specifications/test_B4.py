"""B4, écart de public : part chez les accueillis − part dans la population, en points."""

import polars as pl
import pytest

from rtpe_analyse.secret.porte import proteger
from tests.specifications.jeux_publics import TRIMESTRE, avec_familles, familles
from tests.specifications.outils import LE, egal, ligne_de, valeur_de


@pytest.mark.parametrize(
    ("public", "attendu"),
    [
        ("monoparentaux", 100 * (4 / 9 - 400 / 1500)),
        ("bas_revenus", 100 * (2 / 10 - (0.18 * 9000 + 0.09 * 4000) / 13000)),
    ],
)
def test_difference_en_points(tmp_path, public, attendu):
    table = avec_familles(tmp_path).calculer("publics")
    assert valeur_de(table, "B4", "T1", modalite=public, **TRIMESTRE) == egal(attendu)


def test_population_inconnue_pas_d_ecart(tmp_path):
    table = avec_familles(tmp_path).calculer("publics")
    ligne = ligne_de(table, "B4", "T1", modalite="qpv", **TRIMESTRE)
    assert (ligne["valeur"], ligne["statut"]) == (None, "non_calculable")


def test_population_partielle_l_ecart_est_a_verifier_et_date(tmp_path):
    table = avec_familles(tmp_path).calculer("publics")
    ligne = ligne_de(table, "B4", "99", modalite="bas_revenus", **TRIMESTRE)
    assert (ligne["statut"], ligne["millesime"]) == ("a_verifier", "2022")


def test_masque_avec_la_part_dont_il_vient(tmp_path):
    table = proteger(avec_familles(tmp_path).calculer("publics"), "interne", LE)
    siennes = table.filter(pl.col("modalite") == "bas_revenus", pl.col("zone") == "T1")
    # Deux enfants à bas revenus : la part, l'écart et ses bornes se masquent ensemble.
    statuts = dict(siennes.select("indicateur", "statut").iter_rows())
    assert {statuts[c] for c in ("B4a", "B4", "B4b", "B4h")} == {"masque_primaire"}
    assert statuts["B4p"] == "diffusable"
    assert siennes.filter(pl.col("indicateur") != "B4p")["valeur"].null_count() == 4


def test_mutation_inverser_la_difference_changerait_le_signe(tmp_path):
    lignes = familles()
    for famille in lignes[:4]:
        famille["monoparentale"] = False
    table = avec_familles(tmp_path, lignes).calculer("publics")
    ecart = valeur_de(table, "B4", "T1", modalite="monoparentaux", **TRIMESTRE)
    assert ecart == egal(-100 * 400 / 1500)
