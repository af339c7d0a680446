"""Petits carnets et petit dossier d'indicateurs, pour éprouver la diffusion sans la chaîne."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.diffusion.carnets import Carnet, lire_carnet
from rtpe_analyse.diffusion.demande import Demande

PARAMETRES = {
    "territoire": "T2",
    "periode": "2026-T3",
    "niveau": "interne",
    "edition": "2026-10-15",
}
CELLULE_PARAMETRES = "\n".join(
    [
        'territoire = "T1"  # code du territoire',
        'periode = "2026-T3"  # trimestre',
        'niveau = "interne"  # niveau de secret',
        'edition = "2026-10-15"  # date imprimée',
    ]
)
IMPORTS = "from rtpe_analyse.restitution.objets import Restitution, phrase"
FIGURE = (
    'Restitution("figure", \'<figure class="rtpe-figure"><figcaption>Un carré</figcaption>'
    '<svg viewBox="0 0 10 10" role="img"><title>Un carré</title>'
    '<rect width="9" height="9"/></svg></figure>\', alt={alt!r})'
)


def texte(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def code(source: str, *etiquettes: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "metadata": {"tags": list(etiquettes)} if etiquettes else {},
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def parametres(source: str = CELLULE_PARAMETRES) -> dict[str, Any]:
    return code(source, "parameters")


def ecrire_carnet(
    dossier: Path, nom: str, cellules: Sequence[dict[str, Any]], *, titre: str | None = "Essai"
) -> Carnet:
    """Écrit un carnet (titre, puis les cellules) et le relit."""
    debut = [texte(f"# {titre}\n\nLa question posée.")] if titre else []
    contenu = {"cells": [*debut, *cellules], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    dossier.mkdir(parents=True, exist_ok=True)
    (dossier / f"{nom}.ipynb").write_text(json.dumps(contenu), encoding="utf-8")
    return lire_carnet(nom, dossier)


def demande(carnet: Carnet, racine: Path, delai: float = 60) -> Demande:
    return Demande(carnet, dict(PARAMETRES), racine, racine / "cache", delai)


def ecrire_indicateurs(
    racine: Path, territoires: Sequence[str] = ("T1", "T2"), *, completude: float = 0.996
) -> Lieux:
    """Le dossier d'indicateurs le plus petit que la diffusion accepte, jeu d'exemple."""
    lieux = Lieux(donnees=racine / "donnees", sortie=racine / "rapports", jeu="exemple")
    zones = [("territoire", t, f"Territoire {t}", "D") for t in territoires]
    zones.append(("departement", "D", "Le département", None))
    (lieux.indicateurs / "interne").mkdir(parents=True, exist_ok=True)
    pl.DataFrame(
        [(m, z, nom, parent, date(2020, 1, 1), None) for m, z, nom, parent in zones],
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
    pl.DataFrame(
        [("Q1", m, z, "2026-T3", "", completude) for m, z, *_ in zones],
        schema=["indicateur", "maille", "zone", "periode", "ventilation", "valeur"],
        orient="row",
    ).write_parquet(lieux.indicateurs / "interne" / "qualite.parquet")
    trace = {
        "version": "0",
        "jeu": "exemple",
        "recu_le": "2026-10-05",
        "bruts": ["a" * 64, "b" * 64],
        "regles": [
            {
                "theme": "secret",
                "cle": "seuil",
                "effet": "2026-01-01",
                "reference": "note de service",
            }
        ],
    }
    (lieux.indicateurs / "trace.json").write_text(json.dumps(trace), encoding="utf-8")
    return lieux


def composer_page(sections: int = 2) -> str:
    """Une page complète du gabarit, sans noyau : textes, figure, tableau, tous les bandeaux."""
    import nbformat

    from rtpe_analyse.diffusion.exportateur import convertir
    from rtpe_analyse.diffusion.gabarits import Contexte

    figure = (
        '<figure class="rtpe-figure"><figcaption>Un carré domine</figcaption>'
        '<svg viewBox="0 0 60 20" role="img"><title>Un carré domine</title>'
        '<rect width="19" height="19"/></svg></figure>'
    )
    colonnes = "".join(f'<th scope="col">Colonne {i}</th>' for i in range(12))
    cases = "<td>1\u202f234,5</td>" * 11
    tableau = (
        '<div class="rtpe-tableau" role="region" tabindex="0" aria-label="Tableau : essai">'
        f'<table class="rtpe-table"><caption>Essai</caption><thead><tr>{colonnes}</tr></thead>'
        f'<tbody><tr><th scope="row">E001</th>{cases}</tr></tbody>'
        "</table></div>"
    )
    cellules: list[dict[str, Any]] = [texte("# Un rapport d'essai\n\nLa question posée.")]
    for i in range(sections):
        cellules.append(texte(f"## Section {i}\n\n{'Une phrase assez longue. ' * 12}"))
        cellule = code("")
        cellule["outputs"] = [
            {
                "output_type": "execute_result",
                "execution_count": 1,
                "data": {"text/html": contenu},
                "metadata": {},
            }
            for contenu in (figure, tableau)
        ]
        cellules.append(cellule)
    cellules.append(texte("### Champ et définitions\n\n| Code | Sens |\n|--|--|\n| P1 | places |"))
    carnet = nbformat.from_dict(
        {"cells": cellules, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    )
    contexte = Contexte(
        zone="Territoire d'essai",
        periode="3e trimestre 2026",
        edition="15 octobre 2026",
        version="0",
        niveau="interne",
        fictif=True,
        provisoire=True,
        donnees="0123456789abcdef",
        carnet="fedcba9876543210",
        parametres=dict(PARAMETRES),
        regles=("secret, seuil, en vigueur depuis le 1er janvier 2026 (note)",) * 3,
    )
    return convertir(carnet, contexte)


def vivant(pid: int) -> bool:
    """Ce processus existe-t-il encore ? Un mort que personne n'a relevé est mort."""
    try:
        etat = (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return etat != "Z"
