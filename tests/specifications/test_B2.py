"""B2, indice de besoin : moyenne pondérée d'écarts réduits, 100 pour la zone moyenne."""

from pathlib import Path

import duckdb
import pytest

from rtpe_analyse.erreurs import ErreurReglementation
from rtpe_analyse.indicateurs.indice import poids_publies
from rtpe_analyse.reglementation import valeurs
from tests.specifications.outils import LE, egal, ligne_de, valeur_de
from tests.specifications.publics_indice import (
    COMMUNES,
    IRIS,
    avec_indice,
    commune,
    ecrire,
    iris,
)

ANNEE = {"periode": "2022", "ventilation": ""}
SANS_QPV = {"quartiers": []}
# Parts de 100, comme dans indice_besoin.yaml ; sans quartier prioritaire, il en reste 90.
MONOPARENTALITE, OFFRE, RESTE = 15, 20, 90
ECART = (10_000 / 6 * 10) ** 0.5  # des familles monoparentales, pour 1 000


def test_seules_les_familles_monoparentales_distinguent_les_communes(tmp_path):
    table = avec_indice(tmp_path, **SANS_QPV).calculer("indice")
    for donnee in COMMUNES:
        ecart = (donnee["menages_monoparentaux"] - 300) / ECART
        attendu = 100 + 10 * MONOPARENTALITE / RESTE * ecart
        assert valeur_de(table, "B2", donnee["commune"], **ANNEE) == egal(attendu)


def test_deux_composantes_l_offre_en_sens_inverse(tmp_path):
    # Offre : 300 places de plus dans la commune 1, soit (700 − 450) / 111,8 = √5 écarts types.
    communes = [{**COMMUNES[0], "places_total": 700}, *COMMUNES[1:]]
    table = avec_indice(tmp_path, communes, **SANS_QPV).calculer("indice")
    attendu = 100 + 10 * (MONOPARENTALITE * (100 - 300) / ECART - OFFRE * 5**0.5) / RESTE
    assert valeur_de(table, "B2", "99001", **ANNEE) == egal(attendu)


def test_une_composante_inconnue_n_est_pas_remplacee(tmp_path):
    # Offre inconnue de la commune 1 : 70 parts connues ; la valeur est à vérifier.
    communes = [{**COMMUNES[0], "places_total": None}, *COMMUNES[1:]]
    table = avec_indice(tmp_path, communes).calculer("indice")
    ligne = ligne_de(table, "B2", "99001", **ANNEE)
    qpv = (0 - 5000 / 20000 / 6) / ((5 / 6 * 1 / 6) ** 0.5 * 0.25)
    attendu = 100 + 10 * (MONOPARENTALITE * (100 - 300) / ECART + 10 * qpv) / 80
    assert ligne["valeur"] == egal(attendu)
    assert ligne["statut"] == "a_verifier"
    assert ligne_de(table, "B2", "99002", **ANNEE)["statut"] == "diffusable"


def test_sous_la_part_minimale_des_poids_l_indice_n_existe_pas(tmp_path):
    # Ni offre (20), ni revenus (15), ni monoparentalité (15) : 50 parts connues sur 100.
    trouee = commune("99001", None, places_total=None, taux_pauvrete_pct=None)
    table = avec_indice(tmp_path, [trouee, *COMMUNES[1:]]).calculer("indice")
    for code in ("B2", "B2b", "B2h"):
        ligne = ligne_de(table, code, "99001", **ANNEE)
        assert (ligne["valeur"], ligne["statut"]) == (None, "non_calculable")
    assert valeur_de(table, "B2", "99002", **ANNEE) is not None


def test_a_l_iris_quatre_composantes(tmp_path):
    table = avec_indice(tmp_path).calculer("indice")
    taux = [i["familles_monoparentales_pct"] for i in IRIS]
    moyenne = sum(taux) / 12
    ecart = (sum((t - moyenne) ** 2 for t in taux) / 12) ** 0.5
    attendu = 100 + 10 * 0.20 * (taux[0] - moyenne) / ecart
    assert valeur_de(table, "B2", IRIS[0]["iris"], **ANNEE, maille="iris") == egal(attendu)


def test_un_iris_presque_vide_n_a_pas_d_indice_et_ne_compte_dans_aucune_moyenne(tmp_path):
    vide = iris("990010103", 40, population=150, menages=60)
    avec = avec_indice(tmp_path / "avec", lignes_iris=[*IRIS, vide]).calculer("indice")
    sans = avec_indice(tmp_path / "sans").calculer("indice")
    assert ligne_de(avec, "B2", "990010103", **ANNEE)["statut"] == "non_calculable"
    for donnee in IRIS:
        code = donnee["iris"]
        assert valeur_de(avec, "B2", code, **ANNEE) == egal(valeur_de(sans, "B2", code, **ANNEE))


def test_les_annees_des_composantes_sont_dites(tmp_path):
    anciennes = [
        {"commune": c["commune"], "annee": 2019, "taux_pauvrete_pct": 15} for c in COMMUNES
    ]
    recentes = [{**c, "taux_pauvrete_pct": None} for c in COMMUNES]
    table = avec_indice(tmp_path, [*anciennes, *recentes]).calculer("indice")
    assert ligne_de(table, "B2", "99001", **ANNEE)["millesime"] == "2019 et 2022"


@pytest.mark.parametrize("nombre", [1, 4])
def test_un_departement_de_trop_peu_de_communes_n_a_pas_d_indice(tmp_path, nombre):
    jeu = avec_indice(tmp_path, COMMUNES[:nombre], [], [])
    table = jeu.calculer("indice")
    indices = table.filter(table["indicateur"].is_in(["B2", "B2b", "B2h"]))
    assert len(indices)
    assert set(indices["statut"]) == {"non_calculable"}


def test_un_autre_departement_se_calcule_a_part(tmp_path):
    communes = [{**c, "commune": c["commune"].replace("99", "98", 1)} for c in COMMUNES]
    pauvres = [{**c, "taux_pauvrete_pct": 40} for c in communes]
    jeu = avec_indice(tmp_path, [*COMMUNES, *pauvres])
    seul = avec_indice(tmp_path / "seul").calculer("indice")
    table = jeu.calculer("indice")
    assert "98001" not in set(table["zone"])  # le réseau n'y a pas d'établissement
    assert valeur_de(table, "B2", "99001", **ANNEE) == egal(valeur_de(seul, "B2", "99001", **ANNEE))


def test_sans_referentiel_rien_n_est_calcule(tmp_path):
    jeu = avec_indice(tmp_path)
    for fichier in jeu.lieux.referentiel.glob("*_annee.csv"):
        fichier.unlink()
    assert jeu.calculer("indice").is_empty()


def test_sans_iris_les_communes_se_calculent(tmp_path):
    jeu = avec_indice(tmp_path)
    (jeu.lieux.referentiel / "iris_annee.csv").unlink()
    table = jeu.calculer("indice")
    assert set(table["maille"]) == {"commune"}


def test_mutation_plus_de_familles_monoparentales_plus_de_besoin(tmp_path):
    jeu = avec_indice(tmp_path)
    avant = valeur_de(jeu.calculer("indice"), "B2", "99001", **ANNEE)
    ecrire(jeu, "communes_annee", [commune("99001", 150), *COMMUNES[1:]])
    assert valeur_de(jeu.calculer("indice"), "B2", "99001", **ANNEE) > avant + 0.1


def test_mutation_un_poids_modifie_change_l_indice(tmp_path, monkeypatch):
    ajout = """\
theme: indice_besoin
valeurs:
  poids_commune:
    - effet: 2020-01-01
      valeur: {monoparentalite: 1}
      reference: "Poids d'essai"
      certitude: convention
      verifie_le: 2020-02-01
"""
    (tmp_path / "indice_besoin.yaml").write_text(ajout, encoding="utf-8")
    monkeypatch.setattr(valeurs, "COMPLEMENTS", tmp_path)
    valeurs._series.cache_clear()
    try:
        table = avec_indice(tmp_path).calculer("indice")
        obtenu = valeur_de(table, "B2", "99001", **ANNEE)
    finally:
        valeurs._series.cache_clear()
    assert obtenu == egal(100 + 10 * (100 - 300) / ECART)


@pytest.mark.parametrize(
    ("poids", "message"),
    [({"inconnue": 1}, "inconnue"), ({"emploi": -1, "enfants": 2}, "négatifs"), ({}, "nuls")],
)
def test_des_poids_impossibles_sont_refuses(monkeypatch, poids, message):
    monkeypatch.setattr("rtpe_analyse.indicateurs.indice.valeur", lambda *_: poids)
    with pytest.raises(ErreurReglementation, match=message):
        poids_publies("commune", LE)


def test_egale_une_requete_independante(tmp_path: Path):
    jeu = avec_indice(tmp_path, **SANS_QPV)
    fichier = jeu.lieux.referentiel / "communes_annee.csv"
    taux = {
        "naissances / population_25_54": 20,
        "emploi_25_54 / population_25_54": 20,
        "menages_monoparentaux / (menages_monoparentaux + menages_couples_avec_enfants)": 15,
        "taux_pauvrete_pct": 15,
        "-places_total / enfants_moins_3_estimes": 20,
    }
    reduits = " + ".join(
        f"{p} * coalesce(({t} - avg({t}) over ()) / nullif(stddev_pop({t}) over (), 0), 0)"
        for t, p in taux.items()
    )
    requete = (
        f"select i from (select commune, 100 + 10 * ({reduits}) / 90 i from read_csv(?, "
        "types={'commune': 'varchar'}) where annee = 2022) where commune = '99004'"
    )
    with duckdb.connect() as base:
        attendu = base.execute(requete, [str(fichier)]).fetchone()[0]
    assert valeur_de(jeu.calculer("indice"), "B2", "99004", **ANNEE) == egal(attendu)
