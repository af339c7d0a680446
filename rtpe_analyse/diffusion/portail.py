"""Le portail d'un trimestre : ce qui est fait, ce qui manque et pourquoi.

La page se déduit du dossier des rapports (manifestes et échecs) : un lot partiel ne fait
oublier aucun rapport antérieur.
"""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from rtpe_analyse import __version__
from rtpe_analyse.chemins import Lieux
from rtpe_analyse.diffusion.gabarits import GABARIT, chaine_css, feuille_de_style
from rtpe_analyse.diffusion.manifeste import (
    COURTE,
    PROGRAMME,
    Donnees,
    Manifeste,
    lire_donnees,
    lire_manifeste,
)
from rtpe_analyse.diffusion.plan import Zone, dossier_des_rapports, lire_zones
from rtpe_analyse.diffusion.verification import liens, verifier_page
from rtpe_analyse.erreurs import ErreurRapport
from rtpe_analyse.etapes import empreinte_code, marquer, raisons_de_refaire
from rtpe_analyse.modeles import Niveau, Periode
from rtpe_analyse.restitution import formats
from rtpe_analyse.tableaux import ecrire_texte, empreinte_fichier, empreinte_octets

if TYPE_CHECKING:
    from jinja2 import Environment


_PERIODE = re.compile(r"\d{4}-(T[1-4]|(0[1-9]|1[0-2]))")


@dataclass(frozen=True)
class Entree:
    """Un rapport au portail.

    Attributes:
        titre: titre du rapport.
        lien: adresse relative de la page ; vide s'il n'y en a pas.
        edition: date d'édition de la page, en toutes lettres.
        etat: `a_jour`, `provisoire`, `ancien` (données plus récentes que lui) ou `echec`.
        raison: cause de l'échec.
    """

    titre: str
    lien: str
    edition: str
    etat: str
    raison: str


def ecrire_portail(
    lieux: Lieux,
    periode: Periode,
    niveau: Niveau = "interne",
    donnees: Donnees | None = None,
) -> Path:
    """Écrit `index.html` du trimestre, et la liste des périodes un étage plus haut.

    Rien n'est récrit si les deux pages et tout ce qu'elles disent sont inchangés.

    Args:
        lieux: dossiers du jeu.
        periode: période des rapports.
        niveau: niveau de secret.
        donnees: indicateurs lus, s'ils l'ont déjà été.

    Returns:
        Chemin de la page du trimestre.

    Raises:
        ErreurRapport: si un lien de la page ne mène à rien.
    """
    dossier = dossier_des_rapports(lieux, periode, niveau)
    donnees = donnees or lire_donnees(lieux, niveau)
    temoin = lieux.travail / "rapports" / dossier.name / "portail.json"
    destination = dossier / "index.html"
    if not raisons_de_refaire(temoin, _ingredients(lieux, destination, donnees)):
        return destination
    completudes = _completudes(lieux, periode, niveau)
    rubriques: list[dict[str, Any]] = []
    for zone in _zones(lieux, periode, dossier):
        entrees = _entrees(dossier, zone, donnees.empreinte)
        fiches = _fiches(dossier, zone, donnees.empreinte)
        if entrees or fiches:
            completude = completudes.get((zone.maille, zone.code), "non disponible")
            rubriques.append(
                {"zone": zone, "completude": completude, "entrees": entrees, "fiches": fiches}
            )
    toutes = [e for r in rubriques for e in (*r["entrees"], *r["fiches"])]
    page = _modele("portail.html.j2").render(
        style=feuille_de_style(),
        pied=chaine_css(f"Rapports · {formats.periode(periode)}"),
        periode=formats.periode(periode),
        rubriques=rubriques,
        comptes={etat: sum(e.etat == etat for e in toutes) for etat in _ETATS},
        etats=_ETATS,
        fictif=lieux.jeu == "exemple",
        niveau=niveau,
        recu_le=formats.jour(donnees.recu_le),
        version=__version__,
        donnees=donnees.empreinte[:COURTE],
    )
    page = formats.insecables(page)
    _publier({destination: page, lieux.rapports / "index.html": _accueil(lieux, destination)})
    marquer(temoin, _ingredients(lieux, destination, donnees))
    return destination


def _ingredients(lieux: Lieux, destination: Path, donnees: Donnees) -> dict[str, str]:
    dossier = destination.parent
    pages = [destination, lieux.rapports / "index.html"]
    manifestes = sorted(dossier.rglob("*.json"))
    noms = sorted(str(f) for f in (*dossier.rglob("*.html"), *lieux.rapports.glob("*/index.html")))
    return {
        "données": donnees.empreinte,
        "manifestes": empreinte_octets("".join(map(empreinte_fichier, manifestes)).encode()),
        "rapports": empreinte_octets("\n".join(noms).encode()),
        "pages": "".join(empreinte_fichier(p) for p in pages if p.exists()),
        "programme": empreinte_code(*PROGRAMME),
    }


_ETATS = {
    "a_jour": "à jour",
    "provisoire": "provisoire",
    "ancien": "à refaire",
    "echec": "en échec",
}


def _accueil(lieux: Lieux, nouvelle: Path) -> str:
    periodes = []
    for page in sorted({*lieux.rapports.glob("*/index.html"), nouvelle}, reverse=True):
        nom, _, niveau = page.parent.name.partition("_")
        if not _PERIODE.fullmatch(nom):
            continue
        libelle = formats.majuscule(formats.periode(Periode.lire(nom)))
        suffixe = f" (niveau {niveau})" if niveau else ""
        periodes.append({"lien": f"{page.parent.name}/index.html", "libelle": libelle + suffixe})
    page_accueil: str = _modele("accueil.html.j2").render(
        style=feuille_de_style(),
        pied="",
        periodes=periodes,
        fictif=lieux.jeu == "exemple",
        version=__version__,
    )
    return page_accueil


def _publier(pages: dict[Path, str]) -> None:
    """Vérifie toutes les pages et leurs liens avant d'en écrire une seule."""
    for destination, page in pages.items():
        verifier_page(page)
        for lien in liens(page):
            cible = Path(os.path.normpath(destination.parent / lien))
            if cible not in pages and not cible.is_file():
                raise ErreurRapport("Un lien du portail ne mène à aucun rapport.")
    for destination, page in pages.items():
        ecrire_texte(destination, page)


def _zones(lieux: Lieux, periode: Periode, dossier: Path) -> list[Zone]:
    """Zones de la période, puis celles qui n'existent plus mais ont encore un rapport."""
    connues = lire_zones(lieux, periode)
    lus = (lire_manifeste(f) for f in sorted(dossier.glob("*/*.json")))
    autres = {Zone(m.maille, m.zone, m.libelle): None for m in lus if m}
    deja = {(z.maille, z.code) for z in connues}
    return connues + [z for z in autres if (z.maille, z.code) not in deja]


def _entrees(dossier: Path, zone: Zone, donnees: str) -> list[Entree]:
    """Les rapports de la zone, titrés par leur carnet, dans l'ordre des carnets."""
    return [e for e, _ in _lus(dossier, dossier / zone.dossier, donnees)]


def _fiches(dossier: Path, zone: Zone, donnees: str) -> list[Entree]:
    """Les fiches des établissements du territoire, titrées et triées par leur nom."""
    if zone.maille != "territoire":
        return []
    cotes = sorted(c for c in (dossier / zone.dossier).glob("*") if c.is_dir())
    lues = [couple for cote in cotes for couple in _lus(dossier, cote, donnees)]
    return [replace(e, titre=nom) for e, nom in sorted(lues, key=lambda c: (c[1], c[0].lien))]


def _lus(dossier: Path, cote: Path, donnees: str) -> list[tuple[Entree, str]]:
    """Chaque rapport d'un dossier, et le nom de sa zone."""
    noms = {f.name.split(".")[0] for f in cote.glob("*.json")}
    entrees = []
    for nom in sorted(noms):
        fait = lire_manifeste(cote / f"{nom}.json") if (cote / f"{nom}.html").is_file() else None
        rate = lire_manifeste(cote / f"{nom}.echec.json")
        dernier = rate or fait
        if dernier is None:
            continue
        entree = Entree(
            titre=dernier.titre,
            lien=(cote / f"{nom}.html").relative_to(dossier).as_posix() if fait else "",
            edition=formats.jour(date.fromisoformat(fait.edition)) if fait else "",
            etat=_etat(fait, rate, donnees),
            raison=rate.raison if rate else "",
        )
        entrees.append((entree, dernier.libelle))
    return entrees


def _etat(fait: Manifeste | None, rate: Manifeste | None, donnees: str) -> str:
    if rate or fait is None:
        return "echec"
    if fait.empreinte_indicateurs != donnees:
        return "ancien"
    return "provisoire" if fait.provisoire else "a_jour"


def _completudes(lieux: Lieux, periode: Periode, niveau: Niveau) -> dict[tuple[str, str], str]:
    """Complétude (Q1) de chaque zone, écrite en pour cent ; absente si non calculable."""
    chemin = lieux.indicateurs / niveau / "qualite.parquet"
    if not chemin.exists():
        return {}
    lignes: Iterable[tuple[Any, ...]] = (
        pl.scan_parquet(chemin)
        .filter(
            (pl.col("indicateur") == "Q1")
            & (pl.col("periode") == str(periode))
            & (pl.col("ventilation") == "")
            & pl.col("valeur").is_not_null()
        )
        .select("maille", "zone", "valeur")
        .collect()
        .iter_rows()
    )
    return {(maille, zone): formats.pourcentage(valeur) for maille, zone, valeur in lignes}


@cache
def _environnement() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(GABARIT),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _modele(nom: str) -> Any:
    return _environnement().get_template(nom)
