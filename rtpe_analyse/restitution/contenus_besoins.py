"""Contenus des besoins : portrait public, offre, demandes."""

from rtpe_analyse.restitution import besoins, demandes, synthese
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.objets import Restitution


class ContenusBesoins:
    """Contenus des besoins, une méthode par contenu."""

    _contexte: Contexte

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

    def demandes_des_territoires(self) -> Restitution:
        """Demandes actives et réponses favorables, territoire par territoire."""
        return synthese.territoires(
            self._contexte, "Les demandes par territoire", ["D1", "D2"], ["D1", "D2"]
        )

    def besoins_des_territoires(self) -> Restitution:
        """Chiffres publics, territoire par territoire."""
        return synthese.besoins_des_territoires(self._contexte)

    def non_dits(self) -> Restitution:
        """Encadré : ce que les chiffres de besoins ne disent pas."""
        return besoins.non_dits(self._contexte)
