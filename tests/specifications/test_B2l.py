"""B2l, taux lissé : la moyenne du vrai taux d'une zone, et ses bornes."""

import pytest
from scipy.stats import beta

from tests.specifications.outils import ligne_de, valeur_de
from tests.specifications.publics_indice import IRIS, avec_indice, ecrire, iris

TAUX = {"periode": "2022", "modalite": "monoparentalite"}


def lire(table, zone: str, borne: str = "") -> float | None:
    return valeur_de(table, "B2l", zone, ventilation=f"composante{borne}", **TAUX)


def test_le_taux_lisse_est_entre_le_taux_nu_et_l_ensemble(tmp_path):
    table = avec_indice(tmp_path).calculer("indice")
    # Premier IRIS : 25 % de familles monoparentales ; ensemble des douze : 42,5 %.
    assert 0.25 < lire(table, IRIS[0]["iris"]) < 0.425


def test_a_taux_egal_la_petite_zone_est_plus_ramenee_et_moins_sure(tmp_path):
    petit = iris("990060103", 22, population=300, menages=60)
    grand = iris("990060104", 22, population=9000, menages=3600)
    table = avec_indice(tmp_path, lignes_iris=[*IRIS, petit, grand]).calculer("indice")
    ensemble, nu = 0.43, 22 / 40
    assert ensemble < lire(table, petit["iris"]) < lire(table, grand["iris"]) < nu
    largeurs = [
        lire(table, z["iris"], "_haut") - lire(table, z["iris"], "_bas") for z in (petit, grand)
    ]
    assert largeurs[0] > 3 * largeurs[1]


def test_les_bornes_contiennent_le_taux_et_viennent_de_la_meme_loi(tmp_path):
    """Bornes à 90 %, retrouvées de la moyenne et d'un poids commun à tous les IRIS."""
    table = avec_indice(tmp_path).calculer("indice")
    zones = [i["iris"] for i in IRIS]
    # Moyenne lissée = (a + y) / (a + b + 160) : la pente entre deux IRIS donne a + b.
    ecart = (IRIS[-1]["familles_monoparentales_pct"] - IRIS[0]["familles_monoparentales_pct"]) * 4
    pente = (lire(table, zones[-1]) - lire(table, zones[0])) / ecart
    total = 1 / pente
    for zone in zones:
        moyenne = lire(table, zone)
        loi = beta(moyenne * total, (1 - moyenne) * total)
        assert lire(table, zone, "_bas") == pytest.approx(loi.ppf(0.05), abs=1e-9)
        assert lire(table, zone, "_haut") == pytest.approx(loi.ppf(0.95), abs=1e-9)


def test_une_zone_inconnue_n_a_pas_de_taux_lisse(tmp_path):
    trouee = {**IRIS[0], "familles_monoparentales_pct": None}
    table = avec_indice(tmp_path, lignes_iris=[trouee, *IRIS[1:]]).calculer("indice")
    ligne = ligne_de(table, "B2l", trouee["iris"], ventilation="composante", **TAUX)
    assert (ligne["valeur"], ligne["statut"]) == (None, "non_calculable")


def test_mutation_un_taux_plus_fort_releve_le_taux_lisse(tmp_path):
    jeu = avec_indice(tmp_path)
    code = IRIS[0]["iris"]
    avant = lire(jeu.calculer("indice"), code)
    ecrire(jeu, "iris_annee", [iris(code, 20), *IRIS[1:]])
    assert lire(jeu.calculer("indice"), code) > avant + 0.1
