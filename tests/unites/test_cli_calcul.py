"""Ce qui oblige à recalculer une famille, celle qui commande ses masques comprise."""

from datetime import date
from pathlib import Path

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.cli.calcul import NIVEAUX, EtatDesCalculs
from rtpe_analyse.etapes import marquer
from rtpe_analyse.sources import Fiche


def a_jour(dossier: Path) -> EtatDesCalculs:
    """Un jeu sans donnée, où chaque famille est dite calculée."""
    lieux = Lieux(dossier / "donnees", dossier / "rapports", "exemple")
    fiche = Fiche("s", "n", "2026", date(2026, 10, 1), "p", "e" * 64, dossier / "n")
    etat = EtatDesCalculs(lieux, [fiche])
    for famille in etat.familles:
        for niveau in NIVEAUX:
            chemin = lieux.indicateurs / niveau / f"{famille}.parquet"
            chemin.parent.mkdir(parents=True, exist_ok=True)
            pl.DataFrame({"x": [1]}).write_parquet(chemin)
        marquer(etat.temoin(famille), etat.ingredients(set()))
    return etat


def test_sans_changement_rien_n_est_a_refaire(tmp_path: Path) -> None:
    etat = a_jour(tmp_path)
    assert [f for f in etat.familles if etat.raisons(f)] == []


def test_une_famille_est_refaite_avec_celle_qui_commande_ses_masques(tmp_path: Path) -> None:
    etat = a_jour(tmp_path)
    etat.temoin("occupation").unlink()
    assert etat.raisons("variations") == ["famille occupation"]
    assert etat.raisons("previsions") == ["famille occupation"]
    assert etat.raisons("places") == []


def test_une_famille_menee_ne_refait_pas_la_meneuse(tmp_path: Path) -> None:
    etat = a_jour(tmp_path)
    etat.temoin("variations").unlink()
    assert [f for f in etat.familles if etat.raisons(f)] == ["variations"]
