"""Ouvrir un rapport : la première ligne utile de chaque carnet."""

import polars as pl

from rtpe_analyse.erreurs import ErreurUsage
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.lecture import Dossier
from rtpe_analyse.restitution.rapport import Rapport


def ouvrir(
    *,
    periode: str,
    territoire: str = "",
    departement: str = "",
    etablissement: str = "",
    niveau: str = "interne",
    edition: str = "",
) -> Rapport:
    """Ouvre le rapport d'un territoire, d'un département ou d'un établissement.

    Args:
        periode: trimestre (`2026-T3`) ou mois (`2026-07`) calculé.
        territoire: code du territoire ; vide pour un rapport départemental.
        departement: code du département ; vide, le seul connu.
        etablissement: code de l'établissement d'une fiche.
        niveau: `interne` ou `diffusion`, qui règle le secret statistique.
        edition: date d'édition (`2026-10-15`), jamais prise à l'horloge.

    Raises:
        ErreurUsage: zone, période, niveau ou date inconnus ; le remède cite les possibles.
    """
    if sum(map(bool, (territoire, departement, etablissement))) > 1:
        raise ErreurUsage(
            "Donner un territoire, un département ou un établissement, un seul des trois.",
            'Par exemple : ouvrir(territoire="T1", periode="2026-T3").',
        )
    dossier = Dossier.depuis_environnement(niveau)
    if etablissement:
        return Rapport(Contexte(dossier, "etablissement", etablissement, periode, edition))
    if territoire:
        return Rapport(Contexte(dossier, "territoire", territoire, periode, edition))
    code = departement or _seul_departement(dossier)
    return Rapport(Contexte(dossier, "departement", code, periode, edition))


def _seul_departement(dossier: Dossier) -> str:
    connus = dossier.zones.filter(pl.col("maille") == "departement")["zone"].to_list()
    if len(connus) != 1:
        raise ErreurUsage(
            "Le département du rapport n'est pas donné.",
            f"Valeurs possibles : {', '.join(connus) or 'aucune'}.",
        )
    return str(connus[0])
