"""Le banc refuse de chronométrer des sorties qui diffèrent, et voit au travers des gabarits."""

import json
from pathlib import Path

import pytest

from bancs.document import tableau
from bancs.modes import nu
from bancs.monde import CARNET, SORTIES, EmpreinteFausse, concorder, empreinte, fabriquer

SECTIONS = ['<section class="banc"><p a="1" b="2">mot</p></section>'] * SORTIES


def test_l_ordre_des_attributs_et_le_gabarit_ne_comptent_pas() -> None:
    autres = [s.replace('a="1" b="2"', 'b="2" a="1"') for s in SECTIONS]
    assert empreinte("".join(SECTIONS)) == empreinte(f"<html>{'<hr>'.join(autres)}</html>")


@pytest.mark.parametrize(("avant", "apres"), [("mot", "mots"), ('a="1"', 'a="3"'), ("<p", "<b")])
def test_un_contenu_change_se_voit(avant: str, apres: str) -> None:
    autres = [*SECTIONS[1:], SECTIONS[0].replace(avant, apres)]
    assert empreinte("".join(SECTIONS)) != empreinte("".join(autres))


def test_une_sortie_manquante_est_refusee() -> None:
    with pytest.raises(EmpreinteFausse, match="5 sorties"):
        empreinte("".join(SECTIONS[1:]))


def test_concorder() -> None:
    assert concorder({"a": {"T01": "x", "T02": "y"}, "b": {"T01": "x"}})
    with pytest.raises(EmpreinteFausse, match="« b » diffère pour T01"):
        concorder({"a": {"T01": "x"}, "b": {"T01": "z"}})
    with pytest.raises(EmpreinteFausse, match="rien rendu"):
        concorder({"a": {"T01": "x"}, "b": {}})


def test_le_carnet_de_reference_est_fige() -> None:
    cellules = json.loads(CARNET.read_text(encoding="utf-8"))["cells"]
    figures = sum("planche(dessin" in "".join(c["source"]) for c in cellules)
    assert len(cellules) == 16
    assert figures - 1 == 4  # la définition de `planche` compte pour une
    assert not any(c.get("outputs") for c in cellules)


def test_les_donnees_et_le_plancher_se_reproduisent(tmp_path: Path) -> None:
    rendus = []
    for essai in ("a", "b"):
        fabriquer(tmp_path / essai, 1)
        nu(tmp_path / essai, tmp_path / essai / "sortie", 1)
        rendus.append(empreinte((tmp_path / essai / "sortie" / "T01.html").read_text()))
    assert rendus[0] == rendus[1]


def test_le_tableau_dit_les_rapports_entre_modes() -> None:
    resultat = {
        "tours": 3,
        "resume": {"medianes_s": {"rtpe": 0.2, "typer_nu": 0.16}, "rtpe_contre_typer_nu": 1.25},
    }
    assert "1.25 fois" in tableau("demarrage", resultat)
