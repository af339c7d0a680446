"""Le lot dans la tourmente : Ctrl-C, commande tuée, processus tués au hasard."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from rtpe_analyse.diffusion import chaud
from rtpe_analyse.diffusion.lot import executer_lot
from rtpe_analyse.modeles import Periode
from tests.unites.outils_diffusion import (
    code,
    ecrire_carnet,
    ecrire_indicateurs,
    parametres,
    vivant,
)

T3 = Periode.lire("2026-T3")
PROGRAMME = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignoré si lancé en arrière-plan
from pathlib import Path
from rtpe_analyse.chemins import Lieux
from rtpe_analyse.diffusion import executer_lot
from rtpe_analyse.modeles import Periode
racine = Path(sys.argv[1])
executer_lot(
    Lieux(racine / "donnees", racine / "rapports"), Periode.lire("2026-T3"),
    dossier_carnets=racine / "carnets", ouvriers=2, moteur=sys.argv[2],
)
"""


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="lit les processus dans /proc")
@pytest.mark.parametrize("coup", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("moteur", ["noyau", "auto"])
def test_interruption_sans_orphelin_ni_fichier_a_moitie_ecrit(
    tmp_path: Path, coup: signal.Signals, moteur: str
) -> None:
    trace = tmp_path / "trace"
    trace.mkdir()
    signe = f"import os, time\nopen(f'{trace}/{{os.getpid()}}', 'w').close()"
    ecrire_carnet(
        tmp_path / "carnets",
        "long",
        [parametres(), code(f"{signe}\nwhile True: time.sleep(0.1)")],
    )
    lieux = ecrire_indicateurs(tmp_path, ["T1", "T2", "T3"])
    temporaire = tmp_path / "t"
    temporaire.mkdir()
    lot = subprocess.Popen(
        [sys.executable, "-c", PROGRAMME, str(tmp_path), moteur],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(temporaire)},
    )
    # Tout ce que le lot lance (noyaux, serveur, processus) tient de lui cette variable.
    marque = f"TMPDIR={temporaire}".encode()
    limite = time.monotonic() + 60
    while len(list(trace.iterdir())) < 2 and time.monotonic() < limite:
        time.sleep(0.1)
    assert len(list(trace.iterdir())) >= 2, "les deux rapports n'ont pas commencé"
    assert {int(f.name) for f in trace.iterdir()} <= set(_processus(marque))
    lot.send_signal(coup)
    try:
        _, erreurs = lot.communicate(timeout=30)
    finally:
        lot.kill()
    assert lot.returncode != 0
    if coup == signal.SIGINT:
        assert "KeyboardInterrupt" in erreurs
        assert not any(vivant(int(f.name)) for f in trace.iterdir())
        assert list(temporaire.glob("rtpe*")) == []
    limite = time.monotonic() + 15
    while _processus(marque) and time.monotonic() < limite:
        time.sleep(0.2)
    assert _processus(marque) == [], "un processus survit à son lot"
    restes = [f for f in lieux.rapports.rglob("*") if f.is_file()]
    assert [f for f in restes if f.suffix == ".html" or "partiel" in f.name] == []


def _processus(marque: bytes) -> list[int]:
    trouves = []
    for dossier in Path("/proc").glob("[0-9]*"):
        try:
            if marque in (dossier / "environ").read_bytes() and int(dossier.name) != os.getpid():
                trouves.append(int(dossier.name))
        except OSError:
            continue
    return trouves


@pytest.mark.skipif(not chaud.disponible(), reason="le moteur chaud demande Linux")
def test_des_processus_tues_au_hasard_n_emportent_que_leur_rapport(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    trace.mkdir()
    signe = f"import os, time\nopen(f'{trace}/{{os.getpid()}}', 'w').close(); time.sleep(0.4)"
    cartouche = (
        "from rtpe_analyse.restitution.objets import Restitution\n"
        'Restitution("cartouche", f"<p>{territoire}</p>", alt="c", details={"statut": "definitif"})'
    )
    ecrire_carnet(tmp_path / "carnets", "essai", [parametres(), code(signe), code(cartouche)])
    territoires = [f"T{i:02}" for i in range(16)]
    lieux = ecrire_indicateurs(tmp_path, territoires)
    hasard = random.Random(3)
    fini = threading.Event()
    tues: list[int] = []

    def tuer() -> None:
        while len(tues) < 5 and not fini.is_set():
            vifs = [int(f.name) for f in trace.iterdir() if vivant(int(f.name))]
            if vifs and hasard.random() < 0.3:
                tues.append(hasard.choice(vifs))
                os.kill(tues[-1], signal.SIGKILL)
            time.sleep(0.1)

    tueur = threading.Thread(target=tuer)
    tueur.start()
    try:
        bilan = executer_lot(
            lieux, T3, dossier_carnets=tmp_path / "carnets", ouvriers=2, moteur="chaud"
        )
    finally:
        fini.set()
        tueur.join()
    assert 1 <= len(bilan.echecs) <= len(set(tues))
    arret = "le processus du rapport s'est arrêté."
    assert {raison.split(" : ")[-1] for _, raison in bilan.echecs} == {arret}
    assert len(bilan.faits) + len(bilan.echecs) == len(territoires)
    assert not list(lieux.rapports.rglob("*partiel*"))
    relance = executer_lot(lieux, T3, dossier_carnets=tmp_path / "carnets", ouvriers=2)
    assert sorted(relance.faits) == sorted(nom for nom, _ in bilan.echecs)
    assert relance.a_jour == [n for n in (f"{t} / essai" for t in territoires) if n in bilan.faits]
    assert not relance.echecs
