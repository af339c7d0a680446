"""B1p, S2p, S14p : des valeurs publiées, montrées à côté de nos totaux et jamais à leur place."""

import polars as pl
import pytest

from rtpe_analyse.nomenclatures.publiees import FICHIER_PUBLIEES, SCHEMA_PUBLIEES
from tests.specifications.outils import egal, ligne_de, valeur_de
from tests.specifications.publics import avec_referentiel

CAS = {"B1": (54, 0.54), "S2": (19280, 19280), "S14": (30400, 30400)}


def publier(jeu, code, valeur, annee=2022):
    ligne = {
        "indicateur": code,
        "maille": "departement",
        "zone": "99",
        "annee": annee,
        "valeur": valeur,
        "producteur": "Caf fictive",
        "reference": "Lettre n° 1",
    }
    table = pl.DataFrame([ligne], schema=SCHEMA_PUBLIEES)
    table.write_csv(jeu.lieux.referentiel / FICHIER_PUBLIEES)


@pytest.mark.parametrize("code", CAS)
def test_la_valeur_publiee_garde_son_annee_et_sa_source(tmp_path, code):
    jeu = avec_referentiel(tmp_path)
    publiee, attendue = CAS[code]
    publier(jeu, code, publiee, 2021)
    ligne = ligne_de(jeu.calculer("besoins"), f"{code}p", "99", periode="2021")
    assert ligne["valeur"] == egal(attendue)
    assert (ligne["millesime"], ligne["source"]) == ("2021", "Caf fictive, Lettre n° 1")


def test_elle_ne_remplace_pas_notre_total(tmp_path):
    jeu = avec_referentiel(tmp_path)
    avant = valeur_de(jeu.calculer("besoins"), "B1", "99", periode="2022")
    publier(jeu, "B1", 54)
    assert valeur_de(jeu.calculer("besoins"), "B1", "99", periode="2022") == avant


def test_sans_valeur_publiee_rien_n_est_pose(tmp_path):
    table = avec_referentiel(tmp_path).calculer("besoins")
    assert table.filter(pl.col("indicateur").is_in(["B1p", "S2p", "S14p"])).is_empty()


def test_mutation_une_autre_valeur_publiee(tmp_path):
    jeu = avec_referentiel(tmp_path)
    publier(jeu, "S14", 30400)
    avant = valeur_de(jeu.calculer("besoins"), "S14p", "99", periode="2022")
    publier(jeu, "S14", 30500)
    assert valeur_de(jeu.calculer("besoins"), "S14p", "99", periode="2022") - avant == 100
