"""G3r, heures réalisées cumulées depuis le 1er janvier."""

from tests.specifications.conftest import Hasard
from tests.specifications.jeux_psu import CUMUL, avec_juillet, avec_suivi_complet
from tests.specifications.outils import LUNDI, egal, ligne_de, pointage, valeur_de


def test_le_premier_mois_est_le_mois(tmp_path):
    jeu = avec_suivi_complet(tmp_path)
    table = jeu.calculer("psu")
    assert [valeur_de(table, "G3r", z, **CUMUL) for z in ("A", "B", "99")] == [200, 48, 200 + 48]
    assert valeur_de(jeu.calculer("occupation"), "H1", "A") == 200


def test_le_deuxieme_s_y_ajoute(tmp_path):
    table = avec_juillet(tmp_path).calculer("psu")
    assert valeur_de(table, "G3r", "A", periode="2026-07", **CUMUL) == 240


def test_le_trimestre_s_arrete_a_son_dernier_mois(tmp_path):
    table = avec_juillet(tmp_path).calculer("psu")
    assert valeur_de(table, "G3r", "A", periode="2026-T2", **CUMUL) == 200


def test_le_premier_mois_a_les_effectifs_du_mois(tmp_path):
    """Mêmes enfants que H1 : mêmes masques quand les deux chiffres sont égaux."""
    jeu = avec_suivi_complet(tmp_path)
    cumul = ligne_de(jeu.calculer("psu"), "G3r", "99", **CUMUL)
    assert cumul["effectif"] == ligne_de(jeu.calculer("occupation"), "H1", "99")["effectif"]


def test_mutation_un_quart_d_heure_de_plus(tmp_path):
    jeu = avec_suivi_complet(tmp_path)
    jeu.ajouter("pointages", pointage("a9", "A", LUNDI, 9, 9.25))
    assert valeur_de(jeu.calculer("psu"), "G3r", "A", **CUMUL) == egal(200 + 0.25)


def test_egale_une_requete_independante(hasard: Hasard):
    attendu = hasard.sql(
        "select sum(coalesce(realise_min, depart_min - arrivee_min, 0)) / 60 from pointages"
    )
    ligne = ligne_de(hasard.famille("psu"), "G3r", "99", periode="2026-T2", **CUMUL)
    assert ligne["valeur"] == egal(attendu)
