"""Le besoin de professionnels du département : un territoire par ligne, une semaine par colonne.

Un professionnel ne passe pas d'un territoire à l'autre sans qu'on le décide : chaque territoire
se juge contre son niveau ordinaire, et le département ne s'additionne pas.
"""

from collections.abc import Mapping

from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.besoins_personnel import pourquoi, prudence
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import Mesure
from rtpe_analyse.restitution.objets import Restitution
from rtpe_analyse.restitution.planches import planche
from rtpe_analyse.restitution.semaines_a_venir import (
    BORNES,
    FERMEE,
    INCONNUE,
    Avenir,
    dates,
    lire_semaines,
    niveau_ordinaire,
    plage,
)
from rtpe_analyse.restitution.synthese import vide
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau, cellule

_TITRE = "Les professionnels à prévoir, par territoire et par semaine"
_PAR_TERRITOIRE = "Le besoin ordinaire et la semaine la plus chargée"
MASQUES = "un établissement y est masqué, que le total rendrait par soustraction"


def calendrier(contexte: Contexte) -> Restitution:
    """Figure : le besoin attendu de chaque territoire, semaine par semaine ; bornes au tableau."""
    lues, _ = _lire(contexte)
    if not lues:
        return vide(contexte, _TITRE, pourquoi(contexte))
    from rtpe_analyse.restitution import figures

    rangs = range(len(lues[0].semaines))
    svg = figures.chaleur(
        [[_nuance(ligne, rang) for rang in rangs] for ligne in lues],
        [[_texte(ligne, rang) for rang in rangs] for ligne in lues],
        [ligne.nom for ligne in lues],
        [f"{s.lundi:%d/%m}" if not r % 2 else "" for r, s in enumerate(lues[0].semaines)],
    )
    note = " ".join(
        [
            "Chaque case : professionnels attendus ensemble à la pointe, établissements "
            "additionnés ; plus elle est foncée, plus il en faut au regard de l'ordinaire du "
            "territoire. Colonnes : le lundi, un sur deux.",
            *_phrases(lues)[1:],
        ]
    )
    alt = f"Une ligne par territoire, une colonne par semaine. {' '.join(_phrases(lues))}"
    return planche(_conclusion(lues), alt, svg, _tableau(lues), note)


def par_territoire(contexte: Contexte) -> Restitution:
    """Tableau : le niveau ordinaire et la semaine la plus chargée, avec leur intervalle."""
    lues, cachees = _lire(contexte)
    if not lues:
        return vide(contexte, _PAR_TERRITOIRE, pourquoi(contexte))
    lignes = [
        Ligne(
            ligne.nom,
            [Cellule(formats.nombre(ligne.ordinaire.attendu)), *_chargee(ligne)],
        )
        for ligne in lues
    ]
    colonnes = [
        Colonne("D'ordinaire", "professionnels"),
        Colonne("Semaine la plus chargée", nombre=False),
        Colonne("Attendus cette semaine-là", "professionnels [intervalle]"),
    ]
    notes = prudence(contexte, [s for ligne in lues for s in ligne.semaines])
    if cachees:
        notes.insert(0, f"Non montré : {formats.enumeration(cachees)} ({MASQUES}).")
    return Tableau(_PAR_TERRITOIRE, "Territoire", colonnes, lignes, notes).rendre()


def _lire(contexte: Contexte) -> tuple[list[Avenir], list[str]]:
    """Les territoires lisibles, dans l'ordre des codes, et les noms de ceux qu'on ne montre pas.

    Un territoire dont un établissement est masqué ne se montre pas : une soustraction le rendrait.
    """
    noms = contexte.territoires
    parents = dict(contexte.zones("etablissement").select("zone", "parent").iter_rows())
    masques = {
        parents[zone]
        for zone, semaines in lire_semaines(
            contexte, "etablissement", contexte.etablissements
        ).items()
        if any(m.masquee for s in semaines for m in s.besoin.values())
    }
    cachees = [nom for zone, nom in noms.items() if zone in masques]
    montres = {zone: nom for zone, nom in noms.items() if zone not in masques}
    lues = [
        Avenir(montres[zone], suite, ordinaire)
        for zone, suite in lire_semaines(contexte, "territoire", montres).items()
        if (ordinaire := niveau_ordinaire(suite)) is not None
    ]
    return lues, cachees


def _nuance(ligne: Avenir, rang: int) -> float | None:
    semaine = ligne.semaines[rang]
    if semaine.genre(ligne.ordinaire) in (FERMEE, INCONNUE):
        return None
    return (semaine.attendu or 0) / ligne.ordinaire.attendu - 1


def _texte(ligne: Avenir, rang: int) -> str:
    semaine = ligne.semaines[rang]
    genre = semaine.genre(ligne.ordinaire)
    if genre == INCONNUE:
        return formats.SIGNE_MASQUE if semaine.besoin["centre"].masquee else ""
    return "F" if genre == FERMEE else formats.nombre(semaine.attendu or 0)


def _chargee(ligne: Avenir) -> list[Cellule]:
    """La semaine la plus chargée et son besoin ; rien si aucune ne dépasse l'ordinaire."""
    semaine = max(ligne.semaines, key=lambda s: s.attendu or 0)
    if not semaine.de_plus(ligne.ordinaire):
        return [Cellule("aucune ne dépasse l'ordinaire"), Cellule()]
    return [Cellule(plage(semaine)), _avec_bornes(semaine.besoin)]


def _conclusion(lues: list[Avenir]) -> str:
    """La semaine où le plus de professionnels manqueraient au regard de l'ordinaire."""
    rangs = range(len(lues[0].semaines))
    pire = max(rangs, key=lambda rang: _renforts(lues, rang)[0])
    de_plus, ou = _renforts(lues, pire)
    if not de_plus:
        return "Aucune semaine à venir ne demande plus de monde qu'à l'ordinaire"
    return (
        f"Le plus fort renfort tombe la semaine {plage(lues[0].semaines[pire])} : "
        f"{formats.compte(round(de_plus), 'professionnel')} de plus qu'à l'ordinaire, dans "
        f"{ou} des {formats.compte(len(lues), 'territoire montré', 'territoires montrés')}"
    )


def _renforts(lues: list[Avenir], rang: int) -> tuple[float, int]:
    ecarts = [plus for x in lues if (plus := x.semaines[rang].de_plus(x.ordinaire))]
    return sum(ecarts), len(ecarts)


def _phrases(lues: list[Avenir]) -> list[str]:
    """La conclusion, puis les semaines où plus de la moitié des territoires s'écartent."""
    semaines = lues[0].semaines
    rangs = range(len(semaines))
    tendues = [semaines[r] for r in rangs if 2 * _renforts(lues, r)[1] > len(lues)]
    souples = [
        semaines[r]
        for r in rangs
        if 2 * sum(bool(x.semaines[r].de_moins(x.ordinaire)) for x in lues) > len(lues)
    ]
    dites = [f"{_conclusion(lues)}."]
    if tendues:
        dites.append(f"Renfort dans plus de la moitié des territoires : {dates(tendues)}.")
    if souples:
        dites.append(
            f"Congés possibles, même à la borne haute, dans plus de la moitié : {dates(souples)}."
        )
    return dites


def _tableau(lues: list[Avenir]) -> Tableau:
    """Une semaine par ligne, un territoire par colonne : l'attendu et son intervalle."""
    lignes = [
        Ligne(
            formats.majuscule(plage(semaine)),
            [_avec_bornes(ligne.semaines[rang].besoin) for ligne in lues],
        )
        for rang, semaine in enumerate(lues[0].semaines)
    ]
    colonnes = [Colonne(ligne.nom, "professionnels") for ligne in lues]
    notes = ["Attendu, puis la borne basse et la borne haute de son intervalle."]
    return Tableau(_TITRE, "Semaine", colonnes, lignes, notes)


def _avec_bornes(besoin: Mapping[str, Mesure]) -> Cellule:
    bas, centre, haut = (besoin[b] for b in BORNES)
    nue = cellule(centre)
    if not (centre.lisible and bas.lisible and haut.lisible):
        return nue
    return Cellule(f"{centre.nombre} [{bas.nombre} ; {haut.nombre}]", marque=nue.marque)
