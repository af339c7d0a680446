"""Lire un texte à séparateurs : chaque ligne se retrouve, avec son numéro, ou se compte."""

import hmac
from pathlib import Path

import polars as pl
import pytest

from rtpe_analyse.erreurs import ErreurFichier
from tests.unites.outils_sources import CLE, LIGNE, csv_de, issues, lire


def test_une_ligne_simple(tmp_path: Path) -> None:
    lecture = lire(tmp_path, csv_de(LIGNE))
    assert lecture.lues == {"pointages": 1}
    ligne = lecture.tables["pointages"].row(0, named=True)
    attendu = hmac.digest(CLE, b"enfant|ribambelle|C1", "sha256").hex()[:20]
    assert ligne == {
        "enfant": attendu,
        "etablissement": "E001",
        "date": "01/09/2026",
        "section": "Bébés",
        "arrivee_min": "08:00",
        "depart_min": "17:00",
        "reserve_min": "9,00",
        "realise_min": "9,00",
        "motif_absence": None,
        "noms_libres": "0",
        "numeros_libres": "0",
        "_ligne": 2,
        "_lieu": "",
    }
    assert lecture.colonnes_ignorees == ("Établissement",)


@pytest.mark.parametrize("encodage", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_les_encodages_se_reconnaissent(tmp_path: Path, encodage: str) -> None:
    lecture = lire(tmp_path, csv_de(LIGNE, encodage=encodage))
    assert lecture.tables["pointages"]["section"].to_list() == ["Bébés"]
    marque = [("pointages", 0, "bom")] if encodage in ("utf-8-sig", "utf-16") else []
    assert lecture.corrections.select("table", "ligne", "code").rows() == marque


def test_cp1252_et_non_latin1(tmp_path: Path) -> None:
    # L'apostrophe courbe et l'euro n'existent que dans cp1252 (0x92, 0x80).
    ligne = LIGNE.replace("Bébés", "Section d’en haut €")
    lecture = lire(tmp_path, csv_de(ligne))
    assert lecture.tables["pointages"]["section"].to_list() == ["Section d’en haut €"]


def test_les_numeros_de_ligne_sont_ceux_du_fichier(tmp_path: Path) -> None:
    cite = LIGNE + '"dit « bonjour ; à demain »\r\npuis repart ""vite"""'
    lecture = lire(tmp_path, csv_de(cite, "", LIGNE, ";;;;;;;;;;;;;", LIGNE))
    assert lecture.tables["pointages"]["_ligne"].to_list() == [2, 5, 7]
    assert lecture.lues == {"pointages": 3}


def test_trop_et_pas_assez_de_champs(tmp_path: Path) -> None:
    trop = LIGNE + "a;b"
    court = "E001;Crèche Les Lutins;C1"
    vides_en_plus = LIGNE + ";;;"
    lecture = lire(tmp_path, csv_de(trop, court, vides_en_plus, LIGNE))
    assert issues(lecture) == [(2, "ligne_malformee", "rejete"), (3, "ligne_malformee", "rejete")]
    assert lecture.tables["pointages"]["_ligne"].to_list() == [4, 5]
    assert lecture.lues == {"pointages": 4}


def test_un_guillemet_egare_n_avale_pas_les_lignes_suivantes(tmp_path: Path) -> None:
    egare = LIGNE + '"ouvert'
    autre = LIGNE + '"ouvert aussi'
    lecture = lire(tmp_path, csv_de(egare, LIGNE, autre + '"', LIGNE))
    assert (2, "ligne_malformee", "rejete") in issues(lecture)
    assert {3, 4, 5} == set(lecture.tables["pointages"]["_ligne"].to_list())


def test_un_guillemet_au_milieu_d_un_champ_est_un_caractere(tmp_path: Path) -> None:
    lecture = lire(tmp_path, csv_de(LIGNE + 'porte 12" de large'))
    assert lecture.lues == {"pointages": 1}
    assert lecture.tables["pointages"].height == 1


def test_totaux_notes_et_en_tete_repete_sont_ecartes(tmp_path: Path) -> None:
    from tests.unites.outils_sources import ENTETE

    lecture = lire(
        tmp_path,
        csv_de(
            LIGNE,
            "Sous-Total Bébés;;;;;;;;;;;9,00;;",
            ENTETE,
            "TOTAL général",
            "Édité le 01/10/2026",
        ),
    )
    assert issues(lecture) == [
        (3, "total", "ecarte"),
        (4, "entete_repetee", "ecarte"),
        (5, "total", "ecarte"),
        (6, "note_pied", "ecarte"),
    ]
    assert lecture.lues == {"pointages": 5}


def test_les_titres_avant_l_en_tete(tmp_path: Path) -> None:
    titre = "Export des pointages\r\n\r\n".encode("cp1252")
    lecture = lire(tmp_path, titre + csv_de(LIGNE))
    assert lecture.tables["pointages"]["_ligne"].to_list() == [4]


def test_lecture_par_nom_de_colonne(tmp_path: Path) -> None:
    entete = "Secret;Départ;Date;ARRIVEE;N° enfant;code Etablissement"
    lecture = lire(tmp_path, csv_de("x;17:00;01/09/2026;08:00;C1;E001", entete=entete))
    ligne = lecture.tables["pointages"].row(0, named=True)
    assert (ligne["arrivee_min"], ligne["depart_min"]) == ("08:00", "17:00")
    assert lecture.colonnes_ignorees == ("Secret",)
    assert "x" not in lecture.tables["pointages"].row(0)
    assert ligne["reserve_min"] is None


def test_la_valeur_brute_reste_non_rognee(tmp_path: Path) -> None:
    lecture = lire(tmp_path, csv_de(LIGNE.replace("E001", " E001 ").replace("Bébés", "  ")))
    ligne = lecture.tables["pointages"].row(0, named=True)
    assert ligne["etablissement"] == " E001 "
    assert ligne["section"] is None


def test_plusieurs_tables_d_un_fichier(tmp_path: Path) -> None:
    entete = (
        "N° contrat;Code enfant;Code établissement;Section;Type d'accueil;Début;Fin;"
        "Semaines par an;Heures par semaine;Lundi début;Lundi fin;Mardi début;Mardi fin"
    )
    lecture = lire(
        tmp_path,
        csv_de(
            "K1;C1;E001;B;Régulier;01/09/2025;;46;20;08:00;18:00;;",
            "K2;C2;E001;B;Régulier;01/09/2025;;46;20;08:00;18:00;09:00;17:00",
            "K3;C3;E001;B;Occasionnel;01/09/2025;;;;;;;",
            entete=entete,
        ),
        "registre_contrats",
        "contrats_berceau.csv",
    )
    assert lecture.lues == {"contrats": 3, "plannings": 3}
    plannings = lecture.tables["plannings"]
    assert plannings.select("jour_semaine", "debut_min", "_ligne").rows() == [
        ("1", "08:00", 2),
        ("1", "08:00", 3),
        ("2", "09:00", 3),
    ]
    contrats = lecture.tables["contrats"]
    assert set(plannings["contrat"]) < set(contrats["contrat"])


def test_le_recours_quand_la_colonne_est_vide(tmp_path: Path) -> None:
    entete = "Code famille;Valide du;Valide au;Commune;Code Insee;Enfants à charge"
    lecture = lire(
        tmp_path,
        csv_de("F1;01/01/2025;;Ville A;01001;2", "F2;01/01/2025;;Ville B;;1", entete=entete),
        "registre_familles",
        "familles_berceau.csv",
    )
    assert lecture.tables["familles"]["commune"].to_list() == ["01001", "Ville B"]


def test_un_fichier_reduit_a_son_en_tete_se_lit(tmp_path: Path) -> None:
    lecture = lire(tmp_path, csv_de())
    assert lecture.lues == {"pointages": 0}
    assert lecture.tables["pointages"].schema["_ligne"] == pl.Int64


def test_un_fichier_modifie_ou_purge_est_refuse(tmp_path: Path) -> None:
    from rtpe_analyse import sources
    from tests.unites.outils_sources import fiche_de

    fiche = fiche_de(tmp_path, "pointages_2026-09.csv", csv_de(LIGNE))
    descripteur = sources.charger_descripteur("pointages_mensuels")
    fiche.chemin.write_bytes(csv_de(LIGNE, LIGNE))
    with pytest.raises(ErreurFichier, match="modifié depuis sa réception"):
        sources.lire(fiche, descripteur, CLE)
    sources.purger(fiche)
    with pytest.raises(ErreurFichier, match="n'est plus là"):
        sources.lire(fiche, descripteur, CLE)


def test_filoue_avec_et_sans_idequ(tmp_path: Path) -> None:
    entete = (
        "NUMERO_CAF;NUMERO_DOSSIER_AFC;TOP_ALLOC;MATRICULE;REGIME;DATE_NAISSANCE_INDIVIDU;"
        "CODE_POSTAL_FAMILLE;VILLE_FAMILLE;NOMBRE_HEURES_FACTUREES;NOMBRE_HEURES_REALISEES;"
        "MONTANT_FACTURE;MONTANT_HORAIRE;TAUX_EFFORT;PREMIERJOUR;DERNIERJOUR"
    )
    ligne = (
        "941;D1;1;0012345;1;05/06/2023;01000;VILLE;100.00;90.00;150.00;1.50;0.062;"
        "01/01/2025;31/12/2025"
    )
    simple = lire(tmp_path, csv_de(ligne, entete=entete), "filoue", "filoue_2025.csv")
    avec = lire(
        tmp_path, csv_de(f"ID9;{ligne}", entete=f"IDEQU;{entete}"), "filoue", "filoue_idequ.csv"
    )
    table = simple.tables["usagers_filoue"]
    assert table.equals(avec.tables["usagers_filoue"])
    ligne_lue = table.row(0, named=True)
    attendu = hmac.digest(CLE, b"caf|12345|2023-06-05", "sha256").hex()[:20]
    assert ligne_lue["appariement_caf"] == attendu
    assert ligne_lue["annee"] == "2026"  # le millésime que porte la fiche d'essai
    assert ligne_lue["mois_naissance"] == "2023-06-01"
    assert avec.colonnes_ignorees == ("IDEQU", "NUMERO_CAF", "VILLE_FAMILLE")
