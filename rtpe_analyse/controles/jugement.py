"""Confier des lignes à Great Expectations et n'en garder que des comptes.

Seul module qui importe great_expectations, au premier lot à juger : l'import coûte plusieurs
secondes, un passage sans rien de nouveau ne le paie pas.
"""

import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from rtpe_analyse.controles.suites import Attente
from rtpe_analyse.tableaux import vers_pandas

Statut = Literal["reussi", "echec", "impossible"]

# « partial_unexpected_count » à zéro garde les comptes et retire toute valeur du résultat.
_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}


@dataclass(frozen=True)
class Resultat:
    """Ce qu'on retient d'une attente jugée : aucune valeur de ligne.

    Attributes:
        statut: `reussi`, `echec`, ou `impossible` (colonne absente, type imprévu, borne
            datée inconnue) : un contrôle impossible n'est pas un contrôle en échec.
        n: lignes examinées.
        n_inattendus: lignes contraires à l'attente ; 1 pour une attente sur la table entière.
    """

    statut: Statut
    n: int
    n_inattendus: int = 0


class Juge:
    """Great Expectations, chargé au premier jugement, en contexte éphémère."""

    def __init__(self) -> None:
        self._lot: Any = None

    def _preparer(self) -> None:
        os.environ["GX_ANALYTICS_ENABLED"] = "false"
        logging.getLogger("great_expectations").setLevel(logging.ERROR)
        import great_expectations as gx

        contexte: Any = gx.get_context(mode="ephemeral")
        contexte.variables.progress_bars = {"globally": False}
        source = contexte.data_sources.add_pandas("tables")
        self._lot = source.add_dataframe_asset("table").add_batch_definition_whole_dataframe("lot")
        self._suite = gx.ExpectationSuite

    def juger(
        self,
        table: pl.DataFrame,
        attentes: Sequence[Attente],
        parametres: Mapping[str, float] | None = None,
    ) -> dict[str, Resultat]:
        """Juge une table.

        Seules les colonnes utiles passent à pandas.

        Args:
            table: lignes à juger.
            attentes: au moins une.
            parametres: bornes datées ; une attente dont une borne manque est `impossible`.

        Returns:
            Identifiant d'attente → résultat.
        """
        connus = dict(parametres or {})
        jugeables = [a for a in attentes if a.parametres <= connus.keys()]
        resultats = {a.id: Resultat("impossible", len(table)) for a in attentes}
        if not jugeables:
            return resultats
        if self._lot is None:
            self._preparer()
        suite = self._suite(
            name="suite",
            expectations=[
                {"type": a.type, "kwargs": dict(a.kwargs), "meta": {"id": a.id}} for a in jugeables
            ],
        )
        lot = self._lot.get_batch(batch_parameters={"dataframe": _cadre(table, jugeables)})
        jugement = lot.validate(suite, result_format=_FORMAT, expectation_parameters=connus)
        for brut in jugement.results:
            resultats[brut.expectation_config.meta["id"]] = _filtrer(brut, len(table))
        return resultats


def _cadre(table: pl.DataFrame, attentes: Sequence[Attente]) -> Any:
    utiles = set().union(*(a.colonnes for a in attentes))
    retenues = [c for c in table.columns if c in utiles]
    if not retenues:  # une table sans colonne perdrait son nombre de lignes
        return vers_pandas(table.select(rang=pl.int_range(pl.len())))
    return vers_pandas(table.select(retenues))


def _filtrer(brut: Any, n: int) -> Resultat:
    if _a_leve(brut.exception_info):
        return Resultat("impossible", n)
    if brut.success:
        return Resultat("reussi", n, int(brut.result.get("unexpected_count", 0)))
    return Resultat("echec", n, int(brut.result.get("unexpected_count", 1)))


def _a_leve(info: Mapping[str, Any]) -> bool:
    if "raised_exception" in info:
        return bool(info["raised_exception"])
    return any(bool(detail["raised_exception"]) for detail in info.values())
