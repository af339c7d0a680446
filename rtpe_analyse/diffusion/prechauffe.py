"""Ce que le serveur de fork charge une fois pour tous les rapports. Rien ne s'y calcule.

Importé par le serveur, jamais ailleurs. Aucune requête polars ne doit s'y exécuter : après une
seule, chaque processus issu du serveur se bloquerait (mesuré : 3 blocages sur 3). Importer
polars ne suffit pas à le rendre dangereux (30 enfants sans blocage sur 30).
"""

import gc
from datetime import date

# Chargés au premier usage seulement : sans cela, chaque rapport les chargerait à son tour.
from matplotlib_inline import backend_inline
from PIL import Image
from pyarrow import pandas_compat  # type: ignore[import-untyped]
from scipy import optimize, spatial

from rtpe_analyse.diffusion import coquille, exportateur, rapport
from rtpe_analyse.restitution import figures, formats, ouvrir

PRECHARGES = (
    *(coquille, exportateur, rapport, figures, ouvrir),
    *(backend_inline, pandas_compat, optimize, spatial),
)


def _prechauffer() -> None:
    """Fait une fois ce que chaque rapport referait : coquille, polices, gabarit, langue."""
    coquille.prechauffer()
    figures.prechauffer()
    exportateur.prechauffer()
    Image.preinit()
    formats.nombre(1234.5, 1)
    formats.jour(date(2026, 1, 1))
    # Ce qui est chargé ne bouge plus : le ramasse-miettes d'un rapport n'a pas à le recopier.
    gc.collect()
    gc.freeze()


_prechauffer()
