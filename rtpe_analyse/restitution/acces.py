"""Les places de crèche à portée : où, combien, et ce que le rayon choisi y change."""

import polars as pl

from rtpe_analyse.restitution import formats, phrases
from rtpe_analyse.restitution.besoins import derniere
from rtpe_analyse.restitution.cartes import carte_des_communes, carte_des_zones
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import POUR_CENT, Mesure
from rtpe_analyse.restitution.objets import Restitution, encadre, paragraphes
from rtpe_analyse.restitution.planches import sans_figure
from rtpe_analyse.restitution.tableaux import Colonne, Ligne, Tableau, cellule, cellule_ecart

CODE = "B3"
RAYON, BORD, SANS_VOISINES = "rayon", "bord", "departement_seul"
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
    "Distances à vol d'oiseau : aucune table de temps de trajet ne cite assez d'enfants et de "
    "places pour servir."
)
_BORD_DU_RESEAU = (
    "Les communes connues des autres départements du réseau comptent des deux côtés de la limite."
)
_BORD_INCONNU = (
    "Aucune commune d'un autre département n'est connue : près de la limite du département, ni "
    "les enfants ni les places d'à côté ne comptent. Y lire ces chiffres avec prudence."
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
        _effet_de_bord(contexte, ici),
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
    lisibles = [m for z, m in mesures.items() if z in zone and m.valeur is not None]
    sous = sum((m.valeur or 0) < (departement.valeur or 0) for m in lisibles)
    conclusion = (
        f"{contexte.titre} : {formats.compte(sous, 'commune')} sur {len(lisibles)} "
        f"{formats.accord(sous, 'a', 'ont')} moins de places à portée que la moyenne du "
        f"département ({departement.nombre} pour 100 enfants en {annee})"
    )
    return carte_des_communes(contexte, titre, conclusion, "Commune", mesures)


def carte_des_quartiers(contexte: Contexte) -> Restitution:
    """Figure : les places accessibles, IRIS par IRIS, si leurs contours sont donnés."""
    titre = "Places de crèche accessibles par quartier"
    ici, departement = derniere(contexte, CODE)
    mesures = _des_iris(contexte, ici.millesime)
    lisibles = [m.valeur for m in mesures.values() if m.valeur is not None]
    if not lisibles or departement.valeur is None:
        return sans_figure(titre, AUCUNE)
    sous = sum(v < departement.valeur for v in lisibles)
    conclusion = (
        f"{formats.compte(sous, 'quartier')} (IRIS) sur {formats.nombre(len(lisibles))} sous "
        f"l'accès du département ({departement.nombre} pour 100 enfants en {ici.millesime})"
    )
    noms = dict(contexte.zones("iris").select("zone", "libelle").iter_rows())
    return carte_des_zones(contexte, titre, conclusion, "Quartier", mesures, noms=noms)


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
    mesures = _des_iris(contexte, annee).values()
    lisibles = [m for m in mesures if m.valeur is not None]
    if not lisibles or departement.valeur is None:
        return []
    loin = [m for m in lisibles if (m.valeur or 0) < departement.valeur / 2]
    if not loin:
        return ["Aucun de ses quartiers (IRIS) n'a moins de la moitié de l'accès du département."]
    enfants, tous = (sum(m.denominateur or 0 for m in suite) for suite in (loin, lisibles))
    return [
        f"{formats.compte(len(loin), 'quartier')} (IRIS) sur {len(lisibles)} "
        f"{formats.accord(len(loin), 'a', 'ont')} moins de la moitié de l'accès du département : "
        f"{formats.pourcentage(enfants / tous, 0)} des enfants de moins de 3 ans y vivent."
    ]


def _des_iris(contexte: Contexte, annee: str) -> dict[str, Mesure]:
    communes = list(communes_de(contexte))
    iris = contexte.zones("iris").filter(pl.col("parent").is_in(communes))["zone"].to_list()
    grille = contexte.grille([CODE], "iris", iris, [annee])
    return {z: grille.lire(CODE, z, annee) for z in iris}


def _effet_de_bord(contexte: Contexte, ici: Mesure) -> str:
    seule = contexte.grille(
        [CODE], contexte.maille, [contexte.zone], [ici.millesime], ventilation=BORD
    ).lire(CODE, contexte.zone, ici.millesime, SANS_VOISINES)
    if not seule.lisible:
        plusieurs = contexte.zones("departement").height > 1
        return _BORD_DU_RESEAU if plusieurs else _BORD_INCONNU
    return (
        "Les communes voisines connues d'autres départements comptent des deux côtés : sans "
        f"elles, la valeur serait de {seule.nombre} au lieu de {ici.nombre} pour 100 enfants."
    )
