"""Chaque saleté se voit à la ligne dite, et nulle part ailleurs."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import fastexcel
import polars as pl
import pytest

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.exemple import fabriquer


@pytest.fixture(scope="module")
def petit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lieux]:
    lieux = Lieux(donnees=tmp_path_factory.mktemp("exemple"))
    fabriquer(lieux, petit=True, graine=11)
    yield lieux


@pytest.fixture(scope="module")
def verite(petit: Lieux) -> pl.DataFrame:
    return pl.read_parquet(petit.racine / "verite.parquet")


def _lignes(chemin: Path) -> list[str]:
    octets = chemin.read_bytes()
    for encodage in ("utf-8-sig", "cp1252"):
        try:
            return octets.decode(encodage).split("\r\n")
        except UnicodeDecodeError:
            continue
    raise AssertionError(chemin.name)


HEURE = re.compile(r"^\d\d:\d\d$")


def _minutes(heure: str) -> int:
    return 60 * int(heure[:2]) + int(heure[3:])


# Ce qui trahit la saleté dans les champs de la ligne (pointages).
SIGNES: dict[str, Callable[[list[str]], bool]] = {
    "date_impossible": lambda c: c[7].startswith("31/02/"),
    "date_future": lambda c: int(c[7][-4:] or 0) > 2030,
    "depart_avant_arrivee": lambda c: (
        bool(HEURE.match(c[8])) and bool(HEURE.match(c[9])) and _minutes(c[9]) < _minutes(c[8])
    ),
    "heure_ambigue": lambda c: bool(re.match(r"^\d+,\d\d$", c[8])),
    "heure_illisible": lambda c: c[8] == "#REF!",
    "nombre_illisible": lambda c: c[10] == "n.c.",
    "valeur_absente": lambda c: c[7] == "",
    "code_inconnu": lambda c: c[0] == "Z404",
    "valeur_inconnue": lambda c: c[12] == "Voyage scolaire",
    "ligne_malformee": lambda c: len(c) != 14,
    "heure_en_h": lambda c: bool(re.match(r"^\d+h\d\d$", c[8])),
    "code_tronque": lambda c: bool(re.match(r"^E\d{1,2}$", c[0])),
    "nom_de_lieu": lambda c: c[0].lower().startswith("cr"),
    "bourrage": lambda c: c[0] != c[0].strip(),
    "donnee_personnelle": lambda c: "06 39 98" in c[13],
}


@pytest.mark.parametrize("code", SIGNES)
def test_signe_aux_lignes_dites_et_nulle_part_ailleurs(
    petit: Lieux, verite: pl.DataFrame, code: str
) -> None:
    attendues = verite.filter(
        (pl.col("code") == code) & pl.col("fichier").str.contains(r"^pointages_....-..\.csv$")
    )
    trouvees = set()
    speciales = set(
        verite.filter(pl.col("code").is_in(["note_pied", "entete_repetee"]))
        .select("fichier", "ligne")
        .iter_rows()
    )
    for chemin in sorted(petit.depot.glob("pointages_????-??.csv")):
        for numero, ligne in enumerate(_lignes(chemin)[1:-1], 2):
            if (chemin.name, numero) not in speciales and SIGNES[code](ligne.split(";")):
                trouvees.add((chemin.name, numero))
    assert trouvees == set(attendues.select("fichier", "ligne").iter_rows()) != set()


def test_doublons_recopient_une_ligne_anterieure(petit: Lieux, verite: pl.DataFrame) -> None:
    tous = [_lignes(c) for c in sorted(petit.depot.glob("pointages_????-??.csv"))]
    toutes = [ligne for lignes in tous for ligne in lignes[1:-1] if ligne[0] != "É"]
    doublons = verite.filter(
        pl.col("code").is_in(["doublon_exact", "doublon_entre_fichiers"])
        & (pl.col("table") == "pointages")
    )
    assert set(doublons["code"]) == {"doublon_exact", "doublon_entre_fichiers"}
    attendues = set()
    for fichier, ligne, code in doublons.select("fichier", "ligne", "code").iter_rows():
        texte = _lignes(petit.depot / fichier)[ligne - 1]
        attendues.add(texte)
        meme_mois = texte.split(";")[7][3:] == f"{fichier[15:17]}/{fichier[10:14]}"
        assert meme_mois == (code == "doublon_exact")
    vues: set[str] = set()
    repetees = {ligne for ligne in toutes if ligne in vues or vues.add(ligne)}
    assert repetees == attendues


def test_totaux_notes_et_entete_repetee(petit: Lieux, verite: pl.DataFrame) -> None:
    signes = {"total": "Total général", "note_pied": "Édité", "entete_repetee": "Code étab"}
    for code, debut in signes.items():
        attendues = verite.filter(
            (pl.col("code") == code) & pl.col("fichier").str.ends_with(".csv")
        )
        assert len(attendues) > 0
        for fichier, ligne in attendues.select("fichier", "ligne").iter_rows():
            assert _lignes(petit.depot / fichier)[ligne - 1].startswith(debut)


def test_espace_de_milliers_et_bom(petit: Lieux, verite: pl.DataFrame) -> None:
    trouvees, avec_bom = set(), set()
    for chemin in sorted(petit.depot.glob("factures_*.csv")):
        if chemin.read_bytes().startswith(b"\xef\xbb\xbf"):
            avec_bom.add(chemin.name)
        for numero, ligne in enumerate(_lignes(chemin), 1):
            if re.search(r"\d[\u00a0\u202f]\d", ligne):
                trouvees.add((chemin.name, numero))
    attendues = verite.filter(pl.col("code") == "espace_milliers")
    assert trouvees == set(attendues.select("fichier", "ligne").iter_rows()) != set()
    boms = verite.filter((pl.col("code") == "bom") & (pl.col("table") == "factures"))
    assert avec_bom == set(boms["fichier"]) != set()


def test_mois_vide_et_mois_double(petit: Lieux, verite: pl.DataFrame) -> None:
    vide = verite.filter(pl.col("code") == "mois_vide")["fichier"].item()
    double = verite.filter(pl.col("code") == "mois_double")["fichier"].item()
    assert len(_lignes(petit.depot / vide)) == 2  # l'en-tête et la fin du fichier
    mois = [ligne.split(";")[7][3:] for ligne in _lignes(petit.depot / double)[1:-1]]
    parts = {m: mois.count(m) / len(mois) for m in set(mois) if "/" in m}
    assert len(parts) == 2 and min(parts.values()) > 0.2


def test_mois_recopie_reprend_le_precedent_jour_par_jour(
    petit: Lieux, verite: pl.DataFrame
) -> None:
    code, mois = verite.filter(pl.col("code") == "mois_recopie")["lieu"].item().split("|")
    numero = int(mois[5:])
    suites: dict[int, list[set[tuple[str, ...]]]] = {}
    for m in (numero - 1, numero):
        par_date: dict[str, set[tuple[str, ...]]] = {}
        for ligne in _lignes(petit.depot / f"pointages_2026-{m:02d}.csv")[1:-1]:
            champs = ligne.split(";")
            if champs[0] == code and champs[7][3:] == f"{m:02d}/2026":
                par_date.setdefault(champs[7], set()).add((champs[2], champs[8], champs[9]))
        suites[m] = [par_date[jour] for jour in sorted(par_date)]
    copie, source = suites[numero], suites[numero - 1]
    assert len(copie) > 5
    assert all(jour <= source[rang] for rang, jour in enumerate(copie))


def _classeur(chemin: Path) -> list[tuple[object, ...]]:
    feuille = fastexcel.read_excel(chemin).load_sheet(0, header_row=None, dtypes="string")
    return feuille.to_polars().rows()


def _coordonnees(lieu: str) -> tuple[int, int]:
    lettres, chiffres = re.match(r"^Présences!([A-Z]+)(\d+)$", lieu).groups()  # type: ignore[union-attr]
    colonne = 0
    for lettre in lettres:
        colonne = 26 * colonne + ord(lettre) - 64
    return int(chiffres), colonne


SIGNES_DE_CELLULE = {
    "heure_ambigue": re.compile(r"^\d+,\d\d$"),
    "heure_en_h": re.compile(r"^\d+h\d\d$"),
    "total": re.compile(r"^(Sous-total|Total)"),
    "nom_de_lieu": HEURE,
}


def test_cellules_des_classeurs(petit: Lieux, verite: pl.DataFrame) -> None:
    ici = verite.filter(
        pl.col("fichier").str.contains(r"_E\d+_....-..\.xlsx$") & (pl.col("ligne") > 0)
    )
    assert set(ici["code"]) == {*SIGNES_DE_CELLULE, "depart_avant_arrivee"}
    for (fichier,), reperes in ici.group_by("fichier"):
        lignes = _classeur(petit.depot / str(fichier))
        for ligne, lieu, code in reperes.select("ligne", "lieu", "code").iter_rows():
            rang, colonne = _coordonnees(lieu)
            assert rang == ligne
            cellule = str(lignes[rang - 1][colonne - 1])
            if code == "depart_avant_arrivee":
                assert _minutes(str(lignes[rang - 1][colonne])) < _minutes(cellule)
            else:
                assert SIGNES_DE_CELLULE[code].match(cellule)


def test_forme_des_classeurs(petit: Lieux) -> None:
    avec, sans = 0, 0
    for chemin in sorted(petit.depot.glob("presences_E*_????-??.xlsx")):
        lignes = _classeur(chemin)
        assert lignes[0][0] == "État des présences"
        assert str(lignes[1][0]).startswith("Établissement : ")
        assert str(lignes[2][0]).startswith("Mois : ")
        assert lignes[4][:5] == ("Code enfant", "Nom", "Prénom", "Date de naissance", "Section")
        assert re.match(r"^\w{3}\. \d\d/\d\d/\d{4}$", str(lignes[4][5]))
        if lignes[5][5] == "Arrivée":
            avec += 1
            assert lignes[5][6] == "Départ"
        else:
            sans += 1
            assert {v for ligne in lignes[5:] if ligne[1] for v in ligne[5:]} <= {
                "P",
                "A",
                "M",
                None,
            }
        assert lignes[-1][0] == "Total général"
    assert avec > 10 and sans > 0


def test_fichiers_a_refuser(petit: Lieux, verite: pl.DataFrame) -> None:
    refus = verite.filter(pl.col("issue") == "refuse")
    for fichier, code in refus.select("fichier", "code").iter_rows():
        octets = (petit.depot / fichier).read_bytes()
        if code == "fichier_html":
            assert fichier.endswith(".xls") and octets.startswith(b"<html>")
        elif code == "colonne_cle_absente":
            assert "Code établissement" not in octets.decode("cp1252")
        elif fichier.endswith(".xlsx"):
            with pytest.raises(fastexcel.FastExcelError):
                fastexcel.read_excel(octets)
        else:
            derniere = octets.decode("cp1252").split("\r\n")[-1]
            assert 0 < derniere.count(";") < 13


def test_communes_des_registres(petit: Lieux, verite: pl.DataFrame) -> None:
    for fichier, encodage in (
        ("demandes.csv", "utf-8"),
        ("familles_ribambelle.csv", "windows-1252"),
        ("familles_berceau.csv", "windows-1252"),
    ):
        table = pl.read_csv(
            petit.depot / fichier, separator=";", encoding=encodage, infer_schema=False
        ).with_row_index("ligne", offset=2)
        mal = table.filter(~pl.col("Code Insee").str.contains(r"^\d{5}$"))
        attendues = verite.filter(
            (pl.col("fichier") == fichier)
            & pl.col("code").is_in(["commune_inconnue", "nom_de_lieu"])
        )
        assert set(mal["ligne"]) == set(attendues["ligne"]) != set()
