"""Ne fabriquer l'exemple que s'il manque ou change, et ne jamais mêler deux exemples."""

import shutil

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.erreurs import ErreurUsage
from rtpe_analyse.etapes import empreinte_code, marquer, raisons_de_refaire

_TEMOIN = "exemple.json"


def est_a_jour(lieux: Lieux, options: dict[str, object]) -> bool:
    """Vrai si le dépôt vient des mêmes options et du même programme.

    Args:
        lieux: dossiers du jeu d'exemple.
        options: options de `fabriquer`.
    """
    if not lieux.depot.is_dir():
        return False
    return not raisons_de_refaire(lieux.racine / _TEMOIN, _ingredients(options))


def retenir(lieux: Lieux, options: dict[str, object]) -> None:
    """Retient de quoi le dépôt est issu."""
    marquer(lieux.racine / _TEMOIN, _ingredients(options))


def oublier(lieux: Lieux) -> bool:
    """Efface ce qui a été reçu et calculé d'un exemple précédent ; tout y est fictif.

    Returns:
        Vrai s'il y avait quelque chose à effacer.

    Raises:
        ErreurUsage: si le jeu n'est pas l'exemple ; de vraies données ne s'effacent pas ici.
    """
    if lieux.jeu != "exemple":
        raise ErreurUsage("Seul le jeu d'exemple se refabrique.", "Employer --jeu exemple.")
    dossiers = (
        *(lieux.brut, lieux.travail, lieux.propre, lieux.rejets),
        *(lieux.corrections, lieux.constats, lieux.indicateurs),
    )
    presents = [dossier for dossier in dossiers if dossier.exists()]
    for dossier in presents:
        shutil.rmtree(dossier)
    return bool(presents)


def _ingredients(options: dict[str, object]) -> dict[str, str]:
    programme = empreinte_code("exemple", "nomenclatures", "reglementation")
    return {**{nom: str(valeur) for nom, valeur in options.items()}, "programme": programme}
