"""Le banc d'endurance : des centaines de rapports chauds, tous égaux à ceux du noyau."""

import tempfile
from pathlib import Path
from typing import Any

from bancs import jeu
from bancs.empreintes import empreintes
from bancs.mesures import mesurer, python

_DISTINCTS = 14


def eprouver(nombre: int) -> dict[str, Any]:
    """Produit `nombre` rapports par le moteur chaud et les compare au noyau.

    Le contenu du carnet de référence ne dépend du territoire que par un reste de division :
    quelques rapports du noyau suffisent à connaître tous les contenus possibles.

    Raises:
        SystemExit: un rapport manque, échoue, ou diffère de celui du noyau.
    """
    with tempfile.TemporaryDirectory(prefix="banc") as dossier:
        racine = Path(dossier)
        jeu.preparer(racine, nombre)
        reference = _produire(racine, "noyau", min(_DISTINCTS, nombre))
        codes = jeu.territoires(nombre)
        attendues = {jeu.reste(c): e for c, e in reference.items()}
        rendues = _produire(racine, "chaud", nombre)
    differents = [c for c in codes if rendues[c] != attendues[jeu.reste(c)]]
    if differents:
        raise SystemExit(f"{len(differents)} rapports diffèrent du noyau : {differents[:5]}")
    return {"rapports": nombre, "contenus": len(set(rendues.values())), "differences": 0}


def _produire(racine: Path, nom: str, nombre: int) -> dict[str, str]:
    mesurer(python("-m", "bancs.coureurs", nom, str(racine), str(nombre)))
    return empreintes(racine / f"pages_{nom}", jeu.territoires(nombre))
