"""L'essentiel, côté réseau : qui est accueilli, d'où, qui demande, et dans cinq ans."""

from rtpe_analyse.restitution import demandes, formats, phrases, publics, reponses
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.epreuve import mettre_a_l_epreuve
from rtpe_analyse.restitution.flux import au_departement
from rtpe_analyse.restitution.mesures import Mesure
from rtpe_analyse.restitution.scenarios import fourchettes


def dites(contexte: Contexte) -> list[str | None]:
    """Une phrase par question ; absente dès que ses chiffres ne se lisent pas."""
    return [
        _accueillis(contexte),
        _provenance(contexte),
        _attente(contexte),
        _satisfaction(contexte),
        _masques(contexte),
        _horizon(contexte),
    ]


def _accueillis(contexte: Contexte) -> str | None:
    """Chaque public : sa part chez les accueillis, et si elle diffère sûrement de la population."""
    comparees = []
    for public, mesures in publics.lire(contexte).items():
        sens = publics.sens_de_l_ecart(mesures)
        if sens is None or not mesures["B4p"].lisible:
            continue
        place = {1: "plus présents", -1: "moins présents", 0: "sans écart sûr"}[sens]
        comparees.append(
            f"{publics.PUBLICS[public][0].lower()} {mesures['B4a']} contre {mesures['B4p']} dans "
            f"la population, {place}"
        )
    if not comparees:
        return None
    fictif = " (fictifs ; population réelle)" if contexte.fictif else ""
    return f"Parmi les enfants accueillis{fictif} : {' ; '.join(comparees)}."


def _provenance(contexte: Contexte) -> str | None:
    part = contexte.trio(["B5"])["B5"][0]
    if part.numerateur is None or part.denominateur is None:
        return None
    comptes = f"{formats.nombre(part.numerateur)} sur {formats.nombre(part.denominateur)}"
    if contexte.maille == "departement":
        return f"{part} des enfants accueillis le sont hors de leur territoire ({comptes})."
    texte = f"{part} des enfants accueillis habitent hors {formats.du(contexte.nom)} ({comptes})"
    sortants = au_departement(contexte, "M1")
    if sortants.valeur is None:
        return f"{texte}."
    return (
        f"{texte} ; dans l'autre sens, {sortants.nombre} de ses enfants sont accueillis dans un "
        "autre territoire."
    )


def _attente(contexte: Contexte) -> str | None:
    actives, avant, _ = contexte.trio(["D1"])["D1"]
    if not actives.lisible:
        return None
    texte = f"{formats.majuscule(formats.au_cours(contexte.periode))}, {actives} sont en attente"
    if suite := phrases.variation(actives, avant):
        texte += f", {suite} sur un an"
    for quoi, ventilation in (("âge d'entrée", "age"), ("temps", "jours")):
        if premiere := demandes.la_plus_demandee(contexte, ventilation):
            texte += f" ; {quoi} le plus demandé : {premiere}"
    return f"{texte}."


def _satisfaction(contexte: Contexte) -> str | None:
    taux, _, departement = contexte.trio(["D4a"])["D4a"]
    if taux.numerateur is None or taux.denominateur is None:
        return None
    texte = (
        f"Sur douze mois, {formats.nombre(taux.numerateur)} des "
        f"{formats.nombre(taux.denominateur)} demandes instruites ont été acceptées ({taux}"
    )
    if contexte.a_un_repere and departement.lisible:
        texte += f" ; département : {departement}"
    motifs, tous = reponses.refus(contexte)
    return f"{texte}){_motif(motifs, tous)}."


def _motif(motifs: dict[str, Mesure], tous: Mesure) -> str:
    if not motifs or tous.valeur is None or any(m.masquee for m in motifs.values()):
        return ""
    nom, premier = next(iter(motifs.items()))
    return f" ; premier motif de refus : « {nom} », {premier.nombre} sur {tous.nombre}"


def _masques(contexte: Contexte) -> str | None:
    """Ce que le secret statistique cache : sinon, le silence passerait pour une absence."""
    accueillis = [m["B4a"] for m in publics.lire(contexte).values()]
    trio = contexte.trio(["D1", "D4a"])
    sujets = {
        "public accueilli": accueillis,
        "demandes en cours": [trio["D1"][0]],
        "demandes acceptées": [trio["D4a"][0]],
    }
    caches = [nom for nom, mesures in sujets.items() if any(m.masquee for m in mesures)]
    if not caches:
        return None
    return (
        "Effectifs trop petits pour être montrés (secret statistique) : "
        f"{formats.enumeration(caches)}."
    )


def _horizon(contexte: Contexte) -> str | None:
    enfants, demandees = fourchettes(contexte, "N5"), fourchettes(contexte, "N6")
    if not enfants:
        return None
    derniere = enfants[-1]
    texte = (
        f"Fin {derniere.annee}, {contexte.nom} compterait "
        f"{derniere.en('enfants de moins de 3 ans')}"
    )
    if demandees:
        texte += f" et recevrait {demandees[-1].en('demandes')} dans l'année"
    epreuve = mettre_a_l_epreuve(contexte)
    return f"{texte}. {epreuve.phrase}." if epreuve else f"{texte}."
