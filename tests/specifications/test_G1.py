"""G1, zone dégressive : max(0 ; min(facturé ; 120 % du réalisé) − 107 % du réalisé)."""

from datetime import date

import polars as pl
import pytest

from rtpe_analyse.indicateurs.psu import bornes_degressives
from tests.specifications.conftest import Hasard
from tests.specifications.jeux_psu import CUMUL, avec_juillet, avec_suivi_complet
from tests.specifications.outils import LUNDI, egal, facture, ligne_de, semaine_de, valeur_de


def g1(table, zone, **precisions):
    return valeur_de(table, "G1", zone, **CUMUL, **precisions)


def test_dans_la_zone_et_au_dela(tmp_path):
    table = avec_suivi_complet(tmp_path).calculer("psu")
    # A, 110 % : 220 − 1,07 × 200. B, 125 % : 1,20 × 48 − 1,07 × 48, le reste est au-delà.
    assert g1(table, "A") == egal(220 - 214)
    assert g1(table, "B") == egal(57.6 - 51.36)
    assert g1(table, "99") == egal(6 + 6.24)
    assert ligne_de(table, "G1", "99", **CUMUL)["statut"] == "diffusable"


@pytest.mark.parametrize(
    ("heures", "attendu"), [(190, 0), (214, 0), (214.5, 0.5), (240, 26), (300, 26)]
)
def test_les_bornes(tmp_path, heures, attendu):
    """200 h réalisées : la zone va de 214 h (107 %) à 240 h (120 %)."""
    jeu = avec_suivi_complet(tmp_path)
    jeu.ecrire("factures", [facture("a0", "A", heures)])
    assert g1(jeu.calculer("psu"), "A") == egal(attendu)


def test_l_annee_se_cumule_avant_de_se_comparer(tmp_path):
    table = avec_juillet(tmp_path).calculer("psu")
    # Juin et juillet de A : 260 h facturées pour 240 réalisées.
    assert g1(table, "A", periode="2026-07") == egal(260 - 1.07 * 240)
    assert g1(table, "A", periode="2026-T2") == egal(6)


def test_mutation_comparer_le_territoire_entier_est_une_autre_reponse(tmp_path):
    """280 h pour 248 réalisées : 112,9 % du tout, et non la somme des établissements."""
    table = avec_suivi_complet(tmp_path).calculer("psu")
    assert abs(g1(table, "99") - (280 - 1.07 * 248)) > 1


def test_sans_facture_ou_sans_presence_c_est_inconnu(tmp_path):
    jeu = avec_suivi_complet(tmp_path)
    jeu.ecrire("factures", [facture("a0", "A", 220)])
    table = jeu.calculer("psu")
    assert ligne_de(table, "G1", "B", **CUMUL)["statut"] == "non_calculable"
    tout = ligne_de(table, "G1", "99", **CUMUL)
    assert (tout["valeur"], tout["statut"]) == (egal(6), "a_verifier")


def test_facture_sans_rien_realise_ne_met_rien_dans_la_zone(tmp_path):
    jeu = avec_suivi_complet(tmp_path)
    absent = {"etablissement": "A", "date": LUNDI, "motif_absence": "maladie"}
    jeu.ecrire("pointages", [{"enfant": "a0", **absent}, *semaine_de("b0", "B")])
    table = jeu.calculer("psu")
    assert g1(table, "A") == 0
    assert ligne_de(table, "G3", "A", **CUMUL)["statut"] == "non_calculable"


def test_un_mois_inconnu_rend_inconnu_tout_le_reste_de_l_annee(tmp_path):
    jeu = avec_juillet(tmp_path)
    lignes = jeu.lire("factures").drop("_fichier", "_ligne").to_dicts()
    jeu.ecrire("factures", [x for x in lignes if x["mois"] != LUNDI or x["etablissement"] != "A"])
    table = jeu.calculer("psu")
    for periode in ("2026-06", "2026-07"):
        assert ligne_de(table, "G1", "A", periode=periode, **CUMUL)["statut"] == "non_calculable"
    assert ligne_de(table, "G1", "B", periode="2026-07", **CUMUL)["statut"] == "diffusable"


def test_une_fermeture_en_cours_d_annee_laisse_son_cumul_a_la_zone(tmp_path):
    jeu = avec_juillet(tmp_path)
    lignes = jeu.lire("etablissements").drop("_fichier", "_ligne").to_dicts()
    lignes[1].update(fermeture=date(2026, 6, 30), valide_au=date(2026, 6, 30))
    jeu.ecrire("etablissements", lignes)
    for nom, colonne in (("ouvertures", "date"), ("pointages", "date"), ("factures", "mois")):
        reste = jeu.lire(nom).drop("_fichier", "_ligne").to_dicts()
        jeu.ecrire(
            nom, [x for x in reste if x["etablissement"] == "A" or x[colonne] < date(2026, 7, 1)]
        )
    table = jeu.calculer("psu")
    assert g1(table, "99", periode="2026-07") == egal(3.2 + 6.24)
    assert g1(table, "T2", periode="2026-07") == egal(6.24)


def test_le_suivi_commence_en_cours_d_annee_se_verifie(hasard: Hasard):
    lignes = hasard.lignes("psu", "G1")
    assert set(lignes["statut"]) <= {"a_verifier", "non_calculable"}


def test_les_bornes_sont_celles_de_l_exercice():
    dates = pl.DataFrame({"date": [date(2013, 5, 1), date(2024, 12, 1), date(2025, 1, 1)]})
    assert bornes_degressives(dates).select("bas_pct", "haut_pct").rows() == [
        (None, None),
        (107.0, 117.0),
        (107.0, 120.0),
    ]


def test_egale_une_requete_independante(hasard: Hasard):
    attendu = hasard.sql(
        "with f as (select etablissement, sum(heures_facturees_h) as h from factures group by 1), "
        "p as (select etablissement, sum(coalesce(realise_min, depart_min - arrivee_min, 0)) / 60 "
        "as h from pointages group by 1) "
        "select sum(greatest(0, least(f.h, 1.2 * p.h) - 1.07 * p.h)) from f join p "
        "using (etablissement)"
    )
    ligne = ligne_de(hasard.famille("psu"), "G1", "99", periode="2026-T2", **CUMUL)
    assert ligne["valeur"] == egal(attendu)
