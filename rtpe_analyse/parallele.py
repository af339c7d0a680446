"""Faire le même geste sur de nombreux fichiers, dans plusieurs processus.

Lire un classeur coûte quelques centièmes de seconde de petits calculs qui n'occupent qu'un
cœur : les partager entre processus fait tenir un réseau entier dans le temps voulu.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any, TypeVar

from rtpe_analyse.erreurs import ErreurRtpe

Contexte = TypeVar("Contexte")
Tache = TypeVar("Tache")
Resultat = TypeVar("Resultat")

# En dessous, démarrer des processus coûte plus que ce qu'ils font gagner.
_SEUIL = 40


def appliquer(
    fonction: Callable[[Contexte, Tache], Resultat],
    contexte: Contexte,
    taches: Sequence[Tache],
    *,
    seuil: int = _SEUIL,
) -> Iterator[tuple[Tache, Resultat]]:
    """Applique une fonction à des tâches, en parallèle si elles sont nombreuses.

    Args:
        fonction: fonction de module ou de classe ; elle reçoit le contexte et une tâche.
        contexte: ce que toutes les tâches partagent, transmis une fois à chaque processus.
        taches: les tâches.
        seuil: nombre de tâches en dessous duquel un seul processus les fait toutes.

    Yields:
        Chaque tâche et son résultat, dans l'ordre des tâches.

    Raises:
        ErreurRtpe: si un processus est tué (mémoire insuffisante, le plus souvent).
        Exception: la première levée par `fonction` ; les tâches restantes sont abandonnées.
    """
    ouvriers = min(os.cpu_count() or 1, 8)
    if len(taches) < seuil or ouvriers == 1:
        for tache in taches:
            yield tache, fonction(contexte, tache)
        return
    # « spawn » : un processus issu d'un fork hériterait des verrous des fils de polars.
    with ProcessPoolExecutor(
        ouvriers, mp_context=get_context("spawn"), initializer=_preparer, initargs=(contexte,)
    ) as bassin:
        try:
            futurs = [bassin.submit(_appliquer, fonction, tache) for tache in taches]
            for tache, futur in zip(taches, futurs, strict=True):
                yield tache, futur.result()
        except BrokenProcessPool as erreur:
            raise ErreurRtpe(
                "Un processus de travail a été arrêté.",
                "Souvent un manque de mémoire : fermer d'autres programmes, puis relancer la "
                "même commande, qui reprend où elle s'est arrêtée.",
            ) from erreur
        except BaseException:
            bassin.shutdown(cancel_futures=True)
            raise


_contexte: Any = None


def _preparer(contexte: Any) -> None:
    global _contexte  # noqa: PLW0603
    _contexte = contexte


def _appliquer(fonction: Callable[[Any, Any], Any], tache: Any) -> Any:
    return fonction(_contexte, tache)
