"""Valeurs légales et conventions datées : un fichier YAML par thème, une seule lecture.

Chaque valeur porte sa date d'effet et sa référence. La date est toujours donnée : rien ici
ne regarde l'horloge.
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from rtpe_analyse.erreurs import ErreurReglementation


class ValeurDatee(BaseModel):
    """Une valeur à partir d'une date d'effet, avec la référence qui la fonde.

    Attributes:
        effet: premier jour où elle s'applique.
        valeur: nombre (les décimaux sont lus en `Decimal`), texte, booléen, ou barème
            (liste de tranches).
        reference: texte ou page qui la fonde ; obligatoire.
        certitude: `lu` (texte lu), `memoire` (de mémoire, à revérifier), `convention`
            (choix local, à valider).
        verifie_le: dernier jour où quelqu'un l'a rapprochée de sa référence.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    effet: date
    valeur: Any
    reference: str = Field(min_length=3)
    certitude: Literal["lu", "memoire", "convention"]
    verifie_le: date

    @field_validator("valeur")
    @classmethod
    def _renseignee(cls, valeur: Any) -> Any:
        if valeur is None:
            raise ValueError("valeur absente : retirer l'entrée plutôt que la laisser vide")
        return valeur


class Serie(BaseModel):
    """Les valeurs successives d'une même règle, par dates d'effet croissantes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    libelle: str
    unite: str
    valeurs: tuple[ValeurDatee, ...] = Field(min_length=1)

    @field_validator("valeurs")
    @classmethod
    def _croissantes(cls, valeurs: tuple[ValeurDatee, ...]) -> tuple[ValeurDatee, ...]:
        if any(apres.effet <= avant.effet for avant, apres in pairwise(valeurs)):
            raise ValueError("dates d'effet non croissantes")
        return valeurs


class _Theme(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    theme: str
    description: str
    series: dict[str, Serie]


@dataclass(frozen=True)
class Regle:
    """Une valeur en vigueur, telle que la trace d'un rapport la cite."""

    theme: str
    cle: str
    effet: date
    reference: str
    certitude: str
    verifie_le: date


class _Lecteur(yaml.SafeLoader):
    """YAML sans clé en double, et décimaux exacts."""


def _dictionnaire(lecteur: _Lecteur, noeud: yaml.MappingNode) -> dict[Hashable, Any]:
    lu: dict[Hashable, Any] = {}
    for cle_noeud, valeur_noeud in noeud.value:
        cle = lecteur.construct_object(cle_noeud, deep=True)
        if cle in lu:
            raise ErreurReglementation(
                f"Clé « {cle} » en double, ligne {cle_noeud.start_mark.line + 1}.",
                "Garder une seule des deux entrées.",
            )
        lu[cle] = lecteur.construct_object(valeur_noeud, deep=True)
    return lu


def _decimal(lecteur: _Lecteur, noeud: yaml.ScalarNode) -> Decimal:
    return Decimal(str(lecteur.construct_scalar(noeud)).replace("_", ""))


_Lecteur.add_constructor("tag:yaml.org,2002:map", _dictionnaire)
_Lecteur.add_constructor("tag:yaml.org,2002:float", _decimal)


def lire_theme(texte: str, nom: str) -> dict[str, Serie]:
    """Lit et vérifie le texte YAML d'un thème.

    Args:
        texte: contenu du fichier.
        nom: nom du thème, pour le message ; doit être celui que le fichier déclare.

    Raises:
        ErreurReglementation: YAML mal formé, clé en double ou inconnue, référence absente,
            dates non croissantes, thème mal nommé.
    """
    try:
        lu = _Theme.model_validate(yaml.load(texte, Loader=_Lecteur))
    except (yaml.YAMLError, ValidationError) as erreur:
        raise ErreurReglementation(
            f"Fichier de valeurs datées « {nom} » incohérent : {_resume(erreur)}",
            "Corriger reglementation/" + nom + ".yaml.",
        ) from None
    if lu.theme != nom:
        raise ErreurReglementation(f"Le fichier « {nom} » déclare le thème « {lu.theme} ».")
    return lu.series


def _resume(erreur: yaml.YAMLError | ValidationError) -> str:
    if isinstance(erreur, ValidationError):
        return " ; ".join(
            f"{'.'.join(str(etape) for etape in e['loc'])} : {e['msg']}" for e in erreur.errors()
        )
    return str(erreur).replace("\n", " ")


@cache
def _series(theme: str) -> dict[str, Serie]:
    chemin = files(__package__).joinpath(f"{theme}.yaml")
    if not chemin.is_file():
        raise ErreurReglementation(
            f"Thème de réglementation « {theme} » inconnu.",
            "Thèmes connus : " + ", ".join(themes()) + ".",
        )
    return lire_theme(chemin.read_text(encoding="utf-8"), theme)


def themes() -> tuple[str, ...]:
    """Noms des thèmes livrés, dans l'ordre alphabétique."""
    return tuple(
        sorted(
            f.name.removesuffix(".yaml")
            for f in files(__package__).iterdir()
            if f.name.endswith(".yaml")
        )
    )


def cles(theme: str) -> tuple[str, ...]:
    """Clés d'un thème, dans l'ordre du fichier.

    Raises:
        ErreurReglementation: thème inconnu ou incohérent.
    """
    return tuple(_series(theme))


def historique(theme: str, cle: str) -> tuple[ValeurDatee, ...]:
    """Toutes les valeurs d'une règle, de la plus ancienne à la plus récente.

    Raises:
        ErreurReglementation: thème ou clé inconnus.
    """
    series = _series(theme)
    if cle not in series:
        raise ErreurReglementation(
            f"Règle « {cle} » inconnue dans le thème « {theme} ».",
            f"L'ajouter, datée et référencée, dans reglementation/{theme}.yaml.",
        )
    return series[cle].valeurs


def valeur_datee(theme: str, cle: str, le: date) -> ValeurDatee:
    """La valeur en vigueur un jour donné, avec sa référence.

    Raises:
        ErreurReglementation: thème ou clé inconnus, ou date antérieure à la première valeur.
    """
    connues = historique(theme, cle)
    applicables = [v for v in connues if v.effet <= le]
    if not applicables:
        raise ErreurReglementation(
            f"« {theme}.{cle} » n'est pas connue au {le.isoformat()} : la première valeur "
            f"prend effet le {connues[0].effet.isoformat()}.",
            f"Compléter reglementation/{theme}.yaml avec la valeur plus ancienne.",
        )
    return applicables[-1]


def valeur(theme: str, cle: str, le: date) -> Any:
    """La valeur en vigueur un jour donné (nombre, `Decimal`, texte, booléen ou barème).

    Raises:
        ErreurReglementation: thème ou clé inconnus, ou date antérieure à la première valeur.
    """
    return valeur_datee(theme, cle, le).valeur


def regles_en_vigueur(le: date) -> Iterator[Regle]:
    """Toutes les règles livrées déjà en vigueur à une date, pour la trace des rapports."""
    for theme in themes():
        for cle, serie in _series(theme).items():
            if serie.valeurs[0].effet <= le:
                v = valeur_datee(theme, cle, le)
                yield Regle(theme, cle, v.effet, v.reference, v.certitude, v.verifie_le)
