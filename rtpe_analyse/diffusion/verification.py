"""Le dernier contrôle avant publication : un rapport qui montre autre chose est refusé.

Deux examens : les sorties du carnet exécuté (chacune doit être un objet de restitution, donc
passée par le secret statistique), puis la page entière (rien d'extérieur, rien de la machine).
Une page contient toutes ses sorties : lire leur HTML à part ne sert qu'à situer un défaut.
"""

import re
import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rtpe_analyse.chemins import RACINE_PROJET
from rtpe_analyse.diffusion.demande import EchecRapport

if TYPE_CHECKING:
    from nbformat import NotebookNode

_INTERDITES = {
    "script",
    "iframe",
    "object",
    "embed",
    "link",
    "base",
    "form",
    "input",
    "audio",
    "video",
    "source",
    "track",
    "applet",
    "frame",
    "frameset",
    "foreignobject",
}
_ADRESSES = {"src", "href", "xlink:href", "srcset", "poster", "data", "action", "background"}
_TITRES = {f"h{niveau}": niveau for niveau in range(1, 7)}
_IMAGE = re.compile(r"<(?:svg|img)\b", re.I)
# Aucun texte refusé n'échappe à ce premier tri, et presque aucun autre ne le passe.
_SUSPECT = re.compile(r"[/\\@]|javascript:|url\(", re.I)
_URL = re.compile(
    r"(?:https?|ftp|wss?|file)://|javascript:|url\(\s*['\"]?(?!#|data:)|@import", re.I
)
_CHEMIN = re.compile(
    r"(?<![\w/.<-])/(?:home|root|users|usr|tmp|var|opt|mnt|srv|etc|private|work|workspace)/\w"
    r"|(?<!\w)[a-z]:\\\w|\\\\\w+\\\w",
    re.I,
)


def verifier_sorties(carnet: "NotebookNode") -> bool:
    """Refuse toute sortie qui n'est pas un objet de restitution.

    Args:
        carnet: carnet exécuté, sans la cellule de paramètres injectée ; l'intérieur de son
            HTML n'est pas lu (voir `verifier_page`).

    Returns:
        Vrai si l'un des objets dit le rapport provisoire (`rtpe.statut`).

    Raises:
        EchecRapport: à la première sortie refusée, avec le rang de sa cellule.
    """
    genres: list[str] = []
    provisoire = False
    for rang, cellule in enumerate(carnet.cells, start=1):
        for sortie in cellule.get("outputs", []):
            fiche = _fiche(sortie, rang)
            genres.append(fiche["genre"])
            provisoire |= fiche.get("statut") == "provisoire"
    if not genres:
        raise EchecRapport("Le carnet n'affiche aucun résultat.")
    return provisoire


def situer_le_defaut(carnet: "NotebookNode") -> None:
    """Cherche quelle sortie fait refuser une page, pour que l'échec nomme sa cellule.

    Args:
        carnet: carnet exécuté dont `verifier_page` a refusé la page.

    Raises:
        EchecRapport: à la première sortie en défaut ; rien si le défaut n'est dans aucune.
    """
    for rang, cellule in enumerate(carnet.cells, start=1):
        for sortie in cellule.get("outputs", []):
            lecteur = _Lecteur()
            lecteur.feed("".join(sortie["data"]["text/html"]))
            lecteur.close()
            if lecteur.defauts:
                raise EchecRapport(f"{lecteur.defauts[0]}.", cellule=rang)


def verifier_page(page: str) -> None:
    """Refuse une page qui appelle l'extérieur, nomme la machine ou se structure mal.

    Args:
        page: HTML complet.

    Raises:
        EchecRapport: au premier défaut ; le message le nomme sans citer le texte.
    """
    lecteur = _Lecteur()
    lecteur.feed(page)
    lecteur.close()
    if lecteur.defauts:
        raise EchecRapport(f"page refusée : {lecteur.defauts[0]}.")
    if lecteur.langue != "fr":
        raise EchecRapport("page refusée : la langue n'est pas déclarée.")
    if lecteur.titres.count(1) != 1:
        raise EchecRapport(
            f"page refusée : {lecteur.titres.count(1)} titres de niveau 1 au lieu d'un."
        )
    multiples = [i for i, n in lecteur.ids.items() if n > 1 and i in lecteur.renvois]
    if multiples:
        raise EchecRapport("page refusée : deux éléments portent le même identifiant d'ancre.")
    if lecteur.renvois - lecteur.ids.keys():
        raise EchecRapport("page refusée : un lien interne ne mène nulle part.")


def liens(page: str) -> list[str]:
    """Adresses des liens d'une page, dans l'ordre, ancres internes exclues."""
    lecteur = _Lecteur()
    lecteur.feed(page)
    lecteur.close()
    return lecteur.liens


def _fiche(sortie: Any, rang: int) -> dict[str, str]:
    genre = sortie["output_type"]
    if genre == "error":
        raise EchecRapport("la cellule affiche une erreur.", cellule=rang)
    if genre == "stream":
        if sortie["name"] == "stderr":
            raise EchecRapport(
                "un avertissement est sorti sur l'erreur standard.",
                "Traiter la cause de l'avertissement : il n'a pas sa place dans un rapport.",
                cellule=rang,
            )
        raise _sortie_brute(rang)
    html = sortie["data"].get("text/html")
    fiche = sortie.get("metadata", {}).get("text/html", {}).get("rtpe")
    if html is None or not isinstance(fiche, dict) or not fiche.get("genre"):
        raise _sortie_brute(rang)
    if fiche["genre"] == "figure" and not str(fiche.get("alt") or "").strip():
        raise EchecRapport("figure sans texte de remplacement.", cellule=rang)
    if fiche["genre"] == "figure" and not _IMAGE.search("".join(html)):
        raise EchecRapport("figure sans image.", cellule=rang)
    return fiche


def _sortie_brute(rang: int) -> EchecRapport:
    return EchecRapport(
        "sortie brute refusée.",
        "Un rapport ne montre que des objets de rtpe_analyse.restitution.",
        cellule=rang,
    )


class _Lecteur(HTMLParser):
    """Relève en une passe ce que les contrôles demandent ; `defauts` ne cite aucun texte."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.defauts: list[str] = []
        self.langue: str | None = None
        self.titres: list[int] = []
        self.ids: Counter[str] = Counter()
        self.renvois: set[str] = set()
        self.liens: list[str] = []
        self._chemins = _chemins_connus()
        self._svg: list[bool] = []
        self._dans_titre_svg = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributs = {nom: valeur or "" for nom, valeur in attrs}
        self._controler_balise(tag, attributs)
        if tag == "html":
            self.langue = attributs.get("lang")
        elif niveau := _TITRES.get(tag):
            if self.titres and niveau > self.titres[-1] + 1:
                self.defauts.append("un niveau de titre est sauté")
            self.titres.append(niveau)
        elif tag == "img":
            if not attributs.get("alt", "").strip():
                self.defauts.append("image sans texte de remplacement")
        elif tag == "svg":
            self._svg.append(bool(self._svg) or self._dessin_nomme(attributs))
        elif tag == "title" and self._svg:
            self._dans_titre_svg = True
        if tag == "a" and (adresse := attributs.get("href")) and not adresse.startswith("#"):
            self.liens.append(adresse)

    def _dessin_nomme(self, attributs: dict[str, str]) -> bool:
        if attributs.get("aria-hidden") == "true":
            return True
        if attributs.get("role") != "img":
            self.defauts.append("dessin sans le rôle d'image")
        return bool(attributs.get("aria-label", "").strip())

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._dans_titre_svg = False
        elif tag == "svg" and self._svg and not self._svg.pop():
            self.defauts.append("dessin sans texte de remplacement")

    def handle_data(self, data: str) -> None:
        if self._dans_titre_svg and data.strip():
            self._svg[-1] = True
        self._controler_texte(data)

    def handle_comment(self, data: str) -> None:
        self._controler_texte(data)

    def _controler_balise(self, tag: str, attributs: dict[str, str]) -> None:
        if tag in _INTERDITES:
            self.defauts.append(f"élément « {tag} » interdit")
        if tag == "meta" and "http-equiv" in attributs:
            self.defauts.append("redirection interdite")
        for nom, valeur in attributs.items():
            if nom.startswith("on"):
                self.defauts.append("script interdit")
            if nom in _ADRESSES and re.match(r"\s*(//|[a-z][a-z0-9+.-]*:(?!image/))", valeur, re.I):
                self.defauts.append("adresse externe")
            if not nom.startswith("xmlns"):
                self._controler_texte(valeur)
        if identifiant := attributs.get("id"):
            self.ids[identifiant] += 1
        if attributs.get("href", "").startswith("#") and tag == "a":
            self.renvois.add(attributs["href"][1:])
        for nom in ("aria-labelledby", "aria-describedby", "headers", "for"):
            self.renvois.update(attributs.get(nom, "").split())

    def _controler_texte(self, texte: str) -> None:
        if not _SUSPECT.search(texte):
            return
        if _URL.search(texte):
            self.defauts.append("adresse externe")
        if _CHEMIN.search(texte) or any(p in texte for p in self._chemins):
            self.defauts.append("chemin de la machine")


def _chemins_connus() -> list[str]:
    """Dossiers de cette machine, quel que soit l'endroit où elle est installée."""
    dossiers = {str(RACINE_PROJET), sys.prefix, str(Path.home())}
    return [d for d in dossiers if len(d) > len("/root")]
