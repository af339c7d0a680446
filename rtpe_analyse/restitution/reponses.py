"""Les réponses données aux demandes : délais, motifs de refus, horaires demandés."""

from rtpe_analyse.nomenclatures import liste_fermee
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import Mesure
from rtpe_analyse.restitution.objets import Restitution, encadre, paragraphes
from rtpe_analyse.restitution.planches import sans_figure
from rtpe_analyse.restitution.tableaux import (
    Colonne,
    Ligne,
    Tableau,
    cellule,
    cellule_part,
)


def delais(contexte: Contexte) -> Restitution:
    """Tableau : délai de réponse (médiane, neuf sur dix) et délai d'entrée."""
    titre = "Les délais de réponse et d'entrée"
    trio = contexte.trio(("D3", "D3q", "D3e"))
    if not any(m.lisible or m.masquee for m, *_ in trio.values()):
        return sans_figure(titre, "Aucun délai n'est connu pour cette zone et cette période.")
    colonnes = [Colonne("Période", "jours"), Colonne("Un an plus tôt", "jours")]
    rang = 3 if contexte.a_un_repere else 2
    if contexte.a_un_repere:
        colonnes.append(Colonne(contexte.repere.titre, "jours"))
    lignes = [
        Ligne(mesures[0].definition.libelle, [cellule(m) for m in mesures[:rang]])
        for mesures in trio.values()
    ]
    notes = ["Une médiane ne se moyenne pas d'une zone à l'autre."]
    return Tableau(titre, "Délai", colonnes, lignes, notes).rendre()


def motifs(contexte: Contexte) -> Restitution:
    """Tableau : les refus sur douze mois, par motif."""
    titre = "Pourquoi des demandes sont refusées, sur douze mois"
    lus, tout = refus(contexte)
    if not lus:
        return sans_figure(titre, "Aucun refus n'est connu sur douze mois pour cette zone.")
    lignes = [Ligne(nom, [cellule(m), cellule_part(m, tout)]) for nom, m in lus.items()]
    lignes.append(Ligne("Ensemble", [cellule(tout), cellule_part(tout, tout)], "total"))
    colonnes = [Colonne("Demandes refusées", "enfants", code="D5"), Colonne("Part", "%")]
    return Tableau(titre, "Motif", colonnes, lignes).rendre()


def refus(contexte: Contexte) -> tuple[dict[str, Mesure], Mesure]:
    """Refus de douze mois (D5) par motif en clair, les plus nombreux d'abord, et leur ensemble.

    Un motif sans refus n'y est pas ; un motif masqué y est, après les autres.
    """
    noms = {**liste_fermee("motifs_refus"), "inconnu": "Motif non précisé"}
    quand = [contexte.periode]
    grille = contexte.grille(["D5"], contexte.maille, [contexte.zone], quand, ventilation="motif")
    lues = {nom: grille.lire("D5", contexte.zone, contexte.periode, m) for m, nom in noms.items()}
    utiles = [nom for nom, m in lues.items() if m.valeur or m.masquee]
    utiles.sort(key=lambda nom: -(lues[nom].valeur or 0))
    return {nom: lues[nom] for nom in utiles}, contexte.trio(["D5"])["D5"][0]


def horaires(contexte: Contexte) -> Restitution:
    """Phrases : demandes à horaires atypiques, et demandes que rien n'apparie."""
    quand = [contexte.periode]
    lues = {
        (code, m): contexte.grille(
            [code], contexte.maille, [contexte.zone], quand, ventilation=nom
        ).lire(code, contexte.zone, contexte.periode, m)
        for code, nom, m in (("D6", "horaires", "atypiques"), ("D1", "appariement", "isolee"))
    }
    tout = contexte.trio(["D1"])["D1"][0]
    atypiques, isolees = lues.values()
    dites = []
    if atypiques.valeur is not None and tout.valeur:
        part = formats.pourcentage(atypiques.valeur / tout.valeur)
        dites.append(
            f"{formats.compte(round(atypiques.valeur), 'demande active', 'demandes actives')} sur "
            f"{tout.nombre} ({part}) porte{'nt' if atypiques.valeur >= 2 else ''} sur des "
            "horaires atypiques."
        )
    elif atypiques.masquee:
        dites.append("Le nombre de demandes à horaires atypiques est masqué (secret statistique).")
    if isolees.valeur:
        dites.append(
            f"{formats.compte(round(isolees.valeur), 'demande')} sans appariement : rien ne dit si "
            "l'enfant en a déposé d'autres, chacune compte pour un enfant."
        )
    elif isolees.valeur == 0:
        dites.append(
            "Toutes les demandes actives sont appariées : un enfant n'y compte qu'une fois."
        )
    return paragraphes(dites) if dites else encadre("Les horaires demandés ne sont pas connus.", [])
