"""S10 et S11, quartiers prioritaires : un quartier peut couvrir plusieurs communes."""

from datetime import date

import polars as pl

from rtpe_analyse.nomenclatures.publiques import FICHIERS_REFERENTIEL
from tests.specifications.outils import egal, ligne_de, valeur_de
from tests.specifications.publics import VALEURS, avec_referentiel, ecrire_valeurs

ANNEE = {"periode": "2022"}
# L'édition 2022 porte les populations communales de 2018.
EN_2018 = [
    {"commune": c, "annee": 2018, "population": p}
    for c, p in (("99001", 8000), ("99002", 4000), ("99003", 2500), ("99004", 500))
]
QUARTIERS = [
    ("QP099001", "Commune 99001", 900, 8000),
    ("QP099002", "Commune 99001, Commune 99002", 1000, 12000),
    ("QP099003", "Commune 99003, Commune 99002", 300, 6500),
]


def avec_quartiers(dossier, quartiers=QUARTIERS):
    jeu = avec_referentiel(dossier)
    ecrire_valeurs(jeu, [*EN_2018, *VALEURS])
    lignes = [
        {
            "qpv": code,
            "libelle": code,
            "communes": communes,
            "annee": 2022,
            "population": habitants,
            "population_communes_du_quartier": des_communes,
        }
        for code, communes, habitants, des_communes in quartiers
    ]
    schema = FICHIERS_REFERENTIEL["qpv"].schema
    pl.DataFrame(lignes, schema=schema).write_csv(jeu.lieux.referentiel / "qpv.csv")
    return jeu


def test_le_departement_additionne_tous_ses_quartiers(tmp_path):
    table = avec_quartiers(tmp_path).calculer("besoins")
    assert valeur_de(table, "S10", "99", **ANNEE) == 900 + 1000 + 300
    part = ligne_de(table, "S11", "99", **ANNEE)
    assert part["valeur"] == egal((900 + 1000 + 300) / (8000 + 4000 + 2500 + 500))
    assert part["millesime"] == "2022 (recensement de 2018)"


def test_un_quartier_qui_depasse_n_est_pas_compte_et_se_dit(tmp_path):
    """T1 = 99001 et 99002 : le troisième quartier déborde sur 99003."""
    table = avec_quartiers(tmp_path).calculer("besoins")
    territoire = ligne_de(table, "S10", "T1", **ANNEE)
    assert (territoire["valeur"], territoire["statut"]) == (900 + 1000, "a_verifier")
    commune = ligne_de(table, "S10", "99001", **ANNEE)
    assert (commune["valeur"], commune["statut"]) == (900, "a_verifier")


def test_seulement_un_morceau_de_quartier_n_est_pas_zero(tmp_path):
    table = avec_quartiers(tmp_path).calculer("besoins")
    for code in ("S10", "S11"):
        assert ligne_de(table, code, "99003", **ANNEE)["statut"] == "non_calculable"


def test_aucun_quartier_la_ou_la_source_decrit_le_departement_est_zero(tmp_path):
    table = avec_quartiers(tmp_path).calculer("besoins")
    assert ligne_de(table, "S10", "99004", **ANNEE)["valeur"] == 0
    assert ligne_de(table, "S11", "99004", **ANNEE)["statut"] == "diffusable"


def test_un_departement_que_la_source_ne_decrit_pas_est_inconnu(tmp_path):
    jeu = avec_quartiers(tmp_path)
    jeu.ecrire(
        "zonages",
        [
            {"zonage": "Z", "nom_zonage": "Z", "commune": c, "valide_du": date(2020, 1, 1)}
            for c in ("99001", "98001")
        ],
    )
    assert ligne_de(jeu.calculer("besoins"), "S10", "Z", **ANNEE)["statut"] == "non_calculable"


def test_sans_annee_de_recensement_retrouvee_pas_de_part(tmp_path):
    autres = [(*q[:3], q[3] + 1) for q in QUARTIERS]
    table = avec_quartiers(tmp_path, autres).calculer("besoins")
    assert table.filter(pl.col("indicateur") == "S11").is_empty()
    assert valeur_de(table, "S10", "99", **ANNEE) == 2200


def test_une_population_revisee_ne_fait_pas_perdre_l_annee(tmp_path):
    """Deux communes sur trois ont leur population de 2018 ; la troisième a été révisée depuis."""
    seuls = [
        ("QP099001", "Commune 99001", 900, 8000),
        ("QP099002", "Commune 99002", 1000, 4000),
        ("QP099003", "Commune 99003", 300, 2499),
    ]
    part = ligne_de(avec_quartiers(tmp_path, seuls).calculer("besoins"), "S11", "99", **ANNEE)
    assert part["valeur"] == egal(2200 / (8000 + 4000 + 2500 + 500))
    assert part["millesime"] == "2022 (recensement de 2018)"


def test_mutation_dix_habitants_de_plus(tmp_path):
    plus = [(q[0], q[1], q[2] + 10, q[3]) for q in QUARTIERS[:1]] + QUARTIERS[1:]
    avant = avec_quartiers(tmp_path / "a").calculer("besoins")
    apres = avec_quartiers(tmp_path / "b", plus).calculer("besoins")
    assert valeur_de(apres, "S10", "T1", **ANNEE) - valeur_de(avant, "S10", "T1", **ANNEE) == 10
