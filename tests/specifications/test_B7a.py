"""B7a et B7r, axes : où sont les zones, et quelles variables les y mettent."""

import numpy as np
import pytest

from tests.specifications.outils import ligne_de, valeur_de
from tests.specifications.publics_typologie import CODES, COMMUNES, avec_typologie, une_commune

VARIABLES = ("monoparentalite", "bas_revenus", "offre_collective")


def axe(table, rang: int, codes=CODES) -> np.ndarray:
    cle = {"periode": "2022", "ventilation": "axe", "modalite": str(rang)}
    return np.array([valeur_de(table, "B7a", c, **cle) for c in codes])


def test_les_coordonnees_sont_centrees_et_leur_variance_est_l_inertie_de_l_axe(tmp_path):
    table = avec_typologie(tmp_path).calculer("typologie")
    for rang in (1, 2):
        suite = axe(table, rang)
        part = {"periode": "2022", "ventilation": "commune_axe", "modalite": str(rang)}
        assert suite.mean() == pytest.approx(0, abs=1e-9)
        # Trois variables réduites : l'inertie totale est 3.
        attendue = 3 * valeur_de(table, "B7q", "99", **part)
        assert suite.var() == pytest.approx(attendue, abs=1e-9)


def test_egale_un_calcul_independant_par_valeurs_propres(tmp_path):
    table = avec_typologie(tmp_path).calculer("typologie")
    brutes = np.array(
        [
            [c["menages_monoparentaux"] / 1000, c["taux_pauvrete_pct"], c["places_eaje"] / 800]
            for c in COMMUNES
        ]
    )
    reduites = (brutes - brutes.mean(0)) / brutes.std(0)
    _, vecteurs = np.linalg.eigh(np.corrcoef(reduites.T))
    attendue = reduites @ vecteurs[:, -1]
    assert np.abs(axe(table, 1)) == pytest.approx(np.abs(attendue), abs=1e-9)
    for variable, colonne in zip(VARIABLES, reduites.T, strict=True):
        cle = {"periode": "2022", "ventilation": "commune_1", "modalite": variable}
        liaison = valeur_de(table, "B7r", "99", **cle)
        assert liaison == pytest.approx(np.corrcoef(colonne, axe(table, 1))[0, 1], abs=1e-9)


def test_une_commune_non_classee_n_a_pas_de_coordonnee(tmp_path):
    trouee = une_commune(0, places_eaje=None)
    table = avec_typologie(tmp_path, [trouee, *COMMUNES[1:]]).calculer("typologie")
    assert ligne_de(table, "B7", CODES[0], periode="2022")["statut"] == "non_calculable"
    assert CODES[0] not in set(table.filter(table["indicateur"] == "B7a")["zone"])


def test_mutation_une_commune_plus_precaire_s_eloigne(tmp_path):
    avant = axe(avec_typologie(tmp_path / "a").calculer("typologie"), 1)
    communes = [*COMMUNES[:23], une_commune(23, taux_pauvrete_pct=45)]
    apres = axe(avec_typologie(tmp_path / "b", communes).calculer("typologie"), 1)
    assert abs(apres[23]) > abs(avant[23])
