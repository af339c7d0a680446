"""Du carnet exécuté à la page HTML, par nbconvert et notre gabarit.

Ce module importe nbconvert ; on ne l'importe qu'au moment de convertir.

On part de `TemplateExporter` plutôt que de `HTMLExporter` : ce dernier relit toute la page pour
combler les textes de remplacement absents par une phrase anglaise qui ne dit rien, alors que
nous refusons la figure ; la conversion y gagne aussi les deux tiers de son temps.
"""

import re
import threading
from copy import deepcopy
from functools import cache
from html import unescape

from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters.markdown_mistune import markdown2html_mistune
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook

from rtpe_analyse.diffusion.demande import EchecRapport
from rtpe_analyse.diffusion.gabarits import (
    GABARIT,
    Contexte,
    Titre,
    ancre,
    chaine_css,
    feuille_de_style,
)
from rtpe_analyse.restitution.formats import insecables

_TITRE = re.compile(r'<h([1-6]) id="[^"]*">(.*?)<a class="anchor-link"[^>]*>.*?</a></h\1>', re.S)
_BALISE = re.compile(r"<[^>]+>")
_verrou = threading.Lock()


def convertir(carnet: NotebookNode, contexte: Contexte) -> str:
    """Page HTML complète d'un carnet exécuté et vérifié.

    Args:
        carnet: carnet exécuté ; il n'est pas modifié.
        contexte: ce que la page dit d'elle-même ; le titre et le sommaire y sont ajoutés.

    Raises:
        EchecRapport: titre de niveau 1 absent, répété ou mal placé.
    """
    carnet = deepcopy(carnet)
    titres, sommaire = _preparer(carnet)
    if len(titres) != 1:
        raise EchecRapport(
            f"Le carnet a {len(titres)} titres de niveau 1 : il en faut un, dans la première "
            "cellule."
        )
    ressources = {
        "rtpe": contexte,
        "titre": titres[0],
        "sommaire": sommaire,
        "pied": chaine_css(f"{titres[0]} · {contexte.zone} · {contexte.periode}"),
        "style": feuille_de_style(),
    }
    with _verrou:
        page, _ = _exportateur().from_notebook_node(carnet, ressources)
    return f"{page.rstrip()}\n"


def prechauffer() -> None:
    """Convertit un carnet d'un titre : gabarits, schémas et lecteur de Markdown sont prêts."""
    carnet = new_notebook(cells=[new_markdown_cell("# T")])  # type: ignore[no-untyped-call]
    carnet.cells[0].id = "t"
    convertir(carnet, Contexte("", "", "", "", "", True, True, "", "", {}))


class _Exportateur(TemplateExporter):
    output_mimetype = "text/html"


@cache
def _exportateur() -> _Exportateur:
    return _Exportateur(  # type: ignore[no-untyped-call]
        file_extension=".html",
        template_file="page.html.j2",
        template_name=GABARIT.name,
        extra_template_basedirs=[str(GABARIT.parent)],
        exclude_input=True,
        # Le carnet se valide une fois, pas après chacun des onze traitements.
        optimistic_validation=True,
    )


def _preparer(carnet: NotebookNode) -> tuple[list[str], list[Titre]]:
    """Rend les textes, retire le titre principal, relève les titres du sommaire."""
    principaux: list[str] = []
    sommaire: list[Titre] = []
    prises: set[str] = {"contenu", "sommaire", "tracabilite"}

    def remplacer(trouve: re.Match[str]) -> str:
        niveau, interieur = int(trouve[1]), trouve[2].strip()
        texte = unescape(_BALISE.sub("", interieur)).strip()
        if niveau == 1:
            principaux.append(texte)
            return ""
        cle = ancre(texte, prises)
        if niveau <= 3:
            sommaire.append(Titre(niveau, texte, cle))
        return f'<h{niveau} id="{cle}">{interieur}</h{niveau}>'

    for cellule in carnet.cells:
        if cellule.cell_type == "markdown":
            html = _TITRE.sub(remplacer, markdown2html_mistune(cellule.source)).strip()
            html = insecables(html)
            html = html.replace("<table>", '<div class="defilant" tabindex="0"><table>')
            cellule.metadata["html"] = html.replace("</table>", "</table></div>")
    return principaux, sommaire
