"""Analyse de l'activité des crèches et des besoins des familles, par territoire.

Le paquet se lit par étages (voir CONTRIBUER.md) ; l'importer ne charge aucune
bibliothèque lourde.
"""

__version__ = "0.4.0"
