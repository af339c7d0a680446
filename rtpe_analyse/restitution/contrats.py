"""Les enfants sous contrat : âges, jours, types d'accueil, entrées, sorties, départs."""

from rtpe_analyse.nomenclatures import liste_fermee
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.lecture import Grille
from rtpe_analyse.restitution.mesures import ABSENT, Mesure
from rtpe_analyse.restitution.objets import Restitution
from rtpe_analyse.restitution.planches import planche, sans_figure
from rtpe_analyse.restitution.tableaux import (
    Cellule,
    Colonne,
    Ligne,
    Tableau,
    cellule,
    cellule_part,
)

INCONNU = "inconnu"
AUCUN = "Aucun contrat n'est connu pour cette zone et cette période."
MASQUE = "Effectifs trop petits pour être montrés (secret statistique)."
_VENTILATIONS = {"age": ("E4", "Âge"), "jours": ("E5", "Jours"), "type_accueil": ("E6", "Accueil")}


def structure(contexte: Contexte) -> Restitution:
    """Tableau : les enfants sous contrat au dernier jour, par âge, jours et type d'accueil."""
    titre = f"Les enfants sous contrat au {formats.jour(contexte.periode.fin)}"
    ici, avant = contexte.periode, contexte.periode.an_dernier
    repere = contexte.repere
    total = contexte.trio(["E4"])["E4"]
    lignes = [_ligne("Ensemble", *total, total[0], total[2], "total")]
    for ventilation, (code, nom) in _VENTILATIONS.items():
        siens = contexte.grille(
            [code], contexte.maille, [contexte.zone], [ici, avant], ventilation=ventilation
        )
        plus_grand = contexte.grille(
            [code], repere.maille, [repere.zone], [ici], ventilation=ventilation
        )
        for modalite in sorted(siens.modalites(code), key=_rang):
            trio = (
                siens.lire(code, contexte.zone, ici, modalite),
                siens.lire(code, contexte.zone, avant, modalite),
                plus_grand.lire(code, repere.zone, ici, modalite),
            )
            if trio[0].valeur == 0 and not trio[1].valeur:
                continue
            entete = f"{nom} : {_modalite(ventilation, modalite)}"
            lignes.append(_ligne(entete, *trio, total[0], total[2]))
    if all(m.statut == ABSENT for m in total) and len(lignes) == 1:
        return sans_figure(titre, AUCUN)
    colonnes = [
        Colonne("Enfants"),
        Colonne("Part", "%"),
        Colonne("Un an plus tôt", "enfants"),
    ]
    if contexte.a_un_repere:
        colonnes.append(Colonne(f"Part, {repere.nom.removeprefix('le ')}", "%"))
    else:
        lignes = [Ligne(li.entete, li.cellules[:3], li.genre) for li in lignes]
    return Tableau(titre, "Enfants sous contrat", colonnes, lignes).rendre()


def mouvements(contexte: Contexte) -> Restitution:
    """Figure : les entrées et les sorties, période par période."""
    titre = "Les entrées et les sorties"
    periodes = contexte.echues
    grille = contexte.grille(["E7", "E8"], contexte.maille, [contexte.zone], periodes)
    suites = {c: [grille.lire(c, contexte.zone, p) for p in periodes] for c in ("E7", "E8")}
    periodes = contexte.depuis_la_premiere(*suites.values())
    suites = {c: s[-len(periodes) :] for c, s in suites.items()}
    lisibles = [m for s in suites.values() for m in s if m.lisible]
    if len(lisibles) < 2:
        secret = any(m.masquee for s in suites.values() for m in s)
        return sans_figure(titre, MASQUE if secret else AUCUN)
    from rtpe_analyse.restitution import figures

    svg = figures.flux(
        [formats.periode_courte(p) for p in periodes],
        [m.valeur for m in suites["E7"]],
        [m.valeur for m in suites["E8"]],
        formats.Unite(),
    )
    conclusion = _conclusion(contexte, titre, suites["E7"][-1], suites["E8"][-1])
    lignes = [
        Ligne(formats.majuscule(formats.periode(p)), [cellule(e), cellule(s)])
        for p, e, s in zip(periodes, suites["E7"], suites["E8"], strict=True)
    ]
    colonnes = [Colonne.pour(contexte.dossier.definition(c)) for c in ("E7", "E8")]
    donnees = Tableau(f"Chiffres de la figure : {titre}", "Période", colonnes, lignes)
    dites = [
        f"{formats.periode(p)} : {_dire(e)} et {_dire(s, 'sortie')}"
        for p, e, s in zip(periodes, suites["E7"], suites["E8"], strict=True)
    ]
    alt = (
        f"Barres vers le haut pour les entrées, vers le bas pour les sorties. {' ; '.join(dites)}."
    )
    note = "Un enfant entre (ou sort) au début (à la fin) de son séjour dans la zone."
    if any(m.masquee for s in suites.values() for m in s):
        note += (
            " Les périodes sans barre peuvent être masquées (secret statistique) : voir le tableau."
        )
    return planche(conclusion, alt, svg, donnees, note)


def liberables(contexte: Contexte) -> Restitution:
    """Tableau : les places qui se libèrent à la rentrée suivante, par tranche d'âge."""
    titre = "Les places qui se libèrent au prochain 1er septembre"
    zones = [(contexte.maille, contexte.zone, contexte.titre)]
    if contexte.maille == "territoire":
        zones += [("etablissement", z, n) for z, n in contexte.etablissements.items()]
    lues = [(nom, zone, _fourchettes(contexte, maille, zone)) for maille, zone, nom in zones]
    modalites = {m for _, _, g in lues for m in g.modalites("E9")} - {""}
    ages = sorted(modalites, key=_rang)
    lignes = []
    for nom, zone, grille in lues:
        couples = [
            tuple(grille.lire(c, zone, contexte.periode, m) for c in ("E9", "E9h"))
            for m in (*ages, "")
        ]
        if any(bas.statut != ABSENT for bas, _ in couples):
            genre = "total" if zone == contexte.zone else ""
            lignes.append(Ligne(nom, [_fourchette(*c) for c in couples], genre))
    if not lignes:
        return sans_figure(titre, AUCUN)
    colonnes = [
        Colonne(formats.majuscule(_modalite("age", m)), "ETP", "Âge au dernier jour") for m in ages
    ]
    colonnes.append(Colonne("Ensemble", "ETP"))
    notes = [
        "De la borne basse (départs à l'école et fins de contrat) à la borne haute (plus les "
        "départs anticipés habituels), en équivalents temps plein."
    ]
    return Tableau(titre, "Zone", colonnes, [*lignes[1:], lignes[0]], notes).rendre()


def _fourchettes(contexte: Contexte, maille: str, zone: str) -> Grille:
    parts = contexte.grille(["E9", "E9h"], maille, [zone], [contexte.periode], ventilation="age")
    return parts.avec(contexte.grille(["E9", "E9h"], maille, [zone], [contexte.periode]))


def _fourchette(bas: Mesure, haut: Mesure) -> Cellule:
    if not bas.lisible or not haut.lisible:
        return Cellule(signe=bas.signe or haut.signe)
    marque = formats.MARQUE_PARTIELLE if bas.partielle or haut.partielle else ""
    if bas.nombre == haut.nombre:
        return Cellule(bas.nombre, marque=marque)
    return Cellule(f"{bas.nombre} à {haut.nombre}", marque=marque)


def _ligne(
    entete: str,
    ici: Mesure,
    avant: Mesure,
    plus_grand: Mesure,
    tout: Mesure,
    tout_plus_grand: Mesure,
    genre: str = "",
) -> Ligne:
    cellules = [
        cellule(ici),
        cellule_part(ici, tout),
        cellule(avant),
        cellule_part(plus_grand, tout_plus_grand),
    ]
    return Ligne(entete, cellules, genre)


def _rang(modalite: str) -> tuple[bool, int, str]:
    """Les types d'accueil dans l'ordre de leur liste, le reste selon le nom, l'inconnu à la fin."""
    types = list(liste_fermee("types_accueil"))
    rang = types.index(modalite) if modalite in types else 0
    return modalite == INCONNU, rang, modalite


def _modalite(ventilation: str, modalite: str) -> str:
    if modalite == INCONNU:
        return "non précisé"
    if ventilation == "jours" and modalite.isdigit():
        return f"{formats.compte(int(modalite), 'jour')} par semaine"
    if ventilation == "type_accueil":
        return liste_fermee("types_accueil").get(modalite, modalite).lower()
    return modalite


def _dire(mesure: Mesure, nom: str = "entrée") -> str:
    if mesure.valeur is None:
        return f"{nom}s, {mesure}"
    return formats.compte(round(mesure.valeur), nom)


def _conclusion(contexte: Contexte, titre: str, entrees: Mesure, sorties: Mesure) -> str:
    if entrees.valeur is None or sorties.valeur is None:
        raison = "masquées" if entrees.masquee or sorties.masquee else "non disponibles"
        return f"{titre} sont {raison} {formats.au_cours(contexte.periode)}"
    debut = f"{_dire(entrees)} et {_dire(sorties, 'sortie')} {formats.au_cours(contexte.periode)}"
    solde = entrees.valeur - sorties.valeur
    if solde == 0:
        return f"{debut} : autant d'enfants qu'au début"
    cote = "plus" if solde > 0 else "moins"
    return f"{debut} : {formats.compte(round(abs(solde)), 'enfant')} de {cote} qu'au début"
