"""Statistique sans métier : des fonctions pures, éprouvées sur des exemples publiés."""

from rtpe_analyse.methodes.decomposition import effets_de_shapley, taux_compose

__all__ = ["effets_de_shapley", "taux_compose"]
