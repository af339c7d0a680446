"""S1 à S9, portrait public : sommes et ratios de sommes de communes, jamais de médianes."""

import duckdb
import pytest

from tests.specifications.outils import egal, ligne_de, valeur_de
from tests.specifications.publics import VALEURS, avec_referentiel, ecrire_valeurs

ANNEE = {"periode": "2022"}
CAS = {
    "S1": (500 + 250, "sum(enfants_moins_3_estimes)"),
    "S2": (160 + 80, "sum(naissances)"),
    "S3": (9000 + 4000, "sum(population)"),
    "S4": (
        (300 + 100) / (300 + 700 + 100 + 400),
        "sum(menages_monoparentaux) / sum(menages_monoparentaux + menages_couples_avec_enfants)",
    ),
    "S5": ((3200 + 1700) / (4000 + 2000), "sum(emploi_25_54) / sum(population_25_54)"),
    "S6": ((500 + 150) / (5000 + 2500), "sum(chomeurs_15_64) / sum(actifs_15_64)"),
    "S7": (410 + 200, "sum(allocataires_enfants_moins_3)"),
}


@pytest.mark.parametrize("code", CAS)
def test_un_territoire_additionne_ses_communes(tmp_path, code):
    jeu = avec_referentiel(tmp_path)
    attendu, formule = CAS[code]
    obtenu = valeur_de(jeu.calculer("besoins"), code, "T1", **ANNEE)
    assert obtenu == egal(attendu)
    fichier = jeu.lieux.referentiel / "communes_annee.csv"
    with duckdb.connect() as base:
        requete = (
            f"select {formule} from read_csv(?, types={{'commune': 'varchar'}}) "
            "where commune in ('99001', '99002')"
        )
        assert obtenu == egal(base.execute(requete, [str(fichier)]).fetchone()[0])


def test_une_valeur_absente_n_est_pas_zero(tmp_path):
    table = avec_referentiel(tmp_path).calculer("besoins")
    assert ligne_de(table, "S2", "99003", **ANNEE)["statut"] == "non_calculable"
    assert ligne_de(table, "S2", "T2", **ANNEE)["statut"] == "non_calculable"
    departement = ligne_de(table, "S2", "99", **ANNEE)
    assert (departement["valeur"], departement["statut"]) == (240, "a_verifier")


@pytest.mark.parametrize(
    ("code", "valeurs", "formule"),
    [
        ("S8", (21000, 25000), "niveau_vie_median_eur"),
        ("S9", (0.18, 0.09), "taux_pauvrete_pct / 100"),
    ],
)
def test_une_mediane_et_un_taux_restent_a_la_commune(tmp_path, code, valeurs, formule):
    jeu = avec_referentiel(tmp_path)
    table = jeu.calculer("besoins")
    assert set(table.filter(table["indicateur"] == code)["maille"]) == {"commune"}
    fichier = jeu.lieux.referentiel / "communes_annee.csv"
    for commune, attendu in zip(("99001", "99002"), valeurs, strict=True):
        obtenu = valeur_de(table, code, commune, **ANNEE)
        assert obtenu == egal(attendu)
        with duckdb.connect() as base:
            requete = (
                f"select {formule} from read_csv(?, types={{'commune': 'varchar'}}) "
                "where commune = ?"
            )
            assert obtenu == egal(base.execute(requete, [str(fichier), commune]).fetchone()[0])


@pytest.mark.parametrize(
    ("code", "colonne", "plus", "ecart"),
    [("S8", "niveau_vie_median_eur", 500, 500), ("S9", "taux_pauvrete_pct", 2, 0.02)],
)
def test_mutation_de_la_commune_ne_change_qu_elle(tmp_path, code, colonne, plus, ecart):
    jeu = avec_referentiel(tmp_path)
    avant = jeu.calculer("besoins")
    ecrire_valeurs(jeu, [{**VALEURS[0], colonne: VALEURS[0][colonne] + plus}, *VALEURS[1:]])
    apres = jeu.calculer("besoins")
    ecarts = {
        c: valeur_de(apres, code, c, **ANNEE) - valeur_de(avant, code, c, **ANNEE)
        for c in ("99001", "99002")
    }
    assert ecarts == {"99001": egal(ecart), "99002": egal(0)}


@pytest.mark.parametrize(
    ("code", "colonne", "ecart"),
    [
        ("S1", "enfants_moins_3_estimes", 1),
        ("S2", "naissances", 1),
        ("S3", "population", 1),
        ("S7", "allocataires_enfants_moins_3", 1),
    ],
)
def test_mutation_une_unite_de_plus_dans_une_commune(tmp_path, code, colonne, ecart):
    jeu = avec_referentiel(tmp_path)
    avant = valeur_de(jeu.calculer("besoins"), code, "T1", **ANNEE)
    ecrire_valeurs(jeu, [{**VALEURS[0], colonne: VALEURS[0][colonne] + ecart}, *VALEURS[1:]])
    assert valeur_de(jeu.calculer("besoins"), code, "T1", **ANNEE) - avant == egal(ecart)


@pytest.mark.parametrize("code", ["S4", "S5", "S6"])
def test_mutation_la_moyenne_des_taux_est_une_autre_reponse(tmp_path, code):
    table = avec_referentiel(tmp_path).calculer("besoins")
    moyenne = sum(valeur_de(table, code, c, **ANNEE) for c in ("99001", "99002")) / 2
    assert abs(valeur_de(table, code, "T1", **ANNEE) - moyenne) > 0.001
