"""Ne pas charger ce dont un carnet n'a pas besoin.

JupyterLab apporte `rfc3987_syntax`, que jsonschema charge s'il le trouve pour juger les
adresses internationales : la grammaire qu'il construit alors prend plus d'une seconde. Le
schéma d'un carnet n'en contient aucune.
"""

import sys

_SUPERFLU = "rfc3987_syntax"


def alleger() -> None:
    """Fait comme si le module superflu n'était pas installé, dans ce processus.

    jsonschema s'en passe de lui-même : il perd le contrôle du seul format `iri`. Sans effet
    sur un module déjà chargé.
    """
    sys.modules.setdefault(_SUPERFLU, None)  # type: ignore[arg-type]
