"""Où manquent des places de crèche, et où une nouvelle crèche servirait le plus."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median

import polars as pl

from rtpe_analyse.methodes.accessibilite import distances
from rtpe_analyse.methodes.implantation import Choix, solutions_successives
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.acces import communes_de
from rtpe_analyse.restitution.besoins import derniere
from rtpe_analyse.restitution.cartes import carte_des_communes
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.objets import Restitution, encadre, paragraphes
from rtpe_analyse.restitution.planches import sans_figure
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau

CODE, PAUVRETE = "B3m", "S9"
_DISTINCTES = "ont un quartier hors des communes des précédentes"
AUCUNE = "Les places manquantes ne sont pas calculées pour cette zone."
LIMITES = (
    "Une place manquante est un écart à l'accès moyen du département, pas une demande : si tout "
    "le département manquait de places, rien ne manquerait ici.",
    "Les lieux proposés sont des centres de quartier : ni terrain, ni bâti, ni coût, ni "
    "transports, ni projets d'autres gestionnaires ne sont connus.",
    "La portée est à vol d'oiseau. Une voie ferrée, un fleuve ou une autoroute n'y compte pas.",
    "Chaque place servie l'est en entier ; les familles des zones voisines, mieux servies, "
    "viendraient aussi. L'accès des autres quartiers n'est pas recalculé.",
    "Les assistantes maternelles ne comptent pas. Les chiffres publics ont leur millésime.",
)


@dataclass(frozen=True)
class Projet:
    """Ce qu'on envisage d'ouvrir.

    Attributes:
        places: places d'une crèche.
        creches: crèches à ouvrir.
        portee_km: distance à vol d'oiseau où une crèche sert des familles.
    """

    places: int
    creches: int = 1
    portee_km: float = 1.0

    @property
    def nom(self) -> str:
        """« 2 crèches de 60 places »."""
        return f"{formats.compte(self.creches, 'crèche')} de {formats.nombre(self.places)} places"

    @property
    def portee(self) -> str:
        """« 1 km à vol d'oiseau »."""
        decimales = 0 if self.portee_km == int(self.portee_km) else 1
        return f"{formats.nombre(self.portee_km, decimales)} km à vol d'oiseau"


@dataclass(frozen=True)
class Probleme:
    """Où il manque des places, et quels quartiers une crèche y servirait.

    Attributes:
        demande: `zone, demande, prioritaire` : places manquantes d'un quartier, et s'il est d'une
            commune plus pauvre que la médiane de celles de la zone.
        a_portee: `zone, lieu` : couples de quartiers à portée l'un de l'autre.
        noms: quartier → « Gare (Ville-Sud) ».
        communes: quartier → code de sa commune.
        noms_des_communes: code de commune → nom.
    """

    demande: pl.DataFrame
    a_portee: pl.DataFrame
    noms: Mapping[str, str]
    communes: Mapping[str, str]
    noms_des_communes: Mapping[str, str]

    def nommer(self, lieux: Iterable[str]) -> str:
        """Les quartiers d'un choix : « Gare (Ville-Sud) ; Bois (Ville-Nord) »."""
        return " ; ".join(self.noms[x] for x in lieux)

    def communes_des(self, lieux: Iterable[str]) -> list[str]:
        """Noms des communes d'un choix, sans répétition, dans l'ordre alphabétique."""
        return sorted({self.noms_des_communes[self.communes[x]] for x in lieux})


def manques(contexte: Contexte) -> Restitution:
    """Phrases : combien de places manquent, et dans quelles communes d'abord."""
    ici = derniere(contexte, CODE)[0]
    if ici.numerateur is None:
        return encadre(AUCUNE, [])
    communes = communes_de(contexte)
    grille = contexte.grille([CODE], "commune", communes, [ici.millesime])
    lues = {n: grille.lire(CODE, c, ici.millesime).numerateur or 0 for c, n in communes.items()}
    total = sum(lues.values())
    combien = round(ici.numerateur)
    if not combien:
        return paragraphes(
            [
                f"Chaque quartier connu {formats.du(contexte.nom)} a au moins l'accès moyen du "
                f"département : aucune place de crèche n'y manque ({ici.millesime})."
            ]
        )
    dites = [
        f"Pour que chaque quartier {formats.du(contexte.nom)} ait l'accès moyen du département, il "
        f"manque {formats.compte(combien, 'place')} de crèche ({ici.millesime})."
    ]
    premieres = sorted(lues, key=lambda n: (-lues[n], n))[:3]
    if total and len(lues) > len(premieres):
        part = sum(lues[n] for n in premieres) / total
        noms = formats.enumeration([n for n in premieres if lues[n]])
        if part < 1:
            dites.append(f"Trois communes en réunissent {formats.pourcentage(part, 0)} : {noms}.")
        else:
            dites.append(f"Elles manquent toutes dans ces communes : {noms}.")
    return paragraphes(dites)


def carte(contexte: Contexte) -> Restitution:
    """Figure : places manquantes pour 100 enfants, commune par commune."""
    titre = "Places de crèche manquantes"
    ensemble = derniere(contexte, CODE)[1]
    if not ensemble.lisible:
        return sans_figure(titre, AUCUNE)
    siennes = contexte.zones("commune").filter(pl.col("parent") == contexte.departement)["zone"]
    grille = contexte.grille([CODE], "commune", siennes, [ensemble.millesime])
    mesures = {z: grille.lire(CODE, z, ensemble.millesime) for z in siennes}
    sans = sum(1 for m in mesures.values() if m.lisible and not m.valeur)
    conclusion = (
        f"Il manque {ensemble.nombre} places pour 100 enfants dans le département en "
        f"{ensemble.millesime} ; aucune dans {formats.compte(sans, 'commune')}"
    )
    return carte_des_communes(contexte, titre, conclusion, "Commune", mesures)


def propositions(contexte: Contexte, projet: Projet, combien: int) -> Restitution:
    """Tableau : les meilleurs choix de quartiers, du premier au suivant, et ce qu'ils servent.

    Si les places manquent dans plusieurs communes, chaque proposition a un quartier au moins hors
    des communes de chacune des précédentes : le voisin du premier choix n'est pas une seconde idée.

    Args:
        contexte: zone et période du rapport ; les quartiers sont ceux de la zone.
        projet: ce qu'on envisage d'ouvrir.
        combien: propositions voulues, toutes différentes.
    """
    titre = f"Où ouvrir {projet.nom}, à {projet.portee} des familles"
    lu = lire_probleme(contexte, projet)
    plusieurs = len(lu.communes_des(lu.demande.filter(pl.col("demande") > 0)["zone"])) > 1
    choix = solutions_successives(
        lu.demande,
        lu.a_portee,
        projet.creches,
        projet.places,
        combien,
        groupes=lu.communes if plusieurs else None,
    )
    if not choix:
        return sans_figure(titre, AUCUNE)
    lignes = [
        Ligne(
            f"Proposition {rang}",
            [
                Cellule(lu.nommer(c.lieux)),
                Cellule(formats.nombre(c.servie)),
                Cellule(formats.nombre(c.couverte)),
            ],
        )
        for rang, c in enumerate(choix, 1)
    ]
    colonnes = [
        Colonne("Quartiers", nombre=False),
        Colonne("Servies", "places"),
        Colonne("Manquantes alentour", "places", code=CODE),
    ]
    note = (
        f"Servies : places manquantes comblées à moins de {projet.portee}. Chaque proposition est "
        f"la meilleure de celles qui {_DISTINCTES if plusieurs else 'restent'}. "
        f"{_lecture(choix, lu)}"
    )
    return Tableau(titre, "Choix", colonnes, lignes, [note]).rendre()


def limites() -> Restitution:
    """Encadré : ce que cette étude ne dit pas."""
    return encadre("Ce que cette étude ne dit pas", list(LIMITES))


def lire_probleme(contexte: Contexte, projet: Projet) -> Probleme:
    """Les quartiers de la zone (ou ses communes non découpées), leur manque et leurs voisins."""
    communes = communes_de(contexte)
    annee = derniere(contexte, CODE)[0].millesime
    iris = contexte.zones("iris").filter(pl.col("parent").is_in(list(communes)))
    decoupees = set(iris["parent"])
    entieres = contexte.zones("commune").filter(
        pl.col("zone").is_in([c for c in communes if c not in decoupees])
    )
    pauvres = _communes_pauvres(contexte, list(communes))
    noms: dict[str, str] = {}
    parents: dict[str, str] = {}
    lignes = []
    for maille, zones in (("iris", iris), ("commune", entieres)):
        grille = contexte.grille([CODE], maille, zones["zone"], [annee])
        for zone in zones.iter_rows(named=True):
            commune = zone["parent"] if maille == "iris" else zone["zone"]
            manque = grille.lire(CODE, zone["zone"], annee).numerateur
            noms[zone["zone"]] = _nom(zone["libelle"], communes[commune])
            parents[zone["zone"]] = commune
            if manque is not None:
                position = (zone["latitude"], zone["longitude"])
                lignes.append((zone["zone"], manque, *position, commune in pauvres))
    schema = {
        "zone": pl.String,
        "demande": pl.Float64,
        "latitude": pl.Float64,
        "longitude": pl.Float64,
        "prioritaire": pl.Boolean,
    }
    demande = pl.DataFrame(lignes, schema=schema, orient="row")
    points = demande.select("zone", "latitude", "longitude")
    a_portee = distances(points, points.rename({"zone": "lieu"}), projet.portee_km)
    servies = demande.select("zone", "demande", "prioritaire")
    return Probleme(servies, a_portee.drop("cout"), noms, parents, communes)


def _communes_pauvres(contexte: Contexte, communes: list[str]) -> set[str]:
    grille = contexte.grille([PAUVRETE], "commune", communes)
    annees = [
        a
        for a in grille.periodes(PAUVRETE)
        if any(grille.lire(PAUVRETE, c, a).lisible for c in communes)
    ]
    if not annees:
        return set()
    lues = {c: grille.lire(PAUVRETE, c, annees[-1]).valeur for c in communes}
    connues = [v for v in lues.values() if v is not None]
    return {c for c, v in lues.items() if v is not None and v > median(connues)}


def _nom(quartier: str | None, commune: str) -> str:
    return commune if not quartier or quartier == commune else f"{quartier} ({commune})"


def en_places(places: float) -> str:
    """« 60 places », arrondies à l'unité."""
    nombre = formats.arrondi(places)
    return f"{formats.nombre(places)} {formats.accord(nombre, 'place')}"


def _lecture(choix: list[Choix], lu: Probleme) -> str:
    """Ce que les propositions ont en commun, et combien le choix du quartier compte."""
    if len(choix) == 1:
        return "Il n'y en a qu'une."
    communs = set(choix[0].lieux).intersection(*(c.lieux for c in choix[1:]))
    perte = choix[0].servie - choix[-1].servie
    if perte < 1:
        dite = "Toutes servent autant : ce qui les distingue est le manque alentour, et le terrain."
    else:
        dite = f"De la première à la dernière, {en_places(perte)} de moins."
    if communs:
        presents = formats.enumeration([lu.noms[x] for x in sorted(communs)])
        dite += f" Présent dans toutes : {presents}."
    if not all(c.prouve for c in choix):
        dite += " Le calcul s'est arrêté avant d'avoir prouvé que ce sont les meilleures."
    return dite
