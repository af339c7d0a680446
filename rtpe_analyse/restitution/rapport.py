"""La façade des carnets : un rapport ouvert, une méthode par contenu.

Chaque méthode rend un `Restitution`, qui s'affiche. Aucune ne lève d'erreur parce qu'une
valeur manque ou se cache : le contenu le dit, en une phrase.
"""

from rtpe_analyse.restitution import (
    activite_des_territoires,
    alertes,
    cartouche,
    decisions,
    direction,
    essentiel,
    fiche,
    methode,
    occupation,
    synthese,
)
from rtpe_analyse.restitution.contenus_activite import ContenusActivite
from rtpe_analyse.restitution.contenus_besoins import ContenusBesoins
from rtpe_analyse.restitution.contenus_demandes import ContenusDemandes
from rtpe_analyse.restitution.contenus_pilotage import ContenusPilotage
from rtpe_analyse.restitution.contenus_qualite import ContenusQualite
from rtpe_analyse.restitution.contenus_tendances import ContenusTendances
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.objets import Restitution


class Rapport(
    ContenusActivite,
    ContenusTendances,
    ContenusPilotage,
    ContenusBesoins,
    ContenusDemandes,
    ContenusQualite,
):
    """Un rapport ouvert sur une zone et une période."""

    def __init__(self, contexte: Contexte) -> None:
        self._contexte = contexte

    def cartouche(self) -> Restitution:
        """De quoi parle le rapport, sur quelles données, définitif ou provisoire."""
        return cartouche.cartouche(self._contexte)

    def essentiel(self) -> Restitution:
        """Phrases : ce qui change, pourquoi, où, ce qui est incertain."""
        return essentiel.phrases_essentielles(self._contexte)

    def messages(self) -> Restitution:
        """Phrases de la direction : occupation, pertes, besoins, demandes, l'incertain."""
        return direction.messages(self._contexte)

    def decisions_possibles(self) -> Restitution:
        """Encadré : les décisions que les chiffres ouvrent, chacune avec son lieu."""
        return decisions.decisions(self._contexte)

    def chiffres(self) -> Restitution:
        """Les chiffres de tête, avec l'écart sur un an et la place dans la zone plus grande."""
        return essentiel.chiffres(self._contexte)

    def alertes(self) -> Restitution:
        """Les seuils franchis, trois au plus, les plus graves d'abord."""
        return alertes.alertes(self._contexte)

    def a_decider(self) -> Restitution:
        """Une liste vide, à compléter en réunion."""
        return alertes.a_decider()

    def etablissements(self) -> Restitution:
        """Les établissements : type, commune, places, événements."""
        return occupation.etablissements(self._contexte)

    def identite(self) -> Restitution:
        """L'établissement de la fiche : type, commune, territoire, événement."""
        return fiche.identite(self._contexte)

    def a_discuter(self) -> Restitution:
        """Les points à discuter que les chiffres désignent, et des lignes libres."""
        return fiche.a_discuter(self._contexte)

    def reseau(self) -> Restitution:
        """Mouvements du réseau : ouvertures, fermetures, fusions."""
        return synthese.reseau(self._contexte)

    def territoires(self) -> Restitution:
        """Places et enfants, territoire par territoire."""
        return synthese.territoires(
            self._contexte,
            "Les territoires côte à côte",
            ["P1", "P2", "P3", "E1", "E2"],
            ["P1", "E1"],
        )

    def occupation_des_territoires(self) -> Restitution:
        """Occupation, effet propre et effet de composition, territoire par territoire."""
        return activite_des_territoires.occupation(self._contexte)

    def facturation_des_territoires(self) -> Restitution:
        """Taux de facturation et zone dégressive, territoire par territoire."""
        return activite_des_territoires.facturation(self._contexte)

    def petits_multiples(self, code: str) -> Restitution:
        """Figure : un indicateur dans le temps, une case par territoire."""
        return synthese.multiples(self._contexte, code)

    def definitions(self) -> Restitution:
        """Champ, source, calcul et limites des indicateurs montrés plus haut."""
        return methode.definitions(self._contexte)

    def tracabilite(self) -> Restitution:
        """Version, paramètres, règles datées, empreintes des fichiers."""
        return methode.tracabilite(self._contexte)
