"""Ce que la porte compte et fabrique : noms et numéros des champs libres, naissances, clé."""

from pathlib import Path

import pytest

from rtpe_analyse import sources
from rtpe_analyse.chemins import Lieux
from rtpe_analyse.erreurs import ErreurRtpe
from rtpe_analyse.sources.libres import compter_noms, compter_numeros, repertoire_de_noms
from tests.unites.outils_sources import LIGNE, csv_de, issues, lire

NOMS = repertoire_de_noms(["Durand", "Léa", "de la Cruz", "Jean-Pierre", "Li", "Ève"])


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("doudou oublié", 0),
        ("DURAND a téléphoné", 1),
        ("vu avec lea", 1),
        ("Léa Durand est arrivée", 1),
        ("Léa, puis la voisine, puis Durand", 2),
        ("durandal et léane", 0),
        ("repas avec l'oncle d'Ève", 1),
        ("M. De La Cruz vient", 1),
        ("jean pierre vient", 1),
        ("jean vient", 0),
        ("Li va bien", 0),
        ("appeler Mme Petit", 1),
        ("appeler madame PETIT et M. Grand", 2),
        ("appeler mme la directrice", 0),
        ("pull taille M Bleu", 1),
        ("pull taille m bleu", 0),
    ],
)
def test_compter_les_noms(texte: str, attendu: int) -> None:
    assert compter_noms(texte, NOMS) == attendu


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("06 12 34 56 78", 1),
        ("0612345678", 1),
        ("06.12.34.56.78 ou 01-02-03-04-05", 2),
        ("+33 6 12 34 56 78", 1),
        ("0033612345678", 1),
        ("+33 (0)6 12 34 56 78", 1),
        ("06\u00a012\u202f34 56 78", 1),
        ("lea.durand@exemple.fr", 1),
        ("allocataire 1234567", 1),
        ("allocataire 1234567 A", 1),
        ("1234567b", 1),
        ("le 01/09/2026 à 08:30", 0),
        ("20260901", 0),
        ("couche taille 3, 2 biberons de 240", 0),
        ("12345678901234", 0),
        ("tel 06 12 34 56 78, lea@exemple.fr, n° 1234567A", 3),
    ],
)
def test_compter_les_numeros(texte: str, attendu: int) -> None:
    assert compter_numeros(texte) == attendu


def test_les_noms_cherches_sont_ceux_du_fichier_entier(tmp_path: Path) -> None:
    autre = LIGNE.replace("C1;Durand;Léa", "C2;Martin;Noé") + "a mordu lea durand, 06 12 34 56 78"
    table = lire(tmp_path, csv_de(LIGNE, autre)).tables["pointages"]
    assert table.select("noms_libres", "numeros_libres").rows() == [("0", "0"), ("1", "1")]


ENFANTS = (
    "Code enfant;Code famille;Nom;Prénom;Date de naissance;N° allocataire;Besoin particulier;"
    "Adresse;Téléphone;Courriel"
)


def _enfants(tmp_path: Path, *lignes: str) -> sources.Lecture:
    contenu = csv_de(*lignes, entete=ENFANTS)
    return lire(tmp_path, contenu, "registre_enfants", "enfants_berceau.csv")


def test_une_naissance_illisible_rejette_la_ligne(tmp_path: Path) -> None:
    lecture = _enfants(
        tmp_path,
        "C1;F1;Durand;Léa;31/02/2023;1234567 A;non;1 rue X;0612345678;l@x.fr",
        "C2;F1;Durand;Noé;;1234567A;oui;;;",
        "C3;F2;Martin;Zoé;01/09/24;;non;;;",
        "C4;F2;Martin;Ali;01/09/2024;;non;;;",
    )
    assert issues(lecture) == [
        (2, "date_impossible", "rejete"),
        (4, "date_impossible", "rejete"),
    ]
    assert lecture.issues["colonne"].to_list() == ["naissance", "naissance"]
    table = lecture.tables["enfants"]
    assert table.select("_ligne", "mois_naissance").rows() == [(3, None), (5, "2024-09-01")]
    assert table["appariement"].is_null().to_list() == [True, False]
    assert table["appariement_caf"].to_list() == [None, None]
    assert table["famille"].n_unique() == 2
    assert lecture.lues == {"enfants": 4}


def test_une_naissance_illisible_ne_gene_pas_une_table_qui_l_ignore(tmp_path: Path) -> None:
    lecture = lire(tmp_path, csv_de(LIGNE.replace("05/06/2023", "31/02/2023")))
    assert lecture.lues == {"pointages": 1} and lecture.issues.is_empty()


def test_un_enfant_se_suit_d_un_logiciel_a_l_autre(tmp_path: Path) -> None:
    ligne = "{code};F1;{nom};Léa;05/06/2023;0{mat};non;;;"
    tables = [
        lire(
            tmp_path,
            csv_de(ligne.format(code=code, nom=nom, mat=matricule), entete=ENFANTS),
            "registre_enfants",
            f"enfants_{logiciel}.csv",
        ).tables["enfants"]
        for logiciel, code, nom, matricule in [
            ("berceau", "C1", "DURAND-PETIT", "1234567 A"),
            ("ribambelle", "C1", "durand petit", "01234567"),
        ]
    ]
    ancien, nouveau = (table.row(0, named=True) for table in tables)
    assert ancien["enfant"] != nouveau["enfant"] and ancien["famille"] != nouveau["famille"]
    assert ancien["appariement"] == nouveau["appariement"]
    assert ancien["appariement_caf"] == nouveau["appariement_caf"]


def test_la_cle_de_l_exemple_est_publique_et_fixe(tmp_path: Path) -> None:
    un, autre = Lieux(donnees=tmp_path / "a"), Lieux(donnees=tmp_path / "b")
    assert sources.cle_du_jeu(un) == sources.cle_du_jeu(autre)


def test_la_cle_du_reel_est_creee_gardee_et_surveillee(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chemin = tmp_path / "ailleurs" / "cle"
    monkeypatch.setenv("RTPE_CLE", str(chemin))
    lieux = Lieux(donnees=tmp_path / "donnees", jeu="reel")
    with pytest.raises(ErreurRtpe, match="n'existe pas encore"):
        sources.cle_du_jeu(lieux, creer=False)
    assert not chemin.exists()
    cle = sources.cle_du_jeu(lieux)
    assert chemin.stat().st_mode & 0o777 == 0o600 and len(cle) == 32
    assert sources.cle_du_jeu(lieux, creer=False) == cle
    temoin = (lieux.travail / "empreinte_cle").read_text()
    assert cle.hex() not in temoin and len(temoin) == 16
    chemin.chmod(0o644)
    with pytest.raises(ErreurRtpe, match="lue par d'autres"):
        sources.cle_du_jeu(lieux)
    chemin.unlink()
    with pytest.raises(ErreurRtpe, match="introuvable"):
        sources.cle_du_jeu(lieux)
    assert not chemin.exists()  # jamais remplacée en silence
    chemin.write_text("ab" * 32)
    chemin.chmod(0o600)
    with pytest.raises(ErreurRtpe, match="séries rompues"):
        sources.cle_du_jeu(lieux)
    chemin.write_text("abîmée")
    with pytest.raises(ErreurRtpe, match="abîmée"):
        sources.cle_du_jeu(lieux)


def test_la_cle_ne_se_range_pas_dans_le_projet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rtpe_analyse.chemins import RACINE_PROJET

    monkeypatch.setenv("RTPE_CLE", str(RACINE_PROJET / "donnees" / "cle"))
    with pytest.raises(ErreurRtpe, match="dans le projet"):
        sources.cle_du_jeu(Lieux(donnees=tmp_path, jeu="reel"))


def test_un_nom_saisi_dans_la_section_ne_passe_pas(tmp_path: Path) -> None:
    """Le nom de l'enfant de la ligne, ou un nom et un prénom du fichier ; pas « Léa » seul."""
    autre = LIGNE.replace("Durand;Léa", "Petit;Marguerite").replace(";C1;", ";C2;")
    lignes = [
        LIGNE.replace(";Bébés;", f";{section};")
        for section in ("Bébés", "Durand", "Chez PETIT Marguerite", "Marguerite", "Mme Dupuis")
    ]
    lecture = lire(tmp_path, csv_de(*lignes, autre))
    assert issues(lecture) == [(n, "nom_dans_un_code", "rejete") for n in (3, 4, 6)]
    assert lecture.tables["pointages"]["section"].to_list() == ["Bébés", "Marguerite", "Bébés"]
    assert lecture.lues == {"pointages": 6}


@pytest.mark.parametrize(
    "intrus",
    [
        "Grands 06 12 34 56 78",
        "Grands 0612345678",
        "Grands +33 6.12.34.56.78",
        "Grands marie@exemple.fr",
        "Grands 1 85 05 94 052 012 34",
        "Grands 1234567 B",
        "née le 12/03/2024",
    ],
)
def test_une_coordonnee_saisie_dans_la_section_ne_passe_pas(tmp_path: Path, intrus: str) -> None:
    lecture = lire(tmp_path, csv_de(LIGNE, LIGNE.replace(";Bébés;", f";{intrus};")))
    assert issues(lecture) == [(3, "nom_dans_un_code", "rejete")]


@pytest.mark.parametrize("code", ["2019010037", "1234567", "S12-14", "Les 2/3 ans", "8 mai 1945"])
def test_un_code_de_chiffres_n_est_pas_une_coordonnee(tmp_path: Path, code: str) -> None:
    lecture = lire(tmp_path, csv_de(LIGNE.replace(";Bébés;", f";{code};")))
    assert issues(lecture) == []
    assert lecture.tables["pointages"]["section"].to_list() == [code]
