"""Contenus des rapports d'activité : places, occupation, facturation, enfants, encadrement."""

from rtpe_analyse.restitution import (
    cascade,
    contrats,
    encadrement,
    etats,
    facturation,
    occupation,
    pertes,
    semaine,
    surcharges,
)
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.objets import Restitution, replier


class ContenusActivite:
    """Contenus des rapports d'activité, une méthode par contenu."""

    _contexte: Contexte

    def places(self) -> Restitution:
        """De la place agréée à la place ouverte, par établissement."""
        return occupation.tableau(
            self._contexte,
            "De la place agréée à la place ouverte",
            ["P1", "P1m", "P2", "P3"],
            ecarts=["P1", "P2", "P3"],
            replie=True,
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
            replie=True,
        )

    def serie(self, code: str) -> Restitution:
        """Figure : un indicateur sur douze périodes au plus, avec le département."""
        return occupation.serie(self._contexte, code)

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
        return replier(facturation.tableau(self._contexte))

    def rapprochements(self) -> Restitution:
        """Nos totaux annuels confrontés à la déclaration Caf et à Filoué."""
        return facturation.rapprochements(self._contexte)

    def structure(self) -> Restitution:
        """Enfants sous contrat par âge, jours par semaine et type d'accueil."""
        lue = contrats.structure(self._contexte)
        # Peu d'enfants par case : à l'établissement, presque tout est masqué.
        return replier(lue) if self._contexte.maille == "etablissement" else lue

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
