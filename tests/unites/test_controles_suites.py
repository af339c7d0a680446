"""Suites : ce qui est refusé à la lecture ; bornes datées ; lots équivalents aux unités."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtpe_analyse.controles.fichiers import table_de_reception
from rtpe_analyse.controles.jugement import Juge, Resultat
from rtpe_analyse.controles.lots import juger_unites
from rtpe_analyse.controles.parametres import PARAMETRES, bornes_au
from rtpe_analyse.controles.suites import NOMBRE_DE_LIGNES, NON_VIDE, Attente, lire_suites
from rtpe_analyse.controles.unites import Unite, fin_de_periode
from rtpe_analyse.erreurs import ErreurUsage

Json = dict[str, Any]


def attente(ident: str, genre: str, severite: str = "critique", **kwargs: Any) -> Json:
    meta = {"id": ident, "libelle": "l", "severite": severite, "remede": "r"}
    return {"type": genre, "kwargs": kwargs, "meta": meta}


def suite() -> Json:
    return {
        "name": "propre.t",
        "meta": {"table": "t"},
        "expectations": [
            attente("a", NOMBRE_DE_LIGNES, min_value=1),
            attente("b", NON_VIDE, column="x"),
        ],
    }


def ecrire(dossier: Path, *suites: Json) -> Path:
    for contenu in suites:
        chemin = dossier / f"{contenu['name'].replace('.', '/')}.json"
        chemin.parent.mkdir(parents=True, exist_ok=True)
        chemin.write_text(json.dumps(contenu), encoding="utf-8")
    return dossier


def test_une_suite_bien_ecrite_se_lit(tmp_path: Path) -> None:
    (lue,) = lire_suites(ecrire(tmp_path, suite())).values()
    assert [a.id for a in lue.pour("t")] == ["a", "b"]
    assert lue.attentes[1].colonnes == {"x"}


def type_interdit(contenu: Json) -> None:
    contenu["expectations"].append(
        attente("c", "expect_column_most_common_value_to_be_in_set", column="x", value_set=[1])
    )


def sans_compter(contenu: Json) -> None:
    del contenu["expectations"][0]


def sans_exiger(contenu: Json) -> None:
    del contenu["expectations"][1]


def severite_inconnue(contenu: Json) -> None:
    contenu["expectations"][0]["meta"]["severite"] = "grave"


def sans_remede(contenu: Json) -> None:
    contenu["expectations"][0]["meta"]["remede"] = ""


def cle_inconnue(contenu: Json) -> None:
    contenu["expectations"][0]["meta"]["remde"] = "r"


def meta_absente(contenu: Json) -> None:
    del contenu["expectations"][0]["meta"]


def id_double(contenu: Json) -> None:
    contenu["expectations"][1]["meta"]["id"] = "a"


@pytest.mark.parametrize(
    ("faute", "dit"),
    [
        (type_interdit, "n'est pas admis"),
        (sans_compter, "compter ses lignes"),
        (sans_exiger, "exiger des valeurs"),
        (severite_inconnue, "sévérité"),
        (sans_remede, "remède"),
        (cle_inconnue, "remde"),
        (meta_absente, "structure"),
        (id_double, "déjà pris"),
    ],
)
def test_une_suite_mal_ecrite_est_refusee(tmp_path: Path, faute: Any, dit: str) -> None:
    contenu = suite()
    faute(contenu)
    with pytest.raises(ErreurUsage, match=dit) as erreur:
        lire_suites(ecrire(tmp_path, contenu))
    assert "validations/propre/t.json" in erreur.value.remede


def test_une_suite_porte_le_nom_de_son_fichier(tmp_path: Path) -> None:
    ecrire(tmp_path, suite())
    (tmp_path / "propre" / "t.json").rename(tmp_path / "propre" / "u.json")
    with pytest.raises(ErreurUsage, match=r"propre\.u"):
        lire_suites(tmp_path)


def test_un_json_illisible_est_dit(tmp_path: Path) -> None:
    ecrire(tmp_path, suite())
    (tmp_path / "propre" / "t.json").write_text("{")
    with pytest.raises(ErreurUsage, match="structure"):
        lire_suites(tmp_path)


def test_bornes_de_juillet_2026() -> None:
    bornes = bornes_au(PARAMETRES, date(2026, 7, 31))
    # Plancher 814,62 € × 0,0206 % = 0,1678 € ; plafond 8 500 € × 0,0619 % = 5,2615 €.
    assert bornes == {
        "ressources_plancher_eur": 814.62,
        "ressources_plafond_eur": 8500.0,
        "taux_effort_min_pct": 0.0206,
        "taux_effort_max_pct": 0.0619,
        "taux_effort_max_filoue_pct": 0.062,
        "tarif_min_eur": 0.16,
        "tarif_max_eur": 5.27,
        "age_max_mois": 72.0,
    }


@pytest.mark.parametrize(
    ("jour", "plafond"),
    [
        (date(2024, 8, 31), 6000.0),
        (date(2024, 9, 1), 7000.0),
        (date(2025, 8, 31), 7000.0),
        (date(2025, 9, 1), 8500.0),
    ],
)
def test_le_plafond_change_au_1er_septembre(jour: date, plafond: float) -> None:
    assert bornes_au(["ressources_plafond_eur"], jour) == {"ressources_plafond_eur": plafond}


def test_une_borne_inconnue_manque() -> None:
    assert bornes_au(["ressources_plafond_eur"], date(2017, 12, 31)) == {}
    assert bornes_au(["ressources_plafond_eur"], None) == {}
    assert bornes_au(["inventee"], date(2026, 1, 1)) == {}


@pytest.mark.parametrize(
    ("nom", "fin"),
    [
        ("2026-02", date(2026, 2, 28)),
        ("2025", date(2025, 12, 31)),
        ("tout", None),
        ("2021-2023", None),
    ],
)
def test_fin_de_periode(nom: str, fin: date | None) -> None:
    assert fin_de_periode(nom) == fin


def test_table_de_reception() -> None:
    comptes = {"propres": 0, "ecartees": 1, "corrigees": 2}
    bilan = pl.DataFrame(
        [
            {"fichier": "f", "table": "contrats", "lues": 30, "rejetees": 3, **comptes},
            {"fichier": "f", "table": "plannings", "lues": 70, "rejetees": 2, **comptes},
            {"fichier": "g", "table": "pointages", "lues": 0, "rejetees": 0, **comptes},
        ]
    )
    par_mois = pl.DataFrame(
        {
            "fichier": ["f", "f"],
            "millesime": ["2026-07"] * 2,
            "mois": [date(2026, 7, 1), date(2026, 6, 1)],
            "n": [3, 1],
        }
    )
    f, g = table_de_reception(bilan, par_mois).rows(named=True)
    assert (f["n_lignes"], f["n_tables"]) == (100, 2)
    assert (f["part_rejetees_pct"], f["part_ecartees_pct"]) == (5.0, 2.0)
    assert (f["part_corrigees_pct"], f["part_hors_mois_pct"]) == (4.0, 25.0)
    assert (g["n_lignes"], g["part_rejetees_pct"], g["part_hors_mois_pct"]) == (0, None, None)


class JugeDePapier(Juge):
    """Un juge sans Great Expectations : ce qui est éprouvé ici est le découpage en lots."""

    def __init__(self) -> None:
        self.appels = 0

    def juger(self, table: pl.DataFrame, attentes: Any, parametres: Any = None) -> Any:
        self.appels += 1
        resultats = {}
        for a in attentes:
            mauvaises = (
                int((table["x"] < a.kwargs["min_value"]).sum())
                if a.par_valeur
                else int(len(table) < a.kwargs["min_value"])
            )
            resultats[a.id] = Resultat("echec" if mauvaises else "reussi", len(table), mauvaises)
        return resultats


ATTENTES = (
    Attente("lignes", "t", NOMBRE_DE_LIGNES, {"min_value": 2}, "l", "critique", "r"),
    *(
        Attente(
            f"x{n}",
            "t",
            "expect_column_values_to_be_between",
            {"column": "x", "min_value": n},
            "l",
            "critique",
            "r",
        )
        for n in (1, 5)
    ),
)


def unite(cle: str, valeurs: list[int]) -> Unite:
    table = pl.DataFrame({"x": valeurs}, schema={"x": pl.Int64})
    return Unite("propre.t", "", "t", cle, "", ATTENTES, {}, lambda: table)


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(0, 9), max_size=6), max_size=9))
def test_juger_par_lots_egale_juger_une_a_une(valeurs: list[list[int]]) -> None:
    unites = [unite(str(n), v) for n, v in enumerate(valeurs)]
    juges = dict((u.cle, r) for u, r in juger_unites(JugeDePapier(), unites, lambda *_: None))
    seules = {u.cle: JugeDePapier().juger(u.charger(), ATTENTES) for u in unites}
    assert juges == seules


def test_des_lots_sains_se_jugent_en_un_appel() -> None:
    juge = JugeDePapier()
    unites = [unite(str(n), [6, 7]) for n in range(50)]
    list(juger_unites(juge, unites, lambda *_: None))
    assert juge.appels == 1 + 50  # le lot, puis le nombre de lignes de chacune
