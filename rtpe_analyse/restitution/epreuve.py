"""La projection des enfants mise à l'épreuve : refaite avec ce qu'on savait, puis jugée."""

from dataclasses import dataclass

from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import Mesure

SCENARIOS = ("bas", "central", "haut")


@dataclass(frozen=True)
class Epreuve:
    """Ce que la projection valut par le passé.

    Attributes:
        annee: dernière année jugée.
        derniere: ses scénarios bas, central et haut, puis le nombre observé.
        jugees: nombre d'années jugées.
        dedans: celles où le nombre observé est dans la fourchette.
    """

    annee: str
    derniere: tuple[Mesure, ...]
    jugees: int
    dedans: int

    @property
    def phrase(self) -> str:
        """Le verdict, sans point final."""
        if self.jugees == 1:
            verdict = "y était" if self.dedans else "n'y était pas"
            dite = f"La fourchette refaite pour une année passée : le nombre observé {verdict}"
        else:
            dite = f"Refaite pour {formats.nombre(self.jugees)} années passées, la fourchette "
            dite += self._contenues
        if not self.dedans:
            return f"{dite} : ne pas décider sur ces seuls nombres"
        return (
            dite if self.dedans == self.jugees else f"{dite}  : à lire comme un ordre de grandeur"
        )

    @property
    def _contenues(self) -> str:
        if self.dedans == self.jugees:
            return "les a toutes contenues"
        return (
            f"en a contenu {formats.nombre(self.dedans)}"
            if self.dedans
            else "n'en a contenu aucune"
        )


def mettre_a_l_epreuve(contexte: Contexte) -> Epreuve | None:
    """Ce que valut la projection des enfants (N5) ; rien si aucune année ne peut se juger."""
    grille = contexte.grille(["N5"], contexte.maille, [contexte.zone], ventilation="retrospectif")
    lues = {
        a: tuple(grille.lire("N5", contexte.zone, a, m) for m in (*SCENARIOS, "observe"))
        for a in grille.periodes("N5")
    }
    jugees = {a: suite for a, suite in lues.items() if all(m.lisible for m in suite)}
    if not jugees:
        return None
    valeurs = [[m.valeur or 0.0 for m in suite] for suite in jugees.values()]
    dedans = sum(bas <= observe <= haut for bas, _, haut, observe in valeurs)
    annee = max(jugees)
    return Epreuve(annee, jugees[annee], len(jugees), dedans)
