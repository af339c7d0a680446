"""Figures : SVG déterministe, sans identifiant partagé, accessible, jamais la couleur seule."""

import re
import subprocess
import sys

import polars as pl
import pytest
from bs4 import BeautifulSoup

from rtpe_analyse.restitution import figures
from rtpe_analyse.restitution.formats import POURCENT, Unite
from rtpe_analyse.restitution.planches import planche
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau

SCHEMA = {"serie": pl.String, "rang": pl.Int64, "periode": pl.String, "valeur": pl.Float64}
DONNEES = Tableau("Chiffres", "Zone", [Colonne("v")], [Ligne("Nord", [Cellule("1")])])


def table(**series: list[float | None]) -> pl.DataFrame:
    lignes = [
        (nom, rang, f"T{rang + 1} 2026", v)
        for nom, valeurs in series.items()
        for rang, v in enumerate(valeurs)
    ]
    return pl.DataFrame(lignes, schema=SCHEMA, orient="row")


def trace_de_serie(*valeurs: float | None) -> str:
    return figures.series(
        table(Nord=list(valeurs), Repère=[60.0] * len(valeurs)), ["Nord", "Repère"], POURCENT
    )


def barres(valeurs: list[tuple[str, str, float | None]]) -> str:
    schema = {"categorie": pl.String, "serie": pl.String, "valeur": pl.Float64}
    donnees = pl.DataFrame(valeurs, schema=schema, orient="row")
    return figures.barres(donnees, ["A", "B"], ["Nord", "Département"], POURCENT)


def toutes() -> dict[str, str]:
    repere = table(Repère=[60.0, 61.0, 63.0])
    return {
        "series": trace_de_serie(61.0, None, 64.0),
        "multiples": figures.multiples(
            table(Nord=[61.0, 60.0, 64.0], Sud=[58.0, None, None]), repere, "Repère", POURCENT
        ),
        "chaleur": figures.chaleur(
            [[1.0, None], [80.0, 40.0]],
            [["1", "s"], ["80▲", "40"]],
            ["Lundi", "Mardi"],
            ["8 h", "9 h"],
        ),
        "cascade": figures.cascade(
            [
                figures.Barre("Agréées", 0, 100, "100 h", "niveau"),
                figures.Barre("Travaux", 100, 70, "−30 h", "perte"),
                figures.Barre("Dépassements", 70, 75, "+5 h", "retour"),
                figures.Barre("Présents", 0, 75, "75 h", "niveau"),
            ]
        ),
        "controle": figures.controle(
            pl.DataFrame(
                {
                    "rang": [0, 1, 2],
                    "valeur": [1.0, None, -7.0],
                    "bas": [-5.0, None, -5.0],
                    "haut": [5.0, None, 5.0],
                    "signal": [False, False, True],
                }
            ),
            ["T1 2026", "T2 2026", "T3 2026"],
            0.0,
            Unite(1),
        ),
        "flux": figures.flux(["T1 2026", "T2 2026"], [3.0, None], [1.0, 2.0], Unite()),
        "barres": barres(
            [
                ("A", "Nord", 1.0),
                ("B", "Nord", None),
                ("A", "Département", 2.0),
                ("B", "Département", 3.0),
            ]
        ),
        "positions": figures.positions(
            ["Les Lutins", "La Ronde", "Api"],
            [61.0, None, 70.0],
            [60.0, 50.0, None],
            ("Département", 63.0),
            POURCENT,
        ),
    }


@pytest.mark.filterwarnings("error")
def test_chaque_figure_est_un_svg_sans_metadonnees_ni_couleur_de_fond() -> None:
    for nom, svg in toutes().items():
        assert svg.startswith("<svg"), nom
        assert svg.rstrip().endswith("</svg>"), nom
        assert "<metadata>" not in svg, nom
        # Du texte, pas des tracés : deux fois plus léger, et une police de secours est nommée.
        assert "<text" in svg, nom
        assert "Verdana, sans-serif" in svg, nom
        assert "nan" not in svg.lower().replace("nano", ""), nom


def test_deux_dessins_des_memes_valeurs_sont_identiques() -> None:
    assert toutes() == toutes()


def test_le_dessin_est_le_meme_dans_un_autre_processus() -> None:
    code = (
        "from tests.unites.test_restitution_figures import trace_de_serie;"
        "import hashlib; print(hashlib.sha256(trace_de_serie(61.0, 64.0).encode()).hexdigest())"
    )
    commande = [sys.executable, "-c", code]
    ailleurs = {subprocess.run(commande, capture_output=True, check=True).stdout for _ in "ab"}
    assert len(ailleurs) == 1


def test_une_valeur_absente_coupe_le_trait_sans_le_relier() -> None:
    def segments(svg: str) -> int:
        epais = re.findall(r'<path d="([^"]*)"[^>]*stroke: #1f4e79; stroke-width: 1\.9', svg)
        return len(epais)

    assert segments(trace_de_serie(61.0, 62.0, 63.0, 64.0)) == 1
    assert segments(trace_de_serie(61.0, 62.0, None, 64.0)) == 2


def test_deux_series_different_par_le_trait_et_pas_seulement_la_couleur() -> None:
    svg = trace_de_serie(61.0, 62.0)
    assert "stroke-dasharray" in svg
    hachures = barres([(c, s, 2.0) for c in "AB" for s in ("Nord", "Département")])
    assert "<pattern" in hachures


def test_pertes_et_retours_se_distinguent_par_la_hachure_et_le_signe() -> None:
    svg = toutes()["cascade"]
    assert svg.count("<pattern") == 2
    assert "−30 h" in svg
    assert "+5 h" in svg


def test_une_bande_se_dessine_et_se_nomme() -> None:
    bande = ("zone dégressive", 107.0, 120.0)
    svg = figures.positions(["A", "B"], [104.0, 110.0], [None, None], None, POURCENT, bande)
    assert "zone dégressive" in svg
    assert "#fbf0e9" in svg


def test_une_serie_toute_absente_ne_leve_rien() -> None:
    assert trace_de_serie(None, None).startswith("<svg")


def test_la_planche_porte_titre_alternative_tableau_et_identifiants_a_elle() -> None:
    svg = trace_de_serie(61.0, 64.0)
    une = planche("Hausse de 3 points & plus", "Courbe de 61 à 64.", svg, DONNEES, "Champ.")
    autre = planche("Un autre titre", "Courbe de 61 à 64.", svg, DONNEES)
    lu = BeautifulSoup(une.html, "html.parser")
    assert lu.figcaption.text == "Hausse de 3 points & plus"
    image = lu.svg
    assert image["role"] == "img"
    vises = [lu.find(id=i).text for i in image["aria-labelledby"].split()]
    assert vises == ["Hausse de 3 points & plus", "Courbe de 61 à 64."]
    assert lu.details.table.caption.text == "Chiffres"
    assert not image.has_attr("width")
    ids_une = set(re.findall(r'\bid="([^"]+)"', une.html))
    ids_autre = set(re.findall(r'\bid="([^"]+)"', autre.html))
    assert ids_une
    assert not ids_une & ids_autre
    renvois = re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', une.html)
    assert {a or b for a, b in renvois} <= ids_une
