"""La chaîne entière, par la vraie commande, et ce qu'elle promet."""

import json
from pathlib import Path

import polars as pl
import pytest

from rtpe_analyse.propres import lire_propre
from tests.conftest import Chaine

pytestmark = pytest.mark.lent
CARNETS_TERRITOIRE = (
    "occupation_territoire",
    "besoins_territoire",
    "qualite_donnees",
    "tendances_territoire",
)


def test_chaque_etape_dit_ce_qu_elle_a_fait(chaine: Chaine) -> None:
    exemple, recevoir, rapports = (chaine.dits[n] for n in ("exemple", "recevoir", "rapports"))
    assert exemple.returncode == 0, exemple.stderr
    # Trois fichiers abîmés sont semés dans l'exemple : refusés, les autres entrent.
    assert recevoir.returncode == 3, recevoir.stderr
    assert "refusé" in recevoir.stdout
    assert rapports.returncode == 0, rapports.stdout + rapports.stderr
    assert "index.html" in rapports.stdout
    for dit in chaine.dits.values():
        assert "Traceback" not in dit.stdout + dit.stderr


def _portail(chaine: Chaine) -> Path:
    (portail,) = chaine.lieux.rapports.glob("*/index.html")
    return portail


def test_un_rapport_par_territoire_et_par_carnet(chaine: Chaine) -> None:
    territoires = (
        lire_propre(chaine.lieux, "territoires").select("territoire").unique().collect()
    )["territoire"].to_list()
    assert len(territoires) == 2
    for territoire in territoires:
        for carnet in CARNETS_TERRITOIRE:
            html = _portail(chaine).parent / territoire / f"{carnet}.html"
            assert html.exists(), html.name
            manifeste = json.loads(html.with_suffix(".json").read_text())
            assert manifeste["parametres"]["territoire"] == territoire
    assert list(_portail(chaine).parent.glob("*/synthese_departement.html"))
    assert len(list(_portail(chaine).parent.glob("*/fiche_eaje/*.html"))) > 2


def test_l_exemple_est_dit_fictif_partout(chaine: Chaine) -> None:
    pages = list(chaine.lieux.rapports.rglob("*.html"))
    assert len(pages) >= 8
    for page in pages:
        assert "fictives" in page.read_text().casefold(), page.name


def test_relancer_ne_refait_rien(chaine: Chaine) -> None:
    avant = {p: p.stat().st_mtime_ns for p in chaine.lieux.rapports.rglob("*") if p.is_file()}
    encore = chaine.rtpe("rapports", "--jeu", "exemple")
    assert encore.returncode == 0, encore.stderr
    assert "à jour" in encore.stdout
    apres = {p: p.stat().st_mtime_ns for p in chaine.lieux.rapports.rglob("*.html")}
    assert {p: avant[p] for p in apres if p.name != "index.html"} == {
        p: t for p, t in apres.items() if p.name != "index.html"
    }


def test_etat_dit_tout_a_jour(chaine: Chaine) -> None:
    dit = chaine.rtpe("etat", "--jeu", "exemple")
    assert dit.returncode == 0, dit.stderr
    assert "à refaire" not in dit.stdout
    assert "à jour" in dit.stdout


def test_aucune_connexion_n_est_tentee(chaine: Chaine) -> None:
    assert not chaine.journal_reseau.exists()


def test_la_surveillance_du_reseau_mord(chaine: Chaine, tmp_path: Path) -> None:
    """Témoin positif : une connexion tentée est bien notée et refusée."""
    import os
    import subprocess
    import sys

    from tests.conftest import SURVEILLANCE

    journal = tmp_path / "reseau.txt"
    env = {**os.environ, "PYTHONPATH": str(SURVEILLANCE), "RTPE_JOURNAL_RESEAU": str(journal)}
    code = "import socket; socket.create_connection(('localhost', 9), timeout=1)"
    fini = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=False)
    assert fini.returncode != 0
    assert "localhost" in journal.read_text()


def test_conservation_de_chaque_fichier(chaine: Chaine) -> None:
    bilan = pl.read_parquet(chaine.lieux.travail / "bilan_nettoyage.parquet")
    assert len(bilan) > 50
    ecart = bilan.filter(
        pl.col("lues") != pl.col("propres") + pl.col("rejetees") + pl.col("ecartees")
    )
    assert ecart.is_empty()
