"""La page HTML d'un carnet exécuté : structure, bandeaux, traçabilité, échappement."""

import re
from dataclasses import replace
from typing import Any

import nbformat
import pytest

from rtpe_analyse.diffusion.demande import EchecRapport
from rtpe_analyse.diffusion.exportateur import convertir
from rtpe_analyse.diffusion.gabarits import Contexte, ancre, chaine_css
from rtpe_analyse.diffusion.verification import verifier_page

CONTEXTE = Contexte(
    zone="Territoire Nord",
    periode="3e trimestre 2026",
    edition="15 octobre 2026",
    version="0.1.0",
    niveau="interne",
    fictif=False,
    provisoire=False,
    donnees="0123456789abcdef",
    carnet="fedcba9876543210",
    parametres={"territoire": "T1", "periode": "2026-T3"},
    regles=("secret, en vigueur depuis le 1er janvier 2026 (note)",),
)


def _execute(*textes: str) -> Any:
    cellules: list[dict[str, Any]] = [
        {"cell_type": "markdown", "source": t, "metadata": {}, "id": f"c{i}"}
        for i, t in enumerate(textes)
    ]
    sortie = {
        "output_type": "execute_result",
        "execution_count": 1,
        "data": {"text/html": '<p class="rtpe-phrase">RESULTAT</p>', "text/plain": "BRUT"},
        "metadata": {"text/html": {"rtpe": {"genre": "phrase"}}},
    }
    cellules.append(
        {
            "cell_type": "code",
            "source": "CODE_CACHE()",
            "metadata": {},
            "outputs": [sortie],
            "execution_count": 1,
            "id": "identifiant-de-cellule",
        }
    )
    return nbformat.from_dict(
        {"cells": cellules, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    )


def test_structure_de_la_page() -> None:
    page = convertir(
        _execute("# Occupation\n\nLa question.", "## Œuvre d'été", "### Détail"), CONTEXTE
    )
    verifier_page(page)
    assert page.startswith('<!doctype html>\n<html lang="fr">')
    assert "<title>Occupation · Territoire Nord · 3e trimestre 2026</title>" in page
    assert len(re.findall("<h1", page)) == 1
    assert "<h1>Occupation</h1>" in page
    assert '<h2 id="oeuvre-d-ete">' in page
    assert re.search(
        r'<nav class="sommaire" aria-labelledby="sommaire">.*href="#oeuvre-d-ete".*'
        r'href="#detail".*</nav>',
        page,
        re.DOTALL,
    )
    assert '<a class="evitement" href="#contenu">' in page
    assert re.search(r'<main id="contenu".*RESULTAT.*</main>', page, re.DOTALL)
    assert page.index("La question.") < page.index("RESULTAT")


def test_ni_code_ni_identifiant_de_cellule_ni_texte_brut() -> None:
    page = convertir(_execute("# Titre"), CONTEXTE)
    assert "RESULTAT" in page
    for cache in ("CODE_CACHE", "BRUT", "identifiant-de-cellule", "<script", "anchor-link"):
        assert cache not in page


@pytest.mark.parametrize(
    ("fictif", "provisoire"), [(False, False), (True, False), (False, True), (True, True)]
)
def test_bandeaux(fictif: bool, provisoire: bool) -> None:
    contexte = replace(CONTEXTE, fictif=fictif, provisoire=provisoire)
    page = convertir(_execute("# Titre"), contexte)
    assert ("<strong>Données fictives.</strong>" in page) is fictif
    assert ("<strong>Provisoire.</strong>" in page) is provisoire


def test_tracabilite() -> None:
    page = convertir(_execute("# Titre"), CONTEXTE)
    pied = page[page.index('<footer class="pied">') :]
    for attendu in (
        "15 octobre 2026",
        "version 0.1.0",
        "0123456789abcdef",
        "fedcba9876543210",
        "territoire = T1 ; periode = 2026-T3",
        "secret, en vigueur depuis le 1er janvier 2026 (note)",
        "interne au service",
    ):
        assert attendu in pied


def test_tout_texte_venu_des_donnees_est_echappe() -> None:
    zone = '</title><script>alert("x")</script>'
    contexte = replace(CONTEXTE, zone=zone, parametres={"territoire": zone}, regles=(zone,))
    page = convertir(_execute("# Titre"), contexte)
    assert "<script" not in page
    verifier_page(page)


def test_un_titre_principal_et_un_seul() -> None:
    with pytest.raises(EchecRapport, match="0 titres de niveau 1"):
        convertir(_execute("## Sous-titre"), CONTEXTE)
    with pytest.raises(EchecRapport, match="2 titres de niveau 1"):
        convertir(_execute("# Un", "# Deux"), CONTEXTE)


def test_le_carnet_n_est_pas_modifie_et_la_page_est_la_meme() -> None:
    carnet = _execute("# Titre", "## A", "## A")
    avant = nbformat.writes(carnet)
    premiere, seconde = convertir(carnet, CONTEXTE), convertir(carnet, CONTEXTE)
    assert premiere == seconde
    assert nbformat.writes(carnet) == avant
    assert 'href="#a"' in premiere
    assert 'href="#a-2"' in premiere


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("0. L'essentiel", "0-l-essentiel"),
        ("Où, et pour qui ?", "ou-et-pour-qui"),
        ("Vœux & cætera", "voeux-caetera"),
        ("???", "section"),
    ],
)
def test_ancre(texte: str, attendu: str) -> None:
    prises: set[str] = set()
    assert ancre(texte, prises) == attendu
    assert ancre(texte, prises) == f"{attendu}-2"


def test_chaine_css_ne_sort_pas_des_guillemets() -> None:
    assert chaine_css('a";}</style>') == "a\\22 \\3b \\7d \\3c \\2f style\\3e "
