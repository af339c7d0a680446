"""YAML sans surprise : une clé en double est refusée au lieu de l'emporter en silence."""

from typing import Any

import yaml


class CleEnDouble(yaml.YAMLError):
    """La même clé est écrite deux fois dans le même bloc."""


class _ChargeurStrict(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    pass


def _bloc_sans_doublon(chargeur: Any, noeud: yaml.MappingNode) -> dict[Any, Any]:
    vues: set[Any] = set()
    for cle, _ in noeud.value:
        if cle.value in vues:
            ligne = cle.start_mark.line + 1
            raise CleEnDouble(f"clé « {cle.value} » écrite deux fois (ligne {ligne})")
        vues.add(cle.value)
    bloc: dict[Any, Any] = chargeur.construct_mapping(noeud, deep=True)
    return bloc


_ChargeurStrict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _bloc_sans_doublon)


def charger_yaml(texte: str) -> Any:
    """Lit un document YAML.

    Raises:
        yaml.YAMLError: s'il est mal écrit ou répète une clé (`CleEnDouble`).
    """
    return yaml.load(texte, Loader=_ChargeurStrict)
