"""Lecture des carnets et refus des paramètres avant toute exécution."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rtpe_analyse.diffusion.carnets import lire_carnet, lister_carnets, verifier_parametres
from rtpe_analyse.erreurs import ErreurUsage
from tests.unites.outils_diffusion import (
    CELLULE_PARAMETRES,
    PARAMETRES,
    code,
    ecrire_carnet,
    parametres,
    texte,
)


def test_parametres_et_titre_lus_sans_executer(tmp_path: Path) -> None:
    cellule = CELLULE_PARAMETRES + "\nseuil = 2.5  # propre au carnet\navec_detail = True"
    carnet = ecrire_carnet(tmp_path, "essai", [parametres(cellule)], titre="L'occupation")
    assert carnet.titre == "L'occupation"
    assert carnet.maille == "territoire"
    assert list(carnet.parametres) == [
        "territoire",
        "periode",
        "niveau",
        "edition",
        "seuil",
        "avec_detail",
    ]
    assert carnet.parametres["seuil"] == 2.5
    assert carnet.parametres["avec_detail"] is True


def test_les_etudes_ne_sont_pas_des_carnets_de_rapport(tmp_path: Path) -> None:
    ecrire_carnet(tmp_path, "b", [parametres()])
    ecrire_carnet(tmp_path, "a", [parametres()])
    ecrire_carnet(tmp_path / "etudes", "c", [parametres()])
    assert lister_carnets(tmp_path) == ["a", "b"]


@pytest.mark.parametrize(
    ("donnes", "message"),
    [
        ({**PARAMETRES, "teritoire": "T1"}, "« teritoire » inconnu"),
        ({k: v for k, v in PARAMETRES.items() if k != "territoire"}, "« territoire » manquant"),
        ({k: v for k, v in PARAMETRES.items() if k != "edition"}, "« edition » manquant"),
        ({**PARAMETRES, "periode": 2026}, "« periode » du carnet « essai » attend un texte"),
        ({**PARAMETRES, "territoire": ""}, "« territoire » du carnet « essai » est vide"),
        ({**PARAMETRES, "seuil": True}, "« seuil » du carnet « essai » attend un nombre"),
        ({**PARAMETRES, "seuil": "2"}, "« seuil » du carnet « essai » attend un nombre"),
    ],
)
def test_parametre_refuse(tmp_path: Path, donnes: dict[str, Any], message: str) -> None:
    carnet = ecrire_carnet(tmp_path, "essai", [parametres(CELLULE_PARAMETRES + "\nseuil = 2.5")])
    with pytest.raises(ErreurUsage) as erreur:
        verifier_parametres(carnet, donnes)
    assert message in str(erreur.value)


def test_parametre_propre_au_carnet_garde_sa_valeur_d_essai(tmp_path: Path) -> None:
    carnet = ecrire_carnet(tmp_path, "essai", [parametres(CELLULE_PARAMETRES + "\nseuil = 2.5")])
    verifier_parametres(carnet, PARAMETRES)
    verifier_parametres(carnet, {**PARAMETRES, "seuil": 3})


@pytest.mark.parametrize(
    "cellule",
    [
        'territoire = "T1"; periode = "2026-T3"',
        'territoire = periode = "T1"',
        "territoire = str(1)",
        'territoire = ["T1"]',
        'territoire: str = "T1"',
        'territoire = "T1"\nterritoire = "T2"',
        'import os\nterritoire = "T1"',
        "territoire = ",
        'territoire = (\n    "T1"\n)',
    ],
)
def test_cellule_de_parametres_mal_ecrite(tmp_path: Path, cellule: str) -> None:
    with pytest.raises(ErreurUsage, match="Paramètres du carnet « essai »"):
        ecrire_carnet(tmp_path, "essai", [parametres(cellule)])


def test_sans_cellule_de_parametres(tmp_path: Path) -> None:
    with pytest.raises(ErreurUsage, match="0 cellule étiquetée"):
        ecrire_carnet(tmp_path, "essai", [code('territoire = "T1"')])


def test_deux_cellules_de_parametres(tmp_path: Path) -> None:
    with pytest.raises(ErreurUsage, match="2 cellule étiquetée"):
        ecrire_carnet(tmp_path, "essai", [parametres(), parametres()])


@pytest.mark.parametrize("zone", ["", 'departement = "D"\nterritoire = "T1"\n'])
def test_zone_absente_ou_double(tmp_path: Path, zone: str) -> None:
    carnet = ecrire_carnet(tmp_path, "essai", [parametres(f'{zone}periode = "2026-T3"')])
    with pytest.raises(ErreurUsage, match="ne dit pas de quelle zone"):
        verifier_parametres(carnet, {"periode": "2026-T3"})


def test_carnet_inconnu_dit_les_connus(tmp_path: Path) -> None:
    ecrire_carnet(tmp_path, "occupation", [parametres()])
    with pytest.raises(ErreurUsage) as erreur:
        lire_carnet("ocupation", tmp_path)
    assert "occupation" in erreur.value.remede


@pytest.mark.parametrize("nom", ["../essai", "sous/essai"])
def test_un_nom_ne_sort_pas_du_dossier(tmp_path: Path, nom: str) -> None:
    ecrire_carnet(tmp_path, "essai", [parametres()])
    ecrire_carnet(tmp_path / "carnets" / "sous", "essai", [parametres()])
    with pytest.raises(ErreurUsage, match="inconnu"):
        lire_carnet(nom, tmp_path / "carnets")


@pytest.mark.parametrize("contenu", ["pas du JSON", '{"cells": 3}', "[]", '{"cells": [{}]}'])
def test_fichier_qui_n_est_pas_un_carnet(tmp_path: Path, contenu: str) -> None:
    (tmp_path / "essai.ipynb").write_text(contenu, encoding="utf-8")
    with pytest.raises(ErreurUsage, match="n'est pas un carnet Jupyter"):
        lire_carnet("essai", tmp_path)


def test_sans_titre_le_nom_sert_de_titre(tmp_path: Path) -> None:
    carnet = ecrire_carnet(tmp_path, "essai", [texte("## Sous-titre"), parametres()], titre=None)
    assert carnet.titre == "essai"


def test_importer_la_diffusion_ne_charge_rien_de_lourd() -> None:
    programme = (
        "import sys, rtpe_analyse.diffusion as d; d.executer_lot; d.ecrire_portail;"
        "lourds = {'papermill', 'nbconvert', 'nbformat', 'nbclient', 'jupyter_client', 'zmq',"
        " 'matplotlib', 'seaborn', 'pandas', 'scipy', 'great_expectations'};"
        "print(sorted(lourds & sys.modules.keys()))"
    )
    sortie = subprocess.run(
        [sys.executable, "-c", programme], check=True, capture_output=True, text=True
    )
    assert sortie.stdout.strip() == "[]"
