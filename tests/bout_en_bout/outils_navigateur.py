"""Ouvrir une page dans le Chromium du système et dire ce qu'un lecteur y rencontrerait."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NORMES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ETROIT, LARGE = 360, 1280
A4_EN_POINTS = (595, 842)


@dataclass(frozen=True)
class Examen:
    """Ce qu'on a vu en ouvrant une page.

    Attributes:
        requetes: adresses demandées hors du fichier lui-même.
        erreurs: messages d'erreur ou d'avertissement de la console.
        violations: règles d'accessibilité violées, et sur quoi.
        controles: nombre de règles d'accessibilité satisfaites (témoin : axe a travaillé).
        debordements: largeur d'écran → largeur réelle, quand la page déborde.
    """

    requetes: list[str]
    erreurs: list[str]
    violations: list[str]
    controles: int
    debordements: dict[int, int]


def trouver_navigateur() -> str | None:
    """Chemin du Chromium ou du Chrome installé ; rien si aucun."""
    noms = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next(filter(None, map(shutil.which, noms)), None)


@contextmanager
def navigateur() -> "Iterator[Browser]":
    """Un navigateur sans fenêtre, jamais téléchargé."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as p:
        ouvert = p.chromium.launch(executable_path=trouver_navigateur(), args=OPTIONS)
        try:
            yield ouvert
        finally:
            ouvert.close()


def examiner(ouvert: "Browser", fichier: Path) -> Examen:
    """Ouvre une page à deux largeurs, détails dépliés, et la contrôle avec axe."""
    requetes: list[str] = []
    erreurs: list[str] = []
    debordements: dict[int, int] = {}
    violations: list[str] = []
    controles = 0
    for largeur in (ETROIT, LARGE):
        page = ouvert.new_page(viewport={"width": largeur, "height": 800})
        page.on("request", lambda r: requetes.append(r.url))
        page.on(
            "console", lambda m: erreurs.append(m.text) if m.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda e: erreurs.append(str(e)))
        page.goto(fichier.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        reelle = page.evaluate("document.documentElement.scrollWidth")
        if reelle > largeur:
            debordements[largeur] = reelle
        resultat = axe(page)
        controles += len(resultat["passes"])
        for violation in resultat["violations"]:
            cibles = [str(n["target"]) for n in violation["nodes"][:3]]
            violations.append(f"{largeur} px : {violation['id']} sur {', '.join(cibles)}")
        page.close()
    hors = [r for r in requetes if r != fichier.as_uri()]
    return Examen(hors, erreurs, violations, controles, debordements)


def axe(page: "Page") -> dict[str, Any]:
    """Résultat brut d'axe-core, WCAG 2 A et AA."""
    import axe_playwright_python

    page.evaluate(
        (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    )
    resultat: dict[str, Any] = page.evaluate(
        "normes => axe.run({runOnly: {type: 'tag', values: normes}})", NORMES
    )
    return resultat


def imprimer(ouvert: "Browser", fichier: Path, pdf: Path) -> tuple[int, set[tuple[int, int]]]:
    """Imprime en PDF selon la feuille de style ; rend le nombre de pages et leurs tailles."""
    page = ouvert.new_page()
    page.goto(fichier.as_uri())
    page.pdf(path=pdf, prefer_css_page_size=True, print_background=True)
    page.close()
    boites = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", pdf.read_bytes())
    return len(boites), {(round(float(x)), round(float(y))) for x, y in boites}
