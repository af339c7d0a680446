"""La commande `rtpe regles` : ce qu'elle imprime, ce qu'elle annonce."""

from decimal import Decimal

import pytest
from typer.testing import CliRunner

from rtpe_analyse.cli import app
from rtpe_analyse.cli.commandes_regles import ecrire
from rtpe_analyse.erreurs import ErreurReglementation


def lancer(*arguments: str) -> str:
    resultat = CliRunner().invoke(app, ["regles", *arguments], env={"COLUMNS": "220"})
    if resultat.exception:
        raise resultat.exception
    return resultat.output


def test_une_date_donnee_choisit_la_regle() -> None:
    veille = lancer("--le", "2024-12-31", "--theme", "psu")
    jour = lancer("--le", "2025-01-01", "--theme", "psu")
    assert "Règles en vigueur le 31/12/2024." in veille
    assert "│ paliers " in veille
    assert "│ lineaire " in jour
    # Un montant annuel ne se reporte pas sur l'année suivante.
    assert "6,63" in veille
    assert "6,63" not in jour


def test_une_table_vide_est_annoncee_avec_le_titre_a_chercher() -> None:
    sortie = lancer("--le", "2026-01-01", "--theme", "psu")
    assert "Sans valeur : psu.prix_plafond_bas_eur" in sortie
    assert "Barème annuel Cnaf « Prestations de service »" in sortie
    assert "donnees/reglementation/" in sortie
    ancien = lancer("--le", "2020-01-01", "--theme", "encadrement")
    assert "Thème encadrement : aucune valeur connue à cette date." in ancien
    assert "première valeur le 01/09/2021" in ancien


def test_sans_date_aujourd_hui_est_dit() -> None:
    assert "(aujourd'hui ; --le choisit un autre jour)" in lancer("--theme", "surnombre")


def test_un_theme_inconnu_est_refuse() -> None:
    with pytest.raises(ErreurReglementation, match="inconnu"):
        lancer("--theme", "lune")


def test_les_valeurs_se_lisent() -> None:
    assert ecrire(True) == "oui"
    assert ecrire(Decimal("0.0619")) == "0,0619"
    tranches = [{"jusqu_a": 1, "pct": Decimal("0.06")}, {"jusqu_a": None, "pct": 3}]
    assert ecrire(tranches) == "jusqu'à 1 : 0,06\nau-delà : 3"
    assert ecrire({"creche": Decimal("0.75")}) == "creche : 0,75"
