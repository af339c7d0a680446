"""Contenus du pilotage : calendrier du personnel, objectifs, actions."""

from rtpe_analyse.restitution import (
    actions,
    besoins_personnel,
    hors_limites,
    objectifs,
    personnel_departement,
    personnel_territoire,
)
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.objets import Restitution, replier


class ContenusPilotage:
    """Contenus du pilotage, une méthode par contenu."""

    _contexte: Contexte

    def calendrier_du_personnel(self) -> Restitution:
        """Figure : les professionnels à prévoir, chaque semaine des deux trimestres à venir."""
        if self._contexte.maille == "etablissement":
            return besoins_personnel.calendrier(self._contexte)
        if self._contexte.maille == "departement":
            return personnel_departement.calendrier(self._contexte)
        return personnel_territoire.calendrier(self._contexte)

    def conges_et_renforts(self) -> Restitution:
        """Phrases : où il faut plus de monde, où les congés se posent sans risque."""
        if self._contexte.maille == "etablissement":
            return besoins_personnel.en_mots(self._contexte)
        return personnel_territoire.en_mots(self._contexte)

    def personnel_par_territoire(self) -> Restitution:
        """Niveau ordinaire et semaine la plus chargée, avec l'intervalle, par territoire."""
        return personnel_departement.par_territoire(self._contexte)

    def personnel_par_etablissement(self) -> Restitution:
        """Niveau ordinaire, renforts et congés possibles, établissement par établissement."""
        return replier(personnel_territoire.par_etablissement(self._contexte))

    def objectifs(self) -> Restitution:
        """Chaque objectif : la cible, le réalisé, l'écart, et la prévision du trimestre suivant."""
        return objectifs.objectifs(self._contexte)

    def actions(self) -> Restitution:
        """Les actions en cours et leur effet mesuré contre les établissements comparables."""
        return actions.actions(self._contexte)

    def limites_des_effets(self) -> Restitution:
        """Phrases : ce que l'effet mesuré d'une action ne dit pas."""
        return actions.limites(self._contexte)

    def hors_limites(self, code: str) -> Restitution:
        """Les établissements hors des limites de l'entonnoir, et où écrire pourquoi."""
        return hors_limites.hors_limites(self._contexte, code)
