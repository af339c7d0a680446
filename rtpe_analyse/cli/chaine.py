"""La chaîne : nettoyer, contrôler, calculer, dans l'ordre et seulement si nécessaire.

Chaque étape laisse un témoin (`etapes`) ; `rtpe rapports` refait ce qui manque, rien de plus.
"""

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.cli.affichage import avancement, dire, tableau
from rtpe_analyse.cli.calcul import calculer
from rtpe_analyse.erreurs import ErreurControle, ErreurDonneesManquantes

__all__ = ["assurer", "calculer", "controler", "dernier_trimestre", "nettoyer", "refuser_si_bloque"]


def nettoyer(lieux: Lieux) -> None:
    """Nettoie ce qui est nouveau et dit le bilan ligne à ligne près."""
    from rtpe_analyse import nettoyage

    with avancement("Nettoyage") as avancer:
        bilan = nettoyage.nettoyer(lieux, progres=avancer)
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
    nettoyer(lieux)
    echecs = controler(lieux)
    calculer(lieux)
    return echecs


def dernier_trimestre(lieux: Lieux) -> str:
    """Le dernier trimestre complet pour lequel une occupation existe.

    Raises:
        ErreurDonneesManquantes: si aucun trimestre n'est calculé.
    """
    chemin = lieux.indicateurs / "interne" / "occupation.parquet"
    periodes = (
        pl.scan_parquet(chemin)
        .filter((pl.col("indicateur") == "H1") & (pl.col("pas") == "trimestre"))
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
