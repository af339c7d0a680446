"""Nettoyer plusieurs fichiers à la fois, dans des processus séparés.

Un classeur coûte quelques centièmes de seconde de petits calculs qui n'occupent qu'un cœur :
les partager entre processus est ce qui fait tenir un réseau entier dans le temps voulu.
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context

from rtpe_analyse import sources
from rtpe_analyse.chemins import Lieux
from rtpe_analyse.nettoyage.declarees import Declaree
from rtpe_analyse.nettoyage.etats import EtatFichier
from rtpe_analyse.nettoyage.fichier import traiter
from rtpe_analyse.nettoyage.references import References
from rtpe_analyse.sources import Descripteur, Fiche

# En dessous, démarrer des processus coûte plus que ce qu'ils font gagner.
_SEUIL = 40


@dataclass(frozen=True)
class Atelier:
    """Tout ce que des fichiers d'un même passage partagent.

    Attributes:
        lieux: dossiers du jeu.
        references: établissements et communes.
        declarees: corrections déclarées du jeu.
    """

    lieux: Lieux
    references: References
    declarees: tuple[Declaree, ...]

    def nettoyer(self, fiche: Fiche, descripteur: Descripteur) -> EtatFichier:
        """Nettoie un fichier et écrit ses sorties (voir `fichier.traiter`)."""
        contexte = self.references.contexte(
            set(descripteur.tables), fiche.recu_le, classeur=descripteur.format == "classeur"
        )
        cle = b"" if descripteur.publique else sources.cle_du_jeu(self.lieux)
        return traiter(fiche, descripteur, cle, contexte, self.declarees, self.lieux)


def nettoyer_tous(
    atelier: Atelier, taches: Sequence[tuple[Fiche, Descripteur]]
) -> Iterator[tuple[tuple[Fiche, Descripteur], EtatFichier]]:
    """Nettoie des fichiers, en parallèle s'ils sont nombreux ; rend chacun dès qu'il est prêt.

    L'ordre de rendu n'est pas fixé, les sorties n'en dépendent pas. Le premier échec arrête
    tout, comme en séquence.

    Raises:
        ErreurConservation: si des lignes se perdent.
        ErreurDescripteur: si une colonne obligatoire n'est pas décrite.
    """
    ouvriers = min(os.cpu_count() or 1, 8)
    if len(taches) < _SEUIL or ouvriers == 1:
        for fiche, descripteur in taches:
            yield (fiche, descripteur), atelier.nettoyer(fiche, descripteur)
        return
    # « spawn » : un processus issu d'un fork hériterait des verrous des fils de polars.
    with ProcessPoolExecutor(
        ouvriers, mp_context=get_context("spawn"), initializer=_preparer, initargs=(atelier,)
    ) as bassin:
        try:
            futurs = {bassin.submit(_nettoyer, *tache): tache for tache in taches}
            for futur in as_completed(futurs):
                yield futurs[futur], futur.result()
        except BaseException:
            bassin.shutdown(cancel_futures=True)
            raise


_atelier: Atelier


def _preparer(atelier: Atelier) -> None:
    global _atelier  # noqa: PLW0603
    _atelier = atelier


def _nettoyer(fiche: Fiche, descripteur: Descripteur) -> EtatFichier:
    return _atelier.nettoyer(fiche, descripteur)
