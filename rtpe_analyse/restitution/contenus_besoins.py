"""Contenus des besoins : portrait public, offre, demandes."""

from collections.abc import Sequence

from rtpe_analyse.restitution import (
    acces,
    axes,
    besoins,
    demandes,
    enfants_publics,
    equite,
    essentiel_besoins,
    flux,
    implantation,
    implantation_bilan,
    indice,
    offre,
    portrait,
    publics,
    quartiers_surs,
    quatre_cas,
    synthese,
    typologie,
)
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.objets import Restitution, replier


class ContenusBesoins:
    """Contenus des besoins, une méthode par contenu."""

    _contexte: Contexte

    def portrait(self, comparaison: str = "") -> Restitution:
        """Chiffres publics de la zone, de ses communes et d'une autre, avec leur millésime."""
        return portrait.portrait(self._contexte, comparaison)

    def portrait_dans_le_temps(self) -> Restitution:
        """Les chiffres publics de la zone, une année par colonne."""
        return portrait.millesimes(self._contexte)

    def enfants_de_moins_de_3_ans(self) -> Restitution:
        """Trois estimations des moins de 3 ans, leurs écarts, et celle qui est retenue."""
        return enfants_publics.estimations(self._contexte)

    def naissances(self) -> Restitution:
        """Figure : les naissances dans le temps, à communes constantes."""
        return enfants_publics.naissances(self._contexte)

    def couverture(self, comparaison: str = "") -> Restitution:
        """Figure : places pour 100 enfants de moins de 3 ans, par mode d'accueil."""
        return offre.couverture(self._contexte, comparaison)

    def couverture_dans_le_temps(self) -> Restitution:
        """Figure : la couverture de chaque mode, année par année."""
        return offre.tendance(self._contexte)

    def ecart_d_accueil(self) -> Restitution:
        """Phrases : enfants sans place, et offre du réseau suivi, à part."""
        return offre.ecart(self._contexte)

    def valeurs_publiees(self) -> Restitution:
        """Encadré replié : nos totaux départementaux à côté de valeurs publiées."""
        return replier(offre.verification(self._contexte))

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
        """Demandes, réponses, satisfaction et délais, territoire par territoire."""
        return synthese.territoires(
            self._contexte,
            "Les demandes par territoire",
            ["D1", "D2", "D4a", "D3", "D3e"],
            ["D1", "D2"],
        )

    def besoins_des_territoires(self) -> Restitution:
        """Chiffres publics, territoire par territoire."""
        return synthese.besoins_des_territoires(self._contexte)

    def indice_de_besoin(self) -> Restitution:
        """Phrases : les communes dont la place ne dépend pas des poids de l'indice."""
        return indice.resume(self._contexte)

    def carte_de_besoin(self) -> Restitution:
        """Figure : l'indice de besoin, commune par commune, et l'intervalle de rang."""
        return indice.carte(self._contexte)

    def communes_par_besoin(self) -> Restitution:
        """Tableau : les communes, leur indice, l'intervalle de leur rang, leurs composantes."""
        return indice.tableau(self._contexte)

    def quartiers_surs(self) -> Restitution:
        """Tableau : les IRIS au plus fort besoin, et la sûreté de chacun de leurs taux."""
        return quartiers_surs.iris_surs(self._contexte)

    def carte_des_probabilites(self, composante: str) -> Restitution:
        """Figure : probabilité qu'un taux d'IRIS dépasse le département (contours donnés)."""
        return quartiers_surs.carte_des_probabilites(self._contexte, composante)

    def classes(self, maille: str = "commune") -> Restitution:
        """Phrases : les classes de communes (ou d'IRIS) en mots, et si elles tiennent."""
        return typologie.resume(self._contexte, maille)

    def carte_des_classes(self) -> Restitution:
        """Figure : la classe de chaque commune."""
        return typologie.carte(self._contexte)

    def profil_des_classes(self, maille: str = "commune") -> Restitution:
        """Tableau replié : moyennes de chaque classe et écarts au département."""
        return replier(typologie.tableau(self._contexte, maille))

    def plan_des_axes(self, maille: str = "commune") -> Restitution:
        """Figure repliée : ce qui oppose les communes (ou les IRIS), et où est chacune."""
        return replier(axes.plan_des_axes(self._contexte, maille))

    def quartiers_par_classe(self) -> Restitution:
        """Tableau : les IRIS de chaque commune, par classe."""
        return typologie.repartition(self._contexte)

    def non_dits(self) -> Restitution:
        """Phrases : ce que les chiffres de besoins ne disent pas."""
        return besoins.non_dits(self._contexte)

    def acces(self) -> Restitution:
        """Phrases : places de crèche à portée, quartiers éloignés, rayon, effet de bord."""
        return acces.resume(self._contexte)

    def carte_de_l_acces(self) -> Restitution:
        """Figure : places de crèche à portée, commune par commune."""
        return acces.carte(self._contexte)

    def acces_selon_le_rayon(self) -> Restitution:
        """Tableau : ce que le rayon choisi change à l'accès."""
        return acces.sensibilite(self._contexte)

    def public_accueilli(self) -> Restitution:
        """Tableau : chaque public chez les accueillis et dans la population, et l'écart."""
        return publics.tableau(self._contexte)

    def ecarts_de_public(self) -> Restitution:
        """Phrases : les publics plus ou moins présents que dans la population."""
        return publics.resume(self._contexte)

    def quatre_cas(self) -> Restitution:
        """Figure : les communes selon leur besoin et leur accès, le cas prioritaire d'abord."""
        return quatre_cas.quatre_cas(self._contexte)

    def quatre_cas_en_mots(self) -> Restitution:
        """Phrases : les coupures, les enfants et les communes de chaque cas, les incertitudes."""
        return quatre_cas.quatre_cas_en_mots(self._contexte)

    def essentiel_des_besoins(self) -> Restitution:
        """Phrases : enfants, offre, où regarder, accueillis, demandes, dans cinq ans, incertain."""
        return essentiel_besoins.phrases_essentielles(self._contexte)

    def flux(self) -> Restitution:
        """Phrases : enfants venus d'ailleurs, enfants accueillis ailleurs, effet de transit."""
        return flux.resume(self._contexte)

    def matrice_des_residences(self) -> Restitution:
        """Tableau : d'où viennent les enfants accueillis, où vont ceux du territoire."""
        return flux.matrice(self._contexte)

    def publics_des_territoires(self) -> Restitution:
        """Écarts de public de chaque territoire, avec leur intervalle."""
        return equite.publics_des_territoires(self._contexte)

    def places_manquantes(self) -> Restitution:
        """Phrases : places manquantes pour l'accès moyen du département, et où."""
        return implantation.manques(self._contexte)

    def carte_des_places_manquantes(self) -> Restitution:
        """Figure : places manquantes pour 100 enfants, commune par commune."""
        return implantation.carte(self._contexte)

    def implantations(
        self, places: int, creches: int = 1, portee_km: float = 1.0, combien: int = 5
    ) -> Restitution:
        """Tableau : les meilleurs quartiers où ouvrir, à combien de places servies.

        Args:
            places: places de chaque crèche.
            creches: crèches à ouvrir.
            portee_km: distance où une crèche sert des familles.
            combien: propositions voulues.
        """
        projet = implantation.Projet(places, creches, portee_km)
        return implantation.propositions(self._contexte, projet, combien)

    def essentiel_de_l_implantation(
        self, places: int, creches: int = 1, portee_km: float = 1.0
    ) -> Restitution:
        """Phrases : ce que le projet comble du manque, où, et si la portée change la réponse.

        Args:
            places: places de chaque crèche.
            creches: crèches à ouvrir.
            portee_km: distance où une crèche sert des familles.
        """
        projet = implantation.Projet(places, creches, portee_km)
        return implantation_bilan.essentiel(self._contexte, projet)

    def implantation_equitable(
        self,
        places: int,
        creches: int = 1,
        portee_km: float = 1.0,
        parts: Sequence[float] = (0.5, 1.0),
    ) -> Restitution:
        """Tableau : ce que coûte de réserver des places aux communes pauvres.

        Args:
            places: places de chaque crèche.
            creches: crèches à ouvrir.
            portee_km: distance où une crèche sert des familles.
            parts: parts des places à réserver, de 0 à 1.
        """
        projet = implantation.Projet(places, creches, portee_km)
        return implantation_bilan.equite(self._contexte, projet, parts)

    def limites_de_l_implantation(self) -> Restitution:
        """Encadré : ce qu'une étude d'implantation ne dit pas."""
        return implantation.limites()
