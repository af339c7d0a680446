"""Les demandes sans contrat au dernier jour : acceptées ou en examen, passées ou futures."""

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rtpe_analyse.exemple.enfants import ordinal
from rtpe_analyse.exemple.personnes import familles_de
from rtpe_analyse.exemple.reseau import Etablissement
from rtpe_analyse.exemple.scenario import Scenario

_ETAPE = 21
# Sorte : entrée souhaitée, en jours depuis le dernier jour du jeu, et décision.
_SORTES: dict[str, tuple[tuple[int, int], str | None]] = {
    "acceptees_sans_contrat": ((-25, -5), "acceptee"),
    "acceptees_futures": ((10, 150), "acceptee"),
    "en_examen_futures": ((10, 150), None),
}
_DEPOT_AVANT = (120, 200)
_DECISION_AVANT_FIN = (30, 60)


def promettre(scenario: Scenario, reseau: list[Etablissement]) -> pl.DataFrame:
    """Demandes de nouveaux enfants, colonnes internes de `demandes.demander`.

    Args:
        scenario: le scénario, dont `demandes` (nombre par sorte, pour dix établissements).
        reseau: établissements ; ceux qui ferment n'en reçoivent pas.
    """
    ouverts = np.array([k for k, e in enumerate(reseau) if e.fermeture is None])
    fin = ordinal(scenario.profil.fin)
    return pl.concat(
        _demandes(scenario, reseau, ouverts, fin, rang, nom) for rang, nom in enumerate(_SORTES)
    )


def _demandes(
    scenario: Scenario,
    reseau: list[Etablissement],
    ouverts: NDArray[Any],
    fin: int,
    rang: int,
    nom: str,
) -> pl.DataFrame:
    tirage = scenario.tirage(_ETAPE, rang)
    (tot, tard), decision = _SORTES[nom]
    nombre = -(-scenario.reglages["demandes"][nom] * len(ouverts) // 10)
    etablissement = tirage.choice(ouverts, nombre)
    entree = fin + tirage.integers(tot, tard, nombre)
    foyers = familles_de(scenario, tirage, reseau, etablissement)
    noms, prenoms = scenario.noms["noms"], scenario.noms["prenoms"]
    decidee = fin - tirage.integers(*_DECISION_AVANT_FIN, nombre)
    return pl.DataFrame(
        {
            "etablissement": etablissement.astype(np.int32),
            "depot": _jours(fin - tirage.integers(*_DEPOT_AVANT, nombre)),
            "entree": _jours(entree),
            "jours": tirage.integers(3, 5, nombre, endpoint=True).astype(np.int32),
            "atypique": np.zeros(nombre, dtype=bool),
            "decision": pl.repeat(decision, nombre, dtype=pl.String, eager=True),
            "date_decision": _jours(decidee) if decision else pl.Series([None] * nombre),
            "motif": pl.repeat(None, nombre, dtype=pl.String, eager=True),
            "nom": np.array(noms)[tirage.integers(0, len(noms), nombre)],
            "prenom": np.array(prenoms)[tirage.integers(0, len(prenoms), nombre)],
            "naissance": _jours(entree - tirage.integers(75, 800, nombre)),
            "commune": foyers["commune"],
            "monoparentale": foyers["monoparentale"],
        },
        schema_overrides={"date_decision": pl.Date},
    )


def _jours(valeurs: NDArray[Any]) -> pl.Series:
    return pl.Series(valeurs.astype(np.int32)).cast(pl.Date)
