"""Petits fichiers dessinés à la main pour les essais de `sources`."""

from datetime import date
from pathlib import Path

import xlsxwriter

from rtpe_analyse import sources
from rtpe_analyse.chemins import Lieux
from rtpe_analyse.sources.fiches import Fiche
from rtpe_analyse.tableaux import empreinte_octets

CLE = b"cle d'essai"
RECU_LE = date(2026, 10, 1)
ENTETE = (
    "Code établissement;Établissement;Code enfant;Nom;Prénom;Date de naissance;Section;Date;"
    "Arrivée;Départ;Heures réservées;Heures réalisées;Motif d'absence;Commentaire"
)
LIGNE = "E001;Crèche Les Lutins;C1;Durand;Léa;05/06/2023;Bébés;01/09/2026;08:00;17:00;9,00;9,00;;"


def lieux_de(dossier: Path) -> Lieux:
    return Lieux(donnees=dossier / "donnees", sortie=dossier / "rapports")


def csv_de(*lignes: str, entete: str = ENTETE, encodage: str = "cp1252") -> bytes:
    return "".join(f"{ligne}\r\n" for ligne in (entete, *lignes)).encode(encodage)


def fiche_de(dossier: Path, nom: str, contenu: bytes, millesime: str = "2026-09") -> Fiche:
    dossier.mkdir(parents=True, exist_ok=True)
    (dossier / nom).write_bytes(contenu)
    return Fiche(
        source="essai",
        nom=nom,
        millesime=millesime,
        recu_le=RECU_LE,
        producteur="essai",
        empreinte=empreinte_octets(contenu),
        chemin=dossier / nom,
    )


def lire(
    dossier: Path,
    contenu: bytes,
    source: str = "pointages_mensuels",
    nom: str = "pointages_2026-09.csv",
) -> sources.Lecture:
    fiche = fiche_de(dossier, nom, contenu)
    return sources.lire(fiche, sources.charger_descripteur(source), CLE)


def issues(lecture: sources.Lecture) -> list[tuple[int, str, str]]:
    return lecture.issues.select("ligne", "code", "issue").rows()


def classeur_avec_heures(chemin: Path) -> None:
    """Deux enfants, deux jours, sous-total et total ; une section fusionnée sur deux lignes."""
    classeur = xlsxwriter.Workbook(str(chemin))
    feuille = classeur.add_worksheet("Présences")
    feuille.merge_range("A1:I1", "État des présences")
    feuille.write("A2", "Établissement : Crèche Les Lutins")
    feuille.write("A3", "Mois : septembre 2023")
    for rang, titre in enumerate(["Code enfant", "Nom", "Prénom", "Date de naissance", "Section"]):
        feuille.merge_range(4, rang, 5, rang, titre)
    for rang, jour in enumerate(["ven. 01/09/2023", "lun. 04/09/2023"]):
        feuille.merge_range(4, 5 + 2 * rang, 4, 6 + 2 * rang, jour)
        feuille.write_row(5, 5 + 2 * rang, ["Arrivée", "Départ"])
    feuille.write_row(6, 0, ["C1", "Durand", "Léa", "05/06/2022"])
    feuille.write_row(6, 5, ["08:00", "17:00"])
    feuille.write_row(7, 0, ["C2", "Martin", "Noé", "07/08/2022"])
    feuille.write_row(7, 5, ["08:30", "", "09:00", "16:30"])
    feuille.merge_range(6, 4, 7, 4, "Bébés")
    feuille.write(8, 0, "Sous-total Bébés")
    feuille.write(9, 0, "Total général")
    classeur.close()
