"""Comparer loyalement les établissements : l'entonnoir, ni classement ni note.

Une petite crèche varie plus qu'une grande ; l'entonnoir en tient compte, et de la variation
ordinaire entre établissements. Ce qui en sort demande une explication, pas une sanction.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
import polars as pl

from rtpe_analyse.methodes.entonnoir import Entonnoir, ajuster_entonnoir
from rtpe_analyse.methodes.surveillance import retenir_les_alertes
from rtpe_analyse.reglementation import valeur
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import Mesure
from rtpe_analyse.restitution.objets import Restitution, paragraphes
from rtpe_analyse.restitution.occupation import unite
from rtpe_analyse.restitution.planches import planche, sans_figure
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau, cellule

_SURVEILLES = ("T1", "T4")
# Les deux limites de Spiegelhalter (2005).
_BASSE, _HAUTE = 0.95, 0.998
_DEDANS, _ORANGE, _ROUGE = "dedans", "orange", "rouge"
_DITES = {
    _DEDANS: "dans les limites",
    _ORANGE: "hors de la limite à 95 %",
    _ROUGE: "hors de la limite à 99,8 %",
}
_MASQUES = "Les valeurs masquées par le secret statistique n'y sont pas."


@dataclass(frozen=True)
class _Comparaison:
    """Un indicateur, les établissements comparables du réseau, et l'entonnoir ajusté."""

    codes: tuple[str, ...]
    mesures: tuple[Mesure, ...]
    erreurs: np.ndarray
    ajuste: Entonnoir

    def place(self, rang: int) -> str:
        """Où se trouve un établissement par rapport aux limites."""
        probabilite = float(self.ajuste.probabilites()[rang])
        return (
            _ROUGE if probabilite < 1 - _HAUTE else _ORANGE if probabilite < 1 - _BASSE else _DEDANS
        )


def entonnoir(contexte: Contexte, code: str = "T4") -> Restitution:
    """Figure : les établissements de la zone entre les limites ajustées sur tout le réseau."""
    definition = contexte.dossier.definition(code)
    titre = f"{definition.libelle} : comparaison à taille comparable"
    comparaison = _comparer(contexte, code)
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
    dehors = [r for r in siens if comparaison.place(r) != _DEDANS]
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
                    Cellule(_DITES[comparaison.place(r)]),
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


def signaux(contexte: Contexte) -> Restitution:
    """Phrases : les écarts qui restent quand on borne la part de fausses alertes."""
    taux = float(valeur("seuils_alerte", "fausses_alertes_pct", contexte.jour_de_reference))
    essais = [
        (code, comparaison, rang)
        for code in _SURVEILLES
        if (comparaison := _comparer(contexte, code)) is not None
        for rang in range(len(comparaison.codes))
    ]
    if not essais:
        return paragraphes(["Trop peu d'établissements lisibles pour chercher des écarts."])
    probabilites = np.array([c.ajuste.probabilites()[rang] for _, c, rang in essais])
    retenus = retenir_les_alertes(probabilites, taux / 100)
    phrases = [
        f"Sur {formats.compte(len(essais), 'comparaison')} dans le réseau, "
        f"{formats.nombre(int(retenus.sum()))} s'écartent assez pour que, parmi elles, moins de "
        f"{formats.nombre(taux)} % soient attendues par hasard."
    ]
    for (code, comparaison, rang), retenu in zip(essais, retenus, strict=True):
        etablissement = comparaison.codes[rang]
        if not retenu or etablissement not in contexte.etablissements:
            continue
        mesure = comparaison.mesures[rang]
        phrases.append(
            f"{contexte.etablissements[etablissement]} : {mesure.definition.libelle.lower()} de "
            f"{mesure}, pour {formats.pourcentage(comparaison.ajuste.cible)} attendus à sa taille "
            f"({code})."
        )
    if len(phrases) == 1:
        phrases.append("Aucun n'est dans la zone de ce rapport.")
    return paragraphes(phrases)


def _comparer(contexte: Contexte, code: str) -> _Comparaison | None:
    """Ajuste l'entonnoir sur les établissements lisibles du département."""
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
    return _Comparaison(tuple(c for c, _ in lus), tuple(m for _, m in lus), erreurs, ajuste)


def _limites(contexte: Contexte, comparaison: _Comparaison, tailles: np.ndarray) -> pl.DataFrame:
    grille = np.linspace(tailles.min(), tailles.max(), 60)
    cible = comparaison.ajuste.cible
    jour = float(valeur("conventions", "jour_type_h", contexte.jour_de_reference))
    erreurs = np.array([sqrt(max(cible * (1 - cible), 1e-6) / (t / jour)) for t in grille])
    colonnes: dict[str, np.ndarray] = {"taille": grille}
    for nom, niveau in (("95", _BASSE), ("998", _HAUTE)):
        bas, haut = comparaison.ajuste.limites(erreurs, niveau)
        colonnes |= {f"bas{nom}": 100 * bas, f"haut{nom}": 100 * haut}
    return pl.DataFrame(colonnes)


def _conclusion(
    contexte: Contexte, comparaison: _Comparaison, siens: list[int], dehors: list[int]
) -> str:
    if not dehors:
        total = formats.compte(len(siens), "établissement")
        verbe = "est" if len(siens) < 2 else "sont tous"
        return f"{formats.majuscule(total)} {verbe} dans les limites de la variation ordinaire"
    noms = [
        f"{contexte.etablissements[comparaison.codes[r]]} ({comparaison.mesures[r]})"
        for r in dehors
    ]
    verbe = "sort" if len(noms) == 1 else "sortent"
    return f"{formats.enumeration(noms)} {verbe} des limites de la variation ordinaire"
