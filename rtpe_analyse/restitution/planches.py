"""Monter une figure : titre qui conclut, texte de remplacement, SVG, tableau repliable."""

import re
from html import escape

from rtpe_analyse.restitution.objets import Restitution
from rtpe_analyse.restitution.tableaux import Tableau
from rtpe_analyse.tableaux import empreinte_octets


def planche(
    titre: str,
    alt: str,
    svg: str,
    donnees: Tableau,
    note: str = "",
    *,
    classe: str = "",
    legende: str = "",
) -> Restitution:
    """La figure complète.

    Args:
        titre: conclusion calculée, écrite au-dessus du dessin.
        alt: ce que montre le dessin, en toutes lettres, pour qui ne le voit pas.
        svg: texte rendu par `figures`.
        donnees: les mêmes chiffres, dépliables sous le dessin.
        note: champ et source, sous le dessin.
        classe: classe CSS de plus, pour un dessin dont la taille à l'impression se règle.
        legende: la légende en toutes lettres, montrée sur un écran étroit où celle du dessin
            est hors de vue.
    """
    prefixe = f"f{empreinte_octets((titre + svg).encode())[:8]}"
    dessin = _nommer(svg, prefixe, titre, alt)
    pied = f'<p class="rtpe-legende">{escape(note)}</p>' if note else ""
    if legende:
        pied = f'<p class="rtpe-legende rtpe-etroite">{escape(legende)}</p>{pied}'
    classes = f"rtpe-figure {classe}".rstrip()
    html = (
        f'<figure class="{classes}"><figcaption>{escape(titre)}</figcaption>'
        f'<div class="rtpe-dessin" role="region" tabindex="0" '
        f'aria-label="Dessin : {escape(titre)}">{dessin}</div>{pied}'
        f'<details class="rtpe-donnees"><summary>Voir les chiffres de cette figure</summary>'
        f"{donnees.html()}</details></figure>"
    )
    return Restitution("figure", html, alt, titre)


def sans_figure(titre: str, raison: str) -> Restitution:
    """Ce qui remplace une figure sans valeur à montrer : une phrase, jamais un dessin vide."""
    html = (
        f'<div class="rtpe-encadre rtpe-vide"><p class="rtpe-encadre-titre">{escape(titre)}</p>'
        f"<p>{escape(raison)}</p></div>"
    )
    return Restitution("encadre", html, f"{titre} : {raison}", titre)


def _nommer(svg: str, prefixe: str, titre: str, alt: str) -> str:
    # Plusieurs SVG partagent la page : sans préfixe, leurs identifiants se heurteraient.
    propre = re.sub(r'(\bid="|href="#|url\(#)', rf"\1{prefixe}-", svg)
    propre = re.sub(r'<svg [^>]*?(viewBox="[^"]*")[^>]*>', r"<svg \1 @>", propre, count=1)
    attributs = (
        f'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'role="img" aria-labelledby="{prefixe}-titre {prefixe}-alt"'
    )
    dits = (
        f'<title id="{prefixe}-titre">{escape(titre)}</title>'
        f'<desc id="{prefixe}-alt">{escape(alt)}</desc>'
    )
    return propre.replace(" @>", f" {attributs}>{dits}", 1)
