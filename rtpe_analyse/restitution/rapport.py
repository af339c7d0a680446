"""La façade des carnets : un rapport ouvert, une méthode par contenu.

Chaque méthode rend un `Restitution`, qui s'affiche. Aucune ne lève d'erreur parce qu'une
valeur manque ou se cache : le contenu le dit, en une phrase.
"""

from rtpe_analyse.restitution import (
    alertes,
    besoins,
    calendrier,
    cartouche,
    cascade,
    contrats,
    demandes,
    encadrement,
    essentiel,
    etats,
    evolution,
    facturation,
    fiche,
    loyale,
    methode,
    motifs_comptes,
    occupation,
    perspectives,
    pertes,
    positions,
    qualite,
    semaine,
    surcharges,
    synthese,
    variations,
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

    def places(self) -> Restitution:
        """De la place agréée à la place ouverte, par établissement."""
        return occupation.tableau(
            self._contexte,
            "De la place agréée à la place ouverte",
            ["P1", "P1m", "P2", "P3"],
            ecarts=["P1", "P2", "P3"],
        )

    def cascade(self) -> Restitution:
        """Figure : de la place agréée à l'enfant présent, une marche par cause."""
        return cascade.cascade(self._contexte)

    def premiere_perte(self) -> Restitution:
        """Phrases : la première cause de perte, les suivantes, ce qui reste incertain."""
        return pertes.textes(self._contexte)

    def cascade_par_etablissement(self) -> Restitution:
        """La cascade de chaque établissement et sa première cause de perte."""
        noms = self._contexte.etablissements
        return cascade.par_zone(self._contexte, "etablissement", noms, "Établissement")

    def cascade_par_territoire(self) -> Restitution:
        """La cascade de chaque territoire et sa première cause de perte."""
        noms = self._contexte.territoires
        return cascade.par_zone(self._contexte, "territoire", noms, "Territoire")

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

    def serie_longue(self, code: str) -> Restitution:
        """Figure : toutes les périodes connues, agrégats compris, niveaux et événements."""
        return evolution.serie_longue(self._contexte, code)

    def lecture_de_la_serie(self, code: str) -> Restitution:
        """Phrases : agrégats, saison, changements de niveau, périodes atypiques."""
        return evolution.lecture_de_la_serie(self._contexte, code)

    def calendrier(self) -> Restitution:
        """Jours ouvrés, fériés et de vacances scolaires, à côté de l'an dernier."""
        return calendrier.calendrier(self._contexte)

    def decomposition(self) -> Restitution:
        """Figure : les effets qui font la variation de l'occupation sur un an."""
        return variations.decomposition(self._contexte)

    def decomposition_par_etablissement(self) -> Restitution:
        """La variation de chaque établissement et ses premiers effets."""
        noms = self._contexte.etablissements
        return variations.par_zone(self._contexte, "etablissement", noms, "Établissement")

    def decomposition_par_territoire(self) -> Restitution:
        """La variation de chaque territoire : effet propre, effet de composition."""
        noms = self._contexte.territoires
        return variations.par_zone(self._contexte, "territoire", noms, "Territoire")

    def entonnoir(self, code: str) -> Restitution:
        """Figure : les établissements de la zone entre les limites ajustées sur le réseau."""
        return loyale.entonnoir(self._contexte, code)

    def signaux(self) -> Restitution:
        """Phrases : les écarts qui restent quand on borne la part de fausses alertes."""
        return loyale.signaux(self._contexte)

    def prevision(self) -> Restitution:
        """Figure : l'occupation connue, puis attendue deux trimestres, avec son intervalle."""
        return perspectives.prevision(self._contexte)

    def retro_test(self) -> Restitution:
        """Phrases : ce que valait la prévision les fois passées."""
        return perspectives.retro_test(self._contexte)

    def positions(self, code: str) -> Restitution:
        """Figure : un indicateur par établissement, à côté de l'an dernier."""
        return positions.positions(self._contexte, code)

    def semaine(self) -> Restitution:
        """Figure : l'occupation par jour et par heure, créneaux pleins et creux marqués."""
        return semaine.semaine(self._contexte)

    def etats(self) -> Restitution:
        """Occupation esquissée, planifiée, confirmée, réalisée, jusqu'aux trimestres à venir."""
        return etats.dans_le_temps(self._contexte)

    def etats_par_etablissement(self) -> Restitution:
        """Les quatre états, établissement par établissement."""
        return etats.par_etablissement(self._contexte)

    def alertes_datees(self) -> Restitution:
        """Jours de surnombre et semaines au-delà de la capacité, avec leurs dates."""
        return surcharges.alertes_datees(self._contexte)

    def courbe_de_facturation(self) -> Restitution:
        """Figure : le taux de facturation de l'année, établissement par établissement."""
        return facturation.courbe(self._contexte)

    def facturation(self) -> Restitution:
        """Taux cumulé, heures dans la zone dégressive, coût s'il se calcule."""
        return facturation.tableau(self._contexte)

    def rapprochements(self) -> Restitution:
        """Nos totaux annuels confrontés à la déclaration Caf et à Filoué."""
        return facturation.rapprochements(self._contexte)

    def structure(self) -> Restitution:
        """Enfants sous contrat par âge, jours par semaine et type d'accueil."""
        return contrats.structure(self._contexte)

    def mouvements(self) -> Restitution:
        """Figure : entrées et sorties, période par période."""
        return contrats.mouvements(self._contexte)

    def liberables(self) -> Restitution:
        """Places qui se libèrent à la rentrée, par âge, en fourchette."""
        return contrats.liberables(self._contexte)

    def encadrement(self) -> Restitution:
        """Quarts d'heure sous le taux, heures perdues faute de personnel, direction."""
        return encadrement.encadrement(self._contexte)

    def qualifications(self) -> Restitution:
        """Part de professionnels diplômés, mois par mois."""
        return encadrement.qualifications(self._contexte)

    def identite(self) -> Restitution:
        """L'établissement de la fiche : type, commune, territoire, événement."""
        return fiche.identite(self._contexte)

    def a_discuter(self) -> Restitution:
        """Les points à discuter que les chiffres désignent, et des lignes libres."""
        return fiche.a_discuter(self._contexte)

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
