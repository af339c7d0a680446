"""N1, taux d'occupation réel prévu : les flux connus, la saison, l'intervalle et son secret."""

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from rtpe_analyse.indicateurs.flux_connus import heures_connues, lire_flux
from rtpe_analyse.indicateurs.previsions import calculer_previsions
from rtpe_analyse.modeles import Periode
from tests.specifications.outils import (
    Jeu,
    egal,
    etablissement,
    ligne_de,
    pointage,
    territoire,
)

CODES = ("A", "B", "C", "D", "E", "F")
LE = date(2026, 1, 31)
DEBUT = Periode(2022, 1, "mois")


def taux_du(rang: int) -> float:
    """Saison sans bruit : 60 % en janvier, un point de plus par mois."""
    return 0.60 + 0.01 * (rang % 12)


@pytest.fixture
def jeu(tmp_path):
    return saisonnier(tmp_path)


def saisonnier(dossier: Path) -> Jeu:
    """Six crèches identiques, quatre ans de la même saison sans bruit."""
    jeu = Jeu(dossier)
    jeu.ecrire("etablissements", [etablissement(c) for c in CODES])
    jeu.ecrire("territoires", [territoire(c, "T1" if c < "D" else "T2") for c in CODES])
    jeu.ecrire(
        "historique_mensuel",
        [
            {
                "etablissement": code,
                "mois": DEBUT.decaler(rang).debut,
                "places": 20.0,
                "jours_ouverture": 20,
                "capacite_h": 4000.0,
                "heures_realisees_h": 4000 * taux_du(rang),
                "heures_facturees_h": 3000.0,
                "enfants": 25,
            }
            for code in CODES
            for rang in range(48)
        ],
    )
    return jeu


def test_une_saison_sans_bruit_est_prevue_exactement(jeu):
    table = calculer_previsions(jeu.lieux, LE)
    # Dernier mois connu : décembre 2025 (rang 47). Février 2026 est le rang 49 : 61 %.
    for zone in ("A", "T1", "99"):
        ligne = ligne_de(table, "N1", zone, periode="2026-02", modalite="centre")
        assert ligne["valeur"] == egal(0.61)
        for borne in ("bas", "haut"):
            assert ligne_de(table, "N1", zone, periode="2026-02", modalite=borne)[
                "valeur"
            ] == pytest.approx(0.61, abs=1e-3)


def test_le_trimestre_se_prevoit_aussi(jeu):
    table = calculer_previsions(jeu.lieux, LE)
    # 60, 61 et 62 % à capacités égales : 61 % au premier trimestre, puis 64 %.
    assert ligne_de(table, "N1", "A", periode="2026-T1", modalite="centre")["valeur"] == egal(0.61)
    assert ligne_de(table, "N1", "A", periode="2026-T2", modalite="centre")["valeur"] == egal(0.64)
    assert table.filter(pl.col("pas") == "trimestre", pl.col("indicateur") == "N1")[
        "periode"
    ].unique().sort().to_list() == ["2026-T1", "2026-T2"]


def test_une_zone_qu_on_ne_suit_plus_n_est_pas_prevue(jeu):
    lignes = jeu.lire("historique_mensuel").filter(
        (pl.col("etablissement") != "F") | (pl.col("mois") < date(2025, 6, 1))
    )
    jeu.ecrire("historique_mensuel", lignes.drop("_fichier", "_ligne").to_dicts())
    table = calculer_previsions(jeu.lieux, LE)
    assert "F" not in table.filter(pl.col("indicateur") == "N1")["zone"].to_list()
    assert "A" in table.filter(pl.col("indicateur") == "N1")["zone"].to_list()


def test_sans_aucune_activite_rien_n_est_prevu(tmp_path):
    jeu = Jeu(tmp_path)
    jeu.ecrire("etablissements", [etablissement("A")])
    assert calculer_previsions(jeu.lieux, LE).is_empty()


def contrat(code: str, debut: date, fin: date | None, heures: float = 40.0) -> dict[str, object]:
    return {
        "contrat": f"c{code}{debut}",
        "enfant": f"e{code}{debut}",
        "etablissement": code,
        "debut": debut,
        "fin": fin,
        "heures_hebdo_h": heures,
    }


def test_on_ne_connait_un_contrat_que_depuis_son_acceptation(tmp_path):
    jeu = Jeu(tmp_path)
    jeu.ecrire("contrats", [contrat("A", date(2025, 9, 1), date(2026, 8, 31))])
    flux = lire_flux(jeu.lieux, LE)
    vues = [date(2025, 6, 30), date(2025, 9, 30)]
    milieux = [[date(2025, 10, 15)], [date(2025, 10, 15)]]
    # Sans demande : connu à son début seulement.
    assert heures_connues(flux, ["A"], vues, milieux)[:, 0, 0].tolist() == [0.0, 40.0]
    jeu.ecrire("enfants", [{"enfant": "eA2025-09-01", "appariement": "x", "mois_naissance": None}])
    jeu.ecrire(
        "demandes",
        [
            {
                "demande": "d",
                "appariement": "x",
                "depot": date(2025, 1, 1),
                "entree_souhaitee": date(2025, 9, 1),
                "etablissement": "A",
                "heures_hebdo_h": 35.0,
                "decision": "acceptee",
                "date_decision": date(2025, 5, 20),
            }
        ],
    )
    flux = lire_flux(jeu.lieux, LE)
    # Acceptée le 20 mai : les 40 heures du contrat sont connues dès juin, une seule fois.
    assert heures_connues(flux, ["A"], vues, milieux)[:, 0, 0].tolist() == [40.0, 40.0]


def test_une_demande_acceptee_sans_contrat_compte_pour_ses_heures(tmp_path):
    jeu = Jeu(tmp_path)
    jeu.ecrire(
        "demandes",
        [
            {
                "demande": "d",
                "appariement": "x",
                "depot": date(2025, 1, 1),
                "entree_souhaitee": date(2026, 2, 1),
                "mois_naissance": date(2025, 3, 1),
                "etablissement": "A",
                "heures_hebdo_h": 30.0,
                "decision": "acceptee",
                "date_decision": date(2025, 12, 1),
            }
        ],
    )
    flux = lire_flux(jeu.lieux, LE)
    vues = [date(2025, 11, 30), date(2025, 12, 31)]
    milieux = [[date(2026, 3, 15), date(2026, 1, 15)]] * 2
    # Pas encore acceptée, puis acceptée : 30 h en mars, 0 en janvier (entrée en février).
    assert heures_connues(flux, ["A"], vues, milieux)[:, 0].tolist() == [[0, 0], [30, 0]]


def test_un_depart_en_cours_d_annee_n_est_connu_qu_au_preavis(tmp_path):
    jeu = Jeu(tmp_path)
    jeu.ecrire("contrats", [contrat("A", date(2025, 9, 1), date(2026, 3, 31))])
    flux = lire_flux(jeu.lieux, LE)
    vues = [date(2026, 2, 15), date(2026, 3, 15)]
    milieux = [[date(2026, 5, 15)]] * 2
    # À la mi-février on attend encore l'enfant en mai ; à la mi-mars (moins de 30 jours), non.
    assert heures_connues(flux, ["A"], vues, milieux)[:, 0, 0].tolist() == [40.0, 0.0]


def test_le_depart_a_l_ecole_est_connu_d_avance(tmp_path):
    jeu = Jeu(tmp_path)
    jeu.ecrire("contrats", [contrat("A", date(2025, 9, 1), None)])
    jeu.ecrire(
        "enfants",
        [{"enfant": "eA2025-09-01", "appariement": "x", "mois_naissance": date(2023, 4, 1)}],
    )
    flux = lire_flux(jeu.lieux, LE)
    # Né en 2023 : il part le 31 août 2026.
    vues, milieux = [date(2026, 1, 31)], [[date(2026, 8, 15), date(2026, 9, 15)]]
    assert heures_connues(flux, ["A"], vues, milieux)[0, 0].tolist() == [40.0, 0.0]


def test_l_effectif_du_dernier_mois_porte_le_secret(jeu):
    jours = [date(2026, 1, 5)]
    jeu.ecrire("pointages", [pointage(f"e{n}", "A", j, 8, 17) for j in jours for n in range(3)])
    table = calculer_previsions(jeu.lieux, LE)
    lignes = table.filter(pl.col("indicateur") == "N1", pl.col("zone") == "A")
    assert set(lignes["effectif"].unique()) <= {3, None}


def test_doubler_un_taux_change_la_prevision(jeu):
    """Mutation : si l'an dernier change, la prévision change."""
    avant = calculer_previsions(jeu.lieux, LE)
    lignes = jeu.lire("historique_mensuel").with_columns(
        heures_realisees_h=pl.when(pl.col("mois") == date(2025, 2, 1))
        .then(pl.col("heures_realisees_h") * 1.2)
        .otherwise("heures_realisees_h")
    )
    jeu.ecrire("historique_mensuel", lignes.drop("_fichier", "_ligne").to_dicts())
    apres = calculer_previsions(jeu.lieux, LE)
    centre = {"periode": "2026-02", "modalite": "centre"}
    assert not np.isclose(
        ligne_de(avant, "N1", "A", **centre)["valeur"],
        ligne_de(apres, "N1", "A", **centre)["valeur"],
    )


PAUVRES = {
    "constante": [0.6] * 30,
    "toute à zéro": [0.0] * 30,
    "trouée": [0.6, None, 0.6, None, None] * 6,
    "courte": [0.6, 0.6],
    "d'un mois": [0.6],
}


@pytest.mark.parametrize("codes", [("A",), CODES], ids=["un seul établissement", "six"])
@pytest.mark.parametrize("taux", PAUVRES.values(), ids=PAUVRES)
def test_une_serie_pauvre_se_prolonge_sans_tendance(tmp_path, codes, taux):
    """Le seul niveau jamais vu est le seul prévu, à tous les pas, bornes comprises."""
    jeu = Jeu(tmp_path)
    jeu.ecrire("etablissements", [etablissement(c) for c in codes])
    jeu.ecrire("territoires", [territoire(c, "T1") for c in codes])
    debut = Periode(2025, 12, "mois").decaler(1 - len(taux))
    jeu.ecrire(
        "historique_mensuel",
        [
            {
                "etablissement": code,
                "mois": debut.decaler(rang).debut,
                "places": 20.0,
                "jours_ouverture": 20,
                "capacite_h": 4000.0,
                "heures_realisees_h": 4000 * part,
                "heures_facturees_h": 3000.0,
                "enfants": 25,
            }
            for code in codes
            for rang, part in enumerate(taux)
            if part is not None
        ],
    )
    prevues = calculer_previsions(jeu.lieux, LE).filter(pl.col("indicateur") == "N1")
    niveau = max(part for part in taux if part is not None)
    connues = prevues.drop_nulls("valeur")
    np.testing.assert_allclose(connues["valeur"].to_numpy(), niveau, atol=1e-9)
    if taux[-1] is not None:
        assert "centre" in connues["modalite"].to_list()
