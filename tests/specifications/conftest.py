"""Un petit jeu aléatoire, fabriqué une fois, pour les comparaisons avec DuckDB."""

from functools import cache

import polars as pl
import pytest

from tests.specifications.outils import Jeu, reseau_aleatoire


class Hasard:
    """Le jeu aléatoire et ses familles, calculées à la demande."""

    def __init__(self, jeu: Jeu) -> None:
        self.jeu = jeu
        self.famille = cache(jeu.calculer)

    def sql(self, requete: str) -> float:
        return float(self.jeu.sql(requete))

    def lignes(self, famille: str, code: str) -> pl.DataFrame:
        return self.famille(famille).filter(pl.col("indicateur") == code)


@pytest.fixture(scope="session")
def hasard(tmp_path_factory: pytest.TempPathFactory) -> Hasard:
    return Hasard(reseau_aleatoire(tmp_path_factory.mktemp("hasard")))
