"""Ce qui est refusé avant publication : sorties du carnet, puis page entière."""

import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from rtpe_analyse.chemins import RACINE_PROJET
from rtpe_analyse.diffusion.demande import EchecRapport
from rtpe_analyse.diffusion.verification import (
    liens,
    situer_le_defaut,
    verifier_page,
    verifier_sorties,
)

BONNE = '<!doctype html><html lang="fr"><body><h1>T</h1>{}</body></html>'
DESSIN = '<svg viewBox="0 0 1 1" role="img"><title>Un carré</title></svg>'


def _sortie(html: str = "<p>ok</p>", **fiche: Any) -> dict[str, Any]:
    return {
        "output_type": "execute_result",
        "data": {"text/html": html, "text/plain": "ok"},
        "metadata": {"text/html": {"rtpe": {"genre": "phrase", "alt": "ok", **fiche}}},
    }


def _carnet(*sorties: dict[str, Any]) -> Any:
    """Une cellule de texte, une cellule sans sortie, puis les sorties en cellule 3."""
    return nbformat.from_dict(
        {
            "cells": [
                {"cell_type": "markdown", "source": "# T", "metadata": {}},
                {"cell_type": "code", "source": "", "metadata": {}, "outputs": []},
                {"cell_type": "code", "source": "", "metadata": {}, "outputs": list(sorties)},
            ],
            "metadata": {},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )


def test_sorties_de_restitution_acceptees() -> None:
    assert not verifier_sorties(_carnet(_sortie(), _sortie(DESSIN, genre="figure")))


def test_le_rapport_peut_se_dire_provisoire() -> None:
    assert verifier_sorties(_carnet(_sortie(genre="cartouche", statut="provisoire"), _sortie()))
    assert not verifier_sorties(_carnet(_sortie(genre="cartouche", statut="definitif")))


@pytest.mark.parametrize(
    ("sortie", "message"),
    [
        ({"output_type": "stream", "name": "stdout", "text": "x"}, "sortie brute"),
        ({"output_type": "stream", "name": "stderr", "text": "x"}, "erreur standard"),
        ({"output_type": "error", "ename": "E", "evalue": "", "traceback": []}, "une erreur"),
        (
            {"output_type": "execute_result", "data": {"text/plain": "3"}, "metadata": {}},
            "sortie brute",
        ),
        (
            {
                "output_type": "execute_result",
                "data": {"text/html": "<table></table>"},
                "metadata": {},
            },
            "sortie brute",
        ),
        (
            {"output_type": "display_data", "data": {"image/png": "iVBOR"}, "metadata": {}},
            "sortie brute",
        ),
        (_sortie(genre=""), "sortie brute"),
        (_sortie(DESSIN, genre="figure", alt="  "), "sans texte de remplacement"),
        (_sortie(DESSIN, genre="figure", alt=None), "sans texte de remplacement"),
        (_sortie("<p>rien</p>", genre="figure"), "figure sans image"),
    ],
)
def test_sortie_refusee_avec_le_rang_de_sa_cellule(sortie: dict[str, Any], message: str) -> None:
    with pytest.raises(EchecRapport) as echec:
        verifier_sorties(_carnet(_sortie(), sortie))
    assert message in str(echec.value)
    assert echec.value.cellule == 3
    assert str(echec.value).startswith("Cellule 3 : ")


@pytest.mark.parametrize(
    ("sortie", "message"),
    [
        (_sortie('<svg role="img"><path/></svg>', genre="figure"), "sans texte de remplacement"),
        (_sortie("<svg><title>t</title></svg>", genre="figure"), "sans le rôle d'image"),
        (_sortie('<svg role="img"><title> </title></svg>'), "sans texte de remplacement"),
        (_sortie('<img src="data:image/png;base64,xx" alt="">'), "sans texte de remplacement"),
        (_sortie("<script>1</script>"), "« script » interdit"),
        (_sortie('<p onclick="x()">a</p>'), "script interdit"),
    ],
)
def test_la_page_refusee_nomme_la_cellule_de_la_sortie(
    sortie: dict[str, Any], message: str
) -> None:
    carnet = _carnet(_sortie(), sortie)
    html = "".join(s["data"]["text/html"] for s in carnet.cells[2].outputs)
    with pytest.raises(EchecRapport, match=message):
        verifier_page(BONNE.format(html))
    with pytest.raises(EchecRapport) as echec:
        situer_le_defaut(carnet)
    assert message in str(echec.value)
    assert echec.value.cellule == 3
    assert str(echec.value).startswith("Cellule 3 : ")


def test_un_defaut_hors_des_sorties_ne_se_situe_pas() -> None:
    situer_le_defaut(_carnet(_sortie(), _sortie(DESSIN, genre="figure")))


def test_carnet_muet_refuse() -> None:
    with pytest.raises(EchecRapport, match="aucun résultat"):
        verifier_sorties(_carnet())


@pytest.mark.parametrize(
    "corps",
    [
        "<p>Trois mots, 3,5 m/s et un taux var/moyenne.</p>",
        DESSIN,
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        'role="img" aria-label="x"><use xlink:href="#a"/></svg>',
        '<p id="a">x</p><a href="#a">vers</a><a href="T1/occupation.html">rapport</a>',
        "<h2>a</h2><h3>b</h3><h2>c</h2>",
        '<img src="data:image/png;base64,iVBO" alt="un carré">',
        "<style>p{orphans:3;widows:3}</style>",
    ],
)
def test_page_acceptee(corps: str) -> None:
    verifier_page(BONNE.format(corps))


@pytest.mark.parametrize(
    ("corps", "message"),
    [
        ('<a href="https://exemple.fr/">x</a>', "adresse externe"),
        ('<a href="//exemple.fr/">x</a>', "adresse externe"),
        ('<img src="HTTP://exemple.fr/a.png" alt="x">', "adresse externe"),
        ("<p>voir https://exemple.fr</p>", "adresse externe"),
        ("<p>voir https&#58;//exemple.fr</p>", "adresse externe"),
        ('<a href="mailto:a@exemple.fr">x</a>', "adresse externe"),
        ('<a href="javascript:x()">x</a>', "adresse externe"),
        ("<style>p{background:url(//exemple.fr/a)}</style>", "adresse externe"),
        ("<style>@import 'a.css';</style>", "adresse externe"),
        ("<!-- http://exemple.fr -->", "adresse externe"),
        ("<script></script>", "« script » interdit"),
        ('<iframe src="a.html"></iframe>', "« iframe » interdit"),
        ('<link rel="stylesheet" href="a.css">', "« link » interdit"),
        ('<meta http-equiv="refresh" content="1">', "redirection"),
        (f"<p>/{'home'}/dupont/notes.csv</p>", "chemin de la machine"),
        ("<p>fichier : /tmp/x</p>", "chemin de la machine"),
        ("<p>C:\\Utilisateurs\\x</p>", "chemin de la machine"),
        (f"<p>{RACINE_PROJET}</p>", "chemin de la machine"),
        (f'<p title="{sys.prefix}/lib">x</p>', "chemin de la machine"),
        ("<h1>deux</h1>", "2 titres de niveau 1"),
        ("<h3>saut</h3>", "niveau de titre est sauté"),
        ('<a href="#nulle-part">x</a>', "ne mène nulle part"),
        ('<p id="a"></p><p id="a"></p><a href="#a">x</a>', "même identifiant"),
        ("<svg role='img'></svg>", "sans texte de remplacement"),
    ],
)
def test_page_refusee(corps: str, message: str) -> None:
    with pytest.raises(EchecRapport) as echec:
        verifier_page(BONNE.format(corps))
    assert message in str(echec.value)
    assert "dupont" not in str(echec.value)


def test_langue_exigee() -> None:
    with pytest.raises(EchecRapport, match="langue"):
        verifier_page("<html><body><h1>T</h1></body></html>")


def test_dossier_personnel_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: Path("/ailleurs/personne"))
    with pytest.raises(EchecRapport, match="chemin de la machine"):
        verifier_page(BONNE.format("<p>/ailleurs/personne/notes</p>"))


def test_liens_hors_ancres() -> None:
    page = BONNE.format('<a href="#a">x</a><a href="b.html">y</a><a href="../c.html">z</a>')
    assert liens(page) == ["b.html", "../c.html"]
