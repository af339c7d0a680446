"""Contenus des tendances : séries, causes d'une variation, comparaison loyale, prévision."""

from rtpe_analyse.restitution import (
    calendrier,
    controle,
    ecart,
    enfants_attendus,
    evolution,
    loyale,
    perspectives,
    provisoire,
    signaux,
    variations,
)
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.objets import Restitution


class ContenusTendances:
    """Contenus des tendances, une méthode par contenu."""

    _contexte: Contexte

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
        return variations.par_etablissement(self._contexte)

    def ecart_avec(self, comparaison: str = "") -> Restitution:
        """Figure : les effets qui font l'écart avec un autre territoire, ou le département."""
        return ecart.ecart_avec(self._contexte, comparaison)

    def entonnoir(self, code: str) -> Restitution:
        """Figure : les établissements de la zone entre les limites ajustées sur le réseau."""
        return loyale.entonnoir(self._contexte, code)

    def signaux(self) -> Restitution:
        """Phrases : les écarts qui restent quand on borne la part de fausses alertes."""
        return signaux.signaux(self._contexte)

    def controle(self, code: str) -> Restitution:
        """Figure : l'écart sur un an entre ses limites de contrôle, et les signaux passés."""
        return controle.controle(self._contexte, code)

    def controle_des_etablissements(self, code: str) -> Restitution:
        """Phrases : les établissements dont l'écart sur un an fait signal."""
        return controle.controle_des_etablissements(self._contexte, code)

    def prevision(self) -> Restitution:
        """Figure : l'occupation connue, puis attendue deux trimestres, avec son intervalle."""
        return perspectives.prevision(self._contexte)

    def trimestre_en_cours(self) -> Restitution:
        """Phrases : le trimestre incomplet, estimé, marqué provisoire, avec son intervalle."""
        return provisoire.trimestre_en_cours(self._contexte)

    def semaines_a_venir(self) -> Restitution:
        """Tableau : enfants attendus et occupation, semaine par semaine, deux trimestres."""
        return enfants_attendus.semaines_a_venir(self._contexte)

    def retro_test(self) -> Restitution:
        """Phrases : ce que valait la prévision les fois passées."""
        return perspectives.retro_test(self._contexte)
