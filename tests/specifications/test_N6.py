"""N6, demandes projetées : enfants projetés × recours de la dernière année civile complète."""

from datetime import date

import polars as pl

from rtpe_analyse.secret import proteger
from tests.specifications.outils import LE, egal, ligne_de, valeur_de
from tests.specifications.test_D1 import demande
from tests.specifications.test_N5 import ENFANTS, NAISSANCES, monde, n5

AVANT = demande("avant", depot=date(2024, 3, 1))


def jeu_de(dossier, *lignes):
    jeu = monde(dossier, ("99001", NAISSANCES, ENFANTS))
    jeu.ecrire("demandes", lignes)
    return jeu


def depots(nombre, **reste):
    return [demande(f"n{i}", depot=date(2025, 5, 1), **reste) for i in range(nombre)]


def n6(table, modalite, annee, zone="99001"):
    return valeur_de(table, "N6", zone, periode=str(annee), modalite=modalite)


def test_recours_constant_et_fourchette(tmp_path):
    table = jeu_de(tmp_path, AVANT, *depots(50)).calculer("scenarios")
    # Arrêté fin 2026 : le recours est celui de 2025, 50 enfants.
    recours = 50 / n5(table, "central", 2025)
    assert n6(table, "central", 2026) == egal(recours * n5(table, "central", 2026))
    # Dix pour cent de recours en moins, en plus.
    assert n6(table, "bas", 2028) == egal(0.9 * recours * n5(table, "bas", 2028))
    assert n6(table, "haut", 2028) == egal(1.1 * recours * n5(table, "haut", 2028))
    # Naissances en baisse constante de 10 % : les demandes baissent de même.
    assert n6(table, "central", 2026) == egal(50 * 0.9)


def test_un_enfant_une_fois_dans_sa_commune_de_residence(tmp_path):
    table = jeu_de(
        tmp_path,
        AVANT,
        *depots(20),
        demande("encore", depot=date(2025, 9, 1), appariement="pn0"),
        demande("ailleurs", depot=date(2025, 9, 1), commune="99002"),
    ).calculer("scenarios")
    # 99002, sans chiffres publics, n'est projetée nulle part, pas même au département.
    assert ligne_de(table, "N6", "99001", periode="2026", modalite="central")["effectif"] == 20
    assert ligne_de(table, "N6", "99", periode="2026", modalite="central")["effectif"] == 20


def test_une_annee_de_depots_incomplete_ne_dit_pas_le_recours(tmp_path):
    table = jeu_de(tmp_path, *depots(50)).calculer("scenarios")
    assert "N6" not in table["indicateur"].to_list()
    assert n5(table, "central", 2026) > 0


def test_seulement_les_annees_a_venir(tmp_path):
    table = jeu_de(tmp_path, AVANT, *depots(50)).calculer("scenarios")
    siennes = table.filter(pl.col("indicateur") == "N6", pl.col("zone") == "99001")
    assert sorted(siennes["periode"].unique()) == [str(a) for a in range(2026, 2032)]


def test_peu_de_deposants_se_masquent_enfants_projetes_non(tmp_path):
    table = proteger(jeu_de(tmp_path, AVANT, *depots(3)).calculer("scenarios"), "interne", LE)
    assert ligne_de(table, "N6", "99001", periode="2026", modalite="haut")["valeur"] is None
    assert n5(table, "central", 2026) > 0


def test_mutation_deux_fois_plus_de_deposants_deux_fois_plus_de_demandes(tmp_path):
    un = jeu_de(tmp_path / "a", AVANT, *depots(20)).calculer("scenarios")
    deux = jeu_de(tmp_path / "b", AVANT, *depots(40)).calculer("scenarios")
    assert n6(deux, "bas", 2030) == egal(2 * n6(un, "bas", 2030))
