"""La série longue d'un indicateur : ses périodes, d'où elles viennent, ses niveaux sans saison."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from rtpe_analyse.methodes.serie import changements_de_niveau, desaisonnaliser
from rtpe_analyse.modeles import Periode
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.lecture import Grille
from rtpe_analyse.restitution.mesures import Mesure
from rtpe_analyse.restitution.occupation import echelle

_CYCLES = {"mois": 12, "trimestre": 4}
# Ce que seul le détail journalier donne : son premier trimestre ouvre le détail.
_DU_DETAIL = "P3"
_NOMMEES = 3


@dataclass(frozen=True)
class Suite:
    """Une série longue : ses périodes, ses mesures, et celles qui viennent d'agrégats."""

    periodes: list[Periode]
    mesures: list[Mesure]
    agregats: int

    @property
    def lisibles(self) -> list[Mesure]:
        """Les mesures lisibles, dans l'ordre."""
        return [m for m in self.mesures if m.lisible]


def lire_suite(contexte: Contexte, code: str) -> Suite:
    """La série de la zone, de sa première valeur connue à la période du rapport."""
    return lire_suites(contexte, code, contexte.maille, [contexte.zone])[contexte.zone]


def lire_suites(
    contexte: Contexte, code: str, maille: str, zones: Iterable[str]
) -> dict[str, Suite]:
    """La série de chaque zone, de sa première valeur connue à la période du rapport.

    Args:
        contexte: période du rapport.
        code: indicateur.
        maille: maille des zones.
        zones: leurs codes.
    """
    zones = list(zones)
    toutes = [Periode.lire(p) for p in contexte.dossier.periodes.get(contexte.periode.pas, [])]
    echues = [p for p in toutes if p <= contexte.periode]
    periodes = [echues[0]] if echues else [contexte.periode]
    while periodes[-1] < contexte.periode:
        periodes.append(periodes[-1].decaler(1))
    lue = contexte.grille([code, _DU_DETAIL], maille, zones, periodes)
    return {zone: _suite(lue, code, zone, periodes) for zone in zones}


def _suite(lue: Grille, code: str, zone: str, periodes: list[Periode]) -> Suite:
    mesures = [lue.lire(code, zone, p) for p in periodes]
    detail = [lue.lire(_DU_DETAIL, zone, p).lisible for p in periodes]
    debut = next((r for r, m in enumerate(mesures) if m.lisible or m.masquee), len(periodes) - 1)
    premier = next((r for r, d in enumerate(detail) if d), debut)
    return Suite(periodes[debut:], mesures[debut:], max(0, premier - debut))


def niveaux(suite: Suite) -> tuple[list[tuple[int, int, float]], str]:
    """Paliers de la série sans saison, ou la phrase qui dit pourquoi on ne les cherche pas.

    Returns:
        Premier rang, dernier rang et niveau moyen de chaque palier, à l'échelle de
        l'affichage ; vide avec une phrase si la série est trop courte, trouée ou constante.
    """
    valeurs = np.array([np.nan if (v := echelle(m)) is None else v for m in suite.mesures])
    separee = desaisonnaliser(valeurs, _CYCLES[suite.periodes[0].pas])
    if isinstance(separee, str):
        return [], f"Changements de niveau non cherchés. {separee}{_manquantes(suite)}"
    nette = separee.sans_saison
    bornes = [0, *changements_de_niveau(nette), len(nette)]
    return [(debut, fin - 1, float(nette[debut:fin].mean())) for debut, fin in pairwise(bornes)], ""


def _manquantes(suite: Suite) -> str:
    """Les périodes sans valeur lisible, si elles sont peu nombreuses."""
    trous = [
        f"{formats.periode_courte(p)} ({'masqué' if m.masquee else 'inconnu'})"
        for p, m in zip(suite.periodes, suite.mesures, strict=True)
        if not m.lisible
    ]
    return f" Sans valeur : {formats.enumeration(trous)}." if 0 < len(trous) <= _NOMMEES else ""
