"""Le monde du banc : des données figées, le carnet de référence, l'empreinte des sorties.

Les données sont tirées d'une graine fixe : deux machines mesurent le même travail.
"""

import hashlib
import json
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import polars as pl

from rtpe_analyse.chemins import Lieux

CARNETS = Path(__file__).parent / "carnets"
CARNET = CARNETS / "reference.ipynb"
PERIODE = "2026-T3"
EDITION = "2026-10-15"
SORTIES = 6
_GRAINE = 20261015
_LIGNES_PAR_TERRITOIRE = 2500
_ETABLISSEMENTS = 4
_SECTION = re.compile(r'<section class="banc">.*?</section>', re.DOTALL)


class EmpreinteFausse(Exception):
    """Les sorties d'un mode ne sont pas celles des autres : ses temps ne valent rien."""


def territoires(nombre: int) -> list[str]:
    """Codes fictifs, un par exécution."""
    return [f"T{rang:02d}" for rang in range(1, nombre + 1)]


def fabriquer(racine: Path, nombre: int) -> Lieux:
    """Écrit le dossier d'indicateurs que lisent tous les modes.

    Args:
        racine: dossier vide.
        nombre: nombre de territoires, donc d'exécutions.

    Returns:
        Les dossiers du jeu, `indicateurs/presences.parquet` compris : une ligne par présence,
        heures au quart d'heure.
    """
    lieux = Lieux(racine / "donnees", racine / "rapports", "exemple")
    (lieux.indicateurs / "interne").mkdir(parents=True)
    codes = territoires(nombre)
    hasard = np.random.default_rng(_GRAINE)
    taille = nombre * _LIGNES_PAR_TERRITOIRE
    zone = np.repeat(np.array(codes), _LIGNES_PAR_TERRITOIRE)
    rang = hasard.integers(1, _ETABLISSEMENTS + 1, taille)
    pl.DataFrame(
        {
            "territoire": zone,
            "etablissement": [f"{z}-{r}" for z, r in zip(zone, rang, strict=True)],
            "mois": hasard.integers(1, 13, taille),
            "jour": hasard.integers(1, 6, taille),
            "arrivee": hasard.integers(7, 18, taille),
            # Des quarts d'heure : leurs sommes sont exactes, quel que soit l'ordre des fils.
            "heures": np.round(hasard.gamma(9.0, 0.8, taille) * 4) / 4,
        }
    ).write_parquet(lieux.indicateurs / "presences.parquet")
    pl.DataFrame(
        [("territoire", c, f"Territoire {c}", None, date(2020, 1, 1), None) for c in codes],
        schema={
            "maille": pl.String,
            "zone": pl.String,
            "libelle": pl.String,
            "parent": pl.String,
            "valide_du": pl.Date,
            "valide_au": pl.Date,
        },
        orient="row",
    ).write_parquet(lieux.indicateurs / "zones.parquet")
    trace = {"version": "0", "jeu": "exemple", "recu_le": EDITION, "bruts": [], "regles": []}
    (lieux.indicateurs / "trace.json").write_text(json.dumps(trace), encoding="utf-8")
    return lieux


def empreinte(html: str) -> str:
    """SHA-256 des sorties d'une page, quel que soit le gabarit qui les entoure.

    nbconvert réécrit les balises sans rien changer à ce qu'elles disent (ordre des attributs) :
    on compare la suite des éléments, attributs triés, et des textes.

    Raises:
        EmpreinteFausse: s'il n'y a pas le nombre attendu de sorties.
    """
    sections = _SECTION.findall(html)
    if len(sections) != SORTIES:
        raise EmpreinteFausse(f"{len(sections)} sorties au lieu de {SORTIES}.")
    lecteur = _Suite()
    lecteur.feed("".join(sections))
    lecteur.close()
    return hashlib.sha256(repr(lecteur.suite).encode()).hexdigest()


class _Suite(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.suite: list[object] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.suite.append((tag, sorted((nom, valeur or "") for nom, valeur in attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.suite.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.suite.append(data.split())


def concorder(modes: dict[str, dict[str, str]]) -> str:
    """Vérifie que tous les modes ont rendu les mêmes sorties, et rend leur empreinte commune.

    Args:
        modes: nom du mode → (territoire → empreinte) ; un mode peut n'en faire qu'une partie.

    Raises:
        EmpreinteFausse: au premier mode qui diffère, ou s'il n'a rien rendu.
    """
    complet: dict[str, str] = {}
    for mode, rendus in modes.items():
        if not rendus:
            raise EmpreinteFausse(f"Le mode « {mode} » n'a rien rendu.")
        for code, valeur in rendus.items():
            if complet.setdefault(code, valeur) != valeur:
                raise EmpreinteFausse(f"Le mode « {mode} » diffère pour {code}.")
    return hashlib.sha256(json.dumps(complet, sort_keys=True).encode()).hexdigest()[:16]
