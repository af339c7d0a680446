"""G3f, heures facturées cumulées depuis le 1er janvier."""

from tests.specifications.conftest import Hasard
from tests.specifications.jeux_psu import CUMUL, avec_juillet, avec_suivi_complet
from tests.specifications.outils import egal, facture, ligne_de, valeur_de


def test_le_premier_mois_est_le_mois(tmp_path):
    jeu = avec_suivi_complet(tmp_path)
    table = jeu.calculer("psu")
    assert [valeur_de(table, "G3f", z, **CUMUL) for z in ("A", "B", "99")] == [220, 60, 220 + 60]
    assert valeur_de(jeu.calculer("occupation"), "H2", "A") == 220


def test_le_deuxieme_s_y_ajoute(tmp_path):
    table = avec_juillet(tmp_path).calculer("psu")
    assert valeur_de(table, "G3f", "A", periode="2026-07", **CUMUL) == 260


def test_le_trimestre_s_arrete_a_son_dernier_mois(tmp_path):
    table = avec_juillet(tmp_path).calculer("psu")
    assert valeur_de(table, "G3f", "A", periode="2026-T2", **CUMUL) == 220


def test_le_premier_mois_a_les_effectifs_du_mois(tmp_path):
    """Mêmes enfants que H2 : mêmes masques quand les deux chiffres sont égaux."""
    jeu = avec_suivi_complet(tmp_path)
    cumul = ligne_de(jeu.calculer("psu"), "G3f", "99", **CUMUL)
    assert cumul["effectif"] == ligne_de(jeu.calculer("occupation"), "H2", "99")["effectif"]


def test_se_connait_meme_si_les_presences_manquent(tmp_path):
    jeu = avec_suivi_complet(tmp_path)
    jeu.ecrire("pointages", [])
    table = jeu.calculer("psu")
    assert ligne_de(table, "G3f", "A", **CUMUL)["statut"] == "diffusable"
    assert ligne_de(table, "G3r", "A", **CUMUL)["statut"] == "non_calculable"


def test_mutation_un_quart_d_heure_de_plus(tmp_path):
    jeu = avec_suivi_complet(tmp_path)
    jeu.ajouter("factures", facture("a9", "A", 0.25))
    assert valeur_de(jeu.calculer("psu"), "G3f", "A", **CUMUL) == egal(220 + 0.25)


def test_egale_une_requete_independante(hasard: Hasard):
    attendu = hasard.sql("select sum(heures_facturees_h) from factures")
    ligne = ligne_de(hasard.famille("psu"), "G3f", "99", periode="2026-T2", **CUMUL)
    assert ligne["valeur"] == egal(attendu)
