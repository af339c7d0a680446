"""L'essentiel du rapport des besoins : les réponses de la première page, calculées."""

import re

from rtpe_analyse.restitution import essentiel_accueil, formats, phrases
from rtpe_analyse.restitution.acces import noms_des_iris, quartiers_loin
from rtpe_analyse.restitution.besoins import derniere, dernieres
from rtpe_analyse.restitution.bord import communes_sans_voisines, nommer
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import Mesure, ecart
from rtpe_analyse.restitution.montage import enumerer
from rtpe_analyse.restitution.objets import Restitution, encadre, paragraphes
from rtpe_analyse.restitution.places_de_besoin import Classement, communes_de, lire_classement
from rtpe_analyse.restitution.portrait import PORTRAIT, codes
from rtpe_analyse.restitution.quartiers_surs import les_plus_en_besoin
from rtpe_analyse.restitution.quatre_cas import PREMIER, Croisement, croiser

TRAITS = {
    "S4": "de familles monoparentales",
    "S5": "d'habitants de 25 à 54 ans en emploi",
    "S6": "de chômeurs parmi les actifs",
}
RIEN = "Ni chiffre public ni demande : rien à résumer pour cette zone."
_DETAILLEES = 3
"""Communes dont l'essentiel donne les chiffres ; au-delà, leurs noms seuls."""
_QUARTIERS = 3
"""Quartiers nommés dans l'essentiel ; les suivants sont au tableau."""


def phrases_essentielles(contexte: Contexte) -> Restitution:
    """Les enfants, l'offre, où ils manquent de places, les familles, la suite, l'incertain."""
    croisement = croiser(contexte)
    classement = lire_classement(contexte)
    candidates = [
        _enfants(contexte),
        _offre(contexte),
        _sans_place(contexte),
        _acces(contexte),
        _lieu(contexte, croisement, classement),
        _quartiers(contexte),
        _familles(contexte),
        *essentiel_accueil.dites(contexte),
    ]
    dites = [p for p in candidates if p]
    if not dites:
        return encadre(RIEN, [])
    return paragraphes([*dites, _incertitude(contexte, croisement)])


def _enfants(contexte: Contexte) -> str | None:
    """Combien d'enfants de moins de 3 ans, et depuis la première année connue."""
    ici = derniere(contexte, "S1")[0]
    naissances, au_departement = derniere(contexte, "S2v")
    dites = []
    if ici.lisible:
        partiel = " dans les communes publiées" if ici.partielle else ""
        texte = f"{formats.majuscule(contexte.nom)} compte {ici} de moins de 3 ans{partiel} en "
        dites.append(f"{texte}{ici.millesime}{_depuis_le_debut(contexte, ici)}")
    if naissances.valeur is not None:
        sur = naissances.definition.libelle.rpartition(" sur ")[2]
        dites.append(f"{_sens_des_naissances(naissances)} sur {sur}")
        if contexte.a_un_repere and au_departement.valeur is not None:
            dites[-1] += f" (département : {_en_signe(au_departement)})"
    return f"{formats.majuscule(' ; '.join(dites))}." if dites else None


def _depuis_le_debut(contexte: Contexte, ici: Mesure) -> str:
    avant = _premiere(contexte, "S1")
    # Des communes publiées une année et pas l'autre feraient une fausse tendance.
    if not avant.valeur or avant.partielle or ici.partielle or avant.millesime == ici.millesime:
        return ""
    taux = (ici.valeur or 0) / avant.valeur - 1
    if formats.arrondi(100 * taux, 1) == 0:
        return f", autant qu'en {avant.millesime}"
    cote = "plus" if taux > 0 else "moins"
    return f", {formats.pourcentage(abs(taux))} de {cote} qu'en {avant.millesime}"


def _premiere(contexte: Contexte, code: str) -> Mesure:
    """La mesure de la première année publiée, « absente » s'il n'y en a pas."""
    grille = contexte.grille([code], contexte.maille, [contexte.zone])
    lues = (grille.lire(code, contexte.zone, a) for a in grille.periodes(code))
    return next((m for m in lues if m.lisible), grille.lire(code, contexte.zone, ""))


def _sens_des_naissances(naissances: Mesure) -> str:
    sens = phrases.sens(naissances, Mesure(naissances.definition, valeur=0.0))
    if not sens:
        return "naissances stables"
    verbe = "en hausse" if sens > 0 else "en baisse"
    return f"naissances {verbe} de {formats.pourcentage(abs(naissances.valeur or 0))}"


def _en_signe(mesure: Mesure) -> str:
    taux = 100 * (mesure.valeur or 0)
    return f"{formats.avec_signe(taux, mesure.definition.decimales)}{formats.FINE}%"


def _offre(contexte: Contexte) -> str | None:
    ici, departement = derniere(contexte, "B1")
    if not ici.lisible:
        return None
    texte = (
        f"L'offre de tous les modes d'accueil est de {ici.nombre} places pour 100 enfants de moins "
        f"de 3 ans{' dans les communes publiées' if ici.partielle else ''} en {ici.millesime}"
    )
    place = phrases.comparaison(ici, departement, "le département")
    if contexte.a_un_repere and place:
        texte += f" : {place}"
    avant = _premiere(contexte, "B1")
    if avant.lisible and not avant.partielle and avant.millesime != ici.millesime:
        texte += f" ; {avant.nombre} en {avant.millesime}"
    return f"{texte}."


def _sans_place(contexte: Contexte) -> str | None:
    """Combien d'enfants de plus que de places, et dans quelles communes."""
    ici = derniere(contexte, "B1u")[0]
    if ici.valeur is None or ici.valeur <= 0:
        return None
    partiel = " dans les communes publiées" if ici.partielle else ""
    texte = (
        f"Il y a {ici.nombre} enfants de moins de 3 ans de plus que de places{partiel}, ce qui "
        f"n'est pas un nombre de demandes{_communes_sans_place(contexte, ici.millesime)}"
    )
    return f"{texte}."


def _communes_sans_place(contexte: Contexte, annee: str) -> str:
    """La commune qui a le plus d'enfants sans place, et celle dont la couverture est la moindre."""
    communes = communes_de(contexte)
    grille = contexte.grille(["B1u", "B1"], "commune", communes, [annee])
    sans, taux = ({c: grille.lire(code, c, annee) for c in communes} for code in ("B1u", "B1"))
    lues = [c for c in communes if sans[c].lisible and taux[c].lisible]
    if len(lues) < 2:
        return ""
    plus = max(lues, key=lambda c: sans[c].valeur or 0)
    bas = min(lues, key=lambda c: taux[c].valeur or 0)
    if plus == bas:
        return (
            f" ; {communes[plus]} en a le plus ({sans[plus].nombre}) et la couverture la plus "
            f"basse ({taux[bas].nombre} places pour 100 enfants)"
        )
    return (
        f" ; {communes[plus]} en a le plus ({sans[plus].nombre}), {communes[bas]} a la couverture "
        f"la plus basse ({taux[bas].nombre} places pour 100 enfants)"
    )


def _acces(contexte: Contexte) -> str | None:
    """Les places à portée, et les quartiers qui en sont loin."""
    ici, departement = derniere(contexte, "B3")
    if not ici.lisible:
        return None
    texte = (
        f"{formats.majuscule(ici.nombre)} places de crèche sont à portée pour 100 enfants, une "
        "fois partagées entre voisins"
    )
    place = phrases.comparaison(ici, departement, "le département")
    if contexte.a_un_repere and place:
        texte += f" : {place}"
    loin = quartiers_loin(contexte, ici.millesime, departement)
    return f"{texte} ; {loin.phrase}." if loin and loin.codes else f"{texte}."


def _lieu(contexte: Contexte, croisement: Croisement | None, classement: Classement) -> str | None:
    if croisement is None:
        return None
    communes = _communes_classees(contexte, croisement)
    if not communes:
        return None
    premieres = [z for z in communes if croisement.cas[z] == PREMIER]
    if not premieres:
        return (
            f"Aucune commune {formats.du(contexte.nom)} n'a à la fois un fort besoin et un faible "
            "accès, au regard des autres communes du département."
        )
    sures = [z for z in premieres if z not in croisement.doutes]
    retenues = sures or premieres
    noms = enumerer(croisement.noms, retenues)
    if len(retenues) <= _DETAILLEES:
        noms = formats.enumeration([_detail(z, croisement, classement) for z in retenues])
    texte = f"Communes où regarder d'abord, fort besoin et peu de places à portée : {noms}"
    if not sures:
        return f"{texte} ; mais de peu : une autre règle de calcul classerait autrement."
    if autres := len(premieres) - len(sures):
        quoi = formats.compte(autres, "autre commune", "autres communes")
        texte += f" ; {quoi} {formats.accord(autres, 'est proche', 'sont proches')} de ce cas"
    return f"{texte}."


def _detail(zone: str, croisement: Croisement, classement: Classement) -> str:
    place = classement.places[zone]
    return (
        f"{croisement.noms[zone]} (rang de besoin {place.intervalle} sur {len(classement.places)} "
        f"selon les poids, {croisement.acces[zone].nombre} places à portée)"
    )


def _quartiers(contexte: Contexte) -> str | None:
    """Les quartiers dont le fort besoin ne dépend pas des poids de l'indice."""
    surs, classes = les_plus_en_besoin(contexte)
    if not classes:
        return None
    nom = "le tiers du département le plus en besoin, quels que soient les poids de l'indice"
    if not surs:
        return f"Aucun de ses {formats.nombre(classes)} quartiers (IRIS) n'est dans {nom}."
    sont = formats.accord(len(surs), "est", "sont")
    noms = noms_des_iris(contexte, surs[:_QUARTIERS])
    dits = formats.enumeration([noms[z] for z in surs[:_QUARTIERS]])
    suite = "d'abord " if len(surs) > _QUARTIERS else ""
    return (
        f"{formats.compte(len(surs), 'quartier')} (IRIS) sur {formats.nombre(classes)} {sont} dans "
        f"{nom} : {suite}{dits}."
    )


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


def _communes_classees(contexte: Contexte, croisement: Croisement) -> list[str]:
    siennes = croisement.noms if contexte.maille == "departement" else contexte.communes
    return [z for z in siennes if z in croisement.cas]


def _incertitude(contexte: Contexte, croisement: Croisement | None) -> str:
    lues = dernieres(contexte, codes(contexte, PORTRAIT))
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
        lesquelles = "de sa commune"
        if len(communes) > 1:
            lesquelles = f"de {len(douteuses)} de ses {len(communes)} communes"
        dites.append(f"le classement {lesquelles} tient à peu de chose")
    if bord := communes_sans_voisines(contexte, derniere(contexte, "B3")[0]):
        noms = nommer(contexte, bord)
        dites.append(f"l'accès au bord du département ({noms}) ignore les communes voisines")
    if len(contexte.departements) > 1 and contexte.a_un_repere:
        seul = contexte.libelle("departement", contexte.departement)
        dites.append(
            f"le département comparé ({seul}) n'est qu'un des {len(contexte.departements)} de ce "
            "territoire"
        )
    if not dites:
        return "Incertain : un besoin calculé n'est pas une demande."
    return f"Ce qui reste incertain : {formats.enumeration(dites)}."
