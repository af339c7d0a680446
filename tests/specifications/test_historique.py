"""Les agrégats d'avant le détail prolongent les séries, sans rien inventer."""

from datetime import date

import pytest

from rtpe_analyse.modeles import MAILLES
from rtpe_analyse.secret import proteger
from tests.specifications.outils import (
    LE,
    avec_presences,
    egal,
    ligne_de,
    valeur_de,
)


def agregat(etablissement: str, mois: date, **valeurs: float | None) -> dict[str, object]:
    return {
        "etablissement": etablissement,
        "mois": mois,
        "places": 20.0,
        "jours_ouverture": 20,
        "capacite_h": 4000.0,
        "heures_realisees_h": 2600.0,
        "heures_facturees_h": 2860.0,
        "enfants": 25,
    } | valeurs


@pytest.fixture
def jeu(tmp_path):
    jeu = avec_presences(tmp_path)
    jeu.ecrire(
        "historique_mensuel",
        [
            *(agregat("A", date(2025, m, 1)) for m in (1, 2, 3)),
            agregat("B", date(2025, 1, 1), heures_realisees_h=1000.0, enfants=3),
            agregat("B", date(2025, 2, 1), heures_realisees_h=None, enfants=3),
            agregat("B", date(2025, 3, 1), heures_realisees_h=1000.0, enfants=3),
            agregat("A", date(2025, 7, 1)),
            # Le mois détaillé est aussi dans les agrégats : le détail fait foi.
            agregat("A", date(2026, 6, 1), heures_realisees_h=9999.0),
        ],
    )
    return jeu


def test_les_taux_d_un_mois_ancien(jeu):
    table = jeu.calculer("occupation")
    assert valeur_de(table, "T1", "A", periode="2025-01") == egal(2600 / 4000)
    assert valeur_de(table, "T2", "A", periode="2025-01") == egal(2860 / 4000)
    assert valeur_de(table, "T3", "A", periode="2025-01") == egal(2860 / 2600)


def test_le_trimestre_est_la_somme_de_ses_mois(jeu):
    table = jeu.calculer("occupation")
    assert valeur_de(table, "H1", "A", periode="2025-T1") == egal(3 * 2600)
    # B manque en février : il sort du numérateur et du dénominateur, et la zone le dit.
    assert valeur_de(table, "T1", "99", periode="2025-T1") == egal(3 * 2600 / (3 * 4000))
    assert ligne_de(table, "T1", "99", periode="2025-T1")["statut"] == "a_verifier"
    assert ligne_de(table, "T1", "B", periode="2025-T1")["statut"] == "non_calculable"


def test_un_trimestre_entame_n_est_pas_tronque(jeu):
    table = jeu.calculer("occupation")
    assert valeur_de(table, "T1", "A", periode="2025-07") == egal(2600 / 4000)
    assert ligne_de(table, "T1", "A", periode="2025-T3")["statut"] == "non_calculable"


def test_le_detail_fait_foi(jeu):
    avec = jeu.calculer("occupation")
    jeu.ecrire("historique_mensuel", [])
    sans = jeu.calculer("occupation")
    for code in ("H1", "T1", "T4"):
        assert ligne_de(avec, code, "A") == ligne_de(sans, code, "A")


def test_ce_que_les_agregats_ne_portent_pas_reste_inconnu(jeu):
    table = jeu.calculer("occupation")
    for code in ("T4", "T1c", "T2c"):
        assert ligne_de(table, code, "A", periode="2025-01")["statut"] == "non_calculable"


def test_les_places_sont_la_moyenne_ponderee_par_les_jours(jeu):
    jeu.ecrire(
        "historique_mensuel",
        [
            agregat("A", date(2025, 1, 1), places=20.0, jours_ouverture=20),
            agregat("A", date(2025, 2, 1), places=20.0, jours_ouverture=20),
            agregat("A", date(2025, 3, 1), places=30.0, jours_ouverture=10),
        ],
    )
    # (20 × 20 + 20 × 20 + 30 × 10) / 50 jours = 22
    assert valeur_de(jeu.calculer("places"), "P1", "A", periode="2025-T1") == egal(22)


def test_le_secret_compte_les_enfants_declares(jeu):
    table = jeu.calculer("occupation")
    assert ligne_de(table, "T1", "A", periode="2025-01")["effectif"] == 25
    # Le département a au moins les 25 enfants de A : jamais la somme, qui compterait deux fois.
    assert ligne_de(table, "T1", "99", periode="2025-01")["effectif"] == 25
    assert ligne_de(table, "T1", "B", periode="2025-01")["effectif"] == 3
    protegee = proteger(table, "interne", LE)
    assert ligne_de(protegee, "T1", "B", periode="2025-01")["statut"] == "masque_primaire"
    assert set(table["maille"].unique()) <= set(MAILLES)
