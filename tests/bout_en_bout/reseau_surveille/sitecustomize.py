"""Chargé par chaque processus de la chaîne sous test : note et refuse toute connexion."""

import os
import socket
from typing import Any, NoReturn

_JOURNAL = os.environ.get("RTPE_JOURNAL_RESEAU")


def _noter(quoi: str) -> NoReturn:
    with open(_JOURNAL or os.devnull, "a", encoding="utf-8") as journal:  # noqa: PTH123
        journal.write(quoi + "\n")
    raise OSError(f"réseau interdit pendant les tests : {quoi}")


if _JOURNAL:
    _connect = socket.socket.connect
    _connect_ex = socket.socket.connect_ex

    def _surveiller(origine: Any) -> Any:
        def connecter(self: socket.socket, adresse: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6):
                _noter(f"connexion {adresse}")
            return origine(self, adresse)

        return connecter

    def _resoudre(*noms: Any, **_: Any) -> Any:
        _noter(f"résolution {noms[0]}")

    socket.socket.connect = _surveiller(_connect)  # type: ignore[method-assign]
    socket.socket.connect_ex = _surveiller(_connect_ex)  # type: ignore[method-assign]
    socket.getaddrinfo = _resoudre
