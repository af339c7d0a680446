"""Les documents disent vrai : commandes, options, chemins, codes d'indicateurs, seuils."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from rtpe_analyse.cli import app
from rtpe_analyse.indicateurs import indicateurs_declares
from rtpe_analyse.reglementation import historique

RACINE = Path(__file__).resolve().parents[2]
DOCUMENTS = ("README.md", "CONTRIBUER.md", "CONFIDENTIALITE.md", "GLOSSAIRE.md")
CITATION = re.compile(r"(?:^|[`( ]|\.venv[/\\](?:bin|Scripts)[/\\])rtpe +([a-z][^\n`#»]*)", re.M)
# Ce qui naît à l'usage, ou ne sert que d'exemple : le dossier parent suffit.
CREES = re.compile(
    r"^(donnees/(?!referentiel|LISEZMOI)|rapports/|carnets/horaires_|exports/|telechargements/"
    r"|rtpe_analyse/sources/descripteurs/pomme_|validations/brut/pomme_|tests/\w+/test_(source_pomme|P4)"
    r"|carnets/etudes/\w+\.ipynb)"
)
CHEMIN = re.compile(
    r"(?<![\w/.-])((?:rtpe_analyse|tests|validations|carnets|donnees|rapports|docs)/[\w./-]*"
    r"|[\w-]+\.(?:md|txt|toml)|Makefile)(?![\w/])"
)
FICTIFS = {"LISEZMOI.md"}


def lire(document: str) -> str:
    return (RACINE / document).read_text(encoding="utf-8")


@cache
def commandes() -> dict[str, Any]:
    """Chaque commande et sous-commande, par son nom complet."""
    trouvees = {}
    for nom, commande in get_command(app).commands.items():
        trouvees[nom] = commande
        for sous, fille in getattr(commande, "commands", {}).items():
            trouvees[f"{nom} {sous}"] = fille
    return trouvees


def fautes_de_commande(texte: str) -> list[str]:
    """Commandes ou options citées qui n'existent pas."""
    fautes = []
    for citee in CITATION.findall(texte):
        mots = citee.split()
        nom = next((n for n in (" ".join(mots[:2]), mots[0]) if n in commandes()), None)
        if nom is None:
            fautes.append(citee)
            continue
        connues = {o for p in commandes()[nom].params for o in p.opts} | {"--help"}
        fautes += [f"{nom} {m}" for m in re.findall(r"--[\w-]+", citee) if m not in connues]
    return fautes


def chemins_cites(texte: str) -> set[str]:
    return {c.rstrip("./") for c in CHEMIN.findall(texte)} - FICTIFS


@pytest.mark.parametrize("document", DOCUMENTS)
def test_les_commandes_citees_existent(document: str) -> None:
    assert not fautes_de_commande(lire(document))


def test_des_commandes_sont_bien_citees() -> None:
    assert len(CITATION.findall(lire("README.md"))) >= 8
    assert len(CITATION.findall(lire("CONTRIBUER.md"))) >= 6
    assert fautes_de_commande("`rtpe raports`, `rtpe etat --vite`") == ["raports", "etat --vite"]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_les_chemins_cites_existent(document: str) -> None:
    cites = chemins_cites(lire(document))
    absents = [c for c in cites if not CREES.match(c) and not (RACINE / c).exists()]
    assert not absents


def test_des_chemins_sont_bien_cites() -> None:
    assert len(chemins_cites(lire("CONTRIBUER.md"))) >= 15
    assert chemins_cites("voir `tests/nulle_part.py` et `ABSENT.md`") == {
        "tests/nulle_part.py",
        "ABSENT.md",
    }


def codes_du_glossaire() -> set[str]:
    """Codes entre parenthèses ou cités dans la colonne du sens : (T1), T1c…"""
    codes = set()
    for ligne in lire("GLOSSAIRE.md").splitlines():
        if ligne.startswith("| **"):
            mot, sens = ligne.strip("| ").split("|", 1)
            codes |= set(re.findall(r"\b[A-Z]\d+[a-z]?\b|\bETP\b", mot + sens))
    return codes


def test_le_glossaire_et_les_indicateurs_se_repondent() -> None:
    glossaire = codes_du_glossaire()
    assert len(glossaire) > 15
    assert glossaire == set(indicateurs_declares())


def test_les_seuils_de_confidentialite_sont_ceux_du_programme() -> None:
    texte = lire("CONFIDENTIALITE.md")
    for niveau in ("interne", "diffusion"):
        (ligne,) = [x for x in texte.splitlines() if x.startswith(f"| `{niveau}`")]
        ecrits = [int(n) for n in re.findall(r"masqués sous (\d+)", ligne)]
        attendus = [
            historique("secret", f"{niveau}_{nature}")[-1].valeur
            for nature in ("effectifs", "revenus")
        ]
        assert ecrits == attendus
