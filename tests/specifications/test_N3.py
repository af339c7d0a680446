"""N3 : combien de prévisions passées sont restées dans leur intervalle."""

from rtpe_analyse.indicateurs.previsions import calculer_previsions
from tests.specifications.outils import egal, ligne_de
from tests.specifications.test_N1 import LE, saisonnier


def test_une_saison_sans_bruit_reste_toujours_dedans(tmp_path):
    """Sans bruit, chaque prévision d'après la première année est exacte, donc contenue."""
    jeu = saisonnier(tmp_path)
    ligne = ligne_de(calculer_previsions(jeu.lieux, LE), "N3", "A", periode="2025-12")
    assert ligne["denominateur"] >= 24
    assert ligne["numerateur"] / ligne["denominateur"] == egal(ligne["valeur"])
    assert ligne["valeur"] > 0.8


def test_rien_n_est_juge_d_une_serie_trop_courte(tmp_path):
    """Trois mois connus : aucune prévision n'a pu être jugée, et le taux n'existe pas."""
    jeu = saisonnier(tmp_path)
    lignes = jeu.lire("historique_mensuel").drop("_fichier", "_ligne").to_dicts()
    jeu.ecrire("historique_mensuel", [x for x in lignes if x["mois"].isoformat() >= "2025-10-01"])
    ligne = ligne_de(calculer_previsions(jeu.lieux, LE), "N3", "A", periode="2025-12")
    assert (ligne["denominateur"], ligne["statut"]) == (0, "non_calculable")
