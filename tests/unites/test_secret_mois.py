"""Le secret lie un trimestre à ses mois : l'un ne rend pas ce que l'autre masque."""

from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from rtpe_analyse.indicateurs import FAMILLES, indicateurs_declares
from rtpe_analyse.secret import cellules_deductibles, porte, proteger
from tests.unites.outils_secret import LE, ligne, table

MOIS = ("2026-04", "2026-05", "2026-06")


def trimestre(
    zone: str, mois: tuple[int, int, int], ensemble: int, code: str, **reste: Any
) -> list[dict[str, Any]]:
    """Trois mois et leur trimestre, pour une zone."""
    commun = {"indicateur": code, **reste}
    mensuels = [
        ligne(zone, n, pas="mois", periode=p, **commun) for n, p in zip(mois, MOIS, strict=True)
    ]
    return [*mensuels, ligne(zone, ensemble, **commun)]


def lisibles(protegee: pl.DataFrame, zone: str) -> list[str]:
    return protegee.filter(pl.col("zone") == zone, pl.col("valeur").is_not_null())[
        "periode"
    ].to_list()


def sans_lien(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """La porte oublie ce que le trimestre est pour ses mois ; l'audit, lui, le sait."""
    declares = indicateurs_declares()
    oublieux = {**declares, code: replace(declares[code], au_trimestre="", plusieurs_cases=False)}
    monkeypatch.setattr(porte, "indicateurs_declares", lambda: oublieux)


def test_un_mois_masque_n_est_pas_le_trimestre_moins_les_deux_autres() -> None:
    # 3 heures en avril = 43 − 20 − 20 : un autre mois se masque, le trimestre se lit.
    avant = table(*trimestre("A", (3, 20, 20), 43, "H1"))
    apres = proteger(avant, "interne", LE)
    assert len(lisibles(apres, "A")) == 2
    assert "2026-T2" in lisibles(apres, "A")
    assert cellules_deductibles(avant, apres, "H1") == []


def test_les_mois_d_un_total_masque_ne_le_rendent_pas() -> None:
    # Avril et mai vides : le trimestre est juin, trop petit comme lui.
    avant = table(*trimestre("A", (0, 0, 4), 4, "H1"))
    assert lisibles(proteger(avant, "interne", LE), "A") == ["2026-04", "2026-05"]


def test_les_memes_enfants_dans_deux_mois_ne_font_pas_assez_d_enfants() -> None:
    # Quatre enfants en avril, les mêmes peut-être en mai : 4 + 4 n'est pas 8 contributeurs.
    avant = table(*trimestre("A", (4, 4, 30), 38, "H1"))
    assert lisibles(proteger(avant, "interne", LE), "A") == ["2026-T2"]


def test_mutation_sans_le_lien_le_mois_se_deduit(monkeypatch: pytest.MonkeyPatch) -> None:
    avant = table(*trimestre("A", (3, 20, 20), 43, "H1"))
    sans_lien(monkeypatch, "H1")
    apres = proteger(avant, "interne", LE)
    assert cellules_deductibles(avant, apres, "H1") == [
        ("mois", "2026-04", "etablissement", "A", "", "")
    ]


def par_age() -> pl.DataFrame:
    """Un stock : 40 demandes fin juin comme au trimestre, dont 38 et 2 par âge au trimestre."""
    ages = {"0 an": 38, "1 an": 2}
    return table(
        *trimestre("A", (30, 35, 40), 40, "D1"),
        *(ligne("A", n, indicateur="D1", ventilation="age", modalite=m) for m, n in ages.items()),
        ligne(
            "A",
            38,
            indicateur="D1",
            ventilation="age",
            modalite="0 an",
            pas="mois",
            periode="2026-06",
        ),
    )


def test_le_dernier_mois_d_un_stock_est_le_trimestre() -> None:
    # 2 se masque, 38 avec lui ; 38 ne se lit pas non plus fin juin, où il est seul de sa table.
    avant = par_age()
    apres = proteger(avant, "interne", LE)
    assert apres.filter(pl.col("ventilation") == "age")["valeur"].null_count() == 3
    assert lisibles(apres, "A") == [*MOIS, "2026-T2"]
    assert cellules_deductibles(avant, apres, "D1") == []


def test_mutation_sans_le_lien_le_dernier_mois_rend_le_trimestre(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    avant = par_age()
    sans_lien(monkeypatch, "D1")
    apres = proteger(avant, "interne", LE)
    juin = apres.filter(pl.col("periode") == "2026-06", pl.col("ventilation") == "age")
    assert juin["valeur"].to_list() == [38.0]
    assert len(cellules_deductibles(avant, apres, "D1")) == 1


def test_un_enfant_de_plusieurs_cases_ne_compte_qu_une_fois() -> None:
    # Quatre enfants, le lundi et le mardi : leurs deux cases ne font pas huit contributeurs.
    cases = {"2 ans|1": 4, "2 ans|2": 4, "2 ans|3": 20, "2 ans|4": 30}
    avant = table(
        ligne("A", sum(cases.values()), indicateur="D7"),
        *(
            ligne("A", n, indicateur="D7", ventilation="age_jour", modalite=m)
            for m, n in cases.items()
        ),
    )
    apres = proteger(avant, "interne", LE)
    assert apres.filter(pl.col("valeur").is_null())["modalite"].to_list() == list(cases)[:3]


def test_un_seul_lien_par_groupe_de_contributeurs() -> None:
    """Deux liens dans un groupe de masques se contrediraient (sauf d'une famille à l'autre)."""
    for nom, famille in FAMILLES.items():
        liens: dict[str, set[str]] = {}
        for i in famille.indicateurs:
            if i.au_trimestre:
                liens.setdefault(i.contributeur, set()).add(i.au_trimestre)
        assert all(len(vus) == 1 for vus in liens.values()), nom
