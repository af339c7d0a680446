"""Contenus du rapport de qualité."""

from rtpe_analyse.restitution import motifs_comptes, qualite
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.objets import Restitution


class ContenusQualite:
    """Contenus du rapport de qualité, une méthode par contenu."""

    _contexte: Contexte

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
