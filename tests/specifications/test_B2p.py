"""B2p, probabilité que le vrai taux d'une zone dépasse celui du département."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import beta, betabinom

from tests.specifications.outils import ligne_de, valeur_de
from tests.specifications.publics_indice import COMMUNES, IRIS, avec_indice, ecrire, iris

TAUX = {"periode": "2022", "ventilation": "composante", "modalite": "monoparentalite"}


def test_egale_un_calcul_independant(tmp_path):
    """40 % des logements enquêtés : n = 0,4 × 400 ménages avec enfants dans chaque IRIS."""
    table = avec_indice(tmp_path).calculer("indice")
    essais = np.full(12, 160)
    succes = np.array([0.4 * 10 * i["familles_monoparentales_pct"] for i in IRIS])

    def oppose(point):
        return -betabinom.logpmf(np.round(succes), essais, *np.exp(point)).sum()

    # Les succès du jeu sont entiers : la loi de scipy s'applique telle quelle.
    assert succes == pytest.approx(np.round(succes))
    a, b = np.exp(minimize(oppose, np.log([20.0, 30.0]), method="Nelder-Mead").x)
    seuil = succes.sum() / essais.sum()
    for donnee, y in zip(IRIS, succes, strict=True):
        attendu = beta(a + y, b + 160 - y).sf(seuil)
        obtenu = valeur_de(table, "B2p", donnee["iris"], maille="iris", **TAUX)
        assert obtenu == pytest.approx(attendu, abs=2e-3)


def test_une_zone_au_taux_du_departement_a_une_chance_sur_deux(tmp_path):
    table = avec_indice(tmp_path).calculer("indice")
    # Commune 3 : 300 pour 1 000, comme le département.
    assert valeur_de(table, "B2p", "99003", **TAUX) == pytest.approx(0.5, abs=0.03)


def test_a_taux_egal_la_petite_zone_est_moins_sure(tmp_path):
    petit = iris("990060103", 22, population=300, menages=60)
    grand = iris("990060104", 22, population=9000, menages=3600)
    table = avec_indice(tmp_path, lignes_iris=[*IRIS, petit, grand]).calculer("indice")
    moins, plus = (valeur_de(table, "B2p", c["iris"], **TAUX) for c in (petit, grand))
    assert 0.5 < moins < plus


def test_les_naissances_suivent_une_loi_de_poisson_sans_sondage(tmp_path):
    # Sept écarts types au-dessus : 240 attendues, 350 observées sur 8 000 adultes.
    communes = [{**COMMUNES[0], "naissances": 350}, *COMMUNES[1:]]
    table = avec_indice(tmp_path, communes).calculer("indice")
    assert valeur_de(table, "B2p", "99001", **{**TAUX, "modalite": "enfants"}) > 0.99


def test_un_taux_publie_sans_effectif_n_a_pas_de_probabilite(tmp_path):
    table = avec_indice(tmp_path).calculer("indice")
    modalites = set(table.filter(table["indicateur"] == "B2p")["modalite"])
    assert modalites == {"enfants", "emploi", "monoparentalite"}


def test_une_zone_inconnue_n_a_pas_de_probabilite(tmp_path):
    trouee = {**IRIS[0], "familles_monoparentales_pct": None}
    table = avec_indice(tmp_path, lignes_iris=[trouee, *IRIS[1:]]).calculer("indice")
    assert ligne_de(table, "B2p", trouee["iris"], **TAUX)["statut"] == "non_calculable"


def test_moins_de_cinq_zones_n_ont_pas_de_loi_commune(tmp_path):
    table = avec_indice(tmp_path, lignes_iris=IRIS[:4]).calculer("indice")
    assert ligne_de(table, "B2p", IRIS[0]["iris"], **TAUX)["statut"] == "non_calculable"


def test_mutation_un_taux_plus_fort_est_plus_probablement_au_dessus(tmp_path):
    jeu = avec_indice(tmp_path)
    code = IRIS[0]["iris"]
    avant = valeur_de(jeu.calculer("indice"), "B2p", code, **TAUX)
    ecrire(jeu, "iris_annee", [iris(code, 30), *IRIS[1:]])
    assert valeur_de(jeu.calculer("indice"), "B2p", code, **TAUX) > avant + 0.3
