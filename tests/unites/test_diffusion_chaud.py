"""Le moteur chaud : un processus neuf par rapport, borné dans le temps, qui ne laisse rien."""

import ast
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rtpe_analyse.diffusion import chaud
from rtpe_analyse.diffusion.demande import Demande, EchecRapport
from rtpe_analyse.diffusion.interruption import Interrupteur
from tests.unites.outils_diffusion import code, demande, ecrire_carnet, parametres, vivant

pytestmark = pytest.mark.skipif(not chaud.disponible(), reason="le moteur chaud demande Linux")


@pytest.fixture(scope="module")
def moteur(tmp_path_factory: pytest.TempPathFactory) -> chaud.MoteurChaud:
    return chaud.MoteurChaud(tmp_path_factory.mktemp("cache"))


@pytest.fixture(autouse=True)
def dossier_temporaire(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Un dossier temporaire à nous, dont on vérifie qu'il est rendu vide."""
    with tempfile.TemporaryDirectory(prefix="t") as dossier:
        monkeypatch.setattr(tempfile, "tempdir", dossier)
        yield
        monkeypatch.undo()
        assert list(Path(dossier).glob("rtpe*")) == []


def _demande(tmp_path: Path, *codes: str, delai: float = 60) -> Demande:
    carnet = ecrire_carnet(tmp_path / "c", "essai", [parametres(), *map(code, codes)])
    return demande(carnet, tmp_path, delai)


def _valeurs(moteur: chaud.MoteurChaud, demandee: Demande) -> list[Any]:
    """Les résultats des cellules qui en ont un."""
    sorties = [s for c in moteur(demandee).cells for s in c.get("outputs", [])]
    return [ast.literal_eval(s.data["text/plain"]) for s in sorties if "data" in s]


def _attendre_la_fin(pid: int) -> None:
    limite = time.monotonic() + 10
    while vivant(pid) and time.monotonic() < limite:
        time.sleep(0.05)
    assert not vivant(pid)


def test_parametres_environnement_et_dossier(tmp_path: Path, moteur: chaud.MoteurChaud) -> None:
    variables = ("RTPE_DONNEES", "PYTHONHASHSEED", "POLARS_MAX_THREADS", "MPLCONFIGDIR", "PATH")
    demandee = _demande(
        tmp_path,
        "import os; from pathlib import Path\nterritoire",
        f"[os.environ[v] for v in {variables}]",
        "Path('trace.txt').write_text('x')\nlist(p.name for p in Path('.').iterdir())",
    )
    assert _valeurs(moteur, demandee) == [
        "T2",
        [str(tmp_path.resolve()), "0", "1", str(tmp_path / "cache"), os.environ["PATH"]],
        ["trace.txt"],
    ]
    etiquettes = [t for c in moteur(demandee).cells for t in c.metadata.get("tags", [])]
    assert etiquettes == ["parameters"]


def test_un_rapport_ne_change_rien_au_suivant(tmp_path: Path, moteur: chaud.MoteurChaud) -> None:
    moteur(
        _demande(
            tmp_path,
            "import builtins, os, warnings, matplotlib.pyplot as plt, polars as pl, locale",
            "os.chdir('/'); os.environ['TRACE'] = 'x'; builtins.trace = 1; reste = 2",
            "plt.rcParams['figure.dpi'] = 7; plt.figure(); warnings.simplefilter('error')",
            "pl.Config.set_tbl_rows(1); pl.DataFrame({'a': [1]}).lazy().collect().height",
        )
    )
    vus = _valeurs(
        moteur,
        _demande(
            tmp_path,
            "import builtins, os, warnings, matplotlib.pyplot as plt, polars as pl",
            "os.path.basename(os.getcwd()), os.environ.get('TRACE'), hasattr(builtins, 'trace')",
            "'reste' in globals(), plt.rcParams['figure.dpi'], plt.get_fignums()",
            "pl.Config.state()['POLARS_FMT_MAX_ROWS'], pl.select(1).lazy().collect().height",
            "warnings.filters[0][0] == 'error' and warnings.filters[0][2] is Warning",
        ),
    )
    assert vus == [("travail", None, False), (False, 100.0, []), (None, 1), False]


def test_deux_rapports_ne_tirent_pas_les_memes_nombres(
    tmp_path: Path, moteur: chaud.MoteurChaud
) -> None:
    demandee = _demande(
        tmp_path,
        "import random, uuid, numpy as np, polars as pl",
        "[random.random(), float(np.random.rand()), float(np.random.default_rng().random()),"
        " str(uuid.uuid4()), pl.int_range(10**6, eager=True).sample(1).item()]",
    )
    premiers, seconds = (_valeurs(moteur, demandee)[0] for _ in range(2))
    assert all(a != b for a, b in zip(premiers, seconds, strict=True))


def test_aucune_requete_polars_dans_le_serveur(tmp_path: Path, moteur: chaud.MoteurChaud) -> None:
    # Un seul fil de calcul polars dans le serveur, et chaque processus issu de lui se bloquerait.
    fils = "{p.read_text().strip() for p in Path(f'/proc/{pid}/task').glob('*/comm')}"
    notre, serveur = _valeurs(
        moteur,
        _demande(
            tmp_path,
            "import os, polars as pl; from pathlib import Path",
            "_ = pl.DataFrame({'a': [1]}).lazy().select(pl.col('a').sum()).collect()",
            f"pid = os.getpid()\n{fils}",
            f"pid = os.getppid()\n{fils}",
        ),
    )
    assert any(nom.startswith("polars-0") for nom in notre)
    assert not any(nom.startswith("polars-0") for nom in serveur)


@pytest.mark.parametrize("fin", ["pid", "os._exit(1)", "while True: pass"])
def test_ce_qu_une_cellule_a_lance_s_arrete_avec_elle(
    tmp_path: Path, moteur: chaud.MoteurChaud, fin: str
) -> None:
    trace = tmp_path / "pid"
    lancer = (
        "import os, subprocess; from pathlib import Path\n"
        "pid = subprocess.Popen(['sleep', '300']).pid\n"
        f"_ = Path({str(trace)!r}).write_text(str(pid))"
    )
    demandee = _demande(tmp_path, lancer, fin, delai=4)
    if fin == "pid":
        moteur(demandee)
    else:
        with pytest.raises(EchecRapport):
            moteur(demandee)
    _attendre_la_fin(int(trace.read_text()))


def test_boucle_infinie_arretee_au_delai(tmp_path: Path, moteur: chaud.MoteurChaud) -> None:
    sourd = "import signal; _ = signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    debut = time.monotonic()
    with pytest.raises(EchecRapport, match=r"^Cellule 4 : délai de 3 s dépassé\.$"):
        moteur(_demande(tmp_path, sourd, "while True: pass", delai=3))
    assert time.monotonic() - debut < 10


def test_le_delai_vaut_pour_l_ensemble_des_cellules(
    tmp_path: Path, moteur: chaud.MoteurChaud
) -> None:
    with pytest.raises(EchecRapport, match=r"^Cellule \d : délai de 3 s dépassé"):
        moteur(_demande(tmp_path, *["import time; time.sleep(1)"] * 5, delai=3))


@pytest.mark.parametrize("mort", ["os._exit(1)", "os.kill(os.getpid(), 9)", "os.abort()"])
def test_processus_mort(tmp_path: Path, moteur: chaud.MoteurChaud, mort: str) -> None:
    with pytest.raises(EchecRapport, match=r"^Cellule 3 : le processus du rapport s'est arrêté\.$"):
        moteur(_demande(tmp_path, f"import os; {mort}"))
    assert _valeurs(moteur, _demande(tmp_path, "1 + 1")) == [2]


def test_couper_arrete_le_processus_en_cours(tmp_path: Path) -> None:
    interrupteur = Interrupteur()
    moteur = chaud.MoteurChaud(tmp_path / "cache", interrupteur)
    trace = tmp_path / "pid"
    boucle = f"import os; open({str(trace)!r}, 'w').write(str(os.getpid()))\nwhile True: pass"
    demandee = _demande(tmp_path, boucle, delai=120)
    echecs: list[str] = []

    def executer() -> None:
        try:
            moteur(demandee)
        except EchecRapport as echec:
            echecs.append(str(echec))

    fil = threading.Thread(target=executer)
    fil.start()
    limite = time.monotonic() + 60
    while not (trace.exists() and trace.read_text()) and time.monotonic() < limite:
        time.sleep(0.05)
    interrupteur.couper()
    fil.join(20)
    assert echecs == ["lot interrompu."]
    _attendre_la_fin(int(trace.read_text()))
    with pytest.raises(EchecRapport, match="lot interrompu"):
        moteur(demandee)


def test_un_prechargement_mal_nomme_se_voit(tmp_path: Path) -> None:
    # Le serveur ignore en silence un module qu'il ne trouve pas : chaque rapport serait lent.
    programme = (
        "import sys; from pathlib import Path\n"
        "from rtpe_analyse.diffusion import chaud\n"
        "from tests.unites.test_diffusion_chaud import _demande\n"
        "chaud.PRECHAUFFE += '_mal_nomme'\n"
        "moteur = chaud.MoteurChaud(Path(sys.argv[1]) / 'cache')\n"
        "try:\n    moteur(_demande(Path(sys.argv[1]), '1'))\n"
        "except Exception as erreur:\n    print(erreur)\n"
    )
    fini = subprocess.run(
        [sys.executable, "-c", programme, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert fini.stdout.strip() == "le serveur de rapports n'a pas préchargé ses modules."


def test_un_serveur_bloque_n_arrete_pas_le_lot(tmp_path: Path) -> None:
    # Le serveur ne répond qu'une fois ses modules chargés : celui-ci ne finit jamais.
    (tmp_path / "sans_fin.py").write_text("import time; time.sleep(600)\n")
    programme = (
        "import sys; from pathlib import Path\n"
        "from rtpe_analyse.diffusion import chaud\n"
        "from tests.unites.test_diffusion_chaud import _demande\n"
        "chaud.PRECHAUFFE = 'sans_fin'\n"
        "moteur = chaud.MoteurChaud(Path(sys.argv[1]) / 'cache')\n"
        "for _ in range(2):\n"
        "    try:\n        moteur(_demande(Path(sys.argv[1]), '1', delai=2))\n"
        "    except Exception as erreur:\n        print(str(erreur).split('.')[0])\n"
    )
    fini = subprocess.run(
        [sys.executable, "-c", programme, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        timeout=60,
    )
    assert fini.stdout.splitlines() == [
        "le serveur de rapports ne répond plus",
        "le serveur de rapports ne répond plus",
    ]


def test_un_serveur_mort_redemarre_a_l_identique(tmp_path: Path, moteur: chaud.MoteurChaud) -> None:
    # Le hachage d'un texte suit PYTHONHASHSEED, lu une fois au démarrage du serveur.
    demandee = _demande(tmp_path, "import os; (os.getppid(), hash('crèche'))")
    ((serveur, avant),) = _valeurs(moteur, demandee)
    os.kill(serveur, signal.SIGKILL)
    _attendre_la_fin(serveur)
    ((suivant, apres),) = _valeurs(moteur, demandee)
    assert suivant != serveur
    assert apres == avant


def test_le_programme_principal_n_est_pas_rejoue(tmp_path: Path) -> None:
    # multiprocessing le recharge dans chaque processus : sans garde, il s'y relancerait.
    programme = tmp_path / "principal.py"
    programme.write_text(
        "import sys; from pathlib import Path\n"
        f"sys.path.insert(0, {str(Path(__file__).parents[2])!r})\n"
        "from rtpe_analyse.diffusion import chaud\n"
        "from tests.unites.test_diffusion_chaud import _demande, _valeurs\n"
        "print('principal')\n"
        "racine = Path(sys.argv[1])\n"
        "print(_valeurs(chaud.MoteurChaud(racine / 'cache'), _demande(racine, '1 + 1')))\n"
    )
    fini = subprocess.run(
        [sys.executable, str(programme), str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert fini.stdout.split("\n") == ["principal", "[2]", ""]
    assert fini.stderr == ""
