"""Nettoyage : typer, normaliser, dédoublonner, corriger, mettre de côté, compter."""

from rtpe_analyse.nettoyage.bilan import BilanNettoyage
from rtpe_analyse.nettoyage.chaine import fichiers_a_nettoyer, nettoyer

__all__ = ["BilanNettoyage", "fichiers_a_nettoyer", "nettoyer"]
