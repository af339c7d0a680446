"""La chaîne complète, jouée une seule fois par la vraie commande, pour toute la suite."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from rtpe_analyse.chemins import Lieux

# Une machine occupée n'est pas une faute : les propriétés n'ont pas de délai.
settings.register_profile("rtpe", deadline=None)
settings.load_profile("rtpe")

RACINE = Path(__file__).resolve().parents[1]
SURVEILLANCE = Path(__file__).parent / "bout_en_bout" / "reseau_surveille"
RECU_LE = "2026-10-05"


@dataclass(frozen=True)
class Chaine:
    """Un dossier neuf où la commande `rtpe` a tout fait, et ce qu'elle a dit."""

    lieux: Lieux
    journal_reseau: Path
    dits: dict[str, subprocess.CompletedProcess[str]]

    def rtpe(self, *arguments: str, **environnement: str) -> subprocess.CompletedProcess[str]:
        """Lance la vraie commande sur ce dossier, réseau surveillé."""
        return lancer_rtpe(
            *arguments,
            "--donnees",
            str(self.lieux.donnees),
            "--sortie",
            str(self.lieux.sortie),
            RTPE_JOURNAL_RESEAU=str(self.journal_reseau),
            **environnement,
        )


def lancer_rtpe(*arguments: str, **environnement: str) -> subprocess.CompletedProcess[str]:
    """Lance `rtpe` dans un processus à part et rend ce qu'elle a dit."""
    env = {**os.environ, "PYTHONPATH": str(SURVEILLANCE), "COLUMNS": "200", **environnement}
    return subprocess.run(
        [sys.executable, "-m", "rtpe_analyse", *arguments],
        capture_output=True,
        text=True,
        env=env,
        check=False,
        timeout=900,
    )


@pytest.fixture(scope="session")
def chaine(tmp_path_factory: pytest.TempPathFactory) -> Chaine:
    """De la fabrication du petit jeu d'exemple jusqu'au portail."""
    racine = tmp_path_factory.mktemp("chaine")
    donnees = racine / "donnees"
    donnees.mkdir()
    (donnees / "referentiel").symlink_to(RACINE / "donnees" / "referentiel")
    lieux = Lieux(donnees, racine / "rapports", "exemple")
    resultat = Chaine(lieux, racine / "reseau.txt", {})
    etapes = {
        "exemple": ("exemple", "--petit"),
        "recevoir": ("recevoir", str(lieux.depot), "--jeu", "exemple", "--recu-le", RECU_LE),
        "rapports": ("rapports", "--jeu", "exemple"),
    }
    for nom, commande in etapes.items():
        resultat.dits[nom] = resultat.rtpe(*commande)
    return resultat
