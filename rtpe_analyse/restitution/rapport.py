"""La façade des carnets : un rapport ouvert, une méthode par contenu.

Chaque méthode rend un `Restitution`, qui s'affiche. Aucune ne lève d'erreur parce qu'une
valeur manque ou se cache : le contenu le dit, en une phrase.
"""

from rtpe_analyse.restitution import (
    alertes,
    besoins,
    cartouche,
    demandes,
    essentiel,
    methode,
    motifs_comptes,
    occupation,
    profil,
    qualite,
    synthese,
)
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.objets import Restitution


class Rapport:
    """Un rapport ouvert sur une zone et une période."""

    def __init__(self, contexte: Contexte) -> None:
        self._contexte = contexte

    def cartouche(self) -> Restitution:
        """De quoi parle le rapport, sur quelles données, définitif ou provisoire."""
        return cartouche.cartouche(self._contexte)

    def essentiel(self) -> Restitution:
        """Phrases : ce qui change, pourquoi, où, ce qui est incertain."""
        return essentiel.phrases_essentielles(self._contexte)

    def chiffres(self) -> Restitution:
        """Les huit chiffres de tête, avec l'écart sur un an et la place au département."""
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

    def places(self) -> Restitution:
        """De la place agréée à la place ouverte, par établissement."""
        return occupation.tableau(
            self._contexte,
            "De la place agréée à la place ouverte",
            ["P1", "P1m", "P2", "P3"],
            ecarts=["P1", "P2", "P3"],
        )

    def places_en_heures(self) -> Restitution:
        """Figure : heures de place prévues, ouvertes, occupées."""
        return occupation.places_en_heures(self._contexte)

    def activite(self) -> Restitution:
        """Capacité, heures et taux par établissement, avec l'an dernier et le département."""
        return occupation.tableau(
            self._contexte,
            "Activité et occupation",
            ["H0", "H1", "H2", "T1", "T2", "T3", "T4"],
            ecarts=["T1", "T2", "T3", "T4"],
        )

    def lectures(self) -> Restitution:
        """Les deux lectures de la capacité : calendrier annoncé, jours réellement ouverts."""
        return occupation.tableau(
            self._contexte,
            "Deux lectures de l'occupation",
            ["H0", "H0c", "T1", "T1c", "T2", "T2c"],
            notes=[
                "Une fermeture subie reste dans la capacité du calendrier annoncé (H0) et sort de "
                "celle des jours réellement ouverts (H0c, lecture Caf)."
            ],
        )

    def serie(self, code: str) -> Restitution:
        """Figure : un indicateur sur douze périodes au plus, avec le département."""
        return occupation.serie(self._contexte, code)

    def positions(self, code: str) -> Restitution:
        """Figure : un indicateur par établissement, à côté de l'an dernier."""
        return profil.positions(self._contexte, code)

    def semaine(self) -> Restitution:
        """Figure : l'occupation par jour et par demi-heure."""
        return profil.semaine(self._contexte)

    def enfants(self) -> Restitution:
        """Enfants accueillis, enfants par place, temps contractuel, équivalents temps plein."""
        return occupation.tableau(
            self._contexte,
            "Les enfants et leurs contrats",
            ["E1", "E1r", "E2", "E3", "ETP"],
            ecarts=["E1", "ETP"],
            notes=[
                "Un enfant accueilli dans deux établissements compte une fois dans l'ensemble : "
                "l'ensemble peut être inférieur à la somme."
            ],
        )

    def portrait(self) -> Restitution:
        """Chiffres publics de la zone et du département, avec leur millésime."""
        return besoins.portrait(self._contexte)

    def portrait_des_communes(self) -> Restitution:
        """Chiffres publics, commune par commune, dont ceux qui ne s'additionnent pas."""
        return besoins.communes(self._contexte)

    def accueil_et_population(self) -> Restitution:
        """Phrases : enfants accueillis et enfants de la zone, côte à côte."""
        return besoins.accueil_et_population(self._contexte)

    def couverture(self) -> Restitution:
        """Figure : places pour 100 enfants de moins de 3 ans, par mode d'accueil."""
        return besoins.couverture(self._contexte)

    def demandes(self) -> Restitution:
        """Phrases : demandes actives et réponses favorables."""
        return demandes.resume(self._contexte)

    def demandes_par_age(self) -> Restitution:
        """Figure : demandes actives selon l'âge à l'entrée souhaitée."""
        titre = "Les demandes selon l'âge à l'entrée souhaitée"
        return demandes.repartition(self._contexte, "age", titre)

    def demandes_par_jours(self) -> Restitution:
        """Figure : demandes actives selon le nombre de jours demandés."""
        titre = "Les demandes selon le nombre de jours demandés"
        return demandes.repartition(self._contexte, "jours", titre)

    def non_dits(self) -> Restitution:
        """Encadré : ce que les chiffres de besoins ne disent pas."""
        return besoins.non_dits(self._contexte)

    def verdict(self) -> Restitution:
        """Publiable, avec réserve ou non, et pourquoi."""
        return qualite.verdict(self._contexte)

    def reception(self) -> Restitution:
        """Fichiers reçus et lignes, par source."""
        return qualite.reception(self._contexte)

    def recus(self) -> Restitution:
        """Activité reçue ou manquante, par établissement et par mois."""
        return qualite.recus(self._contexte)

    def refus(self) -> Restitution:
        """Fichiers refusés en entier."""
        return qualite.refus(self._contexte)

    def completude(self) -> Restitution:
        """Complétude par établissement et par mois."""
        return qualite.completude(self._contexte)

    def controles(self) -> Restitution:
        """Lignes rejetées et constats, par règle."""
        return motifs_comptes.controles(self._contexte)

    def corrections(self) -> Restitution:
        """Corrections et lignes écartées, par règle."""
        return motifs_comptes.corrections(self._contexte)

    def a_demander(self) -> Restitution:
        """Ce qu'il faut demander à chaque établissement."""
        return motifs_comptes.a_demander(self._contexte)

    def attentes(self) -> Restitution:
        """Le catalogue des règles jugées et leur verdict."""
        return qualite.attentes(self._contexte)

    def reseau(self) -> Restitution:
        """Mouvements du réseau : ouvertures, fermetures, fusions."""
        return synthese.reseau(self._contexte)

    def territoires(self) -> Restitution:
        """Places, occupation et enfants, territoire par territoire."""
        return synthese.territoires(
            self._contexte,
            "Les territoires côte à côte",
            ["P1", "P2", "P3", "T1", "T3", "T4", "E1"],
            ["T1", "T4"],
        )

    def demandes_des_territoires(self) -> Restitution:
        """Demandes actives et réponses favorables, territoire par territoire."""
        return synthese.territoires(
            self._contexte, "Les demandes par territoire", ["D1", "D2"], ["D1", "D2"]
        )

    def petits_multiples(self, code: str) -> Restitution:
        """Figure : un indicateur dans le temps, une case par territoire."""
        return synthese.multiples(self._contexte, code)

    def besoins_des_territoires(self) -> Restitution:
        """Chiffres publics, territoire par territoire."""
        return synthese.besoins_des_territoires(self._contexte)

    def definitions(self) -> Restitution:
        """Champ, source, calcul et limites des indicateurs montrés plus haut."""
        return methode.definitions(self._contexte)

    def tracabilite(self) -> Restitution:
        """Version, paramètres, règles datées, empreintes des fichiers."""
        return methode.tracabilite(self._contexte)
