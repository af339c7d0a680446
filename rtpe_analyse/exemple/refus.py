"""Les fichiers à refuser : page HTML, fichiers coupés, colonne clé absente."""

from rtpe_analyse.exemple.depot import ENCODAGE, FIN_DE_LIGNE, Depot
from rtpe_analyse.exemple.scenario import Scenario
from rtpe_analyse.modeles import Periode

_LIGNES_GARDEES = 60
_HTML = """<html><head><meta charset="utf-8"><title>Connexion</title></head>
<body><table><tr><td>{nom} : votre session a expiré, reconnectez-vous.</td></tr></table>
</body></html>
"""


def ecrire_refuses(scenario: Scenario, depot: Depot, codes: list[str]) -> None:
    """Écrit les fichiers que la réception doit refuser, tirés de fichiers déjà écrits.

    Args:
        scenario: le scénario.
        depot: dépôt déjà rempli.
        codes: codes des établissements.
    """
    for rang in range(scenario.profil.refus):
        mois = str(Periode.contenant(scenario.profil.bascule, "mois").decaler(1 + rang))
        nom = f"presences_{codes[rang]}_{mois}.xls"
        _refuser(depot, nom, _HTML.format(nom=nom).encode(), "fichier_html")
        texte = (depot.dossier / f"pointages_{mois}.csv").read_bytes().decode(ENCODAGE)
        lignes = texte.split(FIN_DE_LIGNE)[: _LIGNES_GARDEES + 1]
        coupe = FIN_DE_LIGNE.join([*lignes[:-1], lignes[-1][: len(lignes[-1]) // 2]])
        _refuser(depot, f"pointages_{mois}_reprise.csv", coupe.encode(ENCODAGE), "fichier_tronque")
        sans_cle = FIN_DE_LIGNE.join([*(ligne.split(";", 1)[1] for ligne in lignes[:-1]), ""])
        nom = f"pointages_{mois}_sans_code.csv"
        _refuser(depot, nom, sans_cle.encode(ENCODAGE), "colonne_cle_absente")
    for classeur in sorted(depot.dossier.glob("presences_*.xlsx"))[: scenario.profil.refus]:
        entier = classeur.read_bytes()
        nom = f"{classeur.stem}_reprise.xlsx"
        _refuser(depot, nom, entier[: len(entier) * 3 // 5], "fichier_tronque")


def _refuser(depot: Depot, nom: str, contenu: bytes, code: str) -> None:
    depot.ecrire(nom, contenu)
    depot.noter(nom, 0, "", code)
