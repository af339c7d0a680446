"""Le travail partagé entre processus rend ce que rendrait une seule main, dans l'ordre."""

import os
import signal
from datetime import date
from pathlib import Path

import pytest

from rtpe_analyse import parallele, sources
from rtpe_analyse.chemins import Lieux
from rtpe_analyse.erreurs import ErreurFichier, ErreurRtpe

NOMBRE = 60


def multiplier(facteur: int, tache: int) -> tuple[int, int]:
    return facteur * tache, os.getpid()


def refuser(_: int, tache: int) -> int:
    if tache == 7:
        raise ErreurFichier("Fichier coupé.", "Le redemander.", code="fichier_tronque")
    return tache


def mourir(_: int, tache: int) -> int:
    if tache == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return tache


@pytest.fixture
def deux_coeurs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallele.os, "cpu_count", lambda: 2)


def test_peu_de_taches_restent_dans_ce_processus() -> None:
    faits = list(parallele.appliquer(multiplier, 3, range(5)))
    assert [r for _, (r, _) in faits] == [0, 3, 6, 9, 12]
    assert {pid for _, (_, pid) in faits} == {os.getpid()}


@pytest.mark.usefixtures("deux_coeurs")
def test_beaucoup_de_taches_se_partagent_et_gardent_leur_ordre() -> None:
    faits = list(parallele.appliquer(multiplier, 3, range(NOMBRE)))
    assert [(t, r) for t, (r, _) in faits] == [(t, 3 * t) for t in range(NOMBRE)]
    assert os.getpid() not in {pid for _, (_, pid) in faits}


@pytest.mark.usefixtures("deux_coeurs")
def test_une_erreur_arrive_entiere() -> None:
    with pytest.raises(ErreurFichier, match="coupé") as erreur:
        list(parallele.appliquer(refuser, 0, range(NOMBRE)))
    assert (erreur.value.remede, erreur.value.code) == ("Le redemander.", "fichier_tronque")


@pytest.mark.usefixtures("deux_coeurs")
def test_un_processus_tue_se_dit_sans_trace() -> None:
    with pytest.raises(ErreurRtpe, match="arrêté") as erreur:
        list(parallele.appliquer(mourir, 0, range(NOMBRE)))
    assert "mémoire" in erreur.value.remede


def _recevoir(dossier: Path, depot: Path) -> list[tuple[str, str, str, str]]:
    lieux = Lieux(dossier / "donnees", dossier / "rapports", "exemple")
    retours = sources.recevoir([depot], lieux, recu_le=date(2026, 10, 5))
    return [(r.nom, r.etat, r.source, r.message) for r in retours]


def test_la_reception_ne_depend_pas_du_nombre_de_processus(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    depot = tmp_path / "depot"
    depot.mkdir()
    entete = "Code établissement;Territoire;Nom du territoire;Valide du;Valide au\n"
    for n in range(NOMBRE - 2):
        ligne = f"E{n % 50:03d};T1;Nord;01/01/2020;\n"
        (depot / f"territoires_{n:02d}.csv").write_text(entete + ligne)
    (depot / "page.csv").write_text("<html><body>session expirée</body></html>")
    (depot / "vide.csv").write_bytes(b"")
    vus = {}
    for coeurs in (1, 2):
        monkeypatch.setattr(parallele.os, "cpu_count", lambda n=coeurs: n)
        vus[coeurs] = _recevoir(tmp_path / str(coeurs), depot)
    assert vus[1] == vus[2]
    etats = [etat for _, etat, _, _ in vus[1]]
    # 58 fichiers, dont 8 répètent un contenu déjà présenté, et 2 refusés.
    assert {e: etats.count(e) for e in set(etats)} == {"recu": 50, "deja_recu": 8, "refuse": 2}
