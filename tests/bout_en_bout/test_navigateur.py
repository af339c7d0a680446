"""Les pages ouvertes dans un vrai navigateur : rien d'extérieur, accessibles, imprimables.

D'abord une petite page faite à la main (elle prouve aussi que l'examen sait rougir), puis tous
les rapports et le portail de la chaîne complète.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.bout_en_bout.outils_navigateur import (
    A4_EN_POINTS,
    ETROIT,
    examiner,
    imprimer,
    navigateur,
    trouver_navigateur,
)
from tests.conftest import Chaine
from tests.unites.outils_diffusion import composer_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [
    pytest.mark.navigateur,
    pytest.mark.skipif(
        trouver_navigateur() is None,
        reason="aucun navigateur : installer le paquet chromium du système",
    ),
]


@pytest.fixture(scope="module")
def ouvert() -> "Iterator[Browser]":
    pytest.importorskip("playwright", reason="playwright n'est pas installé")
    with navigateur() as n:
        yield n


def _ecrire(tmp_path: Path, page: str) -> Path:
    fichier = tmp_path / "page.html"
    fichier.write_text(page, encoding="utf-8")
    return fichier


def test_une_page_du_gabarit_est_irreprochable(ouvert: "Browser", tmp_path: Path) -> None:
    examen = examiner(ouvert, _ecrire(tmp_path, composer_page()))
    assert examen.requetes == []
    assert examen.erreurs == []
    assert examen.violations == []
    assert examen.debordements == {}
    assert examen.controles > 20


@pytest.mark.parametrize(
    ("defaut", "champ"),
    [
        ('<img src="https://exemple.invalid/a.png" alt="x">', "requetes"),
        ("<script>console.error('x')</script>", "erreurs"),
        ("<script>throw new Error('x')</script>", "erreurs"),
        ('<p style="color:#bbb">Texte trop pâle</p>', "violations"),
        ('<div style="width:600px">large</div>', "debordements"),
    ],
)
def test_l_examen_sait_rougir(ouvert: "Browser", tmp_path: Path, defaut: str, champ: str) -> None:
    page = composer_page().replace("</main>", f"{defaut}</main>")
    trouve = getattr(examiner(ouvert, _ecrire(tmp_path, page)), champ)
    assert trouve
    if champ == "debordements":
        assert trouve[ETROIT] >= 600


def test_evitement_et_focus_visibles_au_clavier(ouvert: "Browser", tmp_path: Path) -> None:
    page = ouvert.new_page(viewport={"width": 800, "height": 600})
    page.goto(_ecrire(tmp_path, composer_page()).as_uri())
    page.keyboard.press("Tab")
    lien: dict[str, Any] = page.evaluate(
        "() => { const e = document.activeElement, s = getComputedStyle(e);"
        " return {texte: e.textContent, gauche: e.getBoundingClientRect().left,"
        " contour: s.outlineStyle, epaisseur: parseFloat(s.outlineWidth)}; }"
    )
    assert lien["texte"] == "Aller au contenu"
    assert lien["gauche"] >= 0
    assert lien["contour"] == "solid"
    assert lien["epaisseur"] >= 2
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"
    page.close()


def test_le_sommaire_mene_aux_titres(ouvert: "Browser", tmp_path: Path) -> None:
    page = ouvert.new_page()
    page.goto(_ecrire(tmp_path, composer_page()).as_uri())
    liens = page.locator("nav.sommaire a")
    assert liens.count() >= 2
    for rang in range(liens.count()):
        cible = page.locator(f"[id='{(liens.nth(rang).get_attribute('href') or '')[1:]}']")
        assert cible.text_content() == liens.nth(rang).text_content()
    page.close()


def test_impression_a4(ouvert: "Browser", tmp_path: Path) -> None:
    nombre, tailles = imprimer(
        ouvert, _ecrire(tmp_path, composer_page(sections=40)), tmp_path / "page.pdf"
    )
    assert nombre > 1
    assert tailles == {A4_EN_POINTS}


def test_tous_les_rapports_de_la_chaine(ouvert: "Browser", chaine: Chaine) -> None:
    pages = sorted(chaine.lieux.sortie.rglob("*.html"))
    rapports = [p for p in pages if p.name != "index.html"]
    assert rapports, chaine.dits["rapports"].stderr
    assert len(pages) - len(rapports) == 2, "le portail du trimestre et la liste des périodes"
    defauts = {}
    for fichier in pages:
        examen = examiner(ouvert, fichier)
        assert examen.controles > 10
        vus = (examen.requetes, examen.erreurs, examen.violations, examen.debordements)
        if any(vus):
            defauts[fichier.relative_to(chaine.lieux.sortie).as_posix()] = vus
    assert defauts == {}


def test_un_rapport_de_la_chaine_s_imprime_en_a4(
    ouvert: "Browser", chaine: Chaine, tmp_path: Path
) -> None:
    rapports = sorted(chaine.lieux.sortie.rglob("occupation_territoire.html"))
    assert rapports, chaine.dits["rapports"].stderr
    nombre, tailles = imprimer(ouvert, rapports[0], tmp_path / "rapport.pdf")
    assert 1 <= nombre <= 20
    assert tailles == {A4_EN_POINTS}
