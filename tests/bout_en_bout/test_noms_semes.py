"""Aucun nom ne passe la porte : on décode chaque sortie et on y cherche les noms reçus.

Le test prouve d'abord qu'il sait trouver : les mêmes recherches, sur les fichiers bruts,
retrouvent les noms.
"""

import csv
import html
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.propres import lire_propre
from tests.conftest import Chaine

pytestmark = pytest.mark.lent
NOMINATIF = {"depot", "brut"}
BALISE = re.compile(r"<[^>]*>")
MOT = re.compile(r"[0-9a-z@._+-]+")


def _plat(texte: str) -> str:
    sans = unicodedata.normalize("NFKD", html.unescape(texte))
    return "".join(c for c in sans if not unicodedata.combining(c)).casefold()


def _morceaux(chemin: Path) -> Iterator[str]:
    """Le texte d'un fichier, quel que soit son format."""
    octets = chemin.read_bytes()
    if chemin.suffix == ".parquet":
        table = pl.read_parquet(io.BytesIO(octets))
        for colonne in table.get_columns():
            yield colonne.name
            yield from (str(v) for v in colonne.unique().drop_nulls().to_list())
    elif octets[:2] == b"PK":
        try:
            with zipfile.ZipFile(io.BytesIO(octets)) as archive:
                for membre in archive.namelist():
                    yield BALISE.sub(" ", archive.read(membre).decode("utf-8", "replace"))
        except zipfile.BadZipFile:
            return
    else:
        for codage in ("utf-8", "cp1252"):
            try:
                texte = octets.decode(codage)
            except UnicodeDecodeError:
                continue
            yield texte
            yield BALISE.sub(" ", texte)
            return


def _mots(racine: Path, sauf: set[str]) -> tuple[set[str], int]:
    """Tous les mots des fichiers d'un arbre, sans casse ni accents, et le nombre de fichiers."""
    trouves: set[str] = set()
    fichiers = 0
    for chemin in sorted(p for p in racine.rglob("*") if p.is_file()):
        if sauf & set(chemin.relative_to(racine).parts) or chemin.name == "verite.parquet":
            continue
        fichiers += 1
        trouves.update(MOT.findall(_plat(chemin.name)))
        for morceau in _morceaux(chemin):
            trouves.update(MOT.findall(_plat(morceau)))
    return trouves, fichiers


def _identites(lieux: Lieux) -> dict[str, set[str]]:
    """Noms, prénoms, numéros et dates de naissance des registres bruts."""
    colonnes = {
        "nom": "Nom",
        "prenom": "Prénom",
        "naissance": "Date de naissance",
        "matricule": "N° allocataire",
        "courriel": "Courriel",
        "telephone": "Téléphone",
        "code": "Code enfant",
    }
    lus: dict[str, set[str]] = {genre: set() for genre in colonnes}
    registres = sorted(lieux.depot.glob("enfants_*.csv"))
    assert registres
    for registre in registres:
        octets = registre.read_bytes()
        try:
            texte = octets.decode("utf-8-sig")
        except UnicodeDecodeError:
            texte = octets.decode("cp1252")
        for ligne in csv.DictReader(io.StringIO(texte), delimiter=";"):
            for genre, titre in colonnes.items():
                if valeur := (ligne.get(titre) or "").strip():
                    lus[genre].add(valeur)
    return lus


def _mots_surs(lieux: Lieux) -> set[str]:
    """Mots permis même s'ils sont aussi un nom : communes, établissements, programme."""
    racine = Path(__file__).resolve().parents[2]
    permis: set[str] = set()
    textes = [*(racine / "rtpe_analyse").rglob("*"), *(racine / "donnees/referentiel").glob("*")]
    textes += [*(racine / "carnets").glob("*.ipynb"), *(racine / "validations").rglob("*.json")]
    exclus = {"exemple"}
    for chemin in textes:
        if chemin.is_file() and not exclus & set(chemin.relative_to(racine / "").parts):
            for morceau in _morceaux(chemin):
                permis.update(MOT.findall(_plat(morceau)))
    for registre in lieux.depot.glob("etablissements*.csv"):
        for morceau in _morceaux(registre):
            permis.update(MOT.findall(_plat(morceau)))
    return permis


@pytest.fixture(scope="module")
def recherches(chaine: Chaine) -> dict[str, set[str]]:
    """Mots à chercher, par genre."""
    identites = _identites(chaine.lieux)
    mots = {g: {m for v in vs for m in MOT.findall(_plat(v))} for g, vs in identites.items()}
    permis = _mots_surs(chaine.lieux)
    for genre in ("nom", "prenom"):
        mots[genre] = {m for m in mots[genre] if len(m) > 3} - permis
    mots["matricule"] = {re.sub(r"\D", "", v) for v in identites["matricule"]}
    mots["telephone"] = {re.sub(r"\D", "", v) for v in identites["telephone"]}
    mots["naissance_plate"] = {re.sub(r"\D", "", v) for v in identites["naissance"]}
    return {genre: m for genre, m in mots.items() if genre != "naissance"}


def test_la_recherche_retrouve_les_noms_dans_le_brut(
    chaine: Chaine, recherches: dict[str, set[str]]
) -> None:
    """Témoin positif : sans lui, l'absence de nom ne prouverait rien."""
    bruts, fichiers = _mots(chaine.lieux.brut, sauf=set())
    assert fichiers > 30
    for genre in ("nom", "prenom", "matricule", "courriel", "code"):
        assert recherches[genre], genre
        trouves = recherches[genre] & bruts
        assert len(trouves) > 0.9 * len(recherches[genre]), genre


def test_aucun_nom_ni_numero_hors_du_brut(chaine: Chaine, recherches: dict[str, set[str]]) -> None:
    sortis: dict[str, int] = {}
    for racine in (chaine.lieux.donnees / "exemple", chaine.lieux.sortie):
        mots, fichiers = _mots(racine, sauf=NOMINATIF)
        assert fichiers > 10
        for genre, cherches in recherches.items():
            if communs := cherches & mots:
                sortis[f"{racine.name}/{genre}"] = len(communs)
    assert sortis == {}


def test_aucun_nom_a_l_ecran(chaine: Chaine, recherches: dict[str, set[str]]) -> None:
    dit = " ".join(d.stdout + d.stderr for d in chaine.dits.values())
    mots = set(MOT.findall(_plat(dit)))
    for genre, cherches in recherches.items():
        assert not cherches & mots, genre


def test_les_naissances_sont_ramenees_au_mois(chaine: Chaine) -> None:
    vues = 0
    for table in ("enfants", "demandes", "usagers_filoue"):
        for chemin in (chaine.lieux.propre / table).glob("*.parquet"):
            mois = pl.read_parquet(chemin, columns=["mois_naissance"])["mois_naissance"]
            vues += len(mois)
            assert (mois.drop_nulls().dt.day() == 1).all()
    assert vues > 50


def test_la_preparation_de_la_commission_n_a_aucun_pseudonyme(chaine: Chaine) -> None:
    """Des nombres seulement : ni demande, ni enfant, même sous leur pseudonyme."""
    pseudonymes: set[str] = set()
    for table, colonnes in (("demandes", ["demande", "appariement"]), ("enfants", ["enfant"])):
        propre = lire_propre(chaine.lieux, table).select(colonnes).collect()
        pseudonymes |= {str(v) for c in colonnes for v in propre[c].drop_nulls().unique()}
    assert len(pseudonymes) > 100
    rapports = sorted(chaine.lieux.rapports.rglob("preparation_commission*"))
    assert rapports
    for rapport in (p for p in rapports if p.is_file()):
        for morceau in _morceaux(rapport):
            assert not pseudonymes & set(MOT.findall(morceau))
