"""`decrire` : un brouillon honnête, qui ne recopie aucune valeur de ligne."""

from pathlib import Path

import pytest
import yaml

from rtpe_analyse import sources
from rtpe_analyse.erreurs import ErreurFichier
from rtpe_analyse.sources.textes import plier
from tests.unites.outils_sources import CLE, LIGNE, classeur_avec_heures, csv_de, fiche_de

VALEURS = ("Durand", "Léa", "05/06/2023", "E001", "Lutins", "01/09/2026", "06 12", "C1")


def _ecrire(tmp_path: Path, nom: str, contenu: bytes) -> Path:
    (tmp_path / nom).write_bytes(contenu)
    return tmp_path / nom


def test_le_brouillon_d_un_csv_se_charge_et_lit_le_fichier(tmp_path: Path) -> None:
    contenu = csv_de(*[LIGNE + "rappeler au 06 12 34 56 78"] * 3)
    brouillon = sources.decrire(_ecrire(tmp_path, "p.csv", contenu))
    assert not [valeur for valeur in VALEURS if valeur in brouillon]
    assert "À COMPLÉTER" in brouillon and "8,30 = 8 h 18" in brouillon
    lu = yaml.safe_load(brouillon)
    assert set(lu["porte"]) == {"nom", "prenom", "naissance", "identifiant_enfant", "libres"}
    assert lu["porte"]["libres"] == ["Commentaire"]
    colonnes = lu["tables"]["pointages"]["colonnes"]
    assert colonnes["arrivee_min"] == {"alias": ["Arrivée"], "heure": "hh:mm"}
    assert "duree" not in colonnes["reserve_min"]  # 8,30 est ambigu : jamais deviné
    descripteur = sources.charger_descripteur(_ecrire(tmp_path, "d.yaml", brouillon.encode()))
    lecture = sources.lire(fiche_de(tmp_path, "p.csv", contenu), descripteur, CLE)
    assert lecture.lues == {"pointages": 3}


def test_le_brouillon_d_un_classeur(tmp_path: Path) -> None:
    classeur_avec_heures(tmp_path / "p.xlsx")
    brouillon = sources.decrire(tmp_path / "p.xlsx")
    lu = yaml.safe_load(brouillon)
    assert lu["classeur"]["entete_lignes"] == 2
    deplier = lu["tables"]["pointages"]["deplier"]
    assert deplier["valeurs"] == {"arrivee_min": "Arrivée", "depart_min": "Départ"}
    assert "etablissement est obligatoire" in brouillon
    assert not [v for v in ("Durand", "Martin", "Bébés", "C1", "08:30") if v in brouillon]


def test_un_logiciel_etranger(tmp_path: Path) -> None:
    texte = "Child no\tSurname\tFirst name\tBirth date\tDay\tIn\tRemark\n" + (
        "17\tMüller\tAnna\t05.06.23\t01.09.26\t8,30\tok\n" * 5
    )
    brouillon = sources.decrire(_ecrire(tmp_path, "k.txt", texte.encode("utf-16")))
    lu = yaml.safe_load(brouillon)
    assert lu["csv"]["separateur"] == "tab"
    assert set(lu["porte"]) >= {"nom", "prenom", "naissance", "identifiant_enfant", "libres"}
    assert lu["porte"]["naissance"]["formats"] == ["%d.%m.%y"]
    assert '# a_choisir: {alias: ["Day"], formats: ["%d.%m.%y"]}' in brouillon
    assert plier("Müller") not in plier(brouillon)


def test_sans_en_tete_on_ne_recopie_rien(tmp_path: Path) -> None:
    lignes = "".join(f"{LIGNE}\n" for _ in range(4)).encode("cp1252")
    with pytest.raises(ErreurFichier, match="en-tête"):
        sources.decrire(_ecrire(tmp_path, "p.csv", lignes))


def test_un_nom_d_usager_va_sous_la_porte_et_le_nom_d_un_lieu_non(tmp_path: Path) -> None:
    contenu = "NumUsager,NomUsager,Nom de la crèche,Nombre d'heures\nU1,Bidule,Le Nid,3\n"
    lu = yaml.safe_load(sources.decrire(_ecrire(tmp_path, "p.csv", contenu.encode())))
    assert lu["porte"]["nom"] == {"alias": ["NomUsager"]}
    assert lu["porte"]["identifiant_enfant"]["alias"] == ["NumUsager"]
