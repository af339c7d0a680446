"""Les places de crèche à portée : où, combien, et ce que le rayon choisi y change."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from rtpe_analyse.restitution import bord, formats, phrases
from rtpe_analyse.restitution.besoins import derniere
from rtpe_analyse.restitution.cartes import carte_des_communes
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import POUR_CENT, Mesure
from rtpe_analyse.restitution.montage import enumerer
from rtpe_analyse.restitution.objets import Restitution, encadre, paragraphes
from rtpe_analyse.restitution.planches import sans_figure
from rtpe_analyse.restitution.tableaux import Colonne, Ligne, Tableau, cellule, cellule_ecart

CODE = "B3"
RAYON = "rayon"
AUCUNE = (
    "Les places accessibles ne sont pas calculées : il y faut les enfants et les places publiés "
    "la même année, et la position des communes."
)
_NOTE_DU_RAYON = (
    "Un rayon long lisse : tous finissent par se partager les mêmes places. Un rayon court "
    "montre les quartiers sans crèche proche. La valeur du département ne bouge pas tant que "
    "toutes ses places sont à portée de quelqu'un."
)
_A_VOL_D_OISEAU = (
    "Distances à vol d'oiseau, faute d'une table de temps de trajet qui cite assez d'enfants et "
    "de places."
)


def resume(contexte: Contexte) -> Restitution:
    """Phrases : le niveau, les communes extrêmes, les quartiers loin des places, le bord."""
    ici, departement = derniere(contexte, CODE)
    if not ici.lisible:
        return encadre(AUCUNE, [])
    place = phrases.comparaison(ici, departement, "le département") if contexte.a_un_repere else ""
    dites = [
        f"En {ici.millesime}, {ici.nombre} places de crèche sont à portée pour 100 enfants de "
        f"moins de 3 ans, une fois partagées avec les voisins{f' : {place}' if place else ''}.",
        *_extremes(contexte, ici.millesime),
        *_quartiers(contexte, ici.millesime, departement),
        *_selon_le_rayon(contexte, ici.millesime),
        bord.effet(contexte, ici),
    ]
    return paragraphes(dites)


def carte(contexte: Contexte) -> Restitution:
    """Figure : les places de crèche accessibles, commune par commune."""
    titre = "Places de crèche accessibles"
    departement = derniere(contexte, CODE)[1]
    if not departement.lisible:
        return sans_figure(titre, AUCUNE)
    siennes = contexte.zones("commune").filter(pl.col("parent") == contexte.departement)["zone"]
    annee = departement.millesime
    grille = contexte.grille([CODE], "commune", siennes, [annee])
    mesures = {zone: grille.lire(CODE, zone, annee) for zone in siennes}
    zone = communes_de(contexte)
    lisibles = {zone[z]: m for z, m in mesures.items() if z in zone and m.valeur is not None}
    conclusion = f"{contexte.titre} : {_position(lisibles, departement)}"
    return carte_des_communes(contexte, titre, conclusion, "Commune", mesures)


def _position(communes: dict[str, Mesure], departement: Mesure) -> str:
    moyenne = (
        f"la moyenne du département ({departement.nombre} pour 100 enfants en "
        f"{departement.millesime})"
    )
    sous = sum((m.valeur or 0) < (departement.valeur or 0) for m in communes.values())
    if len(communes) == 1:
        (nom, seule), *_ = communes.items()
        cote = "moins" if sous else "au moins autant"
        return f"{nom} a {seule.nombre} places à portée, {cote} que {moyenne}"
    if not sous:
        return f"aucune commune n'a moins de places à portée que {moyenne}"
    return (
        f"{formats.compte(sous, 'commune')} sur {len(communes)} {formats.accord(sous, 'a', 'ont')} "
        f"moins de places à portée que {moyenne}"
    )


def sensibilite(contexte: Contexte) -> Restitution:
    """Tableau : ce que devient l'accessibilité si le rayon est plus court ou plus long."""
    titre = "Places accessibles selon le rayon"
    annee = derniere(contexte, CODE)[0].millesime
    if contexte.maille == "departement":
        return _des_territoires(contexte, titre, annee)
    lues = _par_rayon(contexte, annee)
    if not lues:
        return sans_figure(titre, AUCUNE)
    colonnes = [Colonne(contexte.titre, POUR_CENT, code=CODE)]
    if contexte.a_un_repere:
        colonnes += [Colonne("Département", POUR_CENT), Colonne("Écart", POUR_CENT)]
    lignes = [
        Ligne(
            rayon,
            [cellule(ici)]
            + ([cellule(tout), cellule_ecart(ici, tout)] if contexte.a_un_repere else []),
        )
        for rayon, (ici, tout) in lues.items()
    ]
    return Tableau(titre, "Rayon", colonnes, lignes, [_NOTE_DU_RAYON]).rendre()


def _des_territoires(contexte: Contexte, titre: str, annee: str) -> Restitution:
    noms = contexte.territoires
    grille = contexte.grille([CODE], "territoire", noms, [annee], ventilation=RAYON)
    rayons = sorted(grille.modalites(CODE), key=_longueur)
    if not rayons:
        return sans_figure(titre, AUCUNE)
    lignes = [
        Ligne(nom, [cellule(grille.lire(CODE, zone, annee, r)) for r in rayons])
        for zone, nom in noms.items()
    ]
    ensemble = [tout for _, tout in _par_rayon(contexte, annee).values()]
    lignes.append(Ligne("Département", [cellule(m) for m in ensemble], "repere"))
    colonnes = [Colonne(r, POUR_CENT, "Rayon", CODE) for r in rayons]
    return Tableau(titre, "Territoire", colonnes, lignes, [_NOTE_DU_RAYON]).rendre()


@dataclass(frozen=True)
class Quartiers:
    """Les IRIS d'une zone qui sont loin des places.

    Attributes:
        codes: leurs codes, les moins bien servis d'abord.
        lus: IRIS dont l'accès est connu.
        part: part des enfants de moins de 3 ans de la zone qui y vivent.
    """

    codes: list[str]
    lus: int
    part: float

    @property
    def phrase(self) -> str:
        """« 4 quartiers (IRIS) sur 44, où vivent 7 % des enfants de moins de 3 ans, ont… »."""
        combien = len(self.codes)
        return (
            f"{formats.compte(combien, 'quartier')} (IRIS) sur {formats.nombre(self.lus)}, où "
            f"{formats.accord(100 * self.part, 'vit', 'vivent')} "
            f"{formats.pourcentage(self.part, 0)} des enfants de moins de 3 ans, "
            f"{formats.accord(combien, 'a', 'ont')} moins de la moitié de l'accès du département"
        )


def quartiers_loin(contexte: Contexte, annee: str, departement: Mesure) -> Quartiers | None:
    """Les IRIS qui ont moins de la moitié de l'accès moyen du département.

    Args:
        contexte: zone du rapport.
        annee: année de B3.
        departement: B3 du département.

    Returns:
        Rien si l'accès d'aucun IRIS, ou celui du département, n'est connu.
    """
    lus = {z: m for z, m in _des_iris(contexte, annee).items() if m.valeur is not None}
    tous = sum(m.denominateur or 0 for m in lus.values())
    if not tous or departement.valeur is None:
        return None
    loin = [z for z, m in lus.items() if (m.valeur or 0) < departement.valeur / 2]
    loin.sort(key=lambda z: (lus[z].valeur or 0, z))
    return Quartiers(loin, len(lus), sum(lus[z].denominateur or 0 for z in loin) / tous)


def noms_des_iris(contexte: Contexte, codes: Sequence[str]) -> dict[str, str]:
    """Code → « nom (commune) » ; le nom seul si la zone n'a qu'une commune."""
    seule = len(communes_de(contexte)) == 1
    siens = contexte.zones("iris").filter(pl.col("zone").is_in(list(codes)))
    return {
        z: nom if seule else f"{nom} ({contexte.libelle('commune', commune)})"
        for z, nom, commune in siens.select("zone", "libelle", "parent").iter_rows()
    }


def communes_de(contexte: Contexte) -> dict[str, str]:
    """Communes de la zone : code → nom ; toutes celles d'un département, dans l'ordre des codes."""
    if contexte.maille != "departement":
        return contexte.communes
    siennes = contexte.zones("commune").filter(pl.col("parent") == contexte.zone)
    return dict(siennes.sort("zone").select("zone", "libelle").iter_rows())


def _par_rayon(contexte: Contexte, annee: str) -> dict[str, tuple[Mesure, Mesure]]:
    ici = contexte.grille([CODE], contexte.maille, [contexte.zone], [annee], ventilation=RAYON)
    tout = contexte.grille(
        [CODE], "departement", [contexte.departement], [annee], ventilation=RAYON
    )
    lues = {
        r: (
            ici.lire(CODE, contexte.zone, annee, r),
            tout.lire(CODE, contexte.departement, annee, r),
        )
        for r in sorted(ici.modalites(CODE), key=_longueur)
    }
    return {r: couple for r, couple in lues.items() if couple[0].lisible}


def _longueur(rayon: str) -> float:
    return float(rayon.split(" ", maxsplit=1)[0].replace(",", "."))


def _selon_le_rayon(contexte: Contexte, annee: str) -> list[str]:
    lues = _par_rayon(contexte, annee)
    if len(lues) < 2 or not contexte.a_un_repere:
        return []
    (premier, (court, _)), *_, (dernier, (long, _)) = lues.items()
    comment = [_A_VOL_D_OISEAU] if premier.endswith("km") else []
    dite = (
        f"De {premier} à {dernier} de rayon, la valeur passe de {court.nombre} à {long.nombre} "
        "places pour 100 enfants"
    )
    sens = {phrases.sens(ici, tout) for ici, tout in lues.values()}
    if len(sens) == 1:
        return [f"{dite}, sans changer de place par rapport au département.", *comment]
    return [f"{dite}, et sa place par rapport au département dépend du rayon.", *comment]


def _extremes(contexte: Contexte, annee: str) -> list[str]:
    communes = communes_de(contexte)
    grille = contexte.grille([CODE], "commune", communes, [annee])
    mesures = {n: grille.lire(CODE, z, annee) for z, n in communes.items()}
    extremes = phrases.extremes(mesures)
    if extremes is None:
        return []
    bas, haut = extremes
    return [
        f"Parmi ses communes, de {mesures[bas].nombre} places pour 100 enfants ({bas}) à "
        f"{mesures[haut].nombre} ({haut})."
    ]


def _quartiers(contexte: Contexte, annee: str, departement: Mesure) -> list[str]:
    """Les IRIS dont l'accès est sous la moitié de celui du département, et leurs enfants."""
    lus = quartiers_loin(contexte, annee, departement)
    if lus is None:
        return []
    if not lus.codes:
        return ["Aucun de ses quartiers (IRIS) n'a moins de la moitié de l'accès du département."]
    noms = noms_des_iris(contexte, lus.codes)
    return [f"{lus.phrase} : {enumerer(noms, lus.codes)}."]


def _des_iris(contexte: Contexte, annee: str) -> dict[str, Mesure]:
    communes = list(communes_de(contexte))
    iris = contexte.zones("iris").filter(pl.col("parent").is_in(communes))["zone"].to_list()
    grille = contexte.grille([CODE], "iris", iris, [annee])
    return {z: grille.lire(CODE, z, annee) for z in iris}
