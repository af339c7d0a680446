"""L'essentiel du rapport des besoins : cinq phrases au plus, calculées."""

import re

from rtpe_analyse.restitution import formats, phrases
from rtpe_analyse.restitution.besoins import FAMILLE, derniere, dernieres
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import Mesure, ecart
from rtpe_analyse.restitution.montage import enumerer
from rtpe_analyse.restitution.objets import Restitution, encadre, paragraphes
from rtpe_analyse.restitution.quatre_cas import PREMIER, Croisement, croiser

TRAITS = {
    "S4": "de familles monoparentales",
    "S5": "d'habitants de 25 à 54 ans en emploi",
    "S6": "de chômeurs parmi les actifs",
}
RIEN = "Ni chiffre public ni demande : rien à résumer pour cette zone."


def phrases_essentielles(contexte: Contexte) -> Restitution:
    """L'offre et sa tendance, les familles, où chercher d'abord, les demandes, l'incertain."""
    croisement = croiser(contexte)
    candidates = [
        _offre(contexte),
        _familles(contexte),
        _lieu(contexte, croisement),
        _demandes(contexte),
    ]
    dites = [p for p in candidates if p]
    if not dites:
        return encadre(RIEN, [])
    return paragraphes([*dites, _incertitude(contexte, croisement)])


def _offre(contexte: Contexte) -> str | None:
    ici, departement = derniere(contexte, "B1")
    if not ici.lisible:
        return None
    texte = (
        f"En {ici.millesime}, {contexte.nom} offre {ici.nombre} places, tous modes d'accueil, pour "
        "100 enfants de moins de 3 ans"
    )
    if place := _place(contexte, ici, departement):
        texte += f" : {place}"
    naissances = derniere(contexte, "S2v")[0]
    if naissances.valeur is None:
        return f"{texte}."
    sens = phrases.sens(naissances, Mesure(naissances.definition, valeur=0.0))
    sur = naissances.definition.libelle.rpartition(" sur ")[2]
    if not sens:
        return f"{texte} ; les naissances y sont stables sur {sur}."
    verbe = "augmenté" if sens > 0 else "baissé"
    ampleur = formats.pourcentage(abs(naissances.valeur))
    return f"{texte} ; les naissances y ont {verbe} de {ampleur} sur {sur}."


def _familles(contexte: Contexte) -> str | None:
    """Le trait des familles qui s'écarte le plus du département."""
    if not contexte.a_un_repere:
        return None
    ecarts = {}
    for code in TRAITS:
        ici, departement = derniere(contexte, code)
        difference = ecart(ici, departement)
        if difference is not None and phrases.sens(ici, departement):
            ecarts[code] = (ici, departement, abs(difference))
    if not ecarts:
        return None
    code = max(ecarts, key=lambda c: ecarts[c][2])
    ici, departement, _ = ecarts[code]
    place = phrases.comparaison(ici, departement, "le département")
    return (
        f"En {ici.millesime}, ses habitants se distinguent d'abord par la part {TRAITS[code]} : "
        f"{ici}, {place}."
    )


def _lieu(contexte: Contexte, croisement: Croisement | None) -> str | None:
    if croisement is None:
        return None
    communes = _communes_classees(contexte, croisement)
    if not communes:
        return None
    premieres = [z for z in communes if croisement.cas[z] == PREMIER]
    if not premieres:
        return (
            "Aucune de ses communes n'a à la fois un fort besoin et un faible accès, au regard "
            "des autres communes du département."
        )
    sures = [z for z in premieres if z not in croisement.doutes]
    noms = enumerer(croisement.noms, sures or premieres)
    texte = f"Où regarder d'abord : {noms} (fort besoin, peu de places à portée)"
    if not sures:
        return f"{texte}, mais de peu : une autre règle de calcul classerait autrement."
    if autres := len(premieres) - len(sures):
        quoi = formats.compte(autres, "autre commune", "autres communes")
        texte += f" ; {quoi} {formats.accord(autres, 'est proche', 'sont proches')} de ce cas"
    return f"{texte}."


def _communes_classees(contexte: Contexte, croisement: Croisement) -> list[str]:
    siennes = croisement.noms if contexte.maille == "departement" else contexte.communes
    return [z for z in siennes if z in croisement.cas]


def _demandes(contexte: Contexte) -> str | None:
    trio = contexte.trio(("D1", "D2"))
    actives, avant, _ = trio["D1"]
    if not actives.lisible:
        return None
    texte = f"{formats.majuscule(formats.au_cours(contexte.periode))}, {actives} sont en attente"
    if suite := phrases.variation(actives, avant):
        texte += f", {suite} sur un an"
    reponse, _, departement = trio["D2"]
    if not reponse.lisible:
        return f"{texte}."
    texte += f" ; {reponse} des demandes examinées ont reçu une réponse favorable"
    place = _place(contexte, reponse, departement)
    return f"{texte}, {place}." if place else f"{texte}."


def _incertitude(contexte: Contexte, croisement: Croisement | None) -> str:
    lues = dernieres(contexte, contexte.dossier.codes(FAMILLE))
    lisibles = [ici for ici, _ in lues if ici.lisible]
    # Un millésime peut en citer un autre : « 2022 (recensement de 2018) ».
    annees = sorted({a for m in lisibles for a in re.findall(r"\d{4}", m.millesime)})
    dites = []
    if annees:
        de_a = f"de {annees[0]} à {annees[-1]}" if len(annees) > 1 else f"de {annees[0]}"
        dites.append(f"les chiffres publics datent {de_a}")
    if any(m.partielle for m in lisibles):
        dites.append("certains ne portent que sur une partie des communes")
    communes = _communes_classees(contexte, croisement) if croisement else []
    if croisement and (douteuses := [z for z in communes if z in croisement.doutes]):
        sur = formats.compte(len(communes), "commune")
        dites.append(f"le classement de {len(douteuses)} de ses {sur} tient à peu de chose")
    if not dites:
        return "Incertain : un besoin calculé n'est pas une demande."
    return f"Ce qui reste incertain : {formats.enumeration(dites)}."


def _place(contexte: Contexte, ici: Mesure, departement: Mesure) -> str | None:
    if not contexte.a_un_repere:
        return None
    return phrases.comparaison(ici, departement, "le département")
