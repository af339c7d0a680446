"""Les deux moteurs rendent les mêmes sorties : le noyau Jupyter est la référence."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode

from rtpe_analyse.diffusion import chaud
from rtpe_analyse.diffusion.demande import Demande, EchecRapport, Moteur
from rtpe_analyse.diffusion.execution import MoteurNoyau
from tests.unites.outils_diffusion import code, demande, ecrire_carnet, parametres

pytestmark = pytest.mark.skipif(not chaud.disponible(), reason="le moteur chaud demande Linux")

CELLULES = (
    "import os, sys, warnings\nfrom IPython.display import HTML, clear_output, display",
    "print(1); display(HTML('<b>x</b>')); print(2)\n3",
    "1;",
    "",
    "   ",
    "'fin' ; ",
    "_, __name__, In[-2], len(Out), get_ipython().execution_count",
    "import asyncio\nawait asyncio.sleep(0.001)\n'attendu'",
    "warnings.warn('attention')",
    "warnings.warn('ancien', DeprecationWarning)",
    "import logging; logging.getLogger('x').warning('journal')",
    "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1, 2])\nplt.show()",
    "plt.plot([3, 1]);",
    "%matplotlib inline\nplt.get_fignums(), plt.rcParams['figure.figsize']",
    "import matplotlib; matplotlib.get_backend()",
    "import polars as pl\npl.DataFrame({'a': [1, 2]})",
    "import pandas as pd\npd.DataFrame({'a': [1, 2]})",
    "poignee = display('un', display_id='z'); print('apres')\npoignee.update('deux')",
    "print('efface'); clear_output(); print('garde')",
    "print('efface'); clear_output(wait=True); print('garde')",
    "print('garde'); clear_output(wait=True)",
    "!echo bonjour",
    "%%capture retenu\nprint('retenu')",
    "retenu.stdout",
    "sys.stdout.write('sans fin de ligne')",
    "sys.stdout.isatty(), sys.stdout.encoding",
    "import threading\nfil = threading.Thread(target=print, args=('du fil',))\n"
    "fil.start(); fil.join()",
    "display({'text/plain': 'brut'}, raw=True)",
    "hash('graine fixe')",
    "[os.environ.get(v) for v in ('PATH', 'HOME', 'TZ', 'MPLBACKEND', 'RTPE_DONNEES')]",
    "import time, locale; time.tzname, locale.setlocale(locale.LC_ALL)",
    "os.path.basename(os.getcwd())",
    "sys.stdin.read()",
    "class A:\n    _repr_html_ = lambda self: '<i>a</i>'\n    __repr__ = lambda self: 'a'\nA()",
)
ERREURS = {
    "expression": "1 / 0",
    "syntaxe": "1 +",
    "sortie": "import sys; sys.exit(3)",
    "interruption": "raise KeyboardInterrupt",
    "prevue": "from rtpe_analyse.erreurs import ErreurUsage\nraise ErreurUsage('Inconnue.')",
    "saisie": "input('Nom ?')",
    "representation": "class A:\n    def _repr_html_(self): raise ValueError('Dupont')\nA()",
    "enchainee": "try:\n    {}['Dupont']\nexcept KeyError as e:\n    raise RuntimeError from e",
    "attente": "await 3",
}


@pytest.fixture(scope="module")
def moteurs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Moteur]:
    cache = tmp_path_factory.mktemp("cache")
    return {"noyau": MoteurNoyau(), "chaud": chaud.MoteurChaud(cache)}


@pytest.fixture(autouse=True)
def dossier_temporaire(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Un dossier temporaire à nous, dont on vérifie qu'il est rendu vide."""
    with tempfile.TemporaryDirectory(prefix="t") as dossier:
        monkeypatch.setattr(tempfile, "tempdir", dossier)
        yield
        monkeypatch.undo()
        assert list(Path(dossier).glob("rtpe*")) == []


def _demande(tmp_path: Path, *codes: str) -> Demande:
    carnet = ecrire_carnet(tmp_path / "c", "essai", [parametres(), *map(code, codes)])
    return demande(carnet, tmp_path)


def _nette(sortie: NotebookNode) -> dict[str, Any]:
    """La sortie, sans le nom du fichier fictif où un noyau range le texte d'une cellule."""
    nette = dict(sortie)
    if nette["output_type"] == "stream":
        nette["text"] = re.sub(
            r"\S*(ipykernel_|<ipython-input)\S*?:1:", "CELLULE:1:", nette["text"]
        )
    return nette


def test_un_carnet_rend_les_memes_sorties(tmp_path: Path, moteurs: dict[str, Moteur]) -> None:
    demandee = _demande(tmp_path, *CELLULES)
    noyau, chaude = (moteurs[nom](demandee) for nom in ("noyau", "chaud"))
    assert len(noyau.cells) == len(chaude.cells) == len(CELLULES) + 2
    for attendue, rendue in zip(noyau.cells, chaude.cells, strict=True):
        assert rendue.source == attendue.source
        assert rendue.get("execution_count") == attendue.get("execution_count"), rendue.source
        sorties = [[_nette(s) for s in c.get("outputs", [])] for c in (attendue, rendue)]
        assert sorties[1] == sorties[0], rendue.source
    assert sum(len(c.get("outputs", [])) for c in chaude.cells) > len(CELLULES) // 2


def test_deux_flux_gardent_leur_ordre(tmp_path: Path, moteurs: dict[str, Moteur]) -> None:
    # Un noyau peut regrouper les flux, et perdre ce qu'un sous-programme écrit en fin de cellule.
    source = "import os, sys\nprint('a'); print('b', file=sys.stderr); os.system('echo c')\n1"
    sorties = moteurs["chaud"](_demande(tmp_path, source)).cells[-1].outputs
    assert [(s.get("name"), s.get("text")) for s in sorties] == [
        ("stdout", "a\n"),
        ("stderr", "b\n"),
        ("stdout", "c\n"),
        (None, None),
    ]


@pytest.mark.parametrize("nom", ERREURS)
def test_une_erreur_se_dit_pareil(tmp_path: Path, moteurs: dict[str, Moteur], nom: str) -> None:
    demandee = _demande(tmp_path, "1", "", ERREURS[nom], "print('jamais')")
    dits = []
    for moteur in moteurs.values():
        with pytest.raises(EchecRapport) as echec:
            moteur(demandee)
        dits.append((str(echec.value), echec.value.cellule, echec.value.remede))
        assert echec.value.__cause__ is None
    assert dits[1] == dits[0]
    # Cellule 1 : titre ; 2 : paramètres ; 3 et 4 : sans faute.
    assert dits[0][1] == 5
    assert "Dupont" not in str(dits)


def test_une_magie_mal_employee_arrete_le_rapport(
    tmp_path: Path, moteurs: dict[str, Moteur]
) -> None:
    for moteur in moteurs.values():
        with pytest.raises(EchecRapport, match=r"^Cellule 3 : erreur \w+Error\.$"):
            moteur(_demande(tmp_path, "%inconnue"))
