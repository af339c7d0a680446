"""Bancs d'essai : ce que coûtent les rapports et le démarrage, à côté de pairs et de planchers.

Règle : aucun temps n'est imprimé si les sorties des modes comparés ne sont pas les mêmes.
Lancer : `python -m bancs rapports`, `demarrage` ou `endurance` ; `--help` dit les options.
"""
