"""Le moteur de référence : un vrai noyau, isolé, borné dans le temps, qui ne laisse rien."""

import ast
import os
import tempfile
import threading
import time
from pathlib import Path

import pytest

from rtpe_analyse.diffusion.demande import Demande, EchecRapport
from rtpe_analyse.diffusion.execution import MoteurNoyau
from rtpe_analyse.diffusion.interruption import Interrupteur
from tests.unites.outils_diffusion import code, demande, ecrire_carnet, parametres


@pytest.fixture(autouse=True)
def dossier_temporaire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Un dossier temporaire à nous, court, dont on vérifie qu'il est rendu vide."""
    dossier = Path(tempfile.mkdtemp(prefix="t"))
    monkeypatch.setattr(tempfile, "tempdir", str(dossier))
    yield dossier
    monkeypatch.undo()
    assert list(dossier.glob("rtpe*")) == []
    dossier.rmdir()


def _demande(tmp_path: Path, *codes: str, delai: float = 60) -> Demande:
    carnet = ecrire_carnet(tmp_path / "c", "essai", [parametres(), *map(code, codes)])
    return demande(carnet, tmp_path, delai)


def _noyaux(tmp_path: Path) -> list[int]:
    """Processus dont l'environnement porte le dossier de ce test."""
    marque = f"RTPE_DONNEES={tmp_path.resolve()}".encode()
    trouves = []
    for dossier in Path("/proc").glob("[0-9]*"):
        try:
            if marque in (dossier / "environ").read_bytes() and int(dossier.name) != os.getpid():
                trouves.append(int(dossier.name))
        except OSError:
            continue
    return trouves


def test_parametres_environnement_et_dossier(tmp_path: Path) -> None:
    executee = MoteurNoyau()(
        _demande(
            tmp_path,
            "import os; from pathlib import Path\nterritoire",
            "[os.environ[v] for v in ('RTPE_DONNEES', 'PYTHONHASHSEED', 'POLARS_MAX_THREADS')]",
            "os.environ['MPLCONFIGDIR']",
            "Path('trace.txt').write_text('x')\nlist(p.name for p in Path('.').iterdir())",
        )
    )
    textes = [c.outputs[0].data["text/plain"] for c in executee.cells[2:]]
    assert [ast.literal_eval(texte) for texte in textes] == [
        "T2",
        [str(tmp_path.resolve()), "0", "1"],
        str(tmp_path / "cache"),
        ["trace.txt"],
    ]
    etiquettes = [t for c in executee.cells for t in c.metadata.get("tags", [])]
    assert etiquettes == ["parameters"]
    assert _noyaux(tmp_path) == []


def test_echec_donne_la_cellule_et_le_type_jamais_la_valeur(tmp_path: Path) -> None:
    demandee = _demande(tmp_path, "nom = 'Dupont'", "{}[nom]", "1")
    with pytest.raises(EchecRapport) as echec:
        MoteurNoyau()(demandee)
    # Cellule 1 : titre ; 2 : paramètres ; 3 : nom ; 4 : la fautive.
    assert str(echec.value) == "Cellule 4 : erreur KeyError."
    assert echec.value.cellule == 4
    assert echec.value.__cause__ is None
    assert "Dupont" not in f"{echec.value}{echec.value.remede}"
    assert not [f for f in tmp_path.rglob("*.ipynb") if "Traceback" in f.read_text()]


def test_le_message_d_une_erreur_prevue_est_repris(tmp_path: Path) -> None:
    demandee = _demande(
        tmp_path,
        "from rtpe_analyse.erreurs import ErreurUsage\nraise ErreurUsage('Période inconnue.')",
    )
    with pytest.raises(EchecRapport, match=r"^Cellule 3 : Période inconnue\.$"):
        MoteurNoyau()(demandee)


def test_boucle_infinie_arretee_au_delai(tmp_path: Path) -> None:
    debut = time.monotonic()
    with pytest.raises(EchecRapport, match=r"^Cellule 4 : délai de 12 s dépassé\.$"):
        MoteurNoyau()(_demande(tmp_path, "1", "while True: pass", delai=12))
    assert time.monotonic() - debut < 30
    assert _noyaux(tmp_path) == []


def test_le_delai_vaut_pour_l_ensemble_des_cellules(tmp_path: Path) -> None:
    pauses = ["import time; time.sleep(4)"] * 5
    with pytest.raises(EchecRapport, match=r"^Cellule \d : délai de 12 s dépassé"):
        MoteurNoyau()(_demande(tmp_path, *pauses, delai=12))


def test_un_noyau_qui_ne_demarre_pas_est_un_delai_depasse(tmp_path: Path) -> None:
    with pytest.raises(EchecRapport, match=r"délai de 0\.01 s dépassé"):
        MoteurNoyau()(_demande(tmp_path, "1", delai=0.01))
    assert _noyaux(tmp_path) == []


def test_noyau_mort(tmp_path: Path) -> None:
    with pytest.raises(EchecRapport, match=r"^Cellule 3 : le noyau s'est arrêté\.$"):
        MoteurNoyau()(_demande(tmp_path, "import os; os._exit(1)"))


def test_un_noyau_installe_par_l_utilisateur_n_est_pas_employe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    intrus = tmp_path / "jupyter" / "kernels" / "python3"
    intrus.mkdir(parents=True)
    (intrus / "kernel.json").write_text(
        '{"argv": ["/nulle/part", "{connection_file}"], "display_name": "x", "language": "python"}'
    )
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    MoteurNoyau()(_demande(tmp_path, "1"))


def test_couper_arrete_le_noyau_en_cours(tmp_path: Path) -> None:
    interrupteur = Interrupteur()
    echecs: list[str] = []
    demandee = _demande(tmp_path, "while True: pass", delai=120)

    def executer() -> None:
        try:
            MoteurNoyau(interrupteur)(demandee)
        except EchecRapport as echec:
            echecs.append(str(echec))

    fil = threading.Thread(target=executer)
    fil.start()
    limite = time.monotonic() + 30
    while not _noyaux(tmp_path) and time.monotonic() < limite:
        time.sleep(0.1)
    assert _noyaux(tmp_path), "le noyau n'a pas démarré"
    time.sleep(1)
    interrupteur.couper()
    fil.join(20)
    assert [e.split(" : ")[-1] for e in echecs] == ["lot interrompu."]
    assert _noyaux(tmp_path) == []
    with pytest.raises(EchecRapport, match="lot interrompu"):
        MoteurNoyau(interrupteur)(demandee)


def test_deux_noyaux_a_la_fois_ne_se_genent_pas(tmp_path: Path) -> None:
    demandee = _demande(tmp_path, "import time; time.sleep(1)\nterritoire")
    resultats: list[str] = []

    def executer() -> None:
        resultats.append(MoteurNoyau()(demandee).cells[-1].outputs[0].data["text/plain"])

    fils = [threading.Thread(target=executer) for _ in range(2)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(50)
    assert resultats == ["'T2'", "'T2'"]
