"""Les changements de logiciel, lus dans l'origine des pointages."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from rtpe_analyse.indicateurs import (
    Origine,
    changements_de_logiciel,
    changements_de_territoire,
)
from rtpe_analyse.schemas import TABLES
from tests.specifications.outils import Jeu, territoire

ORIGINES = {
    "a": Origine("Berceau", "État mensuel, avec heures"),
    "b": Origine("Berceau", "État mensuel, sans heures"),
    "c": Origine("Ribambelle", "Export mensuel"),
}


def jeu(dossier: Path, *pointes: tuple[str, date, str]) -> Jeu:
    """Un pointage par établissement, jour et fichier donnés."""
    monde = Jeu(dossier)
    monde.ecrire("pointages", [])
    lignes = [
        {"enfant": f"x{rang}", "etablissement": code, "date": le, "_fichier": f, "_ligne": rang}
        for rang, (code, le, f) in enumerate(pointes)
    ]
    table = pl.DataFrame(lignes, schema=TABLES["pointages"].schema)
    table.write_parquet(monde.lieux.propre / "pointages" / "tout.parquet")
    return monde


def test_un_logiciel_en_remplace_un_autre(tmp_path: Path) -> None:
    """A : Berceau en novembre et décembre, Ribambelle en janvier. B : Berceau partout."""
    monde = jeu(
        tmp_path,
        ("A", date(2025, 11, 3), "a"),
        ("A", date(2025, 12, 1), "a"),
        ("A", date(2026, 1, 5), "c"),
        ("B", date(2025, 12, 1), "a"),
        ("B", date(2026, 1, 5), "a"),
    )
    assert changements_de_logiciel(monde.lieux, ORIGINES) == [
        {
            "etablissement": "A",
            "le": "2026-01-01",
            "nature": "logiciel",
            "avant": "Berceau",
            "apres": "Ribambelle",
        }
    ]


def test_un_autre_genre_d_export_du_meme_logiciel(tmp_path: Path) -> None:
    monde = jeu(tmp_path, ("A", date(2026, 1, 5), "b"), ("A", date(2026, 2, 2), "a"))
    [trouve] = changements_de_logiciel(monde.lieux, ORIGINES)
    assert (trouve["nature"], trouve["avant"], trouve["apres"]) == (
        "fichier",
        "État mensuel, sans heures",
        "État mensuel, avec heures",
    )


def test_un_mois_vide_ne_cache_pas_le_changement(tmp_path: Path) -> None:
    monde = jeu(tmp_path, ("A", date(2026, 1, 5), "a"), ("A", date(2026, 3, 2), "c"))
    assert [c["le"] for c in changements_de_logiciel(monde.lieux, ORIGINES)] == ["2026-03-01"]


def test_un_mois_mele_suit_la_plupart_de_ses_pointages(tmp_path: Path) -> None:
    """Janvier : deux pointages de Berceau, un de Ribambelle ; février tout Ribambelle."""
    monde = jeu(
        tmp_path,
        ("A", date(2025, 12, 1), "a"),
        ("A", date(2026, 1, 5), "a"),
        ("A", date(2026, 1, 6), "a"),
        ("A", date(2026, 1, 30), "c"),
        ("A", date(2026, 2, 2), "c"),
    )
    assert [c["le"] for c in changements_de_logiciel(monde.lieux, ORIGINES)] == ["2026-02-01"]


@pytest.mark.parametrize("fichiers", ["", "a", "aa"])
def test_sans_changement_rien(tmp_path: Path, fichiers: str) -> None:
    pointes = [("A", date(2026, rang, 5), f) for rang, f in enumerate(fichiers, 1)]
    assert changements_de_logiciel(jeu(tmp_path, *pointes).lieux, ORIGINES) == []


def test_un_etablissement_change_de_territoire(tmp_path: Path) -> None:
    """A passe de T1 à T6 le 17 novembre ; B reste dans T1 malgré une ligne de plus ; C est neuf."""
    monde = Jeu(tmp_path)
    monde.ecrire(
        "territoires",
        [
            territoire("A", "T1", valide_au=date(2025, 11, 16)),
            territoire("A", "T6", valide_du=date(2025, 11, 17)),
            territoire("B", "T1", valide_au=date(2025, 11, 16)),
            territoire("B", "T1", valide_du=date(2025, 11, 17)),
            territoire("C", "T6", valide_du=date(2025, 9, 1)),
        ],
    )
    assert changements_de_territoire(monde.lieux) == [
        {
            "etablissement": "A",
            "avant": "T1",
            "le": "2025-11-17",
            "nature": "territoire",
            "apres": "T6",
        }
    ]
