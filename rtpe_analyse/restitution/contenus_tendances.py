"""Contenus des tendances : séries, causes d'une variation, comparaison loyale, prévision."""

from rtpe_analyse.restitution import calendrier, evolution, loyale, perspectives, variations
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
