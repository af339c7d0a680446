"""Surnombre : balayage des présences et capacité permise, bords d'abord."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtpe_analyse.controles.surnombre import presences_simultanees, surnombre
from rtpe_analyse.schemas import TABLES

MARDI = date(2026, 7, 7)


def pointages(*passages: tuple[str, int | None, int | None], lieu: str = "E001") -> pl.DataFrame:
    lignes = [
        {"enfant": e, "etablissement": lieu, "date": MARDI, "arrivee_min": a, "depart_min": d}
        for e, a, d in passages
    ]
    return pl.DataFrame(lignes, schema=TABLES["pointages"].schema)


def agrement(places: int, debut: int = 450, fin: int = 1110, **autres: object) -> pl.DataFrame:
    ligne = {
        "etablissement": "E001",
        "valide_du": date(2025, 1, 1),
        "jour_semaine": 2,
        "debut_min": debut,
        "fin_min": fin,
        "places": places,
        **autres,
    }
    return pl.DataFrame([ligne], schema=TABLES["agrements"].schema)


def enfants(n: int, arrivee: int = 540, depart: int = 600) -> list[tuple[str, int, int]]:
    return [(f"e{k}", arrivee, depart) for k in range(n)]


def test_la_capacite_permise_juste_atteinte_n_est_pas_un_surnombre() -> None:
    # 12 places × 1,15 = 13,8, arrondi à l'entier supérieur : 14 enfants.
    assert surnombre(pointages(*enfants(14)), agrement(12)).is_empty()


def test_un_enfant_de_plus_est_un_surnombre() -> None:
    trouves = surnombre(pointages(*enfants(15)), agrement(12))
    assert trouves.rows(named=True) == [
        {
            "table": "pointages",
            "fichier": "",
            "ligne": 0,
            "lieu": "E001|2026-07-07",
            "etablissement": "E001",
            "mois": date(2026, 7, 1),
            "date": MARDI,
            "code": "surnombre",
            "gravite": "avertissement",
        }
    ]


def test_avant_septembre_2021_la_majoration_depend_de_la_taille() -> None:
    ancien = pointages(*enfants(12)).with_columns(date=pl.lit(date(2021, 8, 31)))
    regle = agrement(10, valide_du=date(2020, 1, 1))
    # 31 août 2021 : 10 places + 10 % = 11 ; 7 septembre : 10 × 1,15 = 11,5, soit 12.
    assert len(surnombre(ancien, regle)) == 1
    apres = ancien.with_columns(date=pl.lit(date(2021, 9, 7)))
    assert surnombre(apres, regle).is_empty()


def test_qui_part_a_dix_heures_ne_croise_pas_qui_arrive_a_dix_heures() -> None:
    matin, midi = enfants(2, 540, 600), [("f", 600, 660)]
    assert surnombre(pointages(*matin, *midi), agrement(2)).is_empty()
    presents = presences_simultanees(pointages(*matin, *midi))
    assert presents.select("debut_min", "fin_min", "presents").rows() == [
        (540, 600, 2),
        (600, 660, 1),
    ]


def test_les_passages_chevauchants_d_un_enfant_ne_comptent_qu_une_fois() -> None:
    trois = pointages(("a", 540, 600), ("b", 540, 600), ("c", 540, 600), ("a", 550, 620))
    assert surnombre(trois, agrement(2)).is_empty()  # 2 × 1,15 = 2,3, soit 3 enfants


def test_deux_passages_disjoints_d_un_enfant_restent_deux_passages() -> None:
    presents = presences_simultanees(pointages(("a", 540, 600), ("a", 660, 700)))
    assert presents.select("debut_min", "fin_min").rows() == [(540, 600), (660, 700)]


def test_chaque_plage_oppose_ses_propres_places() -> None:
    modules = pl.concat([agrement(20, 450, 1020), agrement(2, 1020, 1110)])
    # 4 enfants jusqu'à 17 h : permis par 20 places ; à 17 h 01, 2 places n'en admettent que 3.
    assert surnombre(pointages(*enfants(4, 540, 1020)), modules).is_empty()
    assert len(surnombre(pointages(*enfants(4, 540, 1021)), modules)) == 1


@pytest.mark.parametrize(
    "regle",
    [
        agrement(1, jour_semaine=3),
        agrement(1, valide_au=date(2026, 7, 6)),
        agrement(1, valide_du=date(2026, 7, 8)),
        agrement(1, debut=450, fin=540),
        agrement(1, etablissement="E002"),
    ],
    ids=["autre jour", "finie la veille", "commence le lendemain", "avant l'arrivée", "ailleurs"],
)
def test_sans_agrement_en_vigueur_rien_n_est_constate(regle: pl.DataFrame) -> None:
    assert surnombre(pointages(*enfants(5)), regle).is_empty()


def test_bornes_de_validite_incluses() -> None:
    juste = agrement(1, valide_du=MARDI, valide_au=MARDI)
    assert len(surnombre(pointages(*enfants(5)), juste)) == 1


def test_sans_depart_un_enfant_n_est_pas_place_dans_la_journee() -> None:
    manquants = [(e, a, None) for e, a, _ in enfants(9)]
    assert surnombre(pointages(*manquants), agrement(1)).is_empty()


PASSAGES = st.lists(
    st.tuples(st.sampled_from("abcd"), st.integers(0, 40), st.integers(1, 20)), min_size=1
)


@settings(deadline=None)
@given(PASSAGES)
def test_le_balayage_egale_le_compte_minute_par_minute(
    passages: list[tuple[str, int, int]],
) -> None:
    bornes = [(e, debut, debut + duree) for e, debut, duree in passages]
    attendu = [len({e for e, a, d in bornes if a <= minute < d}) for minute in range(61)]
    calcule = [0] * 61
    for debut, fin, presents in (
        presences_simultanees(pointages(*bornes))
        .select("debut_min", "fin_min", "presents")
        .iter_rows()
    ):
        calcule[debut:fin] = [presents] * (fin - debut)
    assert calcule == attendu
