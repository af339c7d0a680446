"""V2c, capacité sans établissement comparable dans l'autre zone : de même taille, et autre."""

from pathlib import Path

import polars as pl
import pytest

from tests.specifications.outils import egal, ligne_de
from tests.specifications.test_V2 import LE, TRIMESTRE, monde


@pytest.mark.parametrize(
    ("places_c", "autre", "attendue"),
    [(20, "territoire:T2", 60), (30, "territoire:T2", 0), (30, "departement:99", 0)],
)
def test_la_part_de_capacite_sans_comparable(
    tmp_path: Path, places_c: int, autre: str, attendue: int
) -> None:
    """T1 a 20 et 30 places ; T2, 20 et `places_c`. Sans établissement de 30 en face : 30 / 50."""
    jeu = monde(
        tmp_path,
        ("A", "T1", 20, 10, 6),
        ("B", "T1", 30, 10, 6),
        ("C", "T2", places_c, 10, 6),
        ("D", "T2", 20, 10, 6),
    )
    part = ligne_de(jeu.calculer("variations", LE), "V2c", "T1", periode=TRIMESTRE, modalite=autre)
    assert part["valeur"] == egal(attendue / 100)
    # 50 places × 15 jours × 10 h.
    assert part["denominateur"] == egal(7500)


def test_le_territoire_ne_se_compare_pas_a_lui_meme_dans_son_departement(tmp_path: Path) -> None:
    """Mutation : seul de sa taille dans le département, il n'y a aucun comparable."""
    jeu = monde(tmp_path, ("A", "T1", 10, 6, 6), ("B", "T2", 30, 6, 7))
    table = jeu.calculer("variations", LE)
    part = ligne_de(table, "V2c", "T1", periode=TRIMESTRE, modalite="departement:99")
    assert part["valeur"] == egal(1)


def test_fermee_tout_le_trimestre_une_creche_ne_pese_rien(tmp_path: Path) -> None:
    """B n'a aucun jour prévu : ni capacité, ni comparable pour les 30 places de D."""
    jeu = monde(tmp_path, ("A", "T1", 20, 10, 6), ("B", "T1", 30, 0, 6), ("D", "T2", 30, 9, 6))
    prevues = jeu.lire("ouvertures").filter(pl.col("etablissement") != "B")
    jeu.ecrire("ouvertures", prevues.drop("_fichier", "_ligne").to_dicts())
    table = jeu.calculer("variations", LE)
    part = ligne_de(table, "V2c", "T2", periode=TRIMESTRE, modalite="territoire:T1")
    assert part["valeur"] == egal(1)
