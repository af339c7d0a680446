"""Le plan des axes d'une typologie : ce qui oppose les zones, et où est chacune."""

from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.classes import (
    AUCUNE,
    COORDONNEE,
    Typologie,
    de_la_zone,
    liaisons,
    lire_typologie,
)
from rtpe_analyse.restitution.composantes import mots
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import Mesure
from rtpe_analyse.restitution.objets import Restitution
from rtpe_analyse.restitution.planches import planche, sans_figure
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau, cellule

_LIAISON_FORTE = 0.7
"""Liaison à partir de laquelle une variable fait l'axe (la moitié de sa variance)."""


def plan_des_axes(contexte: Contexte, maille: str = "commune") -> Restitution:
    """Figure : les deux premiers axes, ce qui les fait, et où y sont les zones.

    Args:
        contexte: zone et période du rapport.
        maille: `commune` ou `iris`.
    """
    titre = "Le plan des axes"
    typologie = lire_typologie(contexte, maille)
    if not typologie.classes:
        return sans_figure(titre, AUCUNE)
    from rtpe_analyse.restitution import figures

    premier, second = (liaisons(contexte, typologie, axe) for axe in (1, 2))
    lues = contexte.grille(
        [COORDONNEE], maille, typologie.membres, [typologie.annee], ventilation="axe"
    )
    places = {
        z: [lues.lire(COORDONNEE, z, typologie.annee, axe) for axe in ("1", "2")]
        for z in typologie.membres
    }
    siennes = de_la_zone(contexte, typologie) if contexte.maille != "departement" else set()
    svg = figures.plan(
        {mots(v, maille).libelle: _point([m, second[v]]) for v, m in premier.items()},
        [(z, c.lettre, _point(places[z])) for z, c in typologie.membres.items()],
        {z: typologie.noms[z] for z in siennes if z in places},
        (_axe(typologie, 1), _axe(typologie, 2)),
    )
    conclusion = f"{_axe(typologie, 1)} : {_sens(premier, maille)}"
    variables = {mots(v, maille).libelle: [m, second[v]] for v, m in premier.items()}
    zones = {f"{typologie.noms[z]} ({c.lettre})": places[z] for z, c in typologie.membres.items()}
    lignes = [
        Ligne(nom, [Cellule(genre), *(cellule(m) for m in couple)])
        for genre, suite in (("liaison", variables), ("coordonnée", zones))
        for nom, couple in suite.items()
    ]
    colonnes = [Colonne("Chiffre", nombre=False), Colonne("axe 1"), Colonne("axe 2")]
    donnees = Tableau(
        f"Chiffres de la figure : {titre}", "Variable, puis zone (classe)", colonnes, lignes
    )
    alt = f"Cercle des corrélations et nuage des zones. {conclusion}."
    note = "Chaque lettre est une zone, celle de sa classe ; deux zones proches se ressemblent."
    return planche(conclusion, alt, svg, donnees, note)


def _point(couple: list[Mesure]) -> tuple[float, float]:
    x, y = (m.valeur or 0.0 for m in couple)
    return x, y


def _axe(typologie: Typologie, axe: int) -> str:
    part = typologie.qualite[("axe", str(axe))].valeur or 0.0
    nom = ("Premier", "Second")[axe - 1]
    return f"{nom} axe ({formats.pourcentage(part, 0)} des différences)"


def _sens(premier: dict[str, Mesure], maille: str) -> str:
    """Ce qui fait l'axe : « emploi, à l'opposé de pauvreté et chômage »."""
    fortes = {v: m.valeur for v, m in premier.items() if abs(m.valeur or 0) >= _LIAISON_FORTE}
    noms = [
        formats.enumeration([_bas(v, maille) for v, r in fortes.items() if (r or 0) * cote > 0])
        for cote in (1, -1)
    ]
    return ", à l'opposé de ".join(nom for nom in noms if nom)


def _bas(variable: str, maille: str) -> str:
    libelle = mots(variable, maille).libelle
    return libelle[:1].lower() + libelle[1:]
