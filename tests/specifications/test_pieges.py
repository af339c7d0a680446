"""Les pièges connus d'un calcul d'occupation, un test chacun (4, 7 et 11 : le personnel)."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl

from rtpe_analyse.indicateurs.rattachement import construire_zones
from tests.specifications.jeux_occupation import (
    LE_JUIN,
    contrat,
    demande,
    ensemble,
    plages,
    semaine_pleine,
    une_creche,
)
from tests.specifications.outils import (
    LUNDI,
    Jeu,
    agrement,
    avec_presences,
    egal,
    etablissement,
    ligne_de,
    ouvertures,
    pointage,
    reseau,
    semaine_de,
    territoire,
    valeur_de,
)
from tests.unites.outils_sources import LIGNE, csv_de, issues, lire


def _deux_creches_inegales(dossier: Path) -> Jeu:
    """A : 20 places toute la semaine ; B : 10 places le lundi seulement."""
    jeu = reseau(dossier)
    jeu.ecrire("ouvertures", [*ouvertures("A", LUNDI, 5, 20), *ouvertures("B", LUNDI, 1, 10)])
    jeu.ecrire(
        "pointages",
        [
            *(p for n in range(10) for p in semaine_de(f"a{n}", "A")),
            *(p for n in range(8) for p in semaine_de(f"b{n}", "B", 1)),
        ],
    )
    return jeu


def test_piege_01_temps_partiel_mal_pondere(tmp_path):
    jeu = une_creche(tmp_path, 20)
    debut = date(2026, 1, 1)
    jeu.ecrire("contrats", [contrat("plein", "e1", debut), contrat("demi", "e2", debut)])
    # Cinq journées de 10 h et deux demi-journées de 4 h : 50 h et 8 h, non deux places.
    jeu.ecrire("plannings", [*plages("plein", 8, 18), *plages("demi", 8, 12, range(1, 3))])
    # Juin 2026 : 22 jours prévus, dont 5 lundis et 5 mardis.
    attendu = (22 * 10 + 10 * 4) / (22 * 20 * 10)
    assert valeur_de(jeu.calculer("etats", LE_JUIN), "O3", "A") == egal(attendu)


def test_piege_02_pourcentages_faux_du_rapport(tmp_path):
    table = _deux_creches_inegales(tmp_path).calculer("occupation")
    # A : 400 h / 1 000 h ; B : 64 h / 100 h. Ensemble : 464 / 1 100, pas (40 % + 64 %) / 2.
    assert valeur_de(table, "T1", "99") == egal(464 / 1100)
    assert valeur_de(table, "T1", "99") != egal((0.40 + 0.64) / 2)


def test_piege_03_enfant_dans_deux_groupes_compte_deux_fois(tmp_path):
    jeu = une_creche(tmp_path, 2)
    debut = date(2026, 1, 1)
    deux = [contrat("k1", "e", debut, section="S1"), contrat("k2", "e", debut, section="S2")]
    jeu.ecrire("contrats", deux)
    # Deux plannings qui se recouvrent de 10 h à 12 h : 8 h à 16 h, soit 8 h et non 10 h.
    jeu.ecrire("plannings", [*plages("k1", 8, 12), *plages("k2", 10, 16)])
    passages = [("e", "S1"), ("e", "S2"), ("f", "S1"), ("g", "S1")]
    jeu.ecrire("pointages", [pointage(e, "A", LUNDI, section=s) for e, s in passages])
    assert ligne_de(jeu.calculer("etats", LE_JUIN), "O3", "A")["numerateur"] == egal(22 * 8)
    # Trois enfants pour deux places (trois admis) : aucun surnombre.
    assert valeur_de(jeu.calculer("alertes", LE_JUIN), "A1", "A") == 0
    assert valeur_de(jeu.calculer("enfants", LE_JUIN), "E1", "A") == 3


def test_piege_05_jours_d_ouverture_ignores_quand_le_besoin_est_inconnu(tmp_path):
    jeu = une_creche(tmp_path, 20)
    jours = ouvertures("A", LUNDI, 22, 20)
    for jour in jours[:10]:
        jour |= {"ouvert": False, "cause": "annuelle"}
    jeu.ecrire("ouvertures", jours)
    # Les jours demandés ne sont pas connus : 40 h par semaine, sur les 12 jours prévus.
    jeu.ecrire("demandes", [demande("1", jours_semaine=None)])
    jeu.ecrire("contrats", [contrat("k", "e", date(2026, 1, 1), heures_hebdo_h=25.0)])
    table = jeu.calculer("etats", LE_JUIN)
    assert ligne_de(table, "O1", "A")["numerateur"] == egal(12 * 8)
    assert ligne_de(table, "O3", "A")["numerateur"] == egal(12 * 5)


def test_piege_06_periodes_de_vacances_a_retirer(tmp_path):
    jeu = une_creche(tmp_path, 20)
    jeu.ecrire("contrats", [contrat("k", "e", date(2026, 1, 1))])
    jeu.ecrire("plannings", plages("k", 8, 18))
    avant = ligne_de(jeu.calculer("etats", LE_JUIN), "O3", "A")
    jours = ouvertures("A", LUNDI, 22, 20)
    for jour in jours[17:]:
        jour |= {"ouvert": False, "cause": "annuelle"}
    jeu.ecrire("ouvertures", jours)
    apres = ligne_de(jeu.calculer("etats", LE_JUIN), "O3", "A")
    # Cinq jours de moins des deux côtés : le taux ne bouge pas.
    assert (avant["numerateur"], avant["denominateur"]) == (egal(220), 4400)
    assert (apres["numerateur"], apres["denominateur"]) == (egal(170), 3400)
    assert apres["valeur"] == egal(avant["valeur"])


def test_piege_08_besoin_pas_encore_connu_pour_le_planifie(tmp_path):
    jeu = une_creche(tmp_path, 20)
    promise = demande("1", decision="acceptee", date_decision=date(2026, 5, 4))
    jeu.ecrire("demandes", [promise | {"heures_hebdo_h": None}])
    # Une place promise sans heures connues : ni zéro, ni un temps plein supposé.
    ligne = ligne_de(jeu.calculer("etats", LE_JUIN), "O2", "A")
    assert (ligne["valeur"], ligne["statut"]) == (None, "non_calculable")


def test_piege_09_jour_en_cours_qui_fausse_le_realise(tmp_path):
    jeu = une_creche(tmp_path, 20)
    jeu.ecrire("pointages", [*ensemble(5, LUNDI), *ensemble(5, LE_JUIN + timedelta(1))])
    table = jeu.calculer("etats", LE_JUIN)
    assert ligne_de(table, "O4", "A")["numerateur"] == 5
    # Le mois et la semaine en cours ne sont pas encore jugés.
    o4 = table.filter(pl.col("indicateur") == "O4")
    assert set(o4["periode"]) == {"2026-06", "2026-T2"}
    en_cours = jeu.calculer("etats", LE_JUIN - timedelta(1))
    assert en_cours.filter(pl.col("indicateur") == "O4").is_empty()


def test_piege_10_unites_et_groupes_fermes_encore_affiches(tmp_path):
    jeu = reseau(tmp_path)
    ferme = etablissement("B", "99002", fermeture=date(2026, 6, 5))
    jeu.ecrire("etablissements", [etablissement("A"), ferme])
    jeu.ajouter("ouvertures", *ouvertures("A", date(2026, 7, 1), 23, 20))
    jeu.ecrire("contrats", [contrat("k", "e", date(2026, 1, 1), heures_hebdo_h=30.0)])
    for famille in ("places", "etats", "alertes"):
        table = jeu.calculer(famille, date(2026, 7, 31)).filter(pl.col("zone") == "B")
        apres = table.filter(pl.col("periode") > "2026-06", pl.col("pas") == "mois")
        assert apres.is_empty(), famille
    # Juin se lit encore, et la fermeture est dite avec sa date.
    assert valeur_de(jeu.calculer("places", date(2026, 7, 31)), "P1", "B") == 10
    zones = construire_zones(jeu.lieux).filter(pl.col("zone") == "B")
    assert zones["evenement"].to_list() == ["Fermé le 05/06/2026"]


def test_piege_12_export_csv_fautif_sauts_de_ligne(tmp_path):
    commentaire = LIGNE + '"une phrase\r\nsur deux lignes"'
    lecture = lire(tmp_path, csv_de(LIGNE, commentaire, LIGNE))
    # Trois lignes de données, aucune coupée ni avalée.
    assert lecture.lues == {"pointages": 3}
    assert lecture.tables["pointages"].height + len(issues(lecture)) == 3
    assert issues(lecture) == []


def test_piege_13_unites_multipliees_par_une_jointure_par_groupe(tmp_path):
    jeu = avec_presences(tmp_path)
    familles = ("places", "occupation", "alertes", "profil")
    avant = {f: jeu.calculer(f) for f in familles}
    jeu.ecrire(
        "sections",
        [
            {"etablissement": c, "section": s, "valide_du": date(2020, 1, 1)}
            for c in "AB"
            for s in ("bebes", "moyens", "grands")
        ],
    )
    # Deux descriptions successives du même établissement et de son territoire.
    jeu.ecrire(
        "etablissements",
        [
            etablissement("A", valide_au=date(2026, 6, 2)),
            etablissement("A", valide_du=date(2026, 6, 3)),
            etablissement("B", "99002"),
        ],
    )
    jeu.ecrire(
        "territoires",
        [
            territoire("A", "T1", valide_au=date(2026, 6, 2)),
            territoire("A", "T1", valide_du=date(2026, 6, 3)),
            territoire("B", "T2"),
        ],
    )
    for famille in familles:
        assert jeu.calculer(famille).equals(avant[famille]), famille


def test_piege_14_numero_d_identite_dans_un_rapport_qui_n_en_a_pas_besoin(tmp_path):
    entete = (
        "Code enfant;Code famille;Nom;Prénom;Date de naissance;N° allocataire;"
        "Besoin particulier;Adresse;Téléphone;Courriel"
    )
    ligne = "C1;F1;Durand;Léa;05/06/2023;1234567 A;non;1 rue Bleue;0612345678;lea@exemple.fr"
    contenu = csv_de(ligne, entete=entete)
    lecture = lire(tmp_path, contenu, "registre_enfants", "enfants_berceau.csv")
    texte = lecture.tables["enfants"].write_json()
    for identite in ("C1", "1234567", "Durand", "05/06", "2023-06-05", "0612345678", "lea@"):
        assert identite not in texte
    # L'enfant reste suivi, par un pseudonyme.
    assert lecture.tables["enfants"]["appariement"].null_count() == 0
    # Et aucune table d'indicateurs ne porte de pseudonyme : des zones et des nombres.
    jeu = une_creche(tmp_path / "jeu", 20)
    jeu.ecrire("pointages", semaine_pleine(5, 8, 16))
    jeu.ecrire("agrements", agrement("A", 20))
    for famille in ("occupation", "etats", "alertes", "profil"):
        colonnes = jeu.calculer(famille).select(pl.col(pl.String))
        valeurs = {v for c in colonnes.columns for v in colonnes[c].unique()}
        assert not valeurs & {f"e{k}" for k in range(5)}
