"""B7m, moyenne d'une classe : la moyenne simple de ses zones."""

import duckdb

from tests.specifications.outils import egal, valeur_de
from tests.specifications.publics_typologie import CODES, COMMUNES, avec_typologie, une_commune

ZONE = {"periode": "2022", "ventilation": ""}


def moyenne(table, ventilation: str, variable: str) -> float:
    cle = {"periode": "2022", "ventilation": ventilation, "modalite": variable}
    return valeur_de(table, "B7m", "99", **cle)


def test_moyenne_des_huit_communes_et_des_vingt_quatre(tmp_path):
    table = avec_typologie(tmp_path).calculer("typologie")
    classe = int(valeur_de(table, "B7", CODES[16], **ZONE))
    # Pauvreté : 30,0 à 30,7 % dans la dernière classe, soit 30,35 en moyenne.
    assert moyenne(table, f"commune_{classe}", "bas_revenus") == egal(0.3035)
    # Ensemble : (8 + 15 + 30) / 3 + 0,35 = 18,0166…
    assert moyenne(table, "commune", "bas_revenus") == egal((53 / 3 + 0.35) / 100)


def test_une_variable_constante_n_a_pas_de_moyenne_a_comparer(tmp_path):
    table = avec_typologie(tmp_path).calculer("typologie")
    modalites = set(table.filter(table["indicateur"] == "B7m")["modalite"])
    assert modalites == {"monoparentalite", "bas_revenus", "offre_collective"}


def test_egale_une_requete_independante(tmp_path):
    jeu = avec_typologie(tmp_path)
    fichier = str(jeu.lieux.referentiel / "communes_annee.csv")
    requete = (
        "select avg(places_eaje / enfants_moins_3_estimes) from read_csv(?, "
        "types={'commune': 'varchar'}) where commune <= '99008'"
    )
    with duckdb.connect() as base:
        attendu = base.execute(requete, [fichier]).fetchone()[0]
    table = jeu.calculer("typologie")
    classe = int(valeur_de(table, "B7", CODES[0], **ZONE))
    assert moyenne(table, f"commune_{classe}", "offre_collective") == egal(attendu)


def test_mutation_une_commune_deplace_la_moyenne_d_un_huitieme(tmp_path):
    changee = une_commune(16, taux_pauvrete_pct=30.8)
    communes = [changee if c["commune"] == CODES[16] else c for c in COMMUNES]
    table = avec_typologie(tmp_path, communes).calculer("typologie")
    classe = int(valeur_de(table, "B7", CODES[16], **ZONE))
    assert moyenne(table, f"commune_{classe}", "bas_revenus") == egal(0.3035 + 0.008 / 8)
