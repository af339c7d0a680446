"""La première page de la direction : cinq messages, du niveau à ce qui reste incertain."""

import re

from rtpe_analyse.restitution import formats, phrases
from rtpe_analyse.restitution.besoins import FAMILLE, derniere, dernieres
from rtpe_analyse.restitution.cartouche import STATUTS
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import Mesure, ecart
from rtpe_analyse.restitution.objets import Restitution, paragraphes
from rtpe_analyse.restitution.quatre_cas import croiser
from rtpe_analyse.restitution.variations import lire_variations, points_d_effet

CLASSE = "rtpe-direction"
"""Classe CSS de la première page : un rapport qui la porte s'imprime serré."""
_TUS = ("P1", "T1", "D1")


def messages(contexte: Contexte) -> Restitution:
    """Phrases : l'occupation, où elle diffère, les besoins, les demandes, l'incertain.

    Une phrase dont un chiffre manque ou se cache n'est pas écrite ; ce qui est masqué est nommé.
    """
    candidates = [
        _occupation(contexte),
        _territoires(contexte),
        _besoins(contexte),
        _demandes(contexte),
    ]
    dites = [p for p in candidates if p]
    if not dites:
        quand = formats.au_cours(contexte.periode)
        dites.append(f"Ni activité, ni besoin, ni demande : rien ne se lit {quand}.")
    trio = contexte.trio(_TUS)
    if tus := [m.definition.libelle.lower() for m, *_ in trio.values() if m.masquee]:
        dites.append(f"Masqué par le secret statistique : {formats.enumeration(tus)}.")
    return paragraphes([*dites, _incertain(contexte)], classe=f"rtpe-phrases {CLASSE}")


def _occupation(contexte: Contexte) -> str | None:
    ici, avant, _ = contexte.trio(["T1"])["T1"]
    if not ici.lisible:
        return None
    debut = f"{formats.majuscule(formats.au_cours(contexte.periode))}, les crèches ont été occupées"
    texte = f"{debut} à {ici} de leur capacité prévue"
    evolution = phrases.variation(ici, avant)
    if not evolution:
        return f"{texte} ({phrases.sans_repere(avant)})."
    texte += f", {evolution} sur un an"
    lue = lire_variations(contexte, contexte.maille, [contexte.zone])[contexte.zone]
    if not lue.lisible:
        return f"{texte}."
    return (
        f"{texte} : {points_d_effet(lue.totale - lue.composition)} dans les établissements, "
        f"{points_d_effet(lue.composition)} par leur poids (ouvertures et fermetures comprises)."
    )


def _territoires(contexte: Contexte) -> str | None:
    """Où l'occupation est la plus basse, la plus haute, et où elle change le plus."""
    quand = [contexte.periode, contexte.periode.an_dernier]
    noms = contexte.territoires
    grille = contexte.grille(["T1"], "territoire", noms, quand)
    lues = {nom: grille.lire("T1", zone, quand[0]) for zone, nom in noms.items()}
    bornes = phrases.extremes(lues)
    if bornes is None:
        return None
    bas, haut = bornes
    texte = (
        f"D'un territoire à l'autre, l'occupation va de {lues[bas]} ({bas}) à {lues[haut]} ({haut})"
    )
    ecarts = {
        nom: e
        for zone, nom in noms.items()
        if (e := ecart(lues[nom], grille.lire("T1", zone, quand[1]))) is not None
    }
    if not ecarts:
        return f"{texte}."
    premier = max(ecarts, key=lambda nom: abs(ecarts[nom]))
    return (
        f"{texte} ; elle change le plus dans {premier} ({formats.points(ecarts[premier])} sur un "
        "an)."
    )


def _besoins(contexte: Contexte) -> str | None:
    ici = derniere(contexte, "B1")[0]
    if not ici.lisible:
        return None
    texte = (
        f"En {ici.millesime}, le département offre {ici.nombre} places, tous modes d'accueil, pour "
        "100 enfants de moins de 3 ans"
    )
    if (avant := _couverture_avant(contexte, ici.millesime)) is not None:
        texte += f" ({avant})"
    naissances = derniere(contexte, "S2v")[0]
    if naissances.valeur is None:
        return f"{texte}."
    duree = naissances.definition.libelle.rpartition(" sur ")[2]
    ampleur = formats.avec_signe(100 * naissances.valeur, 1)
    return f"{texte} ; naissances : {ampleur}{formats.FINE}% sur {duree}."


def _couverture_avant(contexte: Contexte, annee: str) -> str | None:
    """« 48,4 en 2017 » : la plus ancienne couverture qui porte sur autant de communes publiées."""
    grille = contexte.grille(["B1", "S17"], contexte.maille, [contexte.zone])
    communes = {a: grille.lire("S17", contexte.zone, a).numerateur for a in grille.periodes("B1")}
    for ancienne, publiees in communes.items():
        mesure = grille.lire("B1", contexte.zone, ancienne)
        if ancienne < annee and mesure.lisible and publiees == communes.get(annee):
            return f"{mesure.nombre} en {ancienne}"
    return None


def _demandes(contexte: Contexte) -> str | None:
    trio = contexte.trio(["D1", "D2"])
    actives, avant, _ = trio["D1"]
    if not actives.lisible:
        return None
    texte = f"{actives.nombre} demandes actives sont sans réponse"
    if suite := phrases.variation(actives, avant):
        texte += f", {suite} sur un an"
    reponse = trio["D2"][0]
    if not reponse.lisible:
        return f"{texte}."
    texte += f" ; {reponse} des demandes examinées ont reçu une réponse favorable"
    lues = des_territoires(contexte, "D2")
    if bornes := phrases.extremes(lues):
        bas, haut = bornes
        texte += f", de {lues[bas]} ({bas}) à {lues[haut]} ({haut})"
    return f"{texte}."


def _incertain(contexte: Contexte) -> str:
    dites = []
    if contexte.completude.lisible:
        dites.append(
            f"{contexte.completude} des données attendues sont reçues et valides (chiffres "
            f"{STATUTS[contexte.statut].lower()}s)"
        )
    else:
        dites.append("la complétude des données n'est pas connue (chiffres provisoires)")
    publics = dernieres(contexte, contexte.dossier.codes(FAMILLE))
    # Un millésime peut en citer un autre : « 2022 (recensement de 2018) ».
    lisibles = [m for m, _ in publics if m.lisible]
    annees = sorted({a for m in lisibles for a in re.findall(r"\d{4}", m.millesime)})
    if annees:
        de_a = f"de {annees[0]} à {annees[-1]}" if len(annees) > 1 else f"de {annees[0]}"
        dites.append(f"les chiffres publics datent {de_a}")
    croisement = croiser(contexte)
    if croisement and croisement.doutes:
        dites.append(
            f"le classement de {len(croisement.doutes)} communes sur {len(croisement.cas)} selon "
            "leur besoin et leur accès tient à peu de chose"
        )
    return f"Ce qu'il faut savoir : {' ; '.join(dites)}."


def des_territoires(
    contexte: Contexte, code: str, coupe: tuple[str, str] = ("", "")
) -> dict[str, Mesure]:
    """Nom de territoire → sa mesure à la période du rapport, dans l'ordre des codes.

    Args:
        contexte: zone et période du rapport.
        code: indicateur voulu.
        coupe: ventilation et modalité lues ; l'ensemble par défaut.
    """
    noms = contexte.territoires
    grille = contexte.grille(
        [code], "territoire", noms, [contexte.periode], ventilation=coupe[0], modalite=coupe[1]
    )
    return {nom: grille.lire(code, zone, contexte.periode) for zone, nom in noms.items()}
