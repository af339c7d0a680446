"""E4, enfants sous contrat au dernier jour de la période, par âge ce jour-là."""

from datetime import date

import polars as pl
import pytest

from rtpe_analyse.indicateurs.ages import modalites_age
from tests.specifications.jeux_contrats import avec_contrats, contrat
from tests.specifications.outils import LE, ligne_de, valeur_de

JUIN = date(2026, 6, 30)


def e4(jeu, zone="A", modalite="", **precisions):
    return valeur_de(jeu.calculer("contrats"), "E4", zone, modalite=modalite, **precisions)


def test_les_contrats_en_vigueur_au_dernier_jour(tmp_path):
    jeu = avec_contrats(
        tmp_path,
        contrat("a", "A"),
        contrat("b", "A", fin=date(2026, 6, 29)),
        contrat("c", "A", fin=JUIN),
        contrat("d", "A", debut=JUIN),
        contrat("e", "A", debut=date(2026, 7, 1)),
        contrat("f", "A", heures_hebdo_h=None),
        contrat("g", "B"),
    )
    # A : a, c, d, et f sans heures ; b est parti la veille, e n'est pas entré.
    assert [e4(jeu, zone) for zone in ("A", "B", "T1", "99")] == [4, 1, 4, 5]


@pytest.mark.parametrize(
    ("naissance", "age"),
    [
        (date(2026, 6, 1), "0 an"),
        (date(2025, 7, 1), "0 an"),
        (date(2025, 6, 1), "1 an"),
        (date(2024, 7, 1), "1 an"),
        (date(2024, 6, 1), "2 ans"),
        (date(2023, 7, 1), "2 ans"),
        (date(2023, 6, 1), "3 ans et plus"),
        (date(2020, 1, 1), "3 ans et plus"),
        (None, "inconnu"),
    ],
)
def test_l_age_au_dernier_jour(tmp_path, naissance, age):
    jeu = avec_contrats(tmp_path, contrat("a", "A"), naissances={"a": naissance})
    lus = {m: e4(jeu, "A", m, ventilation="age", periode="2026-T2") for m in modalites_age(LE)}
    assert lus == {m: int(m == age) for m in modalites_age(LE)}


def test_un_enfant_a_deux_contrats_compte_une_fois_par_zone(tmp_path):
    jeu = avec_contrats(
        tmp_path, contrat("a", "A"), contrat("a", "A", debut=date(2026, 2, 1)), contrat("a", "B")
    )
    assert [e4(jeu, zone) for zone in ("A", "B", "99")] == [1, 1, 1]


def test_un_enfant_se_suit_d_un_logiciel_a_l_autre(tmp_path):
    jeu = avec_contrats(tmp_path, contrat("ancien", "A"), contrat("nouveau", "A"))
    jeu.ecrire(
        "enfants",
        [
            {"enfant": "ancien", "appariement": "p", "mois_naissance": date(2024, 1, 1)},
            {"enfant": "nouveau", "appariement": "p", "mois_naissance": None},
        ],
    )
    assert e4(jeu) == 1
    assert e4(jeu, "A", "2 ans", periode="2026-T2") == 1


def test_sans_contrat_recu_c_est_inconnu(tmp_path):
    jeu = avec_contrats(tmp_path, contrat("a", "A"))
    table = jeu.calculer("contrats")
    assert ligne_de(table, "E4", "B")["statut"] == "non_calculable"
    assert ligne_de(table, "E4", "99")["statut"] == "a_verifier"


def test_des_contrats_tous_finis_dans_le_mois_font_zero(tmp_path):
    jeu = avec_contrats(tmp_path, contrat("a", "A", fin=date(2026, 6, 15)), contrat("b", "B"))
    ligne = ligne_de(jeu.calculer("contrats"), "E4", "A")
    assert (ligne["valeur"], ligne["statut"]) == (0, "diffusable")


def test_un_contrat_fini_avant_de_commencer_n_est_jamais_en_vigueur(tmp_path):
    jeu = avec_contrats(
        tmp_path, contrat("a", "A"), contrat("b", "A", fin=date(2026, 1, 1)), contrat("c", "B")
    )
    assert e4(jeu) == 1


def test_sans_aucun_contrat_rien_n_est_calcule(tmp_path):
    assert avec_contrats(tmp_path).calculer("contrats").is_empty()


def test_mutation_finir_un_contrat_la_veille_retire_l_enfant(tmp_path):
    jeu = avec_contrats(tmp_path, contrat("a", "A"), contrat("b", "A", fin=JUIN))
    assert e4(jeu) == 2
    jeu.ecrire("contrats", [contrat("a", "A"), contrat("b", "A", fin=date(2026, 6, 29))])
    assert e4(jeu) == 1


def test_le_detail_attend_le_trimestre(tmp_path):
    """Au mois, l'ensemble seul ; E5 et E6, qui n'ont que des modalités, n'y sont pas."""
    table = avec_contrats(tmp_path, contrat("a", "A")).calculer("contrats")
    au_mois = table.filter(pl.col("pas") == "mois")
    assert set(au_mois["ventilation"]) == {""}
    assert not {"E5", "E6"} & set(au_mois["indicateur"])
    assert {"E4", "E7", "E8", "E9", "E9h"} <= set(au_mois["indicateur"])
