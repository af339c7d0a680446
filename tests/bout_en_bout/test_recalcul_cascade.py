"""K1, K2 et K3, ligne par ligne, refaits en SQL sur les tables propres."""

from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs import calculer_famille
from tests.conftest import Chaine
from tests.specifications.mondes_cascade import monde_aleatoire

LE = date(2026, 9, 30)
VUES = [
    (Path(__file__).parent / nom).read_text(encoding="utf-8")
    for nom in ("recalcul.sql", "recalcul_cascade.sql")
]
MAILLES = ("etablissement", "departement")
CODES = ("K1", "K2", "K3")
CLE = ["indicateur", "maille", "zone", "pas", "periode", "ligne"]


def refaire(lieux: Lieux) -> pl.DataFrame:
    """`CLE, heures`, par DuckDB ; une ligne absente vaut zéro."""
    with duckdb.connect() as base:
        for dossier in sorted(lieux.propre.iterdir()):
            base.execute(f"create view {dossier.name} as select * from '{dossier}/*.parquet'")
        for vues in VUES:
            base.execute(vues)
        lues = base.execute(f"select {', '.join(CLE)}, heures::double from cascade").fetchall()
    schema = {**dict.fromkeys(CLE, pl.String), "heures": pl.Float64}
    return pl.DataFrame(lues, schema=schema, orient="row")


def confronter(lieux: Lieux) -> pl.DataFrame:
    """Chaque cellule calculée, en face de son recalcul."""
    calculees = (
        calculer_famille(lieux, "cascade", LE)
        .filter(pl.col("indicateur").is_in(CODES), pl.col("maille").is_in(MAILLES))
        .with_columns(ligne=pl.col("modalite").str.replace(r"^\d+_", ""))
        .select(*CLE, "valeur")
    )
    # Les motifs d'un mois ne sont pas donnés à l'établissement ; ceux du trimestre, si.
    tus = (pl.col("indicateur") == "K3") & (pl.col("ligne") != "") & (pl.col("pas") == "mois")
    attendues = refaire(lieux).filter(~(tus & (pl.col("maille") == "etablissement")))
    return calculees.join(attendues, on=CLE, how="full", coalesce=True)


def ecarts(cellules: pl.DataFrame) -> pl.DataFrame:
    difference = pl.col("valeur").fill_null(0) - pl.col("heures").fill_null(0)
    return cellules.filter(difference.abs() > 1e-6)


def vivantes(cellules: pl.DataFrame, code: str) -> set[str]:
    """Lignes d'un indicateur qui ne sont pas partout nulles."""
    return set(cellules.filter(pl.col("indicateur") == code, pl.col("valeur") != 0)["ligne"])


def test_recalcul_sur_tout_le_jeu(chaine: Chaine) -> None:
    cellules = confronter(chaine.lieux)
    assert cellules["valeur"].drop_nulls().len() > 1000
    assert len(vivantes(cellules, "K1")) >= 8
    assert len(vivantes(cellules, "K2")) >= 9
    assert ecarts(cellules).is_empty(), ecarts(cellules)


@pytest.mark.parametrize("graine", range(4))
def test_recalcul_d_un_reseau_aleatoire(tmp_path: Path, graine: int) -> None:
    """Plannings qui se chevauchent, réservations, promesses, jours manquants, durées perdues."""
    cellules = confronter(monde_aleatoire(tmp_path, graine).lieux)
    assert len(vivantes(cellules, "K1")) >= 12
    assert len(vivantes(cellules, "K2")) == 13
    assert ecarts(cellules).is_empty(), ecarts(cellules)


def test_mutation_une_heure_de_plus_se_voit(tmp_path: Path) -> None:
    jeu = monde_aleatoire(tmp_path, 0)
    sql = refaire(jeu.lieux)
    pointages = jeu.lire("pointages").drop("_fichier", "_ligne")
    allonges = pointages.with_columns(pl.col("realise_min") + 1)
    jeu.ecrire("pointages", allonges.to_dicts())
    faux = ecarts(confronter(jeu.lieux).drop("heures").join(sql, on=CLE, how="left"))
    assert "present" in set(faux["ligne"])
