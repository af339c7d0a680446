"""Ce qui se juge : chaque fichier reçu et chaque partition propre, avec son empreinte."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial

import polars as pl

from rtpe_analyse.controles.derivees import completer, dependances
from rtpe_analyse.controles.entrees import Entrees
from rtpe_analyse.controles.parametres import bornes_au
from rtpe_analyse.controles.suites import RECEPTION, Attente, Suite
from rtpe_analyse.erreurs import ErreurUsage
from rtpe_analyse.etapes import empreinte_code
from rtpe_analyse.modeles import Periode
from rtpe_analyse.tableaux import empreinte_octets

SUITE_DE_RECEPTION = "brut.reception"


@dataclass(frozen=True)
class _Regles:
    """Ce qu'une suite demande à une table : le même pour des centaines de fichiers."""

    table: str
    attentes: tuple[Attente, ...]
    parametres: frozenset[str]
    empreinte: str

    def bornes(self, periode: str) -> dict[str, float]:
        return bornes_au(set(self.parametres), fin_de_periode(periode)) if self.parametres else {}

    def empreinte_de(self, bornes: dict[str, float], *lignes: str) -> str:
        parties = [self.empreinte, json.dumps(bornes, sort_keys=True), *lignes]
        return empreinte_octets("\n".join(parties).encode())


@dataclass(frozen=True)
class Unite:
    """Une table à juger d'un seul tenant.

    Attributes:
        suite: nom de la suite.
        source: code de la source (brut) ; vide pour une partition propre.
        table: table jugée.
        cle: empreinte courte du fichier, ou nom de la partition.
        empreinte: change dès que les lignes, les attentes, les bornes ou le code changent.
        attentes: les attentes de la suite pour cette table.
        bornes: bornes datées à injecter.
        charger: lit la table, au moment de la juger.
    """

    suite: str
    source: str
    table: str
    cle: str
    empreinte: str
    attentes: tuple[Attente, ...]
    bornes: dict[str, float]
    charger: Callable[[], pl.DataFrame]


def unites_a_juger(entrees: Entrees, suites: dict[str, Suite]) -> list[Unite]:
    """Tout ce que les suites jugent, dans un ordre stable.

    Args:
        entrees: entrées de l'exécution, constats déjà relevés.
        suites: résultat de `lire_suites`. La suite `brut.reception` vaut pour toute source.
    """
    unites = [*_fichiers_recus(entrees, suites), *_partitions_propres(entrees, suites)]
    return sorted(unites, key=lambda u: (u.suite, u.table, u.cle))


def fin_de_periode(nom: str) -> date | None:
    """Dernier jour d'un mois (AAAA-MM) ou d'une année (AAAA) ; absent pour tout autre nom."""
    if len(nom) == 4 and nom.isdecimal():
        return date(int(nom), 12, 31)
    try:
        return Periode.lire(nom).fin
    except ErreurUsage:
        return None


def _fichiers_recus(entrees: Entrees, suites: dict[str, Suite]) -> Iterator[Unite]:
    comptes = _lignes_du_bilan(entrees.bilan)
    regles = {nom: _regles(suite) for nom, suite in suites.items()}
    recus = entrees.bilan.select("fichier", "source", "millesime").unique().sort("fichier")
    for fichier, source, millesime in recus.iter_rows():
        for nom in (SUITE_DE_RECEPTION, f"brut.{source}"):
            for regle in regles.get(nom, ()):
                bornes = regle.bornes(millesime)
                if regle.table == RECEPTION:
                    # Ce dont les compteurs sont tirés : les relire tous pour dire que rien n'a
                    # changé coûterait plus que le reste du passage.
                    pointages = entrees.empreinte_de(entrees.lu(fichier, "pointages"))
                    lignes = f"{comptes[fichier]}\n{pointages}"
                    charger = partial(_compteurs, entrees, fichier)
                else:
                    chemin = entrees.lu(fichier, regle.table)
                    lignes, charger = entrees.empreinte_de(chemin), partial(pl.read_parquet, chemin)
                if lignes:
                    empreinte = regle.empreinte_de(bornes, lignes)
                    yield Unite(
                        *(nom, source, regle.table, fichier, empreinte, regle.attentes, bornes),
                        charger,
                    )


def _lignes_du_bilan(bilan: pl.DataFrame) -> dict[str, str]:
    """Fichier → ses lignes du bilan, en JSON ; en une fois, pour des milliers de fichiers."""
    lignes: dict[str, str] = {}
    for fichier, texte in zip(bilan["fichier"], bilan.write_ndjson().splitlines(), strict=True):
        lignes[fichier] = f"{lignes.get(fichier, '')}{texte}"
    return lignes


def _compteurs(entrees: Entrees, fichier: str) -> pl.DataFrame:
    return entrees.reception.filter(pl.col("fichier") == fichier)


def _partitions_propres(entrees: Entrees, suites: dict[str, Suite]) -> Iterator[Unite]:
    for nom, suite in suites.items():
        if not nom.startswith("propre."):
            continue
        for regle in _regles(suite):
            table = regle.table
            for partition, lignes in entrees.empreintes(table).items():
                bornes = regle.bornes(partition)
                constats = entrees.empreinte_de(entrees.fichier_de_constats(table, partition))
                registres = [entrees.empreintes(t).get("tout", "") for t in dependances(table)]
                empreinte = regle.empreinte_de(bornes, lignes, constats, *registres)
                charger = partial(completer, entrees, table, partition)
                yield Unite(
                    *(nom, "", table, partition, empreinte, regle.attentes, bornes), charger
                )


def _regles(suite: Suite) -> list[_Regles]:
    code = empreinte_code("controles", "schemas.py")
    trouvees = []
    for table in suite.tables:
        attentes = suite.pour(table)
        parties = [code, *(a.empreinte for a in attentes)]
        trouvees.append(
            _Regles(
                table,
                attentes,
                frozenset().union(*(a.parametres for a in attentes)),
                empreinte_octets("\n".join(parties).encode()),
            )
        )
    return trouvees
