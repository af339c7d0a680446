"""Les décisions que les chiffres ouvrent, sur la première page de la direction.

Rien n'y est décidé : chaque ligne porte le chiffre et le lieu qui l'ouvrent, une section le
détaille.
"""

from rtpe_analyse.restitution import formats, phrases
from rtpe_analyse.restitution.besoins import derniere
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.direction import des_territoires
from rtpe_analyse.restitution.facturation import CUMUL
from rtpe_analyse.restitution.marches import Cascade, Marche, lire_cascades
from rtpe_analyse.restitution.objets import Restitution, encadre
from rtpe_analyse.restitution.pertes import nommer
from rtpe_analyse.restitution.quatre_cas import PREMIER, Croisement, croiser

TITRE = "Décisions possibles (à discuter : un chiffre n'en impose aucune)"
SANS_DECISION = "Aucun chiffre lisible de la période n'ouvre de décision."


def decisions(contexte: Contexte) -> Restitution:
    """Encadré : une décision par ligne, chacune avec le chiffre et le lieu qui l'ouvrent."""
    candidates = [
        _creer(contexte),
        _remplir(contexte),
        _encadrer(contexte),
        _orienter(contexte),
        _facturer(contexte),
    ]
    return encadre(TITRE, [p for p in candidates if p] or [SANS_DECISION])


def _creer(contexte: Contexte) -> str | None:
    croisement = croiser(contexte)
    if croisement is None:
        return None
    premieres = [z for z, c in croisement.cas.items() if c == PREMIER]
    sures = [z for z in premieres if z not in croisement.doutes]
    if not sures:
        return None
    noms = formats.enumeration([croisement.noms[z] for z in sures])
    texte = (
        f"Où créer, étendre ou réserver des places : {noms} (fort besoin, faible accès, quels que "
        "soient les poids et le rayon)"
    )
    manque = _places_manquantes(contexte, croisement, sures)
    if manque is None:
        return f"{texte}."
    return f"{texte} ; il y manque {manque} pour l'accès moyen du département."


def _places_manquantes(contexte: Contexte, lu: Croisement, communes: list[str]) -> str | None:
    annee = derniere(contexte, "B3m")[0].millesime
    grille = contexte.grille(["B3m"], "commune", lu.noms, [annee])
    lues = [grille.lire("B3m", z, annee).numerateur for z in communes]
    if any(v is None for v in lues):
        return None
    return formats.compte(round(sum(v or 0 for v in lues)), "place de crèche", "places de crèche")


def _remplir(contexte: Contexte) -> str | None:
    """La première perte qui n'est pas une fermeture annoncée, et le territoire où elle pèse."""
    lue = lire_cascades(contexte, contexte.maille, [contexte.zone])[contexte.zone]
    marche = lue.premiere_hors_prevues
    if marche is None:
        return None
    suite = _ou_elle_pese(contexte, lue, marche)
    return (
        f"Comment remplir les places : hors fermetures annoncées, la première perte est "
        f"{nommer(marche)}{suite}."
    )


def _encadrer(contexte: Contexte) -> str | None:
    lue = lire_cascades(contexte, contexte.maille, [contexte.zone])[contexte.zone]
    marche = lue.lire("personnel")
    if marche is None or marche.nulle:
        return None
    suite = _ou_elle_pese(contexte, lue, marche)
    return f"Où renforcer les équipes : {nommer(marche)}{suite}."


def _ou_elle_pese(contexte: Contexte, lue: Cascade, marche: Marche) -> str:
    """« , d'abord dans X (19,9 % des heures agréées, 15,2 % dans le département) »."""
    noms = contexte.territoires
    parts = {
        nom: part
        for zone, cascade in lire_cascades(contexte, "territoire", noms).items()
        if (part := _part(cascade, marche.code)) is not None
        for nom in [noms[zone]]
    }
    ici = _part(lue, marche.code)
    if len(parts) < len(noms) or len(parts) < 2 or ici is None:
        return ""
    premier = max(parts, key=lambda nom: parts[nom])
    return (
        f", d'abord dans {premier} ({formats.pourcentage(parts[premier])} des heures agréées, "
        f"{formats.pourcentage(ici)} dans le département)"
    )


def _part(cascade: Cascade, code: str) -> float | None:
    agree, marche = cascade.lire("agree"), cascade.lire(code)
    if agree is None or marche is None or not agree.heures.valeur:
        return None
    return abs(marche.heures.valeur or 0.0) / agree.heures.valeur


def _orienter(contexte: Contexte) -> str | None:
    """Le territoire le moins servi, et sa part des demandes."""
    actives, reponses = des_territoires(contexte, "D1"), des_territoires(contexte, "D2")
    tout = contexte.trio(["D1", "D2"])
    bornes = phrases.extremes(reponses)
    if bornes is None or not tout["D2"][0].lisible:
        return None
    moins = bornes[0]
    texte = (
        f"Où orienter les demandes : {moins} a le moins de réponses favorables "
        f"({reponses[moins]}, {tout['D2'][0]} dans le département)"
    )
    part = phrases.part_du_tout(actives[moins], tout["D1"][0], "le département")
    if part is None:
        return f"{texte}."
    return f"{texte} et {actives[moins].nombre} demandes sans réponse ({part})."


def _facturer(contexte: Contexte) -> str | None:
    """La part des heures facturées que la Psu paie de moins en moins."""
    ventilation, modalite = CUMUL
    quand = [contexte.periode]
    ici = contexte.grille(
        ["G1", "G2"],
        contexte.maille,
        [contexte.zone],
        quand,
        ventilation=ventilation,
        modalite=modalite,
    )
    heures, part = (ici.lire(c, contexte.zone, contexte.periode) for c in ("G1", "G2"))
    if not heures.lisible or not part.lisible or not heures.valeur:
        return None
    lues = des_territoires(contexte, "G2", CUMUL)
    bornes = phrases.extremes(lues)
    suite = f", d'abord dans {bornes[1]} ({lues[bornes[1]]})" if bornes else ""
    return (
        f"Quels contrats ajuster : depuis janvier, {heures} sont facturées dans la zone où la Psu "
        f"baisse ({part} des heures facturées){suite}."
    )
