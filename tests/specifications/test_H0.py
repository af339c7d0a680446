"""H0, capacité théorique : places autorisées × durée des plages, sur les jours prévus."""

from datetime import date

import pytest

from tests.specifications.conftest import Hasard
from tests.specifications.outils import (
    LUNDI,
    SQL_COMPTE,
    SQL_PLAGES,
    SQL_T2,
    agrement,
    dans_t1,
    egal,
    etablissement,
    ligne_de,
    ouvertures,
    reseau,
    valeur_de,
)


def test_vingt_places_dix_heures_vingt_jours_font_4000_heures(tmp_path):
    # Cas de vérification n° 35 de la fiche domaine.
    jeu = reseau(tmp_path)
    jeu.ecrire("ouvertures", ouvertures("A", LUNDI, 20, 20))
    assert valeur_de(jeu.calculer("places"), "H0", "A") == 20 * 10 * 20


@pytest.mark.parametrize(
    ("cause", "jours"),
    [
        ("annuelle", 4),
        ("ferie", 4),
        ("pedagogique", 4),
        ("pont", 4),
        ("personnel", 5),
        ("travaux", 5),
        ("autre", 5),
    ],
)
def test_une_fermeture_annoncee_sort_une_fermeture_subie_reste(tmp_path, cause, jours):
    jeu = reseau(tmp_path)
    semaine = ouvertures("A", LUNDI, 5, 20)
    semaine[0] |= {"ouvert": False, "cause": cause}
    jeu.ecrire("ouvertures", semaine)
    assert valeur_de(jeu.calculer("places"), "H0", "A") == 20 * 10 * jours


def test_un_jour_non_prevu_ne_compte_pas_meme_ouvert(tmp_path):
    jeu = reseau(tmp_path)
    semaine = ouvertures("A", LUNDI, 5, 20)
    semaine[0] |= {"prevu": False}
    jeu.ecrire("ouvertures", semaine)
    table = jeu.calculer("places")
    assert valeur_de(table, "H0", "A") == 20 * 10 * 4
    assert valeur_de(table, "H0c", "A") == 20 * 10 * 5


def test_seules_les_periodes_echues_sont_calculees(tmp_path):
    jeu = reseau(tmp_path)
    assert jeu.calculer("places", le=date(2026, 6, 29)).is_empty()
    assert set(jeu.calculer("places", le=date(2026, 6, 30))["pas"]) == {"mois", "trimestre"}


def test_un_mois_d_activite_sans_calendrier_est_inconnu(tmp_path):
    jeu = reseau(tmp_path)
    jeu.ecrire("ouvertures", [*ouvertures("A", LUNDI, 5), *ouvertures("B", date(2026, 5, 4), 5)])
    table = jeu.calculer("places")
    assert ligne_de(table, "H0", "B")["statut"] == "non_calculable"
    assert ligne_de(table, "H0", "B", periode="2026-T2")["statut"] == "non_calculable"
    assert ligne_de(table, "H0", "99")["statut"] == "a_verifier"


def test_un_etablissement_ferme_pour_de_bon_n_est_pas_attendu(tmp_path):
    jeu = reseau(tmp_path)
    jeu.ecrire(
        "etablissements",
        [etablissement("A"), etablissement("B", fermeture=date(2026, 5, 29))],
    )
    jeu.ecrire("ouvertures", [*ouvertures("A", LUNDI, 5), *ouvertures("B", date(2026, 5, 4), 5)])
    table = jeu.calculer("places")
    assert ligne_de(table, "H0", "99")["statut"] == "diffusable"
    assert valeur_de(table, "H0", "99") == 1000


def test_mutation_une_place_de_plus_ajoute_ses_heures(tmp_path):
    jeu = reseau(tmp_path)
    avant = valeur_de(jeu.calculer("places"), "H0", "99")
    jeu.ecrire("agrements", [*agrement("A", 21), *agrement("B", 10)])
    assert valeur_de(jeu.calculer("places"), "H0", "99") - avant == 1 * 10 * 5


def test_egale_une_requete_independante(hasard: Hasard):
    attendu = hasard.sql(
        f"select sum(a.places * (a.fin_min - a.debut_min)) / 60.0 from {SQL_PLAGES} "
        f"where {SQL_COMPTE} and o.date {SQL_T2} and {dans_t1('o.etablissement', 'o.date')}"
    )
    obtenu = valeur_de(hasard.famille("places"), "H0", "T1", periode="2026-T2")
    assert obtenu == egal(attendu)
