"""Le banc des rapports : notre lot, les commandes courantes, et les cellules en Python nu."""

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bancs import jeu
from bancs.coureurs import COUREURS
from bancs.empreintes import empreintes
from bancs.mesures import Mesure, mesurer, python

Dire = Callable[[str], None]

_BUT_COMMANDES = 20.0
_BUT_PLANCHER = 1.3
_REDUITS = ("commandes", "noyau")
_PRECHARGER = "import rtpe_analyse.diffusion.prechauffe"


@dataclass(frozen=True)
class Passage:
    """Un concurrent, une fois : combien de rapports, ce qu'ils ont coûté, ce qu'ils disent."""

    nombre: int
    mesure: Mesure
    empreintes: dict[str, str]

    @property
    def par_rapport(self) -> float:
        """Secondes par rapport, démarrage compris."""
        return self.mesure.duree / self.nombre

    @property
    def propre(self) -> float:
        """Secondes propres d'un rapport, démarrage exclu ; médiane des rapports du passage."""
        return median(self.mesure.rendu)


def comparer(executions: int, pairs: int, tours: int, dire: Dire) -> dict[str, Any]:
    """Mesure tous les concurrents, à tour de rôle, et compare leurs sorties.

    Args:
        executions: rapports du lot.
        pairs: rapports mesurés pour les concurrents lents ; le reste est extrapolé.
        tours: nombre de tours ; l'ordre s'inverse d'un tour à l'autre.
        dire: reçoit chaque ligne de progression.

    Raises:
        SystemExit: un concurrent échoue, ou les sorties diffèrent : aucun temps n'est rendu.
    """
    releves: dict[str, list[Passage]] = {nom: [] for nom in COUREURS}
    prechargements = []
    with tempfile.TemporaryDirectory(prefix="banc") as dossier:
        racine = Path(dossier)
        jeu.preparer(racine, executions)
        _passer(racine, "plancher", 1)
        for tour in range(tours):
            ordre = list(COUREURS)[:: -1 if tour % 2 else 1]
            for nom in ordre:
                dire(f"tour {tour + 1}/{tours} : {nom}")
                nombre = min(pairs, executions) if nom in _REDUITS else executions
                releves[nom].append(_passer(racine, nom, nombre))
            prechargements.append(mesurer(python("-c", _PRECHARGER)).duree)
    _exiger_les_memes_sorties(releves)
    return _bilan(releves, median(prechargements), executions)


def _passer(racine: Path, nom: str, nombre: int) -> Passage:
    pages = racine / f"pages_{nom}"
    for ancien in (pages, racine / "donnees" / "exemple" / "travail"):
        shutil.rmtree(ancien, ignore_errors=True)
    mesure = mesurer(python("-m", "bancs.coureurs", nom, str(racine), str(nombre)))
    return Passage(nombre, mesure, empreintes(pages, jeu.territoires(nombre)))


def _exiger_les_memes_sorties(releves: dict[str, list[Passage]]) -> None:
    reference = releves["plancher"][0].empreintes
    for nom, passages in releves.items():
        for passage in passages:
            differents = [c for c, e in passage.empreintes.items() if reference[c] != e]
            if differents:
                raise SystemExit(f"sorties différentes ({nom}, {differents[:3]}) : aucun temps.")
    if len(set(reference.values())) < min(len(reference), 2):
        raise SystemExit("tous les rapports se ressemblent : l'empreinte ne prouve rien.")


def _bilan(
    releves: dict[str, list[Passage]], prechargement: float, executions: int
) -> dict[str, Any]:
    concurrents = {
        nom: {
            "rapports_mesures": passages[0].nombre,
            "extrapole": passages[0].nombre < executions,
            "s_par_rapport": median(p.par_rapport for p in passages),
            "s_propres": median(p.propre for p in passages) if passages[0].mesure.rendu else None,
            "processeur_s_par_rapport": median(p.mesure.processeur / p.nombre for p in passages),
            "memoire_mio": max(p.mesure.memoire for p in passages),
            "tours": [p.par_rapport for p in passages],
        }
        for nom, passages in releves.items()
    }
    fois = _apparier(releves, lambda p: p["commandes"].par_rapport / p["chaud"].par_rapport)
    ecart = _apparier(releves, lambda p: p["chaud_un_a_un"].propre / p["plancher"].propre)
    coeurs = os.cpu_count() or 1
    plancher = median(p.propre for p in releves["plancher"])
    commandes = median(p.par_rapport for p in releves["commandes"])
    plafond = commandes / (plancher / coeurs + prechargement / executions)
    return {
        "executions": executions,
        "coeurs": coeurs,
        "empreinte": releves["plancher"][0].empreintes[jeu.territoires(1)[0]],
        "concurrents": concurrents,
        "prechargement_s": prechargement,
        "fois_plus_vite_que_les_commandes": fois,
        "but_commandes": _BUT_COMMANDES,
        "plafond_du_plancher": plafond,
        "rapport_au_plancher": ecart,
        "but_plancher": _BUT_PLANCHER,
    }


def _apparier(
    releves: dict[str, list[Passage]], rapport: Callable[[dict[str, Passage]], float]
) -> float:
    """Médiane des rapports pris tour par tour : la machine y est dans le même état."""
    tours = range(len(releves["chaud"]))
    return median(rapport({nom: p[tour] for nom, p in releves.items()}) for tour in tours)


def tableau(bilan: dict[str, Any]) -> str:
    """Le bilan en un tableau Markdown et trois phrases."""
    lignes = [
        "| concurrent | s par rapport | s propres | processeur, s | mémoire, Mio | mesurés |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for nom, c in bilan["concurrents"].items():
        propres = f"{c['s_propres']:.2f}" if c["s_propres"] else ""
        mesures = f"{c['rapports_mesures']}{' (extrapolé)' if c['extrapole'] else ''}"
        lignes.append(
            f"| {nom} | {c['s_par_rapport']:.2f} | {propres} "
            f"| {c['processeur_s_par_rapport']:.2f} | {c['memoire_mio']:.0f} | {mesures} |"
        )
    permis = "permet" if bilan["plafond_du_plancher"] >= bilan["but_commandes"] else "interdit"
    return "\n".join(
        [
            *lignes,
            "",
            f"- Empreinte commune des sorties : `{bilan['empreinte'][:16]}`.",
            f"- {bilan['fois_plus_vite_que_les_commandes']:.1f} fois plus vite que les commandes, "
            f"démarrage compris (but : {bilan['but_commandes']:g}). Le plancher mesuré "
            f"{permis} ce but : {bilan['coeurs']} cœurs, un préchargement de "
            f"{bilan['prechargement_s']:.1f} s pour {bilan['executions']} rapports et les cellules "
            f"en Python nu donnent au mieux {bilan['plafond_du_plancher']:.1f} fois.",
            f"- Un rapport coûte {bilan['rapport_au_plancher']:.2f} fois ses cellules en Python "
            f"nu (but : {bilan['but_plancher']:g}).",
        ]
    )
