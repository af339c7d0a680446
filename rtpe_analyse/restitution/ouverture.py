"""Ouvrir un rapport : la première ligne utile de chaque carnet."""

import polars as pl

from rtpe_analyse.erreurs import ErreurUsage
from rtpe_analyse.modeles import Maille
from rtpe_analyse.restitution.contexte import DEPARTEMENT, Contexte
from rtpe_analyse.restitution.lecture import Dossier
from rtpe_analyse.restitution.rapport import Rapport


def ouvrir(
    *,
    periode: str,
    territoire: str = "",
    departement: str = "",
    etablissement: str = "",
    commune: str = "",
    zonage: str = "",
    comparaison: str = DEPARTEMENT,
    niveau: str = "interne",
    edition: str = "",
) -> Rapport:
    """Ouvre le rapport d'un territoire, d'un département, d'un établissement, ou un portrait.

    Args:
        periode: trimestre (`2026-T3`) ou mois (`2026-07`) calculé.
        territoire: code du territoire ; vide pour un rapport départemental.
        departement: code du département ; vide, le seul connu.
        etablissement: code de l'établissement d'une fiche.
        commune: code Insee d'une commune, pour son portrait public.
        zonage: code d'un zonage reçu, pour son portrait public.
        comparaison: à quoi le portrait public se compare : `departement`, ou une maille et un
            code (`territoire:T2`, `zonage:Z1`).
        niveau: `interne` ou `diffusion`, qui règle le secret statistique.
        edition: date d'édition (`2026-10-15`), jamais prise à l'horloge.

    Raises:
        ErreurUsage: zone, période, niveau ou date inconnus ; le remède cite les possibles.
    """
    donnees: dict[Maille, str] = {
        "territoire": territoire,
        "departement": departement,
        "etablissement": etablissement,
        "commune": commune,
        "zonage": zonage,
    }
    dites = {maille: zone for maille, zone in donnees.items() if zone}
    if len(dites) > 1:
        raise ErreurUsage(
            "Donner un territoire, un département, un établissement, une commune ou un zonage, "
            "un seul à la fois.",
            'Par exemple : ouvrir(territoire="T1", periode="2026-T3").',
        )
    dossier = Dossier.depuis_environnement(niveau)
    maille, zone = next(iter(dites.items()), ("departement", ""))
    code = zone or _seul_departement(dossier)
    return Rapport(Contexte(dossier, maille, code, periode, edition, comparaison))


def _seul_departement(dossier: Dossier) -> str:
    connus = dossier.zones.filter(pl.col("maille") == "departement")["zone"].to_list()
    if len(connus) != 1:
        raise ErreurUsage(
            "Le département du rapport n'est pas donné.",
            f"Valeurs possibles : {', '.join(connus) or 'aucune'}.",
        )
    return str(connus[0])
