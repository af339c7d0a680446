"""Banc des rapports : notre lot, les commandes usuelles, les mêmes cellules en Python nu."""

import os
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path

from bancs.mesure import Mesure, mediane, mesurer
from bancs.modes import empreintes
from bancs.monde import concorder, fabriquer

MODES = {
    "chaud": "Notre lot, moteur chaud",
    "chaud_seul": "Notre lot, moteur chaud, un rapport à la fois",
    "noyau": "Notre lot, un noyau par rapport",
    "commandes": "Commandes papermill puis jupyter nbconvert",
    "nu": "Les mêmes cellules en Python nu, un processus",
}
BUT_COMMANDES, BUT_PYTHON_NU = 20, 1.3
_LENTS = ("noyau", "commandes")
_PRECHARGER = "import rtpe_analyse.diffusion.prechauffe; print('{\"boucle_s\": 0}')"


def comparer(executions: int, tours: int, commandes: int, ouvriers: int) -> dict[str, object]:
    """Mesure tous les modes en tours entrelacés, puis leur mémoire dans un tour à part.

    Args:
        executions: rapports de chaque mode.
        tours: nombre de tours ; les rapports entre modes se font tour par tour.
        commandes: rapports faits par les commandes et les noyaux, bien plus lents ; au plus
            `executions`.
        ouvriers: rapports en même temps du mode « chaud ».

    Returns:
        Ce qui s'écrit en JSON : empreinte commune, mesures, médianes et rapports appariés.

    Raises:
        EmpreinteFausse: si les sorties d'un mode diffèrent ; aucun temps n'est alors rendu.
        RuntimeError: si un mode échoue.
    """
    nombres = dict.fromkeys(MODES, executions) | dict.fromkeys(_LENTS, min(commandes, executions))
    mesures: dict[str, list[Mesure]] = {mode: [] for mode in MODES}
    rendus: dict[str, dict[str, str]] = {}
    prechargements: list[float] = []
    racine = Path(tempfile.mkdtemp(prefix="banc"))
    try:
        fabriquer(racine, executions)
        # Pour rien : les polices sont relevées une fois, comme elles le sont déjà ailleurs.
        mesurer(["-m", "bancs.modes", "chaud", str(racine), str(racine / "amorce"), "1", "1"])
        for tour in range(tours + 1):
            ordre = list(MODES)[tour % len(MODES) :] + list(MODES)[: tour % len(MODES)]
            for mode in ordre:
                sortie = racine / f"{mode}-{tour}"
                moteur = "chaud" if mode == "chaud_seul" else mode
                ensemble = 1 if mode == "chaud_seul" else ouvriers
                arguments = [moteur, str(racine), str(sortie), str(nombres[mode]), str(ensemble)]
                # Le dernier tour relève la mémoire : ses durées ne comptent pas.
                mesures[mode].append(
                    mesurer(["-m", "bancs.modes", *arguments], memoire=tour == tours)
                )
                rendus[f"{mode}, tour {tour}"] = empreintes(sortie, nombres[mode])
                # Le lot suivant refait tout : sans les pages, aucun rapport n'est à jour.
                shutil.rmtree(sortie)
            prechargements.append(mesurer(["-c", _PRECHARGER]).duree_s)
        commune = concorder(rendus)
    finally:
        shutil.rmtree(racine, ignore_errors=True)
    return {
        "empreinte": commune,
        "executions": nombres,
        "tours": tours,
        "ouvriers": ouvriers,
        "mesures": {mode: [asdict(m) for m in suite] for mode, suite in mesures.items()},
        "resume": _resumer(mesures, nombres) | _plafonner(mesures, nombres, prechargements),
    }


def _resumer(mesures: dict[str, list[Mesure]], nombres: dict[str, int]) -> dict[str, object]:
    utiles = {mode: suite[:-1] for mode, suite in mesures.items()}
    par_mode = {
        mode: {
            "s_par_rapport": mediane([m.duree_s / nombres[mode] for m in suite]),
            "boucle_s_par_rapport": mediane([m.boucle_s for m in suite]),
            "processeur_s_par_rapport": mediane([m.processeur_s / nombres[mode] for m in suite]),
            "memoire_mo": round(mesures[mode][-1].memoire_mo),
        }
        for mode, suite in utiles.items()
    }
    par_tour = zip(*(utiles[m] for m in ("commandes", "chaud", "chaud_seul", "nu")), strict=True)
    fois, contre_nu, en_regime = [], [], []
    for pair, chaud, seul, nu in par_tour:
        fois.append((pair.duree_s / nombres["commandes"]) / (chaud.duree_s / nombres["chaud"]))
        contre_nu.append(chaud.duree_s / nu.duree_s)
        en_regime.append(seul.boucle_s / nu.boucle_s)
    return {
        "par_mode": par_mode,
        "fois_plus_rapide_que_les_commandes": mediane(fois),
        "contre_python_nu": mediane(contre_nu),
        "boucle_contre_python_nu": mediane(en_regime),
    }


def _plafonner(
    mesures: dict[str, list[Mesure]], nombres: dict[str, int], prechargements: list[float]
) -> dict[str, object]:
    """Ce que le plancher mesuré permet au mieux : charger une fois, puis tous les cœurs à plein."""
    prechargement = mediane(prechargements)
    cellules = mediane([m.boucle_s for m in mesures["nu"][:-1]])
    par_rapport = prechargement / nombres["chaud"] + cellules / (os.cpu_count() or 1)
    commandes = mediane([m.duree_s / nombres["commandes"] for m in mesures["commandes"][:-1]])
    plafond = round(commandes / par_rapport, 1)
    return {
        "prechargement_s": prechargement,
        "plafond_fois": plafond,
        "but_commandes_permis": plafond >= BUT_COMMANDES,
    }
