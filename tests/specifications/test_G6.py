"""G6, écart avec Filoué : notre année civile moins le total du fichier, par grandeur."""

from datetime import date

from tests.specifications.jeux_psu import avec_suivi_complet, usager
from tests.specifications.outils import egal, facture
from tests.specifications.test_G5 import ecart

DECEMBRE = [date(2026, mois, 1) for mois in range(7, 13)]


def annee_entiere(dossier):
    """Juin comme `avec_suivi_complet`, puis rien : fermé, et facturé à zéro, jusqu'en décembre."""
    jeu = avec_suivi_complet(dossier)
    fermes = [
        {"etablissement": c, "date": j, "prevu": False, "ouvert": False}
        for c in "AB"
        for j in DECEMBRE
    ]
    jeu.ajouter("ouvertures", *fermes)
    return jeu


def confronter(dossier, *usagers):
    jeu = annee_entiere(dossier)
    jeu.ecrire("usagers_filoue", usagers)
    return jeu.calculer("psu")


def cinq(**reste):
    return [usager(f"c{n}", "A", **reste) for n in range(5)]


def test_un_fichier_juste_n_a_pas_d_ecart(tmp_path):
    table = confronter(tmp_path, *cinq())
    for grandeur in ("heures_facturees", "heures_realisees", "enfants"):
        ligne = ecart(table, "A", grandeur, "G6")
        assert (ligne["valeur"], ligne["statut"]) == (0, "diffusable")


def test_l_ecart_est_notre_total_moins_filoue(tmp_path):
    table = confronter(tmp_path, *cinq(heures_facturees_h=43.5)[:4])
    assert ecart(table, "A", code="G6")["valeur"] == egal(5 * 44 - 4 * 43.5)
    assert ecart(table, "A", "heures_realisees", "G6")["valeur"] == egal(200 - 4 * 40)
    assert ecart(table, "A", "enfants", "G6")["valeur"] == 5 - 4


def test_un_usager_sans_matricule_compte_pour_un_enfant(tmp_path):
    table = confronter(tmp_path, *cinq()[:3], usager(None, "A"), usager(None, "A"))
    assert ecart(table, "A", "enfants", "G6")["valeur"] == 0


def test_un_usager_sur_deux_lignes_compte_une_fois(tmp_path):
    moitie = {"heures_facturees_h": 22.0, "heures_realisees_h": 20.0}
    table = confronter(
        tmp_path, *cinq()[:4], usager("c4", "A", **moitie), usager("c4", "A", **moitie)
    )
    assert ecart(table, "A", "enfants", "G6")["valeur"] == 0
    assert ecart(table, "A", code="G6")["valeur"] == 0


def test_une_structure_sans_fichier_est_inconnue(tmp_path):
    table = confronter(tmp_path, *cinq())
    assert ecart(table, "B", code="G6")["statut"] == "non_calculable"
    assert ecart(table, "99", code="G6")["statut"] == "a_verifier"


def test_l_annee_en_cours_ne_se_confronte_pas(tmp_path):
    jeu = avec_suivi_complet(tmp_path)
    jeu.ecrire("usagers_filoue", cinq())
    assert ecart(jeu.calculer("psu"), "A", code="G6")["statut"] == "non_calculable"


def test_mutation_une_facture_de_plus_fait_un_ecart(tmp_path):
    jeu = annee_entiere(tmp_path)
    jeu.ecrire("usagers_filoue", cinq())
    jeu.ajouter("factures", facture("a0", "A", 2, date(2026, 9, 1)))
    assert ecart(jeu.calculer("psu"), "A", code="G6")["valeur"] == 2
