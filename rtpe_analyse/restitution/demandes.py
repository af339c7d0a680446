"""Les demandes de place : combien, pour quel âge, pour combien de jours."""

import re

from rtpe_analyse.restitution import formats, phrases
from rtpe_analyse.restitution.barres import barres_comparees, noms_des_series
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import Mesure
from rtpe_analyse.restitution.objets import Restitution, encadre, paragraphes
from rtpe_analyse.restitution.planches import sans_figure

INCONNU = "inconnu"
MASQUE = "Effectifs trop petits pour être montrés (secret statistique)."


def resume(contexte: Contexte) -> Restitution:
    """Phrases : demandes en attente, et réponses favorables de la période."""
    trio = contexte.trio(("D1", "D2"))
    actives, avant, _ = trio["D1"]
    reponse, reponse_avant, departement = trio["D2"]
    quand = formats.au_cours(contexte.periode)
    dites = []
    if actives.lisible:
        dites.append(f"{formats.majuscule(quand)}, {actives} sont en attente")
        if suite := phrases.variation(actives, avant):
            dites[0] += f", {suite} sur un an"
        if jours := la_plus_demandee(contexte, "jours"):
            dites[0] += f" ; d'abord pour {jours}"
    if reponse.lisible:
        texte = f"Parmi celles qui ont été examinées {quand}, {reponse} ont reçu une réponse "
        texte += "favorable"
        if suite := phrases.variation(reponse, reponse_avant):
            texte += f", {suite} sur un an"
        if contexte.a_un_repere and departement.lisible:
            texte += f" (département : {departement})"
        dites.append(texte)
    if dites:
        return paragraphes([f"{d}." for d in dites])
    if actives.masquee or reponse.masquee:
        return encadre(MASQUE, [])
    return encadre("Les demandes ne sont pas disponibles pour cette zone et cette période.", [])


def la_plus_demandee(contexte: Contexte, ventilation: str) -> str:
    """« 1 an » (50,0 %) : la modalité la plus demandée ; vide si une partie est masquée.

    Args:
        contexte: zone et période du rapport.
        ventilation: `age` ou `jours`.
    """
    grille = contexte.grille(
        ["D1"], contexte.maille, [contexte.zone], [contexte.periode], ventilation=ventilation
    )
    lues = {
        m: grille.lire("D1", contexte.zone, contexte.periode, m) for m in grille.modalites("D1")
    }
    total = contexte.trio(["D1"])["D1"][0]
    if any(m.masquee for m in lues.values()) or not any(m.valeur for m in lues.values()):
        return ""
    premiere = max(lues, key=lambda m: lues[m].valeur or 0)
    if premiere == INCONNU:
        return ""
    part = _part(lues[premiere], total)
    return f"« {_modalite(ventilation, premiere)} » ({part})" if part.lisible else ""


def repartition(contexte: Contexte, ventilation: str, titre: str) -> Restitution:
    """Figure : demandes actives réparties par âge ou par nombre de jours demandés.

    Args:
        contexte: zone et période du rapport.
        ventilation: `age` ou `jours`.
        titre: de quoi parle la figure.
    """
    zones = {contexte.maille: contexte.zone}
    if contexte.a_un_repere:
        zones["departement"] = contexte.departement
    noms = noms_des_series(contexte)
    modalites: list[str] = []
    parts: dict[str, list[Mesure]] = {}
    comptes: dict[str, list[Mesure]] = {}
    for maille, zone in zones.items():
        grille = contexte.grille(
            ["D1"], maille, [zone], [contexte.periode], ventilation=ventilation
        )
        modalites = modalites or sorted(grille.modalites("D1"), key=_rang)
        tout = contexte.grille(["D1"], maille, [zone], [contexte.periode])
        total = tout.lire("D1", zone, contexte.periode)
        comptes[noms[maille]] = [grille.lire("D1", zone, contexte.periode, m) for m in modalites]
        parts[noms[maille]] = [_part(m, total) for m in comptes[noms[maille]]]
    # Une modalité que personne ne demande n'apprend rien ; masquée, elle n'est pas à zéro.
    utiles = [
        i
        for i, _ in enumerate(modalites)
        if any(suite[i].valeur or suite[i].masquee for suite in comptes.values())
    ]
    modalites = [modalites[i] for i in utiles]
    comptes, parts = (
        {nom: [suite[i] for i in utiles] for nom, suite in lues.items()}
        for lues in (comptes, parts)
    )
    sienne = parts[noms[contexte.maille]]
    secret = any(m.masquee for m in sienne)
    if not any(m.valeur for m in sienne):
        raison = (
            MASQUE
            if secret
            else "Aucune demande active n'est connue pour cette zone et cette période."
        )
        return sans_figure(titre, raison)
    libelles = [_modalite(ventilation, m) for m in modalites]
    premier = max(range(len(sienne)), key=lambda i: sienne[i].valeur or 0)
    conclusion = f"{titre} : d'abord « {libelles[premier]} » ({sienne[premier]} des demandes)"
    if secret:
        conclusion = f"{titre} : une partie est masquée (secret statistique)"
    return barres_comparees(titre, conclusion, libelles, parts, "Demandes actives", comptes=comptes)


def _part(mesure: Mesure, total: Mesure) -> Mesure:
    """La part d'une modalité, illisible dès que l'un des deux nombres l'est."""
    definition = mesure.definition.en_part()
    if mesure.valeur is None or not total.valeur:
        return Mesure(definition, mesure.statut if mesure.valeur is None else total.statut)
    return Mesure(definition, mesure.statut, mesure.valeur / total.valeur)


def _modalite(ventilation: str, modalite: str) -> str:
    if ventilation == "jours" and modalite.isdigit():
        return formats.compte(int(modalite), "jour") + " par semaine"
    return formats.majuscule(modalite) if modalite != INCONNU else "Non précisé"


def _rang(modalite: str) -> tuple[int, str]:
    chiffres = re.search(r"\d+", modalite)
    if modalite.startswith("moins"):
        return (-1, modalite)
    return (int(chiffres[0]) if chiffres else 99, modalite)
