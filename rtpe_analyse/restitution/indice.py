"""L'indice de besoin : sa carte, la place de chaque commune et ce qu'elle doit aux poids."""

from rtpe_analyse.reglementation import valeur
from rtpe_analyse.restitution import formats, phrases
from rtpe_analyse.restitution.besoins import case_publique
from rtpe_analyse.restitution.cartes import carte_des_communes
from rtpe_analyse.restitution.composantes import mots
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.objets import Restitution, paragraphes
from rtpe_analyse.restitution.places_de_besoin import (
    BAS,
    INDICE,
    Classement,
    Place,
    communes_de,
    lire_classement,
)
from rtpe_analyse.restitution.planches import sans_figure
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau, cellule

_NOTE = (
    "100 : la commune moyenne du département ; 110 : un écart type de plus sur toutes les "
    "composantes. Chacune pousse l'indice vers le haut, sauf les places, qui le baissent. Le rang "
    "selon les poids réunit ceux qu'on obtient en faisant varier les poids et en retirant chaque "
    "composante. Un besoin probable n'est pas une demande."
)


def carte(contexte: Contexte) -> Restitution:
    """Figure : l'indice de besoin, commune par commune, et l'intervalle de rang de chacune."""
    titre = "Indice de besoin"
    classement = lire_classement(contexte)
    if not classement.places:
        return sans_figure(titre, _aucun(contexte, classement))
    precisions = {
        zone: f"rang {place.intervalle} sur {len(classement.places)}"
        for zone, place in classement.places.items()
    }
    mesures = {zone: place.indice for zone, place in classement.places.items()}
    return carte_des_communes(
        contexte, titre, _etendue(contexte, classement), "Commune", mesures, precisions
    )


def resume(contexte: Contexte) -> Restitution:
    """Phrases : les communes dont la place ne dépend pas des poids, et celles qui en dépendent."""
    classement = lire_classement(contexte)
    siennes = _siennes(contexte, classement)
    if not siennes:
        return paragraphes([_aucun(contexte, classement)])
    sures = [classement.noms[z] for z in siennes if classement.toujours(z)]
    selon = [classement.noms[z] for z in siennes if classement.parfois(z)]
    dites = [f"{_conclusion(contexte, classement)}{_suite(sures)}."]
    if selon:
        verbe = formats.accord(len(selon), "y entre ou en sort", "y entrent ou en sortent")
        communes = formats.compte(len(selon), "commune")
        dites.append(f"{communes} {verbe} selon les poids{_suite(selon)}.")
    ailleurs = len(siennes) - len(sures) - len(selon)
    if ailleurs and (sures or selon):
        verbe = formats.accord(ailleurs, "n'y est", "n'y sont")
        dites.append(f"{formats.compte(ailleurs, 'autre')} {verbe} jamais.")
    return paragraphes(dites + _incompletes(contexte, classement, siennes))


def tableau(contexte: Contexte) -> Restitution:
    """Tableau : les communes, leur indice, leur rang et son intervalle, leurs composantes."""
    titre = "Le besoin des communes et ce que leur place doit aux poids"
    classement = lire_classement(contexte)
    siennes = _siennes(contexte, classement)
    if not siennes:
        return sans_figure(titre, _aucun(contexte, classement))
    poids = _poids(contexte)
    unite = f"sur {len(classement.places)}"
    colonnes = [
        Colonne("Indice", "100 = moyenne", code=INDICE),
        Colonne("Rang", unite),
        Colonne("Rang selon les poids", unite, code=BAS),
        *(_colonne(c, poids[c]) for c in poids),
    ]
    lignes = [
        Ligne(
            classement.noms[zone],
            [
                cellule(place.indice),
                Cellule(str(place.rang)),
                Cellule(place.intervalle),
                *(case_publique(classement.composante(zone, c)) for c in poids),
            ],
        )
        for zone, place in siennes.items()
    ]
    return Tableau(titre, "Commune", colonnes, lignes, [_NOTE]).rendre()


def _etendue(contexte: Contexte, classement: Classement) -> str:
    """De la commune la moins à la plus en besoin : ce que la carte montre de la zone."""
    indices = {p.nom: p.indice for p in _siennes(contexte, classement).values()}
    lisibles = {nom: m for nom, m in indices.items() if m.lisible}
    if not lisibles:
        return _conclusion(contexte, classement)
    bouts = phrases.extremes(lisibles) or ()
    dits = [f"{lisibles[nom].nombre} ({nom})" for nom in bouts or lisibles]
    texte = f"de {' à '.join(dits)}" if bouts else formats.enumeration(dits)
    return f"{contexte.titre} : indice de besoin {texte}, pour 100 dans la commune moyenne"


def _colonne(composante: str, poids: object) -> Colonne:
    """Une part est en « % » ; un rapport dit « pour 100 » dans son nom."""
    libelle = mots(composante, "commune").libelle
    return Colonne(libelle, f"poids {poids}" if "pour 100" in libelle else f"%, poids {poids}")


def _aucun(contexte: Contexte, classement: Classement) -> str:
    if classement.places:
        return (
            f"L'indice de besoin n'est pas calculé pour les communes {formats.du(contexte.nom)} : "
            "trop peu de leurs chiffres sont publiés."
        )
    minimale = valeur("indice_besoin", "part_connue_minimale_pct", contexte.jour_de_reference)
    dite = (
        "L'indice de besoin n'est pas calculé : il y faut, dans cinq communes du département au "
        f"moins, des composantes publiées qui portent {minimale}{formats.FINE}% des poids"
    )
    absentes = [
        mots(c, "commune").libelle.lower()
        for c in _poids(contexte)
        if not any(classement.composante(z, c).lisible for z in classement.noms)
    ]
    if not absentes:
        return f"{dite}."
    return f"{dite}. Dans aucune commune : {formats.enumeration(absentes)}."


def _siennes(contexte: Contexte, classement: Classement) -> dict[str, Place]:
    communes = communes_de(contexte)
    return {z: place for z, place in classement.places.items() if z in communes}


def _conclusion(contexte: Contexte, classement: Classement) -> str:
    siennes = _siennes(contexte, classement)
    sures = sum(classement.toujours(z) for z in siennes)
    nom = "le tiers du département le plus en besoin"
    if not siennes:
        return f"Aucune commune {formats.du(contexte.nom)} n'a d'indice de besoin"
    if not sures:
        return f"{contexte.titre} : aucune commune n'est dans {nom} quels que soient les poids"
    return (
        f"{contexte.titre} : {formats.compte(sures, 'commune')} sur {len(siennes)} "
        f"{formats.accord(sures, 'est', 'sont')} dans {nom}, quels que soient les poids"
    )


def _poids(contexte: Contexte) -> dict[str, object]:
    lus = valeur("indice_besoin", "poids_commune", contexte.jour_de_reference)
    return {code: poids for code, poids in lus.items() if poids}


def _incompletes(
    contexte: Contexte, classement: Classement, siennes: dict[str, Place]
) -> list[str]:
    manquantes = {
        mots(c, "commune").libelle.lower(): [
            classement.noms[z] for z in siennes if not classement.composante(z, c).lisible
        ]
        for c in _poids(contexte)
    }
    dites = [f"{nom} ({formats.enumeration(z)})" for nom, z in manquantes.items() if z]
    if not dites:
        return []
    return [f"Calculé sans la composante inconnue, jamais remplacée : {' ; '.join(dites)}."]


def _suite(noms: list[str]) -> str:
    return f" : {formats.enumeration(noms)}" if noms else ""
