"""La fiche d'un établissement : identité, repère, points à discuter, fermé ou masqué."""

from rtpe_analyse.restitution import Rapport
from tests.unites.outils_restitution import AN_DERNIER, Ouvrir, appels, lu, masque, nombre, ratio
from tests.unites.test_restitution_cascade import cascade


def fiche(monde: Ouvrir, lignes: list[dict], zone: str = "E001") -> Rapport:
    complete = ratio("Q1", "etablissement", zone, 99, 100)
    return monde([*lignes, complete], etablissement=zone)


def test_la_fiche_dit_qui_est_l_etablissement(monde: Ouvrir) -> None:
    lignes = [nombre("P1", "etablissement", "E001", 30)]
    texte = lu(fiche(monde, lignes).identite())
    assert "Les Lutins (E001)" in texte
    assert "Bourg-Fictif" in texte
    assert "Territoire Nord" in texte


def test_les_chiffres_se_comparent_au_territoire(monde: Ouvrir) -> None:
    lignes = [
        ratio("T1", "etablissement", "E001", 600, 1000),
        ratio("T1", "etablissement", "E001", 500, 1000, periode=AN_DERNIER),
        ratio("T1", "territoire", "T1", 650, 1000),
        ratio("T1", "departement", "D", 900, 1000),
    ]
    texte = lu(fiche(monde, lignes).chiffres())
    assert "en hausse de 10,0 points sur un an" in texte
    assert "5,0 points de moins que le territoire (65,0 %)" in texte
    assert "90,0" not in texte


def test_ce_que_les_chiffres_designent_est_a_discuter(monde: Ouvrir) -> None:
    date = {"ventilation": "date", "modalite": "2026-09-08"}
    lignes = [
        *cascade("etablissement", "E001"),
        nombre("A1", "etablissement", "E001", 34, **date),
        ratio("T3", "etablissement", "E001", 1100, 1000),
        ratio("T1", "etablissement", "E001", 500, 1000),
        ratio("T1", "etablissement", "E001", 600, 1000, periode=AN_DERNIER),
    ]
    texte = lu(fiche(monde, lignes).a_discuter())
    assert "« Temps partiel non complété » (1 200 h, 12,0 places)" in texte
    assert "Surnombre, 08/09 (34) : que s'est-il passé ?" in texte
    assert "taux de facturation est de 110,0 %" in texte
    assert "en baisse de 10,0 points sur un an : pourquoi ?" in texte


def test_rien_a_discuter_laisse_des_lignes_libres(monde: Ouvrir) -> None:
    contenu = fiche(monde, [nombre("P1", "etablissement", "E001", 30)]).a_discuter()
    assert contenu.html.count("rtpe-ligne-libre") == 2


def test_ferme_ou_masque_la_fiche_le_dit_sans_echouer(monde: Ouvrir) -> None:
    ferme = fiche(monde, [nombre("P1", "territoire", "T1", 30)], "E003")
    assert "Pas d'activité à montrer au 3e trimestre 2026" in lu(ferme.identite())
    cache = [nombre("P1", "etablissement", "E001", 30), masque("T1", "etablissement", "E001")]
    texte = lu(fiche(monde, cache).identite())
    assert "masquée au 3e trimestre 2026 (secret statistique)" in texte
    for rapport in (ferme, fiche(monde, cache)):
        for contenu in appels(rapport).values():
            assert "987654" not in contenu.html


def test_un_tableau_d_etablissement_ne_le_repete_pas(monde: Ouvrir) -> None:
    lignes = [
        ratio("R1", "etablissement", "E001", 5, 100),
        ratio("R1", "territoire", "T1", 8, 100),
    ]
    texte = lu(fiche(monde, lignes).encadrement())
    assert texte.count("Les Lutins") == 1
    assert "Territoire 8,0" in texte
