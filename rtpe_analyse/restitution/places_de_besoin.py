"""La place de chaque zone dans le classement du besoin, et ce qu'elle doit aux poids."""

from dataclasses import dataclass
from functools import partial

import polars as pl

from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.lecture import Grille
from rtpe_analyse.restitution.mesures import Mesure

INDICE, BAS, HAUT = "B2", "B2b", "B2h"
PROBABILITE, COMPOSANTE = "B2p", "B2c"


@dataclass(frozen=True)
class Place:
    """La place d'une zone parmi celles du département.

    Attributes:
        nom: nom de la zone.
        indice: B2.
        bas: B2b.
        haut: B2h.
        rang: rang aux poids publiés, 1 pour le plus fort besoin.
    """

    nom: str
    indice: Mesure
    bas: Mesure
    haut: Mesure
    rang: int

    @property
    def intervalle(self) -> str:
        """« 2 à 12 », ou « 1 » si les poids n'y changent rien."""
        bas, haut = self.bas.nombre, self.haut.nombre
        return bas if bas == haut else f"{bas} à {haut}"


@dataclass(frozen=True)
class Classement:
    """Les zones classées d'un département à une maille.

    Attributes:
        places: code → place, du plus fort au plus faible besoin.
        noms: nom de toutes les zones de la maille, classées ou non.
        grille: composantes et probabilités, par zone.
        annee: période de lecture.
    """

    places: dict[str, Place]
    noms: dict[str, str]
    grille: Grille
    annee: str

    @property
    def tiers(self) -> int:
        """Dernier rang du tiers le plus en besoin."""
        return len(self.places) // 3

    def toujours(self, zone: str) -> bool:
        """La zone est dans le tiers le plus en besoin, quels que soient les poids."""
        place = self.places.get(zone)
        haut = place.haut.valeur if place else None
        return haut is not None and haut <= self.tiers

    def parfois(self, zone: str) -> bool:
        """La zone y entre ou en sort selon les poids."""
        place = self.places.get(zone)
        bas = (place.bas.valeur or 0) if place else 0
        return place is not None and bas <= self.tiers and not self.toujours(zone)

    def composante(self, zone: str, code: str) -> Mesure:
        """Le taux d'une composante dans une zone."""
        return self.grille.lire(COMPOSANTE, zone, self.annee, code)

    def probabilite(self, zone: str, code: str) -> Mesure:
        """La probabilité que ce taux dépasse celui du département."""
        return self.grille.lire(PROBABILITE, zone, self.annee, code)


def lire_classement(contexte: Contexte, maille: str = "commune") -> Classement:
    """L'indice des zones du département, classées ; aucune place s'il n'est pas calculé."""
    zones = contexte.zones(maille)
    if maille == "iris":
        communes = contexte.zones("commune").filter(pl.col("parent") == contexte.departement)
        zones = zones.filter(pl.col("parent").is_in(communes["zone"].to_list()))
    else:
        zones = zones.filter(pl.col("parent") == contexte.departement)
    noms = dict(zones.sort("zone").select("zone", "libelle").iter_rows())
    lue = contexte.grille([INDICE, BAS, HAUT], maille, noms)
    annees = [a for a in lue.periodes(INDICE) if a <= str(contexte.periode.annee)]
    annee = annees[-1] if annees else ""
    lire = partial(lue.lire, periode=annee)
    connus = [(zone, m) for zone in noms if (m := lire(INDICE, zone)).valeur is not None]
    connus.sort(key=lambda couple: (-(couple[1].valeur or 0), couple[0]))
    places = {
        zone: Place(noms[zone], m, lire(BAS, zone), lire(HAUT, zone), rang)
        for rang, (zone, m) in enumerate(connus, 1)
    }
    details = contexte.grille(
        [COMPOSANTE, PROBABILITE], maille, noms, [annee], ventilation="composante"
    )
    return Classement(places, noms, details, annee)


def communes_de(contexte: Contexte) -> dict[str, str]:
    """Les communes de la zone ; pour un département, toutes les siennes."""
    if contexte.maille != "departement":
        return contexte.communes
    table = contexte.zones("commune").filter(pl.col("parent") == contexte.departement)
    return dict(table.select("zone", "libelle").iter_rows())
