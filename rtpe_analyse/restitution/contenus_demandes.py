"""Contenus des demandes : commission, bilan, pistes, scénarios."""

from rtpe_analyse.restitution import bilan_commission, commission, pistes, reponses, scenarios
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.objets import Restitution


class ContenusDemandes:
    """Contenus des demandes, une méthode par contenu."""

    _contexte: Contexte

    def lecture_de_la_commission(self) -> Restitution:
        """Phrases : ce qui se libère, ce qui est promis, où il manque le plus de places."""
        return commission.lecture(self._contexte)

    def confrontation(self) -> Restitution:
        """Places à attribuer par âge et par jour, face aux demandes à servir."""
        return commission.confrontation(self._contexte)

    def confrontation_par_etablissement(self) -> Restitution:
        """La même confrontation, établissement par établissement."""
        return commission.par_etablissement(self._contexte)

    def demandes_des_communes(self) -> Restitution:
        """Demandes à servir par commune de résidence, et places des établissements."""
        return commission.par_commune(self._contexte)

    def lecture_du_bilan(self) -> Restitution:
        """Phrases : la satisfaction sur douze mois, et les seuls écarts au-delà du hasard."""
        return bilan_commission.lecture(self._contexte)

    def satisfaction(self) -> Restitution:
        """Taux de satisfaction et intervalle, par âge, situation, jours et commune."""
        return bilan_commission.satisfaction(self._contexte)

    def delais_de_reponse(self) -> Restitution:
        """Délais de réponse et d'entrée, avec l'an dernier et la zone plus grande."""
        return reponses.delais(self._contexte)

    def motifs_de_refus(self) -> Restitution:
        """Demandes refusées sur douze mois, par motif."""
        return reponses.motifs(self._contexte)

    def horaires_demandes(self) -> Restitution:
        """Phrases : demandes à horaires atypiques, demandes sans appariement."""
        return reponses.horaires(self._contexte)

    def pistes(self) -> Restitution:
        """Pistes d'organisation, chacune avec le chiffre qui la porte et ses limites."""
        return pistes.pistes(self._contexte)

    def lecture_des_scenarios(self) -> Restitution:
        """Phrases : la fourchette à cinq ans, ses hypothèses, ce que valut la méthode."""
        return scenarios.lecture(self._contexte)

    def scenarios_d_enfants(self) -> Restitution:
        """Figure en éventail : enfants de moins de 3 ans, connus puis projetés."""
        return scenarios.enfants(self._contexte)

    def scenarios_de_demandes(self) -> Restitution:
        """Demandes attendues chaque année, selon trois scénarios."""
        return scenarios.demandes(self._contexte)
