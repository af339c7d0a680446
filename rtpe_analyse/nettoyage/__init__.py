"""Nettoyage : typer, normaliser, dédoublonner, corriger, mettre de côté, compter."""

from rtpe_analyse.nettoyage.bilan import BilanNettoyage
from rtpe_analyse.nettoyage.chaine import nettoyer

__all__ = ["BilanNettoyage", "nettoyer"]
