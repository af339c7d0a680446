"""D5, demandes refusées sur douze mois, par motif."""

from datetime import date

import polars as pl

from tests.specifications.conftest import Hasard
from tests.specifications.outils import ligne_de, reseau, valeur_de
from tests.specifications.test_D1 import calculer
from tests.specifications.test_D3 import SQL_DERNIERES
from tests.specifications.test_D4a import T2, decidee

JOUR = date(2026, 5, 4)


def refusee(numero, motif=None, **reste):
    return decidee(numero, reste.pop("jour", JOUR), "refusee", motif_refus=motif, **reste)


def test_par_motif_au_territoire(tmp_path):
    table = calculer(
        tmp_path,
        refusee("1", "plus_de_place"),
        refusee("2", "plus_de_place", jour=date(2025, 9, 1)),
        refusee("3", "hors_secteur"),
        refusee("4"),
        decidee("5", JOUR),
    )
    motifs = {
        m: valeur_de(table, "D5", "T1", ventilation="motif", modalite=m, **T2)
        for m in ("plus_de_place", "hors_secteur", "jours_incompatibles", "inconnu")
    }
    assert motifs == {
        "plus_de_place": 2,
        "hors_secteur": 1,
        "jours_incompatibles": 0,
        "inconnu": 1,
    }
    assert valeur_de(table, "D5", "T1", **T2) == 2 + 1 + 0 + 1
    assert valeur_de(table, "D5", "A", **T2) == 4


def test_refuse_puis_accepte_n_est_plus_un_refus(tmp_path):
    table = calculer(
        tmp_path,
        refusee("1", "plus_de_place"),
        decidee("2", date(2026, 6, 1), appariement="p1"),
    )
    assert valeur_de(table, "D5", "99", **T2) == 0


def test_refuse_deux_fois_compte_une_fois_au_dernier_motif(tmp_path):
    table = calculer(
        tmp_path,
        refusee("1", "plus_de_place"),
        refusee("2", "hors_secteur", jour=date(2026, 6, 1), appariement="p1"),
    )
    assert valeur_de(table, "D5", "99", **T2) == 1
    assert valeur_de(table, "D5", "99", ventilation="motif", modalite="hors_secteur", **T2) == 1


def test_mutation_changer_un_motif_ne_change_pas_le_total(tmp_path):
    jeu = reseau(tmp_path)
    jeu.ecrire("demandes", [refusee("1", "plus_de_place"), refusee("2", "hors_secteur")])
    avant = jeu.calculer("demandes")
    jeu.ecrire("demandes", [refusee("1", "plus_de_place"), refusee("2", "plus_de_place")])
    apres = jeu.calculer("demandes")
    lu = {"ventilation": "motif", "modalite": "plus_de_place", **T2}
    assert valeur_de(apres, "D5", "T1", **lu) - valeur_de(avant, "D5", "T1", **lu) == 1
    assert ligne_de(avant, "D5", "T1", **T2)["valeur"] == 2
    assert ligne_de(apres, "D5", "T1", **T2)["valeur"] == 2


def test_refus_et_acceptations_font_les_demandes_instruites(hasard: Hasard):
    """D5 + numérateur de D4a = dénominateur de D4a, dans chaque zone."""
    cle = ["maille", "zone", "periode"]
    d4a = hasard.lignes("demandes", "D4a").filter(pl.col("ventilation") == "")
    d5 = hasard.lignes("demandes", "D5").filter(pl.col("ventilation") == "")
    jointes = d4a.join(d5.select(*cle, refus="valeur"), on=cle)
    assert len(jointes) == len(d4a) > 0
    assert (jointes["refus"] + jointes["numerateur"] == jointes["denominateur"]).all()


def test_egale_une_requete_independante(hasard: Hasard):
    dernieres = SQL_DERNIERES.format(quand="between date '2025-07-01' and date '2026-06-30'")
    attendu = hasard.sql(f"select count(*) from {dernieres} where decision = 'refusee'")
    assert valeur_de(hasard.famille("demandes"), "D5", "99", **T2) == attendu
