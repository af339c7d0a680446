"""K3, heures contractuelles perdues, par motif d'absence.

Au mois, les motifs se lisent au territoire : T1 n'a que la crèche A.
"""

import polars as pl

from tests.specifications.jeux_cascade_juin import LE_JUIN, creche_complete, juin
from tests.specifications.outils import egal, ligne_de, valeur_de


def test_par_motif_et_au_total(tmp_path):
    """Malade le 1er (4 h attendues) ; le 29, un enfant attendu 10 h n'est pas pointé."""
    lignes = creche_complete(tmp_path).calculer("cascade", LE_JUIN)
    assert valeur_de(lignes, "K3", "T1", modalite="maladie") == egal(4)
    assert valeur_de(lignes, "K3", "T1", modalite="non_precise") == egal(10)
    assert valeur_de(lignes, "K3", "A") == egal(4 + 10)
    assert valeur_de(lignes, "K3", "A") == egal(
        -valeur_de(lignes, "K2", "A", modalite="20_absence")
    )


def test_l_effectif_compte_les_absents_du_motif(tmp_path):
    lignes = creche_complete(tmp_path).calculer("cascade", LE_JUIN)
    assert ligne_de(lignes, "K3", "T1", modalite="maladie")["effectif"] == 1
    # L'ensemble redit une ligne de K2 : il a son effectif.
    de_k2 = ligne_de(lignes, "K2", "A", modalite="20_absence")["effectif"]
    assert ligne_de(lignes, "K3", "A")["effectif"] == de_k2


def test_mutation_une_absence_de_plus(tmp_path):
    """Le 22, l'enfant attendu 4 h ne vient plus : 4 h de plus, dont le motif manque."""
    jeu = creche_complete(tmp_path)
    pointages = jeu.lire("pointages").drop("_fichier", "_ligne").to_dicts()
    jeu.ecrire("pointages", [p for p in pointages if p["date"] != juin(22)])
    lignes = jeu.calculer("cascade", LE_JUIN)
    assert valeur_de(lignes, "K3", "T1", modalite="non_precise") == egal(10 + 4) != 10


def test_les_motifs_d_un_mois_et_d_un_etablissement_ne_sont_pas_donnes(tmp_path):
    """Ni ceux d'une commune : trop petits nombres, ils feraient masquer la cascade entière."""
    motifs = creche_complete(tmp_path).calculer("cascade", LE_JUIN)
    motifs = motifs.filter(pl.col("ventilation") == "motif")
    larges = {(m, p) for m in ("territoire", "departement") for p in ("mois", "trimestre")}
    donnees = set(motifs.select("maille", "pas").unique().rows())
    assert donnees == {("etablissement", "trimestre"), *larges}
