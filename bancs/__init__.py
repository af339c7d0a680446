"""Bancs de mesure : combien de temps, comparé à quoi, pour quelles sorties.

`python -m bancs rapports|demarrage|endurance`. Aucun temps n'est imprimé si les sorties des
concurrents ne portent pas la même empreinte.
"""
