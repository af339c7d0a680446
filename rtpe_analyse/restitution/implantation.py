"""Où manquent des places de crèche, et où une nouvelle crèche servirait le plus."""

from dataclasses import dataclass
from statistics import median

import polars as pl

from rtpe_analyse.methodes.accessibilite import distances
from rtpe_analyse.methodes.implantation import (
    Choix,
    couverture_maximale,
    solutions_successives,
)
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.acces import communes_de
from rtpe_analyse.restitution.besoins import derniere
from rtpe_analyse.restitution.cartes import carte_des_communes
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.objets import Restitution, encadre, paragraphes
from rtpe_analyse.restitution.planches import sans_figure
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau

CODE, PAUVRETE = "B3m", "S9"
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
            dites.append(f"Aucune ne manque ailleurs que dans ces communes : {noms}.")
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

    Args:
        contexte: zone et période du rapport ; les quartiers sont ceux de la zone.
        projet: ce qu'on envisage d'ouvrir.
        combien: propositions voulues, toutes différentes.
    """
    titre = f"Où ouvrir {projet.nom}"
    demande, a_portee, noms = _probleme(contexte, projet)
    choix = solutions_successives(demande, a_portee, projet.creches, projet.places, combien)
    if not choix:
        return sans_figure(titre, AUCUNE)
    lignes = [
        Ligne(
            f"Proposition {rang}",
            [
                Cellule(" ; ".join(noms[x] for x in c.lieux)),
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
        f"Servies : places manquantes comblées à moins de {_km(projet)}. Chaque proposition est la "
        f"meilleure de celles qui restent, les précédentes exclues. {_lecture(choix, noms)}"
    )
    return Tableau(titre, "Choix", colonnes, lignes, [note]).rendre()


def equite(contexte: Contexte, projet: Projet, part: float) -> Restitution:
    """Phrases : ce que coûte de réserver une part des places aux communes les plus pauvres.

    Args:
        contexte: zone et période du rapport.
        projet: ce qu'on envisage d'ouvrir.
        part: part des places nouvelles à réserver, de 0 à 1.
    """
    demande, a_portee, noms = _probleme(contexte, projet)
    libre = couverture_maximale(demande, a_portee, projet.creches, projet.places)
    if libre is None:
        return encadre(AUCUNE, [])
    if not demande["prioritaire"].any():
        return encadre(
            "Le taux de pauvreté des communes n'est pas connu : l'équité ne se mesure pas.", []
        )
    reservee = formats.pourcentage(part, 0)
    juste = couverture_maximale(
        demande, a_portee, projet.creches, projet.places, part_prioritaire=part
    )
    dites = [
        "Communes prioritaires : celles dont le taux de pauvreté dépasse la médiane des communes "
        "de la zone.",
        f"Sans contrainte, {_servies(libre.prioritaire)} sur {formats.nombre(libre.servie)} "
        f"{formats.accord(libre.prioritaire, 'servirait', 'serviraient')} ces communes.",
    ]
    if juste is None:
        dites.append(
            f"Leur réserver {reservee} des places nouvelles n'est pas possible : il n'y manque pas "
            "assez de places à portée d'un même choix."
        )
    elif libre.prioritaire >= part * projet.places * projet.creches:
        dites.append(f"La part voulue ({reservee}) est déjà atteinte.")
    else:
        perdues = libre.servie - juste.servie
        cout = f"coûte {_servies(perdues)}" if perdues >= 1 else "ne coûte aucune place servie"
        dites.append(
            f"Leur réserver {reservee} des places {cout} : "
            f"{formats.enumeration([noms[x] for x in juste.lieux])}."
        )
    return paragraphes(dites)


def limites() -> Restitution:
    """Encadré : ce que cette étude ne dit pas."""
    return encadre("Ce que cette étude ne dit pas", list(LIMITES))


def _probleme(
    contexte: Contexte, projet: Projet
) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, str]]:
    """Places manquantes par quartier, couples à portée, et noms des quartiers."""
    communes = communes_de(contexte)
    annee = derniere(contexte, CODE)[0].millesime
    iris = contexte.zones("iris").filter(pl.col("parent").is_in(list(communes)))
    decoupees = set(iris["parent"])
    entieres = contexte.zones("commune").filter(
        pl.col("zone").is_in([c for c in communes if c not in decoupees])
    )
    pauvres = _communes_pauvres(contexte, list(communes))
    noms: dict[str, str] = {}
    lignes = []
    for maille, zones in (("iris", iris), ("commune", entieres)):
        grille = contexte.grille([CODE], maille, zones["zone"], [annee])
        for zone in zones.iter_rows(named=True):
            commune = zone["parent"] if maille == "iris" else zone["zone"]
            manque = grille.lire(CODE, zone["zone"], annee).numerateur
            noms[zone["zone"]] = _nom(zone["libelle"], communes[commune])
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
    return demande.select("zone", "demande", "prioritaire"), a_portee.drop("cout"), noms


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


def _km(projet: Projet) -> str:
    decimales = 0 if projet.portee_km == int(projet.portee_km) else 1
    return f"{formats.nombre(projet.portee_km, decimales)} km à vol d'oiseau"


def _servies(places: float) -> str:
    nombre = formats.arrondi(places)
    return f"{formats.nombre(places)} {formats.accord(nombre, 'place')}"


def _lecture(choix: list[Choix], noms: dict[str, str]) -> str:
    """Ce que les propositions ont en commun, et combien le choix du quartier compte."""
    if len(choix) == 1:
        return "Il n'y en a qu'une."
    communs = set(choix[0].lieux).intersection(*(c.lieux for c in choix[1:]))
    perte = choix[0].servie - choix[-1].servie
    if perte < 1:
        dite = "Toutes servent autant : ce qui les distingue est le manque alentour, et le terrain."
    else:
        dite = f"De la première à la dernière, {_servies(perte)} de moins."
    if communs:
        dite += f" Présent dans toutes : {formats.enumeration([noms[x] for x in sorted(communs)])}."
    if not all(c.prouve for c in choix):
        dite += " Le calcul s'est arrêté avant d'avoir prouvé que ce sont les meilleures."
    return dite
