"""B4p, public dans la population : ménages monoparentaux, habitants pauvres, habitants de QPV."""

import duckdb

from tests.specifications.jeux_publics import ANNEE, avec_familles, ecrire_quartiers
from tests.specifications.outils import egal, ligne_de, valeur_de
from tests.specifications.publics import VALEURS, ecrire_valeurs


def test_monoparentaux_sur_menages_avec_enfants(tmp_path):
    table = avec_familles(tmp_path).calculer("publics")
    attendu = (300 + 100) / (300 + 700 + 100 + 400)
    assert valeur_de(table, "B4p", "T1", modalite="monoparentaux", **ANNEE) == egal(attendu)


def test_bas_revenus_rend_des_habitants_a_un_taux_publie(tmp_path):
    # 18 % de 9 000 et 9 % de 4 000 habitants : ni la moyenne des taux, ni leur somme.
    table = avec_familles(tmp_path).calculer("publics")
    attendu = (0.18 * 9000 + 0.09 * 4000) / 13000
    assert valeur_de(table, "B4p", "T1", modalite="bas_revenus", **ANNEE) == egal(attendu)
    departement = ligne_de(table, "B4p", "99", modalite="bas_revenus", **ANNEE)
    assert departement["valeur"] == egal(attendu)
    assert departement["statut"] == "a_verifier"


def test_le_taux_d_une_annee_prend_la_population_qui_la_precede(tmp_path):
    jeu = avec_familles(tmp_path)
    avant = [{"commune": v["commune"], "annee": 2018, "population": 1000} for v in VALEURS]
    taux = [{"commune": v["commune"], "annee": 2020, "taux_pauvrete_pct": 20} for v in VALEURS]
    apres = [{**v, "taux_pauvrete_pct": None} for v in VALEURS]
    ecrire_valeurs(jeu, [*avant, *taux, *apres])
    ligne = ligne_de(
        jeu.calculer("publics"),
        "B4p",
        "T1",
        **{**ANNEE, "periode": "2020"},
        modalite="bas_revenus",
    )
    assert (ligne["numerateur"], ligne["denominateur"]) == (egal(400), 2000)


def test_quartiers_prioritaires_de_la_zone(tmp_path):
    jeu = avec_familles(tmp_path)
    ecrire_quartiers(
        jeu,
        {
            "qpv": "QP099001",
            "communes": "Commune 99001",
            "annee": 2022,
            "population": 1300,
            "population_communes_du_quartier": 9000,
        },
    )
    ligne = ligne_de(jeu.calculer("publics"), "B4p", "T1", modalite="qpv", **ANNEE)
    assert ligne["valeur"] == egal(1300 / 13000)


def test_sans_referentiel_la_population_n_a_pas_de_ligne(tmp_path):
    jeu = avec_familles(tmp_path)
    (jeu.lieux.referentiel / "communes_annee.csv").unlink()
    codes = set(jeu.calculer("publics")["indicateur"])
    assert codes == {"B4a", "B4", "B4b", "B4h"}


def test_mutation_plus_de_menages_monoparentaux(tmp_path):
    jeu = avec_familles(tmp_path)
    ecrire_valeurs(jeu, [{**VALEURS[0], "menages_monoparentaux": 600}, *VALEURS[1:]])
    table = jeu.calculer("publics")
    attendu = (600 + 100) / (600 + 700 + 100 + 400)
    assert valeur_de(table, "B4p", "T1", modalite="monoparentaux", **ANNEE) == egal(attendu)


def test_egale_une_requete_independante(tmp_path):
    jeu = avec_familles(tmp_path)
    fichier = jeu.lieux.referentiel / "communes_annee.csv"
    requete = (
        "select sum(taux_pauvrete_pct / 100 * population) / sum(population) from read_csv(?, "
        "types={'commune': 'varchar'}) where annee = 2022 and commune in ('99001', '99002')"
    )
    with duckdb.connect() as base:
        attendu = base.execute(requete, [str(fichier)]).fetchone()[0]
    table = jeu.calculer("publics")
    assert valeur_de(table, "B4p", "T1", modalite="bas_revenus", **ANNEE) == egal(attendu)
