"""B1r, offre du réseau suivi : ses places autorisées / enfants de moins de 3 ans."""

from datetime import date

from tests.specifications.outils import agrement, egal, etablissement, ligne_de, valeur_de
from tests.specifications.publics import VALEURS, avec_referentiel, ecrire_valeurs

ANNEE = {"periode": "2022"}


def avec_places(dossier):
    jeu = avec_referentiel(dossier)
    jeu.ecrire("agrements", [*agrement("A", 40), *agrement("B", 25), *agrement("C", 30)])
    return jeu


def test_les_places_suivies_de_la_zone_sur_ses_enfants(tmp_path):
    table = avec_places(tmp_path).calculer("besoins")
    assert valeur_de(table, "B1r", "99001", **ANNEE) == egal(40 / 500)
    assert valeur_de(table, "B1r", "T1", **ANNEE) == egal((40 + 25) / (500 + 250))
    departement = ligne_de(table, "B1r", "99", **ANNEE)
    assert departement["valeur"] == egal((40 + 25 + 30) / (500 + 250 + 100))
    # Les enfants de 99004 ne sont pas publiés.
    assert departement["statut"] == "a_verifier"


def test_elle_est_sous_l_offre_totale_et_le_dit(tmp_path):
    table = avec_places(tmp_path).calculer("besoins")
    assert valeur_de(table, "B1r", "T1", **ANNEE) < valeur_de(table, "B1", "T1", **ANNEE)
    assert ligne_de(table, "B1r", "T1", **ANNEE)["source"].startswith("réseau suivi")


def test_les_places_sont_celles_de_l_annee_des_enfants(tmp_path):
    """Un établissement ouvert après le 31 décembre 2022 n'y est pas."""
    jeu = avec_places(tmp_path)
    jeu.ajouter("etablissements", etablissement("D", "99001", ouverture=date(2023, 1, 1)))
    jeu.ajouter("agrements", *agrement("D", 60))
    assert valeur_de(jeu.calculer("besoins"), "B1r", "99001", **ANNEE) == egal(40 / 500)


def test_une_commune_sans_etablissement_suivi_en_a_zero_place(tmp_path):
    jeu = avec_places(tmp_path)
    ecrire_valeurs(jeu, [*VALEURS, {**VALEURS[2], "commune": "99004"}])
    assert valeur_de(jeu.calculer("besoins"), "B1r", "99004", **ANNEE) == 0


def test_mutation_dix_places_de_plus(tmp_path):
    jeu = avec_places(tmp_path)
    avant = valeur_de(jeu.calculer("besoins"), "B1r", "T1", **ANNEE)
    jeu.ecrire("agrements", [*agrement("A", 50), *agrement("B", 25), *agrement("C", 30)])
    apres = valeur_de(jeu.calculer("besoins"), "B1r", "T1", **ANNEE)
    assert apres - avant == egal(10 / 750)
