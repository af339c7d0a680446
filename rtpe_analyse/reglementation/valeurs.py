"""Valeurs légales et conventions datées : un fichier YAML par thème, une seule lecture.

Chaque valeur porte sa date d'effet et sa référence. La date est toujours donnée : rien ici
ne regarde l'horloge. L'utilisateur complète un thème dans `donnees/reglementation/`, sans
toucher au paquet (voir `completer`).
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
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from rtpe_analyse.chemins import COMPLEMENTS
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
    """Les valeurs successives d'une même règle, par dates d'effet croissantes.

    Attributes:
        libelle: ce que la règle fixe.
        unite: unité de ses valeurs.
        a_completer: titre officiel où trouver les valeurs, quand aucune n'a été lue ; lui
            seul permet une série vide.
        annuelle: chaque valeur ne vaut que pour l'année de son effet (barème annuel).
        valeurs: les valeurs connues.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    libelle: str
    unite: str
    a_completer: str = ""
    annuelle: bool = False
    valeurs: tuple[ValeurDatee, ...]

    @model_validator(mode="after")
    def _jamais_vide_sans_titre(self) -> "Serie":
        if (self.annuelle or not self.valeurs) and not self.a_completer:
            raise ValueError(
                "série vide ou annuelle : dire dans `a_completer` où trouver ses valeurs"
            )
        return self

    @field_validator("valeurs")
    @classmethod
    def _croissantes(cls, valeurs: tuple[ValeurDatee, ...]) -> tuple[ValeurDatee, ...]:
        if any(apres.effet <= avant.effet for avant, apres in pairwise(valeurs)):
            raise ValueError("dates d'effet non croissantes")
        return valeurs

    def en_vigueur(self, le: date) -> ValeurDatee | None:
        """La valeur applicable un jour donné ; rien si elle n'est pas connue."""
        applicables = [
            v
            for v in self.valeurs
            if v.effet <= le and (v.effet.year == le.year or not self.annuelle)
        ]
        return applicables[-1] if applicables else None


class _Complement(BaseModel):
    """Valeurs qu'un utilisateur ajoute à un thème livré, clé par clé."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    theme: str
    valeurs: dict[str, tuple[ValeurDatee, ...]]


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


class _Lecteur(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
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
    series = lire_theme(chemin.read_text(encoding="utf-8"), theme)
    complement = COMPLEMENTS / f"{theme}.yaml"
    if complement.is_file():
        series = completer(series, complement.read_text(encoding="utf-8"), theme)
    return series


def completer(series: dict[str, Serie], texte: str, nom: str) -> dict[str, Serie]:
    """Ajoute à un thème les valeurs d'un fichier de l'utilisateur.

    Le fichier porte `theme` et, sous `valeurs`, pour chaque clé du thème, la liste de ses
    valeurs datées (mêmes champs que les fichiers livrés). Il ajoute ; il ne remplace rien.

    Args:
        series: thème livré.
        texte: contenu de `donnees/reglementation/<theme>.yaml`.
        nom: nom du thème.

    Raises:
        ErreurReglementation: fichier mal formé, clé inconnue, ou date d'effet déjà livrée.
    """
    fichier = f"donnees/reglementation/{nom}.yaml"
    try:
        lu = _Complement.model_validate(yaml.load(texte, Loader=_Lecteur))
        if lu.theme != nom:
            raise ErreurReglementation(f"Le fichier « {fichier} » déclare « {lu.theme} ».")
        inconnues = sorted(lu.valeurs.keys() - series.keys())
        if inconnues:
            raise ErreurReglementation(
                f"Clé inconnue dans {fichier} : {', '.join(inconnues)}.",
                f"Clés du thème : {', '.join(series)}.",
            )
        return series | {
            cle: Serie(
                **{
                    **series[cle].model_dump(exclude={"valeurs"}),
                    "valeurs": sorted([*series[cle].valeurs, *ajoutees], key=lambda v: v.effet),
                }
            )
            for cle, ajoutees in lu.valeurs.items()
        }
    except (yaml.YAMLError, ValidationError) as erreur:
        raise ErreurReglementation(
            f"Fichier {fichier} incohérent : {_resume(erreur)}", f"Corriger {fichier}."
        ) from None


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
        ErreurReglementation: thème ou clé inconnus, ou aucune valeur connue à cette date (ou
            cette année, pour un barème annuel : celle d'une autre année ne se reporte pas) ;
            le remède nomme le fichier à compléter et, s'il est connu, le titre à chercher.
    """
    regle = serie(theme, cle)
    datee = regle.en_vigueur(le)
    if datee is not None:
        return datee
    fichier = f"donnees/reglementation/{theme}.yaml"
    if regle.annuelle or not regle.valeurs:
        raise ErreurReglementation(
            f"La valeur de « {regle.libelle} » ({theme}.{cle}) n'est pas connue pour {le.year}.",
            f"Chercher « {regle.a_completer} » de {le.year}, puis ajouter la valeur, datée et "
            f"référencée, à {fichier}.",
        )
    raise ErreurReglementation(
        f"« {theme}.{cle} » n'est pas connue au {le.isoformat()} : la première valeur "
        f"prend effet le {regle.valeurs[0].effet.isoformat()}.",
        f"Ajouter la valeur plus ancienne, datée et référencée, à {fichier}.",
    )


def valeur(theme: str, cle: str, le: date) -> Any:
    """La valeur en vigueur un jour donné (nombre, `Decimal`, texte, booléen ou barème).

    Raises:
        ErreurReglementation: thème ou clé inconnus, ou date antérieure à la première valeur.
    """
    return valeur_datee(theme, cle, le).valeur


def serie(theme: str, cle: str) -> Serie:
    """Libellé, unité, valeurs et titre officiel d'une règle.

    Raises:
        ErreurReglementation: thème ou clé inconnus.
    """
    historique(theme, cle)
    return _series(theme)[cle]


def regles_en_vigueur(le: date) -> Iterator[Regle]:
    """Toutes les règles livrées déjà en vigueur à une date, pour la trace des rapports."""
    for theme in themes():
        for cle, regle in _series(theme).items():
            v = regle.en_vigueur(le)
            if v is not None:
                yield Regle(theme, cle, v.effet, v.reference, v.certitude, v.verifie_le)
