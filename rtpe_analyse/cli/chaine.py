"""La chaîne : nettoyer, contrôler, calculer, dans l'ordre et seulement si nécessaire.

Chaque étape laisse un témoin (`etapes`) ; `rtpe rapports` refait ce qui manque, rien de plus.
"""

from typing import TYPE_CHECKING

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.cli.affichage import avancement, dire, tableau
from rtpe_analyse.cli.calcul import calculer
from rtpe_analyse.erreurs import ErreurControle, ErreurDonneesManquantes, ErreurUsage
from rtpe_analyse.modeles import Periode

if TYPE_CHECKING:
    from rtpe_analyse.sources import Fiche

__all__ = [
    "assurer",
    "calculer",
    "controler",
    "dernier_trimestre",
    "nettoyer",
    "refuser_si_bloque",
    "verifier_comparaison",
    "verifier_ecriture",
    "verifier_trimestre",
]
_COMPARABLES = ("territoire", "commune", "zonage")
_CITEES = 12
"""Zones qu'un message cite avant de s'arrêter."""


def nettoyer(lieux: Lieux, fiches: "list[Fiche] | None" = None) -> None:
    """Nettoie ce qui est nouveau et dit le bilan ligne à ligne près."""
    from rtpe_analyse import nettoyage

    with avancement("Nettoyage") as avancer:
        bilan = nettoyage.nettoyer(lieux, fiches=fiches, progres=avancer)
    dire(bilan.phrase)
    if bilan.refuses:
        tableau("Fichiers illisibles", ("Fichier", "Pourquoi", "À faire"), bilan.refuses)


def controler(lieux: Lieux) -> int:
    """Contrôle ce qui est nouveau et dit ce qui est arrêté.

    Returns:
        Le nombre de contrôles critiques en échec ; les fichiers touchés sont arrêtés, les
        autres continuent.
    """
    from rtpe_analyse import controles

    with avancement("Contrôles") as avancer:
        bilan = controles.controler(lieux, progres=avancer)
    dire(bilan.phrase)
    if bilan.bloquants:
        tableau("Contrôles critiques en échec", ("Où", "Règle", "À faire"), bilan.bloquants)
        dire("Les fichiers en cause ne comptent dans aucun indicateur ; les autres continuent.")
    return len(bilan.bloquants)


def refuser_si_bloque(echecs: int) -> None:
    """Rend un code d'erreur quand des contrôles critiques ont arrêté des fichiers.

    Raises:
        ErreurControle: si `echecs` n'est pas nul.
    """
    if echecs:
        raise ErreurControle(
            f"{echecs} contrôle(s) critique(s) en échec : les fichiers en cause sont arrêtés.",
            "Voir le tableau ci-dessus ; corriger la source, la recevoir, puis relancer.",
        )


def assurer(lieux: Lieux) -> int:
    """Refait tout ce qui manque ou n'est plus à jour, jusqu'aux indicateurs.

    Returns:
        Le nombre de contrôles critiques en échec.
    """
    from rtpe_analyse import sources

    fiches = sources.lister_fiches(lieux)
    nettoyer(lieux, fiches)
    echecs = controler(lieux)
    calculer(lieux, fiches)
    return echecs


def verifier_trimestre(lieux: Lieux, periode: Periode) -> None:
    """Refuse un trimestre hors de ceux que le réseau a connus, avant de lancer les rapports.

    Raises:
        ErreurUsage: si aucun indicateur n'y est calculé.
    """
    bornes = (
        _trimestres(lieux).select(debut=pl.col("periode").min(), fin=pl.col("periode").max())
    ).collect()
    debut, fin = bornes.row(0)
    if periode.pas == "trimestre" and not (debut or "") <= str(periode) <= (fin or ""):
        connus = f"de {debut} à {fin}" if debut else "aucun"
        raise ErreurUsage(
            f"Aucun indicateur n'est calculé pour {periode}.",
            f"Trimestres calculés : {connus}.",
        )


def verifier_ecriture(comparaison: str) -> None:
    """Refuse une comparaison mal écrite, avant même de lire les données.

    Args:
        comparaison: `departement`, ou une maille et un code (`zonage:Z1`) ; vide : le défaut.

    Raises:
        ErreurUsage: écriture non comprise.
    """
    maille, _, code = comparaison.partition(":")
    if comparaison in ("", "departement"):
        return
    if not code or maille not in ("departement", *_COMPARABLES):
        raise ErreurUsage(
            f"Comparaison « {comparaison} » non comprise.",
            f"L'écrire departement, {', '.join(f'{m}:CODE' for m in _COMPARABLES)}.",
        )


def verifier_comparaison(lieux: Lieux, comparaison: str) -> None:
    """Refuse une zone de comparaison qui n'existe pas, avant de lancer les rapports.

    Args:
        lieux: dossiers du jeu.
        comparaison: voir `verifier_ecriture`.

    Raises:
        ErreurUsage: écriture non comprise ou zone inconnue ; le remède cite les possibles.
    """
    verifier_ecriture(comparaison)
    maille, deux_points, code = comparaison.partition(":")
    if not deux_points:
        return
    zones = pl.read_parquet(lieux.indicateurs / "zones.parquet", columns=["maille", "zone"])
    connues = zones.filter(pl.col("maille") == maille)["zone"].to_list()
    if code not in connues:
        cites = ", ".join(f"{maille}:{c}" for c in connues[:_CITEES]) or "aucune"
        suite = "…" if len(connues) > _CITEES else ""
        raise ErreurUsage(
            f"Comparaison « {comparaison} » : zone inconnue.", f"Zones connues : {cites}{suite}."
        )


def dernier_trimestre(lieux: Lieux) -> str:
    """Le dernier trimestre complet pour lequel une occupation existe.

    Raises:
        ErreurDonneesManquantes: si aucun trimestre n'est calculé.
    """
    periodes = (
        _trimestres(lieux)
        .filter(pl.col("statut") != "non_calculable")
        .select(pl.col("periode").max())
        .collect()
        .item()
    )
    if periodes is None:
        raise ErreurDonneesManquantes(
            "Aucun trimestre d'activité n'est calculé.",
            "Recevoir des pointages, ou préciser --periode 2026-T3.",
        )
    return str(periodes)


def _trimestres(lieux: Lieux) -> pl.LazyFrame:
    return pl.scan_parquet(lieux.indicateurs / "interne" / "occupation.parquet").filter(
        (pl.col("indicateur") == "H1") & (pl.col("pas") == "trimestre")
    )
