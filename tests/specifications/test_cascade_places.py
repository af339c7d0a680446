"""Cascade, première moitié : mauvais calendriers, mauvais agréments, raccords."""

from datetime import date

import pytest

from rtpe_analyse.erreurs import ErreurControle
from rtpe_analyse.indicateurs import cascade
from rtpe_analyse.indicateurs.cascade import DES_PLACES
from tests.specifications.jeux_cascade_juin import LE_JUIN, creche_complete, juin
from tests.specifications.mondes_cascade import (
    FERME,
    lignes_de,
    modifier_jours,
    non_nulles,
    statuts_de,
    une_creche,
    valeurs_de,
)
from tests.specifications.outils import (
    LUNDI,
    Jeu,
    agrement,
    egal,
    etablissement,
    ligne_de,
    ouvertures,
    territoire,
    valeur_de,
)


def test_les_jours_agrees_absents_du_calendrier_ont_leur_ligne(tmp_path):
    # Du 1er au 5 juin, ouverts ; les 17 autres jours ouvrés de juin ne sont pas au calendrier.
    assert non_nulles(une_creche(tmp_path), "K1") == {
        "agree": 22 * 100,
        "calendrier_absent": -17 * 100,
        "prevu": 5 * 100,
        "ouvert": 5 * 100,
    }


def test_prevu_egale_h0_et_ouvert_le_numerateur_de_p3(tmp_path):
    jeu = creche_complete(tmp_path)
    places = jeu.calculer("places", LE_JUIN)
    lignes = valeurs_de(jeu.calculer("cascade", LE_JUIN), "K1")
    assert lignes["prevu"] == egal(valeur_de(places, "H0", "A"))
    hors_calendrier = lignes["ouverture_hors_calendrier"]
    assert lignes["ouvert"] - hors_calendrier == egal(ligne_de(places, "P3", "A")["numerateur"])


def test_un_agrement_module_compte_plage_par_plage(tmp_path):
    # 4 places de 8 h à 9 h, 10 de 9 h à 17 h : 84 h. Cinq places ouvertes : 4 + 40 = 44 h.
    jeu = une_creche(tmp_path, jours=22)
    jeu.ecrire("agrements", [*agrement("A", 4, 8, 9), *agrement("A", 10, 9, 17)])
    modifier_jours(jeu, {2: {"places_ouvertes": 5, "cause": "personnel"}})
    lignes = lignes_de(jeu, "K1")
    assert (lignes["agree"], lignes["personnel"]) == (22 * 84, 44 - 84)


def test_des_horaires_reduits_et_une_place_en_moins_vont_a_la_meme_cause(tmp_path):
    # 9 places de 8 h à 16 h : 72 h sur 100.
    jeu = une_creche(tmp_path)
    modifier_jours(jeu, {2: {"places_ouvertes": 9, "fin_min": 16 * 60, "cause": "travaux"}})
    assert lignes_de(jeu, "K1")["travaux"] == 72 - 100


def test_une_cause_prevue_un_jour_seulement_reduit_ne_sort_pas_de_h0(tmp_path):
    # Un jour ouvert reste prévu : la demi-journée perdue est subie, sans cause subie.
    jeu = une_creche(tmp_path)
    modifier_jours(jeu, {3: {"fin_min": 13 * 60, "cause": "pedagogique"}})
    lignes = lignes_de(jeu, "K1")
    assert (lignes["pedagogique"], lignes["subie_sans_cause"]) == (0, -50)


def test_une_cause_subie_un_jour_non_prevu_n_est_pas_subie(tmp_path):
    jeu = une_creche(tmp_path)
    modifier_jours(jeu, {3: {"prevu": False, **FERME, "cause": "personnel"}})
    lignes = lignes_de(jeu, "K1")
    assert (lignes["personnel"], lignes["prevu_sans_cause"]) == (0, -100)


def test_agrements_chevauchants_le_plus_recent_l_emporte(tmp_path):
    # 10 places jusqu'au 12 juin (10 jours), 12 places ensuite (12 jours).
    jeu = une_creche(tmp_path, jours=22)
    jeu.ajouter("agrements", *agrement("A", 12, valide_du=date(2026, 6, 15)))
    assert lignes_de(jeu, "K1")["agree"] == 10 * 100 + 12 * 120


@pytest.mark.parametrize("inverse", [False, True])
def test_deux_actes_du_meme_jour_celui_qui_finit_le_plus_tard(tmp_path, inverse):
    jeu = une_creche(tmp_path, jours=22)
    actes = [*agrement("A", 10), *agrement("A", 12, valide_au=date(2026, 12, 31))]
    jeu.ecrire("agrements", actes[::-1] if inverse else actes)
    lignes = lignes_de(jeu, "K1")
    assert (lignes["agree"], lignes["prevu"]) == (22 * 100, 22 * 100)
    assert lignes["prevu"] == egal(valeur_de(jeu.calculer("places"), "H0", "A"))


def test_une_plage_a_l_envers_ne_fait_pas_tomber_le_calcul(tmp_path):
    # 10 places de 20 h à 19 h le lundi : H0 la retranche (elle a son constat), K1 aussi.
    jeu = une_creche(tmp_path, jours=22)
    jeu.ajouter("agrements", *agrement("A", 10, 20, 19, [1]))
    lignes = lignes_de(jeu, "K1")
    assert lignes["prevu"] == egal(valeur_de(jeu.calculer("places"), "H0", "A"))
    assert lignes["prevu"] + lignes["subie_sans_cause"] == egal(lignes["ouvert"])


def test_un_calendrier_hors_de_la_vie_de_l_etablissement_reste_compte(tmp_path):
    # Fermé le 3 juin d'après le registre, mais prévu et ouvert jusqu'au 5 : H0 les compte.
    jeu = une_creche(tmp_path)
    jeu.ecrire("etablissements", [etablissement("A", fermeture=juin(3))])
    lignes = lignes_de(jeu, "K1")
    assert (lignes["agree"], lignes["prevu"]) == (5 * 100, 5 * 100)


def test_agree_de_l_ouverture_a_la_fermeture_de_l_etablissement(tmp_path):
    # Du 9 au 12 juin : quatre jours, même si le calendrier commence le 10.
    jeu = une_creche(tmp_path)
    jeu.ecrire("etablissements", [etablissement("A", ouverture=juin(9), fermeture=juin(12))])
    jeu.ecrire("ouvertures", ouvertures("A", juin(10), 3, 10))
    lignes = lignes_de(jeu, "K1")
    assert (lignes["agree"], lignes["calendrier_absent"], lignes["prevu"]) == (400, -100, 300)


def test_sans_calendrier_un_etablissement_est_inconnu_jamais_nul(tmp_path):
    jeu = une_creche(tmp_path)
    jeu.ecrire("etablissements", [etablissement("A"), etablissement("B")])
    jeu.ajouter("agrements", *agrement("B", 10))
    assert statuts_de(jeu, "K1", "B") == {"non_calculable"}
    assert statuts_de(jeu, "K1", "99") == {"a_verifier"}
    assert lignes_de(jeu, "K1", "99") == lignes_de(jeu, "K1", "A")


def test_aucun_calendrier_ni_chiffre_ni_erreur(tmp_path):
    jeu = une_creche(tmp_path)
    jeu.ecrire("ouvertures", [])
    assert jeu.calculer("cascade")["valeur"].drop_nulls().is_empty()
    assert Jeu(tmp_path / "vide").calculer("cascade").is_empty()


def test_un_jour_prevu_sans_agrement_rend_le_mois_inconnu(tmp_path):
    # Le vendredi n'a pas de plage : H0 est inconnue, la cascade aussi.
    jeu = une_creche(tmp_path)
    jeu.ecrire("agrements", agrement("A", 10, jours=range(1, 5)))
    assert ligne_de(jeu.calculer("places"), "H0", "A")["statut"] == "non_calculable"
    assert statuts_de(jeu, "K1") == statuts_de(jeu, "K2") == {"non_calculable"}


def test_des_places_ouvertes_non_declarees_ne_sont_pas_supposees(tmp_path):
    jeu = une_creche(tmp_path)
    modifier_jours(jeu, {3: {"places_ouvertes": None}})
    assert statuts_de(jeu, "K1") == statuts_de(jeu, "K2") == {"non_calculable"}


def test_equivalents_places_d_une_zone_la_somme_de_ses_etablissements(tmp_path):
    # A : 10 places 10 h par jour ; B : 20 places 5 h par jour. Agréé : 30 équivalents, et non
    # (2 200 + 2 200) h / une durée commune.
    jeu = une_creche(tmp_path, jours=22)
    jeu.ecrire("etablissements", [etablissement("A"), etablissement("B")])
    jeu.ecrire("territoires", [territoire("A", "T1"), territoire("B", "T2")])
    jeu.ajouter("agrements", *agrement("B", 20, 8, 13))
    jeu.ajouter("ouvertures", *ouvertures("B", LUNDI, 22, 15))
    lignes = lignes_de(jeu, "K1p", "99")
    assert (lignes["agree"], lignes["subie_sans_cause"], lignes["ouvert"]) == (30, -5, 25)


def test_mutation_une_cause_oubliee_fait_tomber_l_identite(tmp_path, monkeypatch):
    jeu = creche_complete(tmp_path)
    sans_travaux = tuple(m for m in DES_PLACES if not m.endswith("_travaux"))
    monkeypatch.setattr(cascade, "DES_PLACES", sans_travaux)
    with pytest.raises(ErreurControle, match="14_ouvert"):
        jeu.calculer("cascade", LE_JUIN)
