"""Exécuter les cellules d'un carnet dans le processus même, comme un noyau le ferait.

Un petit moteur papermill conduit une coquille IPython : mêmes sorties qu'un noyau (flux,
affichages, résultats, erreurs), dans l'ordre, sans prise ni message. Ce qu'un noyau sans
utilisateur refuse (`input`) l'est de la même façon.
"""

import builtins
import getpass
import io
import os
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, cast

import papermill
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode, from_dict, validate
from nbformat.v4 import new_notebook
from papermill.engines import Engine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from traitlets import Any as Trait
from traitlets import Type
from traitlets.config import Config

from rtpe_analyse.diffusion.demande import Demande, EchecRapport
from rtpe_analyse.diffusion.interruption import raison_de_l_erreur
from rtpe_analyse.diffusion.noyau_commun import (
    INJECTEE,
    REMEDE,
    faire_taire_papermill,
    normaliser,
    sans_injectee,
)

Suivre = Callable[[int], None]
_NOM = "rtpe_chaud"
# Dans le processus d'un rapport, ce sont des fichiers en mémoire (voir `enfant`).
_DESCRIPTEURS = {"stdout": 1, "stderr": 2}


def executer_sur_place(demande: Demande, dossier: Path, suivre: Suivre) -> NotebookNode:
    """Exécute toutes les cellules dans ce processus et rend le carnet avec ses sorties.

    Args:
        demande: rapport demandé.
        dossier: dossier temporaire ; les cellules travaillent dans son sous-dossier `travail`.
        suivre: appelé avec le rang de chaque cellule qui commence.

    Raises:
        EchecRapport: cellule en erreur.
    """
    source = dossier / "carnet.ipynb"
    source.write_text(normaliser(demande.carnet.contenu), encoding="utf-8")
    travail = dossier / "travail"
    travail.mkdir(exist_ok=True)
    os.chdir(travail)
    vu = _Rang(suivre)
    try:
        carnet: NotebookNode = papermill.execute_notebook(
            source,
            None,
            parameters=dict(demande.parametres),
            engine_name=_NOM,
            progress_bar=False,
            rang=vu,
        )
    except PapermillExecutionError as erreur:
        raise EchecRapport(
            raison_de_l_erreur(erreur.ename, erreur.evalue), REMEDE, cellule=vu.rang
        ) from None
    return sans_injectee(carnet)


class _Rang:
    """La cellule en cours, dite à qui surveille."""

    def __init__(self, suivre: Suivre) -> None:
        self._suivre = suivre
        self.rang: int | None = None

    def commence(self, rang: int) -> None:
        self.rang = rang
        self._suivre(rang)


class _Sorties:
    """Les sorties de la cellule en cours, dans l'ordre, au format d'un carnet."""

    def __init__(self) -> None:
        self.liste: list[NotebookNode] = []
        self.a_effacer = False
        self._nommees: dict[str, list[NotebookNode]] = {}
        self._lus = dict.fromkeys(_DESCRIPTEURS, 0)

    def commencer(self) -> None:
        """Une nouvelle cellule commence."""
        self.liste, self.a_effacer = [], False

    def ajouter(self, genre: str, contenu: dict[str, Any], nom: str | None = None) -> None:
        """Ajoute une sortie ; un affichage nommé pourra être remplacé."""
        self.recueillir()
        self._ranger(genre, contenu)
        if nom:
            self._nommees.setdefault(nom, []).append(self.liste[-1])

    def remplacer(self, nom: str, contenu: dict[str, Any]) -> None:
        """Met à jour partout un affichage nommé."""
        for sortie in self._nommees.get(nom, []):
            sortie.update(contenu)  # type: ignore[no-untyped-call]

    def recueillir(self) -> None:
        """Range ce que des sous-programmes ont écrit droit aux descripteurs de sortie."""
        for nom, descripteur in _DESCRIPTEURS.items():
            reste = os.fstat(descripteur).st_size - self._lus[nom]
            if reste > 0:
                texte = os.pread(descripteur, reste, self._lus[nom]).decode(errors="replace")
                self._lus[nom] += reste
                self._ranger("stream", {"name": nom, "text": texte})

    def _ranger(self, genre: str, contenu: dict[str, Any]) -> None:
        if self.a_effacer:
            self.liste.clear()
            self.a_effacer = False
        # Un flux prolonge le précédent, comme le fait un noyau.
        if genre == "stream" and self.liste and self.liste[-1].get("name") == contenu["name"]:
            self.liste[-1]["text"] += contenu["text"]
            return
        # Sans la valider : le carnet le sera en entier, à sa conversion.
        sortie = from_dict({"output_type": genre, **contenu})  # type: ignore[no-untyped-call]
        self.liste.append(sortie)


class _Flux(io.TextIOBase):
    encoding = "UTF-8"

    def __init__(self, nom: str, sorties: _Sorties) -> None:
        self._nom, self._sorties = nom, sorties

    def fileno(self) -> int:
        return _DESCRIPTEURS[self._nom]

    def write(self, texte: str) -> int:
        if texte:
            self._sorties.ajouter("stream", {"name": self._nom, "text": texte})
        return len(texte)

    def writable(self) -> bool:
        return True


class _Editeur(DisplayPublisher):
    sorties = Trait()

    def publish(
        self,
        data: Any,
        metadata: Any = None,
        *_: Any,
        transient: Any = None,
        update: bool = False,
        **__: Any,
    ) -> None:
        contenu = {"data": data, "metadata": metadata or {}}
        nom = (transient or {}).get("display_id")
        if update:
            self.sorties.remplacer(nom, contenu)
        else:
            self.sorties.ajouter("display_data", contenu, nom)

    def clear_output(self, wait: bool = False) -> None:
        self.sorties.a_effacer = wait
        if not wait:
            self.sorties.liste.clear()


class _Afficheur(DisplayHook):
    sorties = Trait()

    def write_output_prompt(self) -> None:
        """Un carnet n'a pas d'invite."""

    def write_format_data(
        self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None
    ) -> None:
        self.sorties.ajouter(
            "execute_result",
            {
                "data": format_dict,
                "metadata": md_dict or {},
                "execution_count": self.prompt_count,
            },
        )

    def finish_displayhook(self) -> None:
        """Rien à vider : les sorties sont déjà rangées."""


class _Coquille(InteractiveShell):
    displayhook_class = Type(_Afficheur)
    display_pub_class = Type(_Editeur)
    sorties = Trait()

    def enable_gui(self, gui: str | None = None) -> None:
        """Aucune boucle graphique : les figures sont des sorties du carnet."""

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        self.sorties.ajouter(
            "error", {"ename": etype.__name__, "evalue": str(evalue), "traceback": stb}
        )


# Aucun historique : ni fichier, ni fil d'écriture.
_REGLAGES = Config(
    {"HistoryManager": {"enabled": False}, "InteractiveShell": {"colors": "nocolor"}}
)


def prechauffer() -> None:
    """Construit une coquille et lit un carnet vide : le prochain processus ira plus vite."""
    principal = sys.modules["__main__"]
    _Coquille(config=_REGLAGES, sorties=_Sorties())  # type: ignore[no-untyped-call]
    sys.modules["__main__"] = principal
    validate(new_notebook())  # type: ignore[no-untyped-call]


def _ouvrir() -> _Coquille:
    """Une coquille neuve, qui n'écrit aucun historique et ne lit aucun réglage."""
    coquille: Any = _Coquille.instance(config=_REGLAGES, sorties=_Sorties())
    coquille.display_pub.sorties = coquille.displayhook.sorties = coquille.sorties
    for module, nom in ((builtins, "input"), (getpass, "getpass")):
        setattr(module, nom, _refuser)
    _relier_matplotlib()
    return cast(_Coquille, coquille)


def _refuser(*_: object, **__: object) -> None:
    raise StdinNotImplementedError(
        "raw_input was called, but this frontend does not support input requests."
    )


def _relier_matplotlib() -> None:
    """Pyplot est déjà chargé : sa liaison aux carnets, faite à l'import, est à refaire."""
    from matplotlib_inline.backend_inline import _enable_matplotlib_integration

    _enable_matplotlib_integration()  # type: ignore[no-untyped-call]


def _en_erreur(sorties: list[NotebookNode]) -> bool:
    return any(s.output_type == "error" for s in sorties)


class _Moteur(Engine):  # type: ignore[misc]
    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, *, rang: _Rang, **_: Any
    ) -> None:
        coquille = _ouvrir()
        sorties = coquille.sorties
        injectees = 0
        with redirect_stdout(_Flux("stdout", sorties)), redirect_stderr(_Flux("stderr", sorties)):
            for indice, cellule in enumerate(nb_man.nb.cells):
                if INJECTEE in cellule.metadata.get("tags", []):
                    injectees += 1
                if cellule.cell_type != "code" or not cellule.source.strip():
                    continue
                rang.commence(indice + 1 - injectees)
                nb_man.cell_start(cellule, indice)
                sorties.commencer()
                fait = coquille.run_cell(cellule.source, store_history=True)  # type: ignore[no-untyped-call]
                sorties.recueillir()
                erreur = fait.error_before_exec or fait.error_in_exec
                if erreur and not _en_erreur(sorties.liste):
                    # IPython dit une magie mal employée sans l'afficher comme une erreur.
                    coquille._showtraceback(type(erreur), erreur, [])
                cellule.outputs = sorties.liste
                cellule.execution_count = coquille.execution_count - 1
                nb_man.cell_complete(cellule, indice)
                if _en_erreur(cellule.outputs):
                    nb_man.cell_exception(cellule, indice)
                    return

    @classmethod
    def nb_kernel_name(cls, nb: NotebookNode, name: str | None = None) -> str:
        return "python3"

    @classmethod
    def nb_language(cls, nb: NotebookNode, language: str | None = None) -> str:
        return "python"


faire_taire_papermill()
papermill_engines.register(_NOM, _Moteur)
