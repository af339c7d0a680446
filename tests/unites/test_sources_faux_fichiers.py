"""Faux fichiers et fichiers hostiles : un refus clair, jamais de traceback ni de valeur."""

import io
import random
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from rtpe_analyse import sources
from rtpe_analyse.erreurs import ErreurFichier
from rtpe_analyse.sources.classeur_xml import CELLULES_MAX
from tests.unites.outils_sources import (
    ENTETE,
    LIGNE,
    classeur_avec_heures,
    csv_de,
    lieux_de,
    lire,
)

LONGUE = csv_de(LIGNE, LIGNE)
REFUS = {
    "vide": (b"", "fichier_vide"),
    "blancs": (b"\xef\xbb\xbf\r\n  \r\n", "fichier_vide"),
    "html nommé xls": (b"\r\n<HTML><body><table><tr><td>x</td></tr></table>", "fichier_html"),
    "html avec bom": (b"\xef\xbb\xbf<!DOCTYPE html><html>", "fichier_html"),
    "xml": (b"<?xml version='1.0'?><Workbook/>", "fichier_illisible"),
    "pdf": (b"%PDF-1.7 etc", "fichier_binaire"),
    "octets nuls": (b"a;b\r\n\x00\x01\x02;c\r\n", "fichier_binaire"),
    "utf-16 sans marque": (LIGNE.encode("utf-16-le"), "fichier_binaire"),
    "0x81 hors de cp1252": (csv_de(LIGNE) + b"\x81;x\r\n", "fichier_illisible"),
    "dernière ligne coupée": (LONGUE[:-40], "fichier_tronque"),
    "guillemet jamais fermé": (csv_de(LIGNE + '"parti', LIGNE), "fichier_tronque"),
    "utf-8 coupé dans un caractère": (
        csv_de(LIGNE + "é", encodage="utf-8")[:-3],
        "fichier_tronque",
    ),
    "en-tête introuvable": (b"a;b;c\r\n1;2;3\r\n", "colonne_cle_absente"),
    "colonne clé absente": (
        csv_de(LIGNE.replace(";C1;", ";"), entete=ENTETE.replace("Code enfant;", "")),
        "colonne_cle_absente",
    ),
    "une seule ligne énorme": (b"x" * 3_000_000, "colonne_cle_absente"),
    "archive quelconque": (b"", "fichier_binaire"),
}


def _archive() -> bytes:
    tampon = io.BytesIO()
    with zipfile.ZipFile(tampon, "w") as archive:
        archive.writestr("lettre.txt", "bonjour")
    return tampon.getvalue()


REFUS["archive quelconque"] = (_archive(), "fichier_binaire")


@pytest.mark.parametrize("cas", REFUS)
def test_chaque_faux_fichier_a_son_code(tmp_path: Path, cas: str) -> None:
    contenu, code = REFUS[cas]
    with pytest.raises(ErreurFichier) as refus:
        lire(tmp_path, contenu)
    assert refus.value.code == code
    assert refus.value.remede
    assert "Durand" not in str(refus.value) and "Léa" not in str(refus.value)


def test_une_note_de_pied_sans_fin_de_ligne_n_est_pas_une_coupure(tmp_path: Path) -> None:
    lecture = lire(tmp_path, csv_de(LIGNE) + "Édité le 01/10/2026".encode("cp1252"))
    assert lecture.lues == {"pointages": 2}


def test_une_derniere_ligne_entiere_sans_fin_de_ligne_se_lit(tmp_path: Path) -> None:
    assert lire(tmp_path, csv_de(LIGNE)[:-2]).lues == {"pointages": 1}


def test_un_champ_de_200_000_caracteres_se_lit(tmp_path: Path) -> None:
    lecture = lire(tmp_path, csv_de(LIGNE + "z" * 200_000, LIGNE + '"' + "y" * 200_000 + '"'))
    assert lecture.lues == {"pointages": 2}


def test_la_colonne_manquante_est_nommee(tmp_path: Path) -> None:
    contenu, _ = REFUS["colonne clé absente"]
    with pytest.raises(ErreurFichier, match="« Code enfant »"):
        lire(tmp_path, contenu)


def _classeur(tmp_path: Path) -> bytes:
    classeur_avec_heures(tmp_path / "bon.xlsx")
    return (tmp_path / "bon.xlsx").read_bytes()


def test_un_classeur_coupe_n_importe_ou_est_refuse(tmp_path: Path) -> None:
    octets = _classeur(tmp_path)
    for part in (0.02, 0.3, 0.6, 0.95, 0.999):
        with pytest.raises(ErreurFichier) as refus:
            lire(tmp_path, octets[: int(len(octets) * part)], "presences_jour", "p.xlsx")
        assert refus.value.code == "fichier_tronque"


def test_un_classeur_abime_donne_un_refus_ou_se_lit(tmp_path: Path) -> None:
    octets = _classeur(tmp_path)
    alea = random.Random(7)
    refuses = 0
    for _ in range(60):
        abime = bytearray(octets)
        for _ in range(20):
            abime[alea.randrange(len(abime))] = alea.randrange(256)
        try:
            lire(tmp_path, bytes(abime), "presences_jour", "p.xlsx")
        except ErreurFichier:
            refuses += 1
    assert refuses > 30


def _xlsx(tmp_path: Path, ecrire: object) -> bytes:
    chemin = tmp_path / "x.xlsx"
    classeur = xlsxwriter.Workbook(str(chemin))
    ecrire(classeur.add_worksheet("Présences"))  # type: ignore[operator]
    classeur.close()
    return chemin.read_bytes()


def test_une_feuille_vide_et_une_feuille_demesuree(tmp_path: Path) -> None:
    with pytest.raises(ErreurFichier) as refus:
        lire(tmp_path, _xlsx(tmp_path, lambda f: None), "presences_jour", "p.xlsx")
    assert refus.value.code == "fichier_vide"
    loin = _xlsx(tmp_path, lambda f: (f.write(0, 0, "a"), f.write(1_048_575, 16_383, "b")))
    assert CELLULES_MAX < 1_048_576 * 16_384
    with pytest.raises(ErreurFichier, match="démesurée"):
        lire(tmp_path, loin, "presences_jour", "p.xlsx")


def test_un_classeur_protege_est_nomme(tmp_path: Path) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") * 2
    with pytest.raises(ErreurFichier, match="mot de passe"):
        lire(tmp_path, ole, "presences_jour", "p.xlsx")


def test_noms_hostiles_et_liens(tmp_path: Path) -> None:
    depot = tmp_path / "dépôt à moi"
    depot.mkdir()
    (depot / "..pointages 2026-09 été..csv").write_bytes(csv_de(LIGNE))
    (depot / "lien.csv").symlink_to(depot / "absent.csv")
    (depot / "boucle.csv").symlink_to(depot / "boucle.csv")
    (depot / ".cache.csv").write_bytes(csv_de(LIGNE))
    lieux = lieux_de(tmp_path)
    retours = sources.recevoir([depot, tmp_path / "rien.csv"], lieux)
    etats = {r.nom: (r.etat, r.code) for r in retours}
    # Un nom qui commence par un point est un fichier caché : il faut le donner lui-même.
    assert etats == {
        "lien.csv": ("refuse", "fichier_illisible"),
        "boucle.csv": ("refuse", "fichier_illisible"),
        "rien.csv": ("refuse", "fichier_illisible"),
    }
    (retour,) = sources.recevoir([depot / "..pointages 2026-09 été..csv"], lieux)
    assert retour.etat == "recu"
    (fiche,) = sources.lister_fiches(lieux)
    assert fiche.chemin.parent == lieux.brut / "pointages_mensuels" / "2026-09"
    assert all(f.is_relative_to(lieux.brut) for f in lieux.brut.rglob("*"))
