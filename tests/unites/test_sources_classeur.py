"""Lire un classeur : en-têtes fusionnés, jours dépliés, adresses, dates et heures."""

from datetime import date, time
from pathlib import Path

import pytest
import xlsxwriter

from rtpe_analyse import sources
from rtpe_analyse.sources.identification import identifier
from tests.unites.outils_sources import classeur_avec_heures, issues, lieux_de, lire


def test_deplier_un_etat_des_presences(tmp_path: Path) -> None:
    classeur_avec_heures(tmp_path / "p.xlsx")
    octets = (tmp_path / "p.xlsx").read_bytes()
    lecture = lire(tmp_path, octets, "presences_jour", "presences_E001_2023-09.xlsx")
    table = lecture.tables["pointages"]
    assert table.drop("enfant").rows() == [
        ("Crèche Les Lutins", "Bébés", "01/09/2023", "08:00", "17:00", 7, "Présences!F7"),
        ("Crèche Les Lutins", "Bébés", "01/09/2023", "08:30", None, 8, "Présences!F8"),
        ("Crèche Les Lutins", "Bébés", "04/09/2023", "09:00", "16:30", 8, "Présences!H8"),
    ]
    assert table["enfant"].n_unique() == 2
    assert issues(lecture) == [(9, "total", "ecarte"), (10, "total", "ecarte")]
    assert lecture.issues["lieu"].to_list() == ["Présences!A9", "Présences!A10"]
    # Trois cellules enfant-jour non vides et deux lignes de totaux.
    assert lecture.lues == {"pointages": 5}


def _sans_heures(chemin: Path, jours: list[object], decalage: int = 0) -> None:
    classeur = xlsxwriter.Workbook(str(chemin))
    jour = classeur.add_format({"num_format": "dd/mm/yyyy"})
    classeur.add_worksheet("Notice").write(0, 0, "Lisez-moi")
    feuille = classeur.add_worksheet("Présences")
    feuille.write(decalage, decalage, "Établissement : Crèche Les Lutins")
    entete = ["Code enfant", "Nom", "Prénom", "Date de naissance", "Section"]
    feuille.write_row(decalage + 2, decalage, entete)
    for rang, valeur in enumerate(jours):
        if isinstance(valeur, date):
            feuille.write_datetime(decalage + 2, decalage + 5 + rang, valeur, jour)
        else:
            feuille.write(decalage + 2, decalage + 5 + rang, valeur)
    feuille.write_row(decalage + 3, decalage, ["C1", "Durand", "Léa"])
    feuille.write(decalage + 3, decalage + 3, 44717)  # 05/06/2022, en numéro de série
    feuille.write(decalage + 3, decalage + 4, "B")
    feuille.write_row(decalage + 3, decalage + 5, ["P", "M"])
    classeur.close()


@pytest.mark.parametrize("decalage", [0, 3])
def test_la_variante_sans_heures_n_invente_rien(tmp_path: Path, decalage: int) -> None:
    jours = ["ven. 01/09/2023", date(2023, 9, 4)]
    _sans_heures(tmp_path / "p.xlsx", jours, decalage)
    octets = (tmp_path / "p.xlsx").read_bytes()
    lecture = lire(tmp_path, octets, "presences_sans_heures", "presences_E001_2023-09.xlsx")
    table = lecture.tables["pointages"]
    assert "arrivee_min" not in table.columns and "realise_min" not in table.columns
    assert table.select("date", "motif_absence").rows() == [
        ("01/09/2023", "P"),
        ("04/09/2023", "M"),
    ]
    ligne = 4 + decalage
    colonne = "F" if decalage == 0 else "I"
    assert table["_lieu"][0] == f"Présences!{colonne}{ligne}"
    assert table["_ligne"].to_list() == [ligne, ligne]
    assert lecture.colonnes_ignorees == ()


def test_les_deux_variantes_se_distinguent(tmp_path: Path) -> None:
    from rtpe_analyse.sources.contenu import Contenu

    classeur_avec_heures(tmp_path / "avec.xlsx")
    _sans_heures(tmp_path / "sans.xlsx", ["ven. 01/09/2023", "lun. 04/09/2023"])
    connus = sources.descripteurs_connus().values()
    for nom, attendu in (("avec", "presences_jour"), ("sans", "presences_sans_heures")):
        contenu = Contenu((tmp_path / f"{nom}.xlsx").read_bytes())
        assert identifier(contenu, f"{nom}.xlsx", connus).code == attendu


_DESCRIPTEUR = """
code: journal
libelle: Journal
producteur: Essai
format: classeur
espace_identifiants: essai
porte:
  identifiant_enfant: {alias: [Enfant], cle: true}
  naissance: {alias: [Naissance]}
tables:
  pointages:
    colonnes:
      enfant: {porte: enfant}
      etablissement: {alias: [Lieu], cle: true}
      date: {alias: [Jour], formats: jj/mm/aaaa, cle: true}
      arrivee_min: {alias: [Arrivée], heure: "hh:mm"}
      reserve_min: {alias: [Prévu], duree: "hh:mm"}
"""


def test_vraies_dates_heures_durees_et_cellules_en_erreur(tmp_path: Path) -> None:
    from rtpe_analyse.sources.descripteurs import charger_descripteur
    from tests.unites.outils_sources import CLE, fiche_de

    (tmp_path / "d.yaml").write_text(_DESCRIPTEUR, encoding="utf-8")
    classeur = xlsxwriter.Workbook(str(tmp_path / "j.xlsx"))
    jour = classeur.add_format({"num_format": "dd/mm/yyyy"})
    heure = classeur.add_format({"num_format": "hh:mm"})
    duree = classeur.add_format({"num_format": "[h]:mm"})
    for nom in ("Janvier", "Février"):
        feuille = classeur.add_worksheet(nom)
        feuille.write_row(0, 0, ["Enfant", "Lieu", "Jour", "Arrivée", "Prévu"])
        feuille.write(1, 0, 7)
        feuille.write(1, 1, "001")
        feuille.write_datetime(1, 2, date(2023, 9, 1), jour)
        feuille.write_datetime(1, 3, time(8, 30), heure)
        feuille.write(1, 4, 1.5, duree)  # un jour et demi : 36 h
    feuille.write(2, 0, 8)
    feuille.write_formula(2, 1, "=1/0", None, "#DIV/0!")
    classeur.close()
    fiche = fiche_de(tmp_path, "j.xlsx", (tmp_path / "j.xlsx").read_bytes())
    lecture = sources.lire(fiche, charger_descripteur(tmp_path / "d.yaml"), CLE)
    lignes = lecture.tables["pointages"].drop("enfant").rows()
    assert lignes == [
        ("001", "01/09/2023", "08:30", "36:00", 2, "Janvier!A2"),
        ("001", "01/09/2023", "08:30", "36:00", 2, "Février!A2"),
        ("#ERREUR", None, None, None, 3, "Février!A3"),
    ]


def test_un_classeur_sans_le_titre_de_l_etablissement_est_refuse(tmp_path: Path) -> None:
    classeur = xlsxwriter.Workbook(str(tmp_path / "presences_E001_2023-09.xlsx"))
    feuille = classeur.add_worksheet("Présences")
    feuille.write_row(0, 0, ["Code enfant", "Nom", "ven. 01/09/2023"])
    feuille.write_row(1, 0, ["C1", "Durand", "P"])
    classeur.close()
    (retour,) = sources.recevoir([tmp_path / "presences_E001_2023-09.xlsx"], lieux_de(tmp_path))
    assert (retour.etat, retour.code) == ("refuse", "colonne_cle_absente")
    assert "etablissement" in retour.message
