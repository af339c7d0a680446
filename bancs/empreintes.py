"""L'empreinte des résultats d'une page, quelle que soit la façon de la produire."""

import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

_RESULTATS = re.compile(
    r'<figure class="rtpe-figure">.*?</figure>|<div class="rtpe-tableau">.*?</table>', re.S
)
_PAR_PAGE = 5


def empreintes(dossier: Path, codes: list[str]) -> dict[str, str]:
    """Empreinte des figures et du tableau de chaque territoire.

    `jupyter nbconvert` réécrit les balises de la page : ni les blancs, ni l'ordre des attributs,
    ni la façon de fermer une balise ne comptent. Les identifiants SVG sont fixés par le carnet.

    Args:
        dossier: dossier où un concurrent a écrit ses pages.
        codes: territoires attendus.

    Raises:
        SystemExit: page absente, ou à laquelle il manque un résultat.
    """
    pages = [p for p in dossier.rglob("*.html") if p.name != "index.html"]
    trouvees = {}
    for code in codes:
        siennes = [p for p in pages if code in (p.stem, p.parent.name)]
        resultats = [r for p in siennes for r in _RESULTATS.findall(p.read_text(encoding="utf-8"))]
        if len(resultats) != _PAR_PAGE:
            raise SystemExit(f"{dossier.name}, {code} : {len(resultats)} résultats.")
        lecteur = _Lecteur()
        lecteur.feed("".join(resultats))
        lecteur.close()
        trouvees[code] = hashlib.sha256(repr(lecteur.vus).encode()).hexdigest()
    return trouvees


class _Lecteur(HTMLParser):
    """La suite des balises, de leurs attributs triés et des textes."""

    def __init__(self) -> None:
        super().__init__()
        self.vus: list[object] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.vus.append((tag, sorted((nom, " ".join((v or "").split())) for nom, v in attrs)))

    def handle_data(self, data: str) -> None:
        if net := " ".join(data.split()):
            self.vus.append(net)
