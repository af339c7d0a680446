"""Comparer loyalement les établissements : l'entonnoir, ni classement ni note.

Une petite crèche varie plus qu'une grande ; l'entonnoir en tient compte, et de la variation
ordinaire entre établissements. Ce qui en sort demande une explication, pas une sanction.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
import polars as pl

from rtpe_analyse.methodes.entonnoir import Entonnoir, ajuster_entonnoir
from rtpe_analyse.reglementation import valeur
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import Mesure
from rtpe_analyse.restitution.objets import Restitution
from rtpe_analyse.restitution.occupation import unite
from rtpe_analyse.restitution.planches import planche, sans_figure
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau, cellule

# Les deux limites de Spiegelhalter (2005).
BASSE, _HAUTE = 0.95, 0.998
DEDANS, _ORANGE, _ROUGE = "dedans", "orange", "rouge"
DITES = {
    DEDANS: "dans les limites",
    _ORANGE: "hors de la limite à 95 %",
    _ROUGE: "hors de la limite à 99,8 %",
}
_MASQUES = "Les valeurs masquées par le secret statistique n'y sont pas."


@dataclass(frozen=True)
class Comparaison:
    """Un indicateur, les établissements comparables du réseau, et l'entonnoir ajusté."""

    codes: tuple[str, ...]
    mesures: tuple[Mesure, ...]
    erreurs: np.ndarray
    ajuste: Entonnoir

    def place(self, rang: int) -> str:
        """Où se trouve un établissement par rapport aux limites."""
        probabilite = float(self.ajuste.probabilites()[rang])
        return (
            _ROUGE if probabilite < 1 - _HAUTE else _ORANGE if probabilite < 1 - BASSE else DEDANS
        )


def entonnoir(contexte: Contexte, code: str = "T4") -> Restitution:
    """Figure : les établissements de la zone entre les limites ajustées sur tout le réseau."""
    definition = contexte.dossier.definition(code)
    titre = f"{definition.libelle} : comparaison à taille comparable"
    comparaison = comparer(contexte, code)
    if comparaison is None:
        return sans_figure(titre, "Il faut au moins cinq établissements comparables et lisibles.")
    siens = [r for r, c in enumerate(comparaison.codes) if c in contexte.etablissements]
    if not siens:
        return sans_figure(titre, f"Aucun établissement de la zone n'est comparable. {_MASQUES}")
    from rtpe_analyse.restitution import figures

    tailles = np.array([m.denominateur or 0.0 for m in comparaison.mesures])
    points = pl.DataFrame(
        {
            "nom": [contexte.etablissements[comparaison.codes[r]] for r in siens],
            "taille": tailles[siens],
            "valeur": [100 * (comparaison.mesures[r].valeur or 0.0) for r in siens],
            "place": [comparaison.place(r) for r in siens],
        }
    )
    svg = figures.entonnoir(
        points,
        _limites(contexte, comparaison, tailles),
        100 * comparaison.ajuste.cible,
        unite(definition),
        "Heures-places de la période",
    )
    dehors = [r for r in siens if comparaison.place(r) != DEDANS]
    conclusion = _conclusion(contexte, comparaison, siens, dehors)
    donnees = Tableau(
        f"Chiffres de la figure : {titre}",
        "Établissement",
        [
            Colonne(definition.libelle, definition.unite, code=code),
            Colonne("Heures-places", "h"),
            Colonne("Position", nombre=False),
        ],
        [
            Ligne(
                contexte.etablissements[comparaison.codes[r]],
                [
                    cellule(comparaison.mesures[r]),
                    Cellule(formats.nombre(tailles[r])),
                    Cellule(DITES[comparaison.place(r)]),
                ],
            )
            for r in siens
        ],
    )
    cible = formats.pourcentage(comparaison.ajuste.cible)
    note = (
        f"Trait : moyenne du réseau ({cible}). Tirets : limites à 95 % ; pointillés : à 99,8 %. "
        f"Ajusté sur {len(comparaison.codes)} établissements, variation ordinaire entre eux "
        f"comprise (écart type de {formats.points(comparaison.ajuste.tau, signe=False)}). "
        "Ni classement, ni note."
    )
    alt = f"Nuage de points entre des limites qui se resserrent avec la taille. {conclusion}."
    return planche(conclusion, alt, svg, donnees, note)


def comparer(contexte: Contexte, code: str) -> Comparaison | None:
    """Ajuste l'entonnoir d'un indicateur sur les établissements lisibles du département.

    Returns:
        La comparaison ; rien s'il y a trop peu d'établissements lisibles.
    """
    territoires = list(contexte.territoires)
    codes = contexte.zones("etablissement").filter(pl.col("parent").is_in(territoires))["zone"]
    grille = contexte.grille([code], "etablissement", codes, [contexte.periode])
    lus = [(c, grille.lire(code, c, contexte.periode)) for c in codes.sort()]
    lus = [(c, m) for c, m in lus if m.valeur is not None and m.denominateur and not m.partielle]
    if not lus:
        return None
    jour = float(valeur("conventions", "jour_type_h", contexte.jour_de_reference))
    valeurs = np.array([m.valeur for _, m in lus], dtype=float)
    # Une place occupée ou non un jour donné : autant de tirages que de places-jours.
    tirages = np.array([(m.denominateur or 0.0) / jour for _, m in lus])
    moyenne = float(np.average(valeurs, weights=tirages))
    erreurs = np.sqrt(max(moyenne * (1 - moyenne), 1e-6) / tirages)
    ajuste = ajuster_entonnoir(valeurs, erreurs)
    if ajuste is None:
        return None
    return Comparaison(tuple(c for c, _ in lus), tuple(m for _, m in lus), erreurs, ajuste)


def _limites(contexte: Contexte, comparaison: Comparaison, tailles: np.ndarray) -> pl.DataFrame:
    grille = np.linspace(tailles.min(), tailles.max(), 60)
    cible = comparaison.ajuste.cible
    jour = float(valeur("conventions", "jour_type_h", contexte.jour_de_reference))
    erreurs = np.array([sqrt(max(cible * (1 - cible), 1e-6) / (t / jour)) for t in grille])
    colonnes: dict[str, np.ndarray] = {"taille": grille}
    for nom, niveau in (("95", BASSE), ("998", _HAUTE)):
        bas, haut = comparaison.ajuste.limites(erreurs, niveau)
        colonnes |= {f"bas{nom}": 100 * bas, f"haut{nom}": 100 * haut}
    return pl.DataFrame(colonnes)


def _conclusion(
    contexte: Contexte, comparaison: Comparaison, siens: list[int], dehors: list[int]
) -> str:
    if not dehors:
        if len(siens) < 2:
            return "Le seul établissement montré est dans les limites de la variation ordinaire"
        nombre = formats.nombre(len(siens))
        return (
            f"Les {nombre} établissements montrés sont dans les limites de la variation ordinaire"
        )
    noms = [
        f"{contexte.etablissements[comparaison.codes[r]]} ({comparaison.mesures[r]})"
        for r in dehors
    ]
    verbe = "sort" if len(noms) == 1 else "sortent"
    return f"{formats.enumeration(noms)} {verbe} des limites de la variation ordinaire"
