"""B2c, composantes du besoin : chaque taux publié, zone par zone, jamais remplacé."""

import duckdb
import pytest

from tests.specifications.outils import egal, ligne_de, valeur_de
from tests.specifications.publics_indice import COMMUNES, IRIS, avec_indice, ecrire

VENTILE = {"periode": "2022", "ventilation": "composante"}


@pytest.mark.parametrize(
    ("composante", "attendu"),
    [
        ("enfants", 240 / 8000),
        ("emploi", 6400 / 8000),
        ("monoparentalite", 100 / 1000),
        ("bas_revenus", 0.15),
        ("chomage", 1000 / 10000),
        ("qpv", 0),
        ("offre", 400 / 800),
        ("offre_collective", 240 / 800),
        ("offre_individuelle", 140 / 800),
    ],
)
def test_chaque_composante_d_une_commune(tmp_path, composante, attendu):
    table = avec_indice(tmp_path).calculer("indice")
    obtenu = valeur_de(table, "B2c", "99001", maille="commune", modalite=composante, **VENTILE)
    assert obtenu == egal(attendu)


@pytest.mark.parametrize(
    ("composante", "attendu"),
    [
        ("enfants", 0.20),
        ("emploi", 0.80),
        ("monoparentalite", 10 / 40),
        ("bas_revenus", 0.15),
        ("chomage", 0.10),
        ("logement_social", 0.30),
    ],
)
def test_chaque_composante_d_un_iris(tmp_path, composante, attendu):
    table = avec_indice(tmp_path).calculer("indice")
    code = IRIS[0]["iris"]
    obtenu = valeur_de(table, "B2c", code, maille="iris", modalite=composante, **VENTILE)
    assert obtenu == egal(attendu)


def test_le_quartier_prioritaire_se_rapporte_a_la_population_de_sa_commune(tmp_path):
    table = avec_indice(tmp_path).calculer("indice")
    assert valeur_de(table, "B2c", "99005", modalite="qpv", **VENTILE) == egal(5000 / 20000)


def test_une_valeur_absente_reste_absente(tmp_path):
    communes = [{**COMMUNES[0], "places_total": None}, *COMMUNES[1:]]
    table = avec_indice(tmp_path, communes).calculer("indice")
    ligne = ligne_de(table, "B2c", "99001", modalite="offre", **VENTILE)
    assert (ligne["valeur"], ligne["statut"]) == (None, "non_calculable")
    assert valeur_de(table, "B2c", "99001", modalite="offre_collective", **VENTILE) == egal(0.3)


def test_une_annee_posterieure_a_l_arrete_n_est_pas_lue(tmp_path):
    futures = [{**c, "annee": 2030, "taux_pauvrete_pct": 50} for c in COMMUNES]
    table = avec_indice(tmp_path, [*COMMUNES, *futures]).calculer("indice")
    assert valeur_de(table, "B2c", "99001", modalite="bas_revenus", **VENTILE) == egal(0.15)


def test_mutation_un_menage_de_plus(tmp_path):
    jeu = avec_indice(tmp_path)
    ecrire(jeu, "communes_annee", [{**COMMUNES[0], "naissances": 241}, *COMMUNES[1:]])
    obtenu = valeur_de(jeu.calculer("indice"), "B2c", "99001", modalite="enfants", **VENTILE)
    assert obtenu == egal(241 / 8000)


def test_egale_une_requete_independante(tmp_path):
    jeu = avec_indice(tmp_path)
    requete = (
        "select familles_monoparentales_pct / (familles_monoparentales_pct + "
        "couples_avec_enfants_pct) from read_csv(?, types={'iris': 'varchar'}) where iris = ?"
    )
    code = IRIS[7]["iris"]
    with duckdb.connect() as base:
        fichier = str(jeu.lieux.referentiel / "iris_annee.csv")
        attendu = base.execute(requete, [fichier, code]).fetchone()[0]
    obtenu = valeur_de(jeu.calculer("indice"), "B2c", code, modalite="monoparentalite", **VENTILE)
    assert obtenu == egal(attendu)
