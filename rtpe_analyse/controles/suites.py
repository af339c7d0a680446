"""Les suites de contrôles : lire les JSON de `validations/`, refuser une suite mal écrite."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rtpe_analyse.chemins import VALIDATIONS
from rtpe_analyse.erreurs import ErreurUsage
from rtpe_analyse.tableaux import empreinte_octets

SEVERITES = ("critique", "avertissement", "information")

RECEPTION = "reception"
NOMBRE_DE_LIGNES = "expect_table_row_count_to_be_between"
NON_VIDE = "expect_column_values_to_not_be_null"

# Liste blanche : des attentes dont le résultat filtré ne porte que des comptes. Vrai : elle
# se juge valeur par valeur, donc sur plusieurs unités réunies ; faux : table entière.
TYPES_ADMIS: dict[str, bool] = {
    NOMBRE_DE_LIGNES: False,
    NON_VIDE: True,
    "expect_column_values_to_be_null": True,
    "expect_column_values_to_be_between": True,
    "expect_column_values_to_be_in_set": True,
    "expect_column_values_to_match_regex": True,
    "expect_column_pair_values_a_to_be_greater_than_b": True,
    "expect_column_values_to_be_unique": False,
    "expect_compound_columns_to_be_unique": False,
}

_CLES_META = {"id", "libelle", "severite", "remede", "reference", "table"}
_CLES_COLONNE = ("column", "column_A", "column_B")


@dataclass(frozen=True)
class Attente:
    """Une attente, prête à être confiée à Great Expectations.

    Attributes:
        id: identifiant stable, unique sur toutes les suites.
        table: table jugée (celle de la suite, sauf précision).
        type: type Great Expectations, pris dans `TYPES_ADMIS`.
        kwargs: arguments, où `{"$PARAMETER": nom}` tient la place d'une borne datée.
        libelle: ce qui est attendu, en français.
        severite: critique (arrête la source), avertissement ou information.
        remede: quoi faire, et à qui le demander.
        reference: texte qui fonde la borne, s'il existe.
    """

    id: str
    table: str
    type: str
    kwargs: dict[str, Any]
    libelle: str
    severite: str
    remede: str
    reference: str = ""

    @property
    def par_valeur(self) -> bool:
        """L'attente se juge-t-elle valeur par valeur (donc sur un lot d'unités réunies) ?"""
        return TYPES_ADMIS[self.type] and "mostly" not in self.kwargs

    @property
    def colonnes(self) -> set[str]:
        """Colonnes que l'attente regarde."""
        seules = {self.kwargs[cle] for cle in _CLES_COLONNE if cle in self.kwargs}
        return seules | set(self.kwargs.get("column_list", ()))

    @property
    def parametres(self) -> set[str]:
        """Noms des bornes datées à injecter."""
        valeurs = self.kwargs.values()
        return {v["$PARAMETER"] for v in valeurs if isinstance(v, dict) and "$PARAMETER" in v}

    @property
    def empreinte(self) -> str:
        """Change dès que l'attente change, libellé et remède compris."""
        return empreinte_octets(json.dumps(vars(self), sort_keys=True).encode())


@dataclass(frozen=True)
class Suite:
    """Les attentes d'un fichier de `validations/`.

    Attributes:
        nom: `brut.<source>` ou `propre.<table>`.
        attentes: dans l'ordre du fichier.
    """

    nom: str
    attentes: tuple[Attente, ...]

    def pour(self, table: str) -> tuple[Attente, ...]:
        """Les attentes qui jugent une table."""
        return tuple(a for a in self.attentes if a.table == table)

    @property
    def tables(self) -> tuple[str, ...]:
        """Tables jugées, dans l'ordre d'apparition."""
        return tuple(dict.fromkeys(a.table for a in self.attentes))


def lire_suite(chemin: Path) -> Suite:
    """Lit et vérifie une suite.

    Le fichier est `{"name", "meta": {"table"}, "expectations": [{"type", "kwargs", "meta"}]}`,
    `meta` portant `id`, `libelle`, `severite`, `remede` et, au besoin, `reference` et `table`.
    Pour chaque table, la première attente compte les lignes et les suivantes exigent des
    valeurs : sinon une table vide réussirait tout. La table `reception` a toujours une ligne
    par fichier : elle commence par sa colonne `n_lignes`.

    Raises:
        ErreurUsage: suite mal écrite ; le message dit laquelle, quelle attente et pourquoi.
    """
    nom = f"{chemin.parent.name}.{chemin.stem}"
    try:
        contenu = json.loads(chemin.read_text(encoding="utf-8"))
        table = contenu["meta"]["table"]
        attentes = tuple(_lire_attente(brute, table, nom) for brute in contenu["expectations"])
    except (json.JSONDecodeError, KeyError, TypeError) as erreur:
        raise _mal_ecrite(nom, f"structure non comprise ({type(erreur).__name__})") from erreur
    if contenu["name"] != nom:
        raise _mal_ecrite(nom, f"elle doit se nommer « {nom} »")
    suite = Suite(nom, attentes)
    for jugee in suite.tables:
        premieres = suite.pour(jugee)[:2]
        if jugee == RECEPTION:
            commence_bien = premieres[0].kwargs.get("column") == "n_lignes"
        else:
            commence_bien = [a.type for a in premieres] == [NOMBRE_DE_LIGNES, NON_VIDE]
        if not commence_bien:
            raise _mal_ecrite(
                nom, f"la table {jugee} doit d'abord compter ses lignes, puis exiger des valeurs"
            )
    return suite


def lire_suites(dossier: Path = VALIDATIONS) -> dict[str, Suite]:
    """Toutes les suites de `brut/` et `propre/`, par nom, identifiants vérifiés uniques.

    Raises:
        ErreurUsage: suite mal écrite, ou identifiant d'attente employé deux fois.
    """
    suites = {s.nom: s for s in map(lire_suite, sorted(_fichiers(dossier)))}
    deja: dict[str, str] = {}
    for suite in suites.values():
        for attente in suite.attentes:
            if attente.id in deja:
                raise _mal_ecrite(
                    suite.nom, f"l'identifiant {attente.id} est déjà pris par {deja[attente.id]}"
                )
            deja[attente.id] = suite.nom
    return suites


def _fichiers(dossier: Path) -> Iterator[Path]:
    for etage in ("brut", "propre"):
        yield from (dossier / etage).glob("*.json")


def _lire_attente(brute: dict[str, Any], table: str, suite: str) -> Attente:
    meta = brute["meta"]
    inconnues = (meta.keys() - _CLES_META) | (brute.keys() - {"type", "kwargs", "meta"})
    if inconnues:
        raise _mal_ecrite(suite, f"clés inconnues : {', '.join(sorted(inconnues))}")
    attente = Attente(
        id=meta["id"],
        table=meta.get("table", table),
        type=brute["type"],
        kwargs=brute["kwargs"],
        libelle=meta["libelle"],
        severite=meta["severite"],
        remede=meta["remede"],
        reference=meta.get("reference", ""),
    )
    if attente.type not in TYPES_ADMIS:
        raise _mal_ecrite(suite, f"{attente.id} : le type {attente.type} n'est pas admis")
    if attente.severite not in SEVERITES:
        raise _mal_ecrite(suite, f"{attente.id} : sévérité « {attente.severite} » inconnue")
    if not (attente.id and attente.libelle and attente.remede):
        raise _mal_ecrite(suite, f"{attente.id} : id, libellé et remède sont obligatoires")
    return attente


def _mal_ecrite(suite: str, raison: str) -> ErreurUsage:
    return ErreurUsage(
        f"Suite de contrôles « {suite} » mal écrite : {raison}.",
        f"Corriger validations/{suite.replace('.', '/', 1)}.json.",
    )
