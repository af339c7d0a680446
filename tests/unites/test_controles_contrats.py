"""Constats des contrats, des plannings et des actes d'agrément concurrents."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from rtpe_analyse.controles import contrats
from rtpe_analyse.schemas import TABLES


def table(nom: str, *lignes: dict[str, Any]) -> pl.DataFrame:
    completes = [{"_fichier": "f", "_ligne": n, **ligne} for n, ligne in enumerate(lignes, 1)]
    return pl.DataFrame(completes, schema=TABLES[nom].schema)


def contrat(numero: str, debut: date, fin: date | None, **autres: Any) -> dict[str, Any]:
    communs = {"enfant": "e1", "etablissement": "E001"}
    return communs | {"contrat": numero, "debut": debut, "fin": fin} | autres


PREMIER = contrat("c1", date(2026, 1, 1), date(2026, 6, 30))


@pytest.mark.parametrize(
    ("autre", "attendu"),
    [
        (contrat("c2", date(2026, 6, 30), None), [1, 2]),
        (contrat("c2", date(2026, 7, 1), None), []),
        (contrat("c2", date(2026, 3, 1), None, enfant="e2"), []),
        (contrat("c2", date(2026, 3, 1), None, etablissement="E002"), []),
        (contrat("c2", date(2026, 3, 1), date(2026, 2, 1)), []),
        (contrat("c1", date(2026, 3, 1), None), []),
    ],
    ids=["un jour commun", "successifs", "autre enfant", "ailleurs", "à l'envers", "même numéro"],
)
def test_contrat_chevauchant(autre: dict[str, Any], attendu: list[int]) -> None:
    trouves = contrats.contrat_chevauchant(table("contrats", PREMIER, autre))
    assert trouves["ligne"].to_list() == attendu


def test_trois_contrats_sans_fin_se_constatent_une_fois_chacun() -> None:
    ouverts = [contrat(f"c{n}", date(2026, n, 1), None) for n in (1, 2, 3)]
    assert contrats.contrat_chevauchant(table("contrats", *ouverts))["ligne"].to_list() == [1, 2, 3]


def plage(debut: int, fin: int, du: date, au: date | None, jour: int = 1) -> dict[str, Any]:
    return {
        "etablissement": "E001",
        "valide_du": du,
        "valide_au": au,
        "jour_semaine": jour,
        "debut_min": debut,
        "fin_min": fin,
        "places": 10,
    }


ACTES = (
    plage(480, 720, date(2026, 1, 1), date(2026, 6, 30)),
    plage(720, 1080, date(2026, 1, 1), date(2026, 6, 30)),
    plage(420, 1140, date(2026, 7, 1), None),
)
AGREMENTS = table("agrements", *ACTES)


@pytest.mark.parametrize(
    ("jour", "debut", "fin", "attendu"),
    [(1, 480, 1080, []), (1, 479, 1080, [1]), (1, 480, 1081, [1]), (2, 480, 1080, [1])],
    ids=["juste dedans", "une minute avant", "une minute après", "jour sans agrément"],
)
def test_planning_hors_ouverture(jour: int, debut: int, fin: int, attendu: list[int]) -> None:
    prevu = {"contrat": "c1", "jour_semaine": jour, "debut_min": debut, "fin_min": fin}
    trouves = contrats.planning_hors_ouverture(
        table("plannings", prevu), table("contrats", PREMIER), AGREMENTS
    )
    assert trouves["ligne"].to_list() == attendu


def test_planning_sans_contrat_ou_sans_aucun_agrement_n_est_pas_examine() -> None:
    prevus = table(
        "plannings",
        {"contrat": "inconnu", "jour_semaine": 1, "debut_min": 60, "fin_min": 120},
        {"contrat": "c2", "jour_semaine": 1, "debut_min": 60, "fin_min": 120},
    )
    ailleurs = contrat("c2", date(2026, 1, 1), None, etablissement="E002")
    assert contrats.planning_hors_ouverture(
        prevus, table("contrats", ailleurs), AGREMENTS
    ).is_empty()


def test_deux_actes_en_vigueur_le_meme_jour() -> None:
    assert contrats.agrement_concurrent(AGREMENTS).is_empty()
    nouvel_acte = plage(1140, 1200, date(2026, 6, 30), None)
    # Le 30 juin, les deux lignes du premier acte et la nouvelle ; celle-ci court encore en juillet.
    trouves = contrats.agrement_concurrent(table("agrements", *ACTES, nouvel_acte))
    assert trouves["ligne"].to_list() == [1, 2, 3, 4]
