"""Les effets plantés : ce qui change l'occupation de quelques établissements, et de combien.

Chacun retire une part d'un seul facteur de l'occupation, entre deux dates ; les autres
établissements n'ont que leurs hasards. `verite_effets.parquet` en donne la liste : de quoi juger
ce que le rapport retrouve, et ce qu'il croit trouver ailleurs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rtpe_analyse.exemple.scenario import Scenario

ETAPE = 21
PERSONNEL, CONTRATS, PRESENCE = "personnel", "temps_contractuel", "presence"
_EPOQUE = date(1970, 1, 1)


@dataclass(frozen=True)
class Effet:
    """Un effet planté dans un établissement.

    Attributes:
        facteur: ce qu'il touche, du nom que lui donne la décomposition de l'occupation :
            jours fermés faute de personnel, heures des contrats, ou présence des enfants prévus.
        taille: part du facteur qui est perdue (0,1 : un dixième).
        du: premier jour touché.
        au: dernier jour touché.
        action: code de l'action qui y met fin ; vide s'il dure jusqu'à la fin du jeu.
    """

    facteur: str
    taille: float
    du: date
    au: date
    action: str = ""


def effets_du_scenario(scenario: Scenario) -> list[Effet]:
    """Les effets à planter, un par établissement ; aucun dans le petit jeu."""
    if not scenario.profil.effets:
        return []
    reglages = scenario.reglages["effets"]
    debut, fin = scenario.profil.premier_jour, scenario.profil.fin
    poses = [
        Effet(facteur, taille, reglages["depuis"], fin)
        for facteur, tailles in reglages["tailles"].items()
        for taille in tailles
    ]
    action = reglages["action"]
    veille = action["depuis"] - timedelta(days=1)
    return [*poses, Effet(PRESENCE, action["presence"], debut, veille, action["code"])]


def perte(effet: Effet | None, facteur: str, ordinaux: NDArray[Any]) -> NDArray[np.float64]:
    """Part du facteur perdue chaque jour.

    Args:
        effet: celui de l'établissement, s'il en a un.
        facteur: celui qu'on cherche ; un autre ne perd rien.
        ordinaux: numéros de jour depuis le 1er janvier 1970.
    """
    if effet is None or effet.facteur != facteur:
        return np.zeros(len(ordinaux))
    du, au = ((j - _EPOQUE).days for j in (effet.du, effet.au))
    return np.where((ordinaux >= du) & (ordinaux <= au), effet.taille, 0.0)


def en_verite(plantes: Iterable[tuple[str, Effet]]) -> pl.DataFrame:
    """La liste des effets plantés, une ligne par établissement touché.

    Args:
        plantes: code de l'établissement, et son effet.

    Returns:
        `etablissement`, `facteur`, `taille` (part perdue), `du`, `au`, `action` (vide sans
        action) ; vide si le profil n'en plante pas.
    """
    return pl.DataFrame(
        [(code, e.facteur, e.taille, e.du, e.au, e.action) for code, e in plantes],
        schema={
            "etablissement": pl.String,
            "facteur": pl.String,
            "taille": pl.Float64,
            "du": pl.Date,
            "au": pl.Date,
            "action": pl.String,
        },
        orient="row",
    )
