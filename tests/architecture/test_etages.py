"""Les étages : on n'importe que vers le bas, et chaque bibliothèque lourde a sa porte."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import rtpe_analyse

PAQUET = Path(rtpe_analyse.__file__).parent
ETAGES = {
    "cli": 7,
    "diffusion": 6,
    "restitution": 5,
    "secret": 4,
    "indicateurs": 3,
    "nettoyage": 2,
    "controles": 2,
    "exemple": 2,
    "sources": 1,
    "reglementation": 1,
    "nomenclatures": 1,
    "methodes": 1,
}
# Modules de l'étage 0 : tout ce qui est à la racine du paquet.
PORTES = {
    "great_expectations": {"controles"},
    "seaborn": {"restitution"},
    "matplotlib": {"restitution"},
    "papermill": {"diffusion"},
    "nbconvert": {"diffusion"},
    "pandas": {"tableaux"},
    "sklearn": {"methodes"},
    "typer": {"cli"},
    "rich": {"cli"},
}
FICHIERS = sorted(PAQUET.rglob("*.py"))


def _piece(fichier: Path) -> str:
    relatif = fichier.relative_to(PAQUET)
    return relatif.parts[0] if len(relatif.parts) > 1 else relatif.stem


def _imports(fichier: Path) -> list[tuple[str, bool]]:
    """Modules importés, et si l'import ne sert qu'au typage."""
    arbre = ast.parse(fichier.read_text(encoding="utf-8"))
    typage = {
        id(n)
        for bloc in ast.walk(arbre)
        if isinstance(bloc, ast.If) and ast.unparse(bloc.test) == "TYPE_CHECKING"
        for n in ast.walk(bloc)
    }
    noms: list[tuple[str, bool]] = []
    for noeud in ast.walk(arbre):
        if isinstance(noeud, ast.Import):
            noms += [(alias.name, id(noeud) in typage) for alias in noeud.names]
        elif isinstance(noeud, ast.ImportFrom):
            assert noeud.level == 0, f"{fichier.name} : import relatif"
            assert noeud.module
            for alias in noeud.names:
                noms.append((f"{noeud.module}.{alias.name}", id(noeud) in typage))
    return noms


def test_on_trouve_bien_le_paquet() -> None:
    assert len(FICHIERS) > 40
    assert {_piece(f) for f in FICHIERS} >= set(ETAGES) - {"methodes"}


@pytest.mark.parametrize("fichier", FICHIERS, ids=lambda f: f.relative_to(PAQUET).as_posix())
def test_on_n_importe_que_vers_le_bas(fichier: Path) -> None:
    ici = _piece(fichier)
    if fichier.name == "__main__.py":
        ici = "cli"
    etage = ETAGES.get(ici, 0)
    for module, _ in _imports(fichier):
        if not module.startswith("rtpe_analyse."):
            continue
        la = module.split(".")[1]
        if la in (ici, "__version__"):
            continue
        assert ETAGES.get(la, 0) < etage or (etage == 0 and la not in ETAGES), (
            f"{fichier.relative_to(PAQUET)} (étage {etage}) importe {module}"
        )


@pytest.mark.parametrize("fichier", FICHIERS, ids=lambda f: f.relative_to(PAQUET).as_posix())
def test_chaque_bibliotheque_lourde_a_sa_porte(fichier: Path) -> None:
    for module, pour_le_typage in _imports(fichier):
        racine = module.split(".")[0]
        if racine in PORTES and not pour_le_typage:
            assert _piece(fichier) in PORTES[racine], f"{fichier.name} importe {racine}"


def test_pas_de_cycle_a_l_etage_zero() -> None:
    voisins = {
        f.stem: {m.split(".")[1] for m, _ in _imports(f) if m.startswith("rtpe_analyse.")}
        for f in PAQUET.glob("*.py")
        if f.stem not in {"__init__", "__main__"}
    }
    faits: set[str] = set()
    while restants := set(voisins) - faits:
        libres = {m for m in restants if not (voisins[m] & restants)}
        assert libres, f"cycle entre {sorted(restants)}"
        faits |= libres


@pytest.mark.parametrize("commande", [["-c", "import rtpe_analyse"], ["-m", "rtpe_analyse", "-h"]])
def test_demarrer_ne_charge_rien_de_lourd(commande: list[str]) -> None:
    calculs = ["seaborn", "matplotlib", "pandas", "sklearn"]
    lourds = [*calculs, "great_expectations", "papermill", "nbconvert"]
    code = (
        "import sys, runpy\n"
        "try:\n"
        f"    sys.argv = ['rtpe', '--help'] if {commande[0] == '-m'} else sys.argv\n"
        "    runpy.run_module('rtpe_analyse', run_name='__main__') "
        f"if {commande[0] == '-m'} else __import__('rtpe_analyse')\n"
        "except SystemExit: pass\n"
        f"print('CHARGES', [m for m in {[*lourds, 'polars', 'scipy']} if m in sys.modules])\n"
    )
    fini = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "CHARGES []" in fini.stdout
