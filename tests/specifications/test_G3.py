"""G3, taux de facturation cumulé : heures facturées / heures réalisées depuis le 1er janvier."""

from datetime import date

from rtpe_analyse.secret import proteger
from tests.specifications.conftest import Hasard
from tests.specifications.jeux_psu import CUMUL, avec_juillet, avec_suivi_complet
from tests.specifications.outils import LE, egal, facture, ligne_de, semaine_de, valeur_de


def test_le_taux_de_chaque_etablissement(tmp_path):
    table = avec_suivi_complet(tmp_path).calculer("psu")
    assert valeur_de(table, "G3", "A", **CUMUL) == egal(220 / 200)
    assert valeur_de(table, "G3", "B", **CUMUL) == egal(60 / 48)
    assert valeur_de(table, "G3", "99", **CUMUL) == egal(280 / 248)


def test_le_cumul_n_est_ni_le_mois_ni_la_moyenne_des_mois(tmp_path):
    table = avec_juillet(tmp_path).calculer("psu")
    assert valeur_de(table, "G3", "A", periode="2026-07", **CUMUL) == egal(260 / 240)
    assert valeur_de(table, "G3", "B", periode="2026-07", **CUMUL) == egal((60 + 30) / (48 + 24))


def test_le_cumul_repart_en_janvier(tmp_path):
    jeu = avec_suivi_complet(tmp_path)
    janvier = date(2027, 1, 4)
    jeu.ajouter("ouvertures", *[{**_ouvert("A", janvier)}, {**_ouvert("B", janvier)}])
    for code in "AB":
        jeu.ajouter("pointages", {**semaine_de("a0", code, 1)[0], "date": janvier})
        jeu.ajouter("factures", facture("a0", code, 9, date(2027, 1, 1)))
    absents = [
        {
            "enfant": "a0",
            "etablissement": code,
            "date": date(2026, mois, 1),
            "motif_absence": "conges",
        }
        for code in "AB"
        for mois in range(7, 13)
    ]
    jeu.ajouter("pointages", *absents)
    jeu.ajouter(
        "factures",
        *(facture("a0", code, 0, date(2026, mois, 1)) for code in "AB" for mois in range(7, 13)),
    )
    table = jeu.calculer("psu", date(2027, 1, 31))
    assert valeur_de(table, "G3", "A", periode="2026-12", **CUMUL) == egal(220 / 200)
    assert valeur_de(table, "G3", "A", periode="2027-01", **CUMUL) == egal(9 / 8)


def _ouvert(code, jour):
    return {"etablissement": code, "date": jour, "prevu": True, "ouvert": True}


def test_un_etablissement_qui_ne_facture_pas_n_entre_ni_en_haut_ni_en_bas(tmp_path):
    jeu = avec_suivi_complet(tmp_path)
    jeu.ecrire("factures", [facture("a0", "A", 220)])
    ligne = ligne_de(jeu.calculer("psu"), "G3", "99", **CUMUL)
    assert (ligne["numerateur"], ligne["denominateur"]) == (220, 200)
    assert ligne["statut"] == "a_verifier"


def test_les_petits_effectifs_se_masquent(tmp_path):
    """B n'a que deux enfants : son taux ne se lit pas, ni celui de A ou du tout par déduction."""
    table = proteger(avec_suivi_complet(tmp_path).calculer("psu"), "interne", LE)
    for code in ("G1", "G2", "G3", "G3f", "G3r"):
        ligne = ligne_de(table, code, "B", **CUMUL)
        assert (ligne["statut"], ligne["numerateur"]) == ("masque_primaire", None)


def test_mutation_une_facture_de_plus_change_le_taux(tmp_path):
    jeu = avec_suivi_complet(tmp_path)
    jeu.ajouter("factures", facture("a9", "A", 20))
    assert valeur_de(jeu.calculer("psu"), "G3", "A", **CUMUL) == egal(240 / 200)


def test_egale_une_requete_independante(hasard: Hasard):
    attendu = hasard.sql(
        "select (select sum(heures_facturees_h) from factures) * 60 / "
        "(select sum(coalesce(realise_min, depart_min - arrivee_min, 0)) from pointages)"
    )
    ligne = ligne_de(hasard.famille("psu"), "G3", "99", periode="2026-T2", **CUMUL)
    assert ligne["valeur"] == egal(attendu)
