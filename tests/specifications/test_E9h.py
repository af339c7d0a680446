"""E9h, borne haute : E9, plus les autres ETP multipliés par le taux de départs anticipés."""

from datetime import date

import polars as pl

from rtpe_analyse.secret import proteger
from tests.specifications.jeux_contrats import avec_contrats, contrat
from tests.specifications.outils import egal, ligne_de, valeur_de

LE = date(2026, 9, 30)


def deux_annees(dossier, *contrats, naissances=None):
    """Une activité de juin 2025 à septembre 2026, un jour par mois chez A et B."""
    jeu = avec_contrats(dossier, *contrats, naissances=naissances)
    jours = [date(2025 + (m - 1) // 12, (m - 1) % 12 + 1, 2) for m in range(6, 22)]
    jeu.ecrire(
        "ouvertures",
        [
            {"etablissement": c, "date": j, "prevu": True, "ouvert": True}
            for c in "AB"
            for j in jours
        ],
    )
    return jeu


def quatre_enfants():
    """En juin 2025, 160 h : à 0 an, 25 h partent avant septembre sur 75 ; à 1 an, personne."""
    ancien = date(2025, 2, 3)
    return [
        contrat("calme", "A", debut=ancien, heures_hebdo_h=50.0),
        contrat("parti", "A", debut=ancien, fin=date(2025, 7, 31), heures_hebdo_h=25.0),
        contrat("ailleurs", "B", debut=ancien, heures_hebdo_h=35.0),
        contrat("ecole", "A", debut=ancien, fin=date(2025, 7, 11), heures_hebdo_h=50.0),
        contrat("bebe", "A", debut=date(2026, 1, 5), heures_hebdo_h=30.0),
    ]


NAISSANCES = {
    "ecole": date(2022, 5, 1),
    "ailleurs": date(2023, 3, 1),
    "bebe": date(2025, 9, 1),
}


def test_le_taux_de_l_age_a_defaut_celui_de_tous(tmp_path):
    jeu = deux_annees(tmp_path, *quatre_enfants(), naissances=NAISSANCES)
    table = jeu.calculer("contrats", LE)
    # Juin 2026 : « ailleurs », né en 2023, part à l'école ; à 3 ans, personne n'est parti avant.
    assert valeur_de(table, "E9", "99") == egal(35 / 50)
    assert valeur_de(table, "E9h", "B") == egal(35 / 50)
    # « bebe » a 0 an : un tiers part. « calme » a 1 an, jamais observé : 25 h sur 160.
    a_0_an, a_1_an = 30 * 25 / 75, 50 * 25 / 160
    precis = {"ventilation": "age", "periode": "2026-T2"}
    assert valeur_de(table, "E9h", "A", modalite="0 an", **precis) == egal(a_0_an / 50)
    assert valeur_de(table, "E9h", "A", modalite="1 an", **precis) == egal(a_1_an / 50)
    assert valeur_de(table, "E9h", "A") == egal((a_0_an + a_1_an) / 50)
    assert valeur_de(table, "E9h", "99") == egal((35 + a_0_an + a_1_an) / 50)


def test_sans_rentree_passee_c_est_inconnu_et_la_borne_basse_reste(tmp_path):
    jeu = deux_annees(tmp_path, *quatre_enfants(), naissances=NAISSANCES)
    table = jeu.calculer("contrats", LE)
    ligne = ligne_de(table, "E9h", "A", periode="2025-06")
    assert (ligne["valeur"], ligne["statut"]) == (None, "non_calculable")
    assert valeur_de(table, "E9", "A", periode="2025-06") == egal(50 / 50)


def test_la_borne_haute_n_est_jamais_sous_la_basse(tmp_path):
    table = deux_annees(tmp_path, *quatre_enfants(), naissances=NAISSANCES).calculer("contrats", LE)
    cle = ["maille", "zone", "pas", "periode", "ventilation", "modalite"]
    bornes = (
        table.filter(pl.col("indicateur").is_in(["E9", "E9h"]))
        .pivot(on="indicateur", index=cle, values="valeur")
        .drop_nulls("E9h")
    )
    assert len(bornes) > 30
    assert (bornes["E9h"] >= bornes["E9"]).all()


def test_la_borne_haute_se_masque_avec_la_basse_et_avec_les_enfants(tmp_path):
    jeu = deux_annees(tmp_path, *quatre_enfants(), naissances=NAISSANCES)
    table = proteger(jeu.calculer("contrats", LE), "interne", LE)
    for zone in ("A", "B"):
        ligne = ligne_de(table, "E9h", zone)
        assert (ligne["statut"], ligne["valeur"]) == ("masque_primaire", None)


def test_mutation_un_depart_de_moins_baisse_la_borne(tmp_path):
    contrats = quatre_enfants()
    contrats[1]["fin"] = date(2025, 9, 1)
    jeu = deux_annees(tmp_path, *contrats, naissances=NAISSANCES)
    # Personne n'est parti avant l'heure : le taux est nul, les deux bornes se rejoignent.
    table = jeu.calculer("contrats", LE)
    assert valeur_de(table, "E9h", "99") == valeur_de(table, "E9", "99") == egal(35 / 50)
