"""R1 à R4 du jeu d'exemple, refaits en SQL, établissement par établissement."""

from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs import calculer_famille
from tests.conftest import Chaine

LE = date(2026, 9, 30)
SUITE = (Path(__file__).parent / "recalcul_personnel.sql").read_text(encoding="utf-8")
CLE = ["zone", "pas", "periode"]
MESURES = {
    "R1": ("r1_r2", "sum(sous_taux)", "sum(quarts)", 8),
    "R2": ("r1_r2", "sum(sous_minimum)", "sum(quarts)", 8),
    "R3": ("r3", "sum(diplomes)", "sum(encadrants)", 8),
    "R4": ("r4", "sum(heures)", "null", 20),
    "R4p": ("r4", "sum(places)", "null", 20),
}


def refaire(lieux: Lieux) -> dict[str, pl.DataFrame]:
    """Chaque mesure par établissement, mois et trimestre, par DuckDB."""
    with duckdb.connect() as base:
        for dossier in sorted(lieux.propre.iterdir()):
            base.execute(f"create view {dossier.name} as select * from '{dossier}/*.parquet'")
        base.execute(f"create macro le() as date '{LE}'")
        base.execute(SUITE)
        schema = {**dict.fromkeys(CLE, pl.String), "haut": pl.Float64, "bas": pl.Float64}
        tables = {}
        for code, (source, haut, bas, _) in MESURES.items():
            periodes = {
                "mois": "strftime(date, '%Y-%m')",
                "trimestre": "year(date) || '-T' || quarter(date)",
            }
            requete = " union all ".join(
                f"select etablissement as zone, '{pas}' as pas, {texte} as periode, "
                f"({haut})::double as haut, ({bas})::double as bas from {source} group by all"
                for pas, texte in periodes.items()
            )
            lignes = base.execute(requete).fetchall()
            tables[code] = pl.DataFrame(lignes, schema=schema, orient="row")
    return tables


def ecarts(calcule: pl.DataFrame, sql: pl.DataFrame) -> pl.DataFrame:
    """Cellules calculables où les deux calculs diffèrent ; sans ligne en SQL, c'est zéro."""
    confronte = calcule.join(sql, on=CLE, how="left").with_columns(
        pl.col("haut", "bas", "denominateur").fill_null(0)
    )
    return confronte.filter(
        ((pl.col("numerateur") - pl.col("haut")).abs() > 1e-6)
        | ((pl.col("denominateur") - pl.col("bas")).abs() > 1e-6)
    )


@pytest.fixture(scope="module")
def deux_calculs(chaine: Chaine) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    return calculer_famille(chaine.lieux, "personnel", LE), refaire(chaine.lieux)


@pytest.mark.parametrize("code", MESURES)
def test_recalcul_sur_tout_le_jeu(
    deux_calculs: tuple[pl.DataFrame, dict[str, pl.DataFrame]], code: str
) -> None:
    table, sql = deux_calculs
    calcule = table.filter(
        pl.col("indicateur") == code,
        pl.col("maille") == "etablissement",
        pl.col("numerateur").is_not_null(),
    )
    assert len(calcule) >= MESURES[code][3]
    differents = ecarts(calcule, sql[code])
    assert differents.is_empty(), differents.select(
        *CLE, "numerateur", "haut", "denominateur", "bas", "statut"
    )
    assert calcule["numerateur"].sum() > 0 or code == "R2"


def test_mutation_un_quart_de_moins_se_voit(
    deux_calculs: tuple[pl.DataFrame, dict[str, pl.DataFrame]],
) -> None:
    table, sql = deux_calculs
    calcule = table.filter(
        pl.col("indicateur") == "R1",
        pl.col("maille") == "etablissement",
        pl.col("numerateur").is_not_null(),
    )
    assert len(ecarts(calcule.with_columns(pl.col("numerateur") + 1), sql["R1"])) == len(calcule)
